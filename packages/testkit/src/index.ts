/**
 * For the tests of logflow: a clock that stands still, chunk cutter, temp folders, a writer that rotates.
 *
 * @packageDocumentation
 */
export { asyncChunksOf, chunksOf } from './chunks-of.ts'
export { collect, type CollectOptions } from './collect.ts'
export { FakeClock } from './fake-clock.ts'
export { freePort } from './free-port.ts'
export {
  rotatingWriter,
  type RotatingWriter,
  type RotatingWriterOptions,
  type RotationKind,
} from './rotating-writer.ts'
export { tempDir, type Cleanup } from './temp-dir.ts'
