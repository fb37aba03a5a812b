export * from './version.ts';
export * from './errors.ts';
export * from './frames.ts';
export * from './topics.ts';
export * from './rows.ts';
export * from './values.ts';
export * from './commands.ts';
