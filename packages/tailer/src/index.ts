/**
 * Follows files through growth, rotation, truncation and restarts, from a checkpoint, as batches with offsets.
 *
 * @packageDocumentation
 */
export type { LineBlock } from './lines/block-cutter.ts'
export type { CheckpointEntry } from './checkpoint/checkpoint-log.ts'
export type { CheckpointStorage } from './checkpoint/checkpoint-storage.ts'
export { Checkpoint, openCheckpoint } from './checkpoint/checkpoint.ts'
export { DescriptorHandle } from './files/descriptor-handle.ts'
export type { EarlierFile } from './reading/earlier-files.ts'
export { TailerError, tailerErrors, type TailerErrorCode } from './errors.ts'
export type {
  DirectoryEntry,
  DirectoryListener,
  FileFacts,
  FileSystem,
  GlanceFacts,
  ReadHandle,
} from './files/file-system.ts'
export { follow, tail } from './follow/follow.ts'
export { expandGlob, type GlobOptions } from './names/glob.ts'
export { matchesGlob } from './names/glob-pattern.ts'
export { nodeFileSystem } from './files/node-file-system.ts'
export { findJournalctl } from './journal/find-journalctl.ts'
export { isJournal, unitOf } from './journal/journal-unit.ts'
export { runJournalctl, type JournalctlRun } from './journal/run-journalctl.ts'
export {
  openGrowingFile,
  type GrowingFile,
  type GrowingFileChange,
  type GrowingFileOptions,
} from './reading/growing-file.ts'
export {
  formatTailHash,
  hashTail,
  identify,
  provesResumeToken,
  resumeTokenAt,
  HEAD_BYTES,
  TAIL_BYTES,
  type FileIdentity,
} from './identity/identity.ts'
export { toNodeStream } from './reading/node-stream.ts'
export type { Admit } from './files/open-file.ts'
export type { FollowOptions, OpenedFile, ReadOptions, Span, TailerOptions } from './options.ts'
export { read, readBlocks, type ReadBlocksOptions } from './reading/read.ts'
export { resumeTokenAfter } from './checkpoint/resume-token-after.ts'
export { readStdin, readStream, type ReadStreamOptions } from './reading/stdin.ts'
export { tailStream, type TailStreamOptions } from './reading/tail-stream.ts'
