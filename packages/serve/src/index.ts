/**
 * Feeds one growing file, or a directory of them, to many readers, each at its own offset and pace.
 *
 * @packageDocumentation
 */
export type { AllowList, ServeTls } from './admission.ts'
export { ServeError, serveErrors, type ServeErrorCode } from './errors.ts'
export type { RotationPolicy } from './file-feed.ts'
export type { FileServer, ServeOptions, ServerStats } from './file-server.ts'
export type { EarlierFileLike, GrowingFileChangeLike, GrowingFileLike } from './growing-file.ts'
export type { ServeLimits } from './limits.ts'
export { serveDirectory, type OwnedGrowingFile, type ServeDirectoryOptions } from './serve-directory.ts'
export { serveFile } from './serve-file.ts'
export type { IgnoreRule } from './served-path.ts'
