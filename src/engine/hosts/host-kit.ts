/**
 * The part of the engine's host code that Electron's main process shares, as `#host-kit`: the data folder, settings, the
 * engine's options, the renderer's files, the restart policy. Nothing of the kernel, the gateway or the market is in it.
 */
export { folderInUse, prepareDataFolder } from '../adapters/data-folder.ts';
export { openSettings } from '../adapters/settings-file.ts';
export { openVersionedFile } from '../adapters/versioned-file.ts';
export type { VersionedFile } from '../adapters/versioned-file.ts';
export type { Settings } from '../adapters/settings-file.ts';
export { ENGINE_OPTION_NAMES, readEngineArguments } from './engine-arguments.ts';
export type { EngineOptionName } from './engine-arguments.ts';
export { createRestartPolicy } from './restart-policy.ts';
export type { EngineOptions, PowerEvent } from './runtime-port.ts';
export { readStaticFile, securityHeaders } from './static-files.ts';
export type { FromUtility, HostCommand, ToUtility, TradingNews } from './utility-messages.ts';
