/**
 * Append-only segments per stream: durable and idempotent append, scan, follow and retention.
 *
 * @packageDocumentation
 */
export { StoreError, storeErrors, type StoreErrorCode } from './errors.ts'
export type { EntryId } from './format/entry.ts'
export type { StorePosition, StorePositions } from './position.ts'
export type { Retained, RetentionOptions } from './retention.ts'
export type { ScanOptions } from './scan.ts'
export {
  openStore,
  openStoreReader,
  Store,
  type Append,
  type StoreOptions,
  type StoreReader,
  type StoreStats,
} from './store.ts'
export type { StoredEntry, StoredItem, StoreGap, StoreGapReason } from './stored-item.ts'
export type { Appended } from './stream-writer.ts'
