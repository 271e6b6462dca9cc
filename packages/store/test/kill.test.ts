import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../src/index.ts'
import { transpile } from './transpile.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logflow-store-'))
  await transpile(folder)
  await writeFile(join(folder, 'writer.mjs'), writer)
})
afterAll(() => rm(folder, { recursive: true }))

/** Appends without end, eight at a time, and prints each sequence after its append resolved. */
const writer = `
import { openStore } from '@logflow/store'
import { writeSync } from 'node:fs'
const store = await openStore(process.argv[2])
const epoch = process.argv[3]
const next = sequence => store
  .append({ stream: 'device', id: { epoch, sequence }, bytes: Buffer.alloc(1 + (sequence * 7919) % 30000, sequence) })
  .then(() => writeSync(1, sequence + '\\n'))
for (let sequence = 0; ; sequence += 8) await Promise.all(Array.from({ length: 8 }, (_, i) => next(sequence + i)))
`

/** Runs the writer, kills it after `lifeMs` of appending, and returns what it was promised. */
async function writeUntilKilled(store: string, epoch: string, lifeMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [join(folder, 'writer.mjs'), store, epoch], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const promised: number[] = []
  const lines = createInterface(child.stdout).on('line', line => promised.push(Number(line)))
  await once(lines, 'line')
  await delay(lifeMs)
  child.kill('SIGKILL')
  await once(child, 'close')
  return promised
}

describe('a writer killed with SIGKILL', () => {
  it('loses nothing it was promised, and the next one goes on', { timeout: 60_000 }, async () => {
    const path = join(folder, 'killed')
    const promised = new Map<string, number[]>()
    for (const [round, lifeMs] of [20, 45, 80, 130].entries())
      promised.set(`round-${round}`, await writeUntilKilled(path, `round-${round}`, lifeMs))

    await using store = await openStore(path)
    const found = new Map<string, number[]>()
    for await (const item of store.scan()) {
      if (item.kind === 'gap') throw new Error(`gap at ${JSON.stringify(item.position)}`)
      const { epoch, sequence } = item.id
      const whole = item.bytes.length === 1 + ((sequence * 7919) % 30000) && item.bytes.every(b => b === sequence % 256)
      expect(whole).toBe(true)
      found.set(epoch, found.get(epoch) ?? [])
      found.get(epoch)?.push(sequence)
    }
    for (const [epoch, sequences] of promised) {
      const stored = found.get(epoch) ?? []
      expect(stored).toEqual(Array.from(stored, (_, i) => i)) // each once, none skipped
      expect(stored.length).toBeGreaterThan(Math.max(...sequences))
    }
    expect(store.stats().damagedBytes).toBe(0)
  })
})
