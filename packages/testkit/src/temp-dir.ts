import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The part of a vitest test context that is needed to clean up: `it('…', async t => { await tempDir(t) })`. */
export interface Cleanup {
  onTestFinished(work: () => Promise<void>): void
}

/** A new empty folder that is removed, with what is in it, when the test is over. */
export async function tempDir(test: Cleanup): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'logflow-'))
  test.onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 3 }))
  return path
}
