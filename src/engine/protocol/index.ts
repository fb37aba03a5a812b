/** The contract between the engine and whoever looks at it: types and tiny codecs, imported as '#protocol'. */
export * from './version.ts';
export * from './errors.ts';
export * from './frames.ts';
export * from './topics.ts';
export * from './rows.ts';
export * from './values.ts';
export * from './commands.ts';
export * from './bridge.ts';
export * from './epoch.ts';
export * from './keys.ts';
export * from './trading-values.ts';
