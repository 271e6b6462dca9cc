/**
 * For the tests of logflow: a clock that stands still, chunk cutter, temp folders, a writer that rotates.
 *
 * @packageDocumentation
 */
export { asyncChunksOf, chunksOf } from './chunks-of.ts'
export { collect, type CollectOptions } from './collect.ts'
export { DEBIAN_TOOL_MS, debianTool, type DebianTool, type DebianToolOptions } from './debian-tool.ts'
export { DeliveryChecker, type CheckedWorld } from './delivery-checker.ts'
export { FakeClock } from './fake-clock.ts'
export { freePort } from './free-port.ts'
export { Gate, settle } from './gate.ts'
export { ModelContent } from './model-content.ts'
export {
  ModelFileSystem,
  type ModelEntry,
  type ModelFileSystemOptions,
  type ModelInode,
  type ModelListener,
} from './model-file-system.ts'
export { ModelReader, type ModelHandle, type ModelReaderOptions } from './model-reader.ts'
export { Random } from './random.ts'
export {
  MemoryStorage,
  MODEL_LINGER_MS,
  MODEL_POLL_MS,
  runRotationSchedule,
  type OpenReader,
  type ReaderInit,
  type ReaderUnderTest,
} from './rotation-proof.ts'
export {
  formatRotationSchedule,
  parseRotationSchedule,
  rotationSchedule,
  type RotationProfile,
  type RotationSchedule,
  type ScheduleAdditions,
  type RotationStep,
} from './rotation-schedule.ts'
export { RotationWorld } from './rotation-world.ts'
export { shrinkSchedule } from './shrink-schedule.ts'
export {
  rotatingWriter,
  type RotatingWriter,
  type RotatingWriterOptions,
  type RotationKind,
} from './rotating-writer.ts'
export { tempDir, type Cleanup } from './temp-dir.ts'
export { assembleWat } from './wat-assembler.ts'
