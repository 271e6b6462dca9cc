/**
 * Follows files through growth, rotation, truncation and restarts, from a checkpoint, as batches with offsets.
 *
 * @packageDocumentation
 */
export type { LineBlock } from './block-cutter.ts'
export type { CheckpointEntry } from './checkpoint-log.ts'
export type { CheckpointStorage } from './checkpoint-storage.ts'
export { Checkpoint, openCheckpoint } from './checkpoint.ts'
export { DescriptorHandle } from './descriptor-handle.ts'
export type { EarlierFile } from './earlier-files.ts'
export { TailerError, tailerErrors, type TailerErrorCode } from './errors.ts'
export type {
  DirectoryEntry,
  DirectoryListener,
  FileFacts,
  FileSystem,
  GlanceFacts,
  ReadHandle,
} from './file-system.ts'
export { follow, tail } from './follow.ts'
export { expandGlob, type GlobOptions } from './glob.ts'
export { matchesGlob } from './glob-pattern.ts'
export { nodeFileSystem } from './node-file-system.ts'
export { findJournalctl } from './journal/find-journalctl.ts'
export { isJournal, unitOf } from './journal/journal-unit.ts'
export { runJournalctl, type JournalctlRun } from './journal/run-journalctl.ts'
export { openGrowingFile, type GrowingFile, type GrowingFileChange, type GrowingFileOptions } from './growing-file.ts'
export {
  formatTailHash,
  hashTail,
  identify,
  provesResumeToken,
  resumeTokenAt,
  HEAD_BYTES,
  TAIL_BYTES,
  type FileIdentity,
} from './identity.ts'
export { toNodeStream } from './node-stream.ts'
export type { Admit } from './open-file.ts'
export type { FollowOptions, OpenedFile, ReadOptions, Span, TailerOptions } from './options.ts'
export { read, readBlocks, type ReadBlocksOptions } from './read.ts'
export { resumeTokenAfter } from './resume-token-after.ts'
export { readStdin, readStream, type ReadStreamOptions } from './stdin.ts'
export { tailStream, type TailStreamOptions } from './tail-stream.ts'
