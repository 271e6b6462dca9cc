/**
 * Moves batches between machines exactly once in effect: spool, batch, retry and ack, both sides.
 *
 * @packageDocumentation
 */
export { DeviceFolder, openDeviceFolder, type Device, type DeviceFolderOptions, type Devices } from './devices.ts'
export { drain, type DrainOptions, type DrainPace } from './drain.ts'
export { ShipError, shipErrors, type ShipErrorCode } from './errors.ts'
export type { RefusalReason } from './refusal.ts'
export type { BodyLimits } from './request-body.ts'
export type { Mark } from './marks.ts'
export { openSpool, Spool, type SpooledBatch, type SpoolStats } from './spool.ts'
export type { SpoolOptions, SpoolSync } from './spool-options.ts'
export { uploads, type UploadIdentity, type UploadResult, type Uploads, type UploadsOptions } from './upload.ts'
export {
  createUploadHandler,
  type EntryStore,
  type UploadHandler,
  type UploadHandlerOptions,
  type UploadStats,
} from './upload-handler.ts'
