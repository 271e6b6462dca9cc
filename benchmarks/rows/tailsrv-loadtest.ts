import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accessLog } from '../access-log.ts'
import type { Candidate, Verified } from '../measure.ts'
import { usageOf } from '../process-usage.ts'
import type { Bench, PreparedRow, RowGroup } from '../row.ts'
import { withServer } from '../tailsrv-load.ts'
import { ourServer, peer, type Contestant } from './tailsrv.ts'

const LOADS = [
  [1, 500_000_000],
  [10, 200_000_000],
  [100, 20_000_000],
] as const
const LAST_LINE = 'the very last line'
const TIMEOUT_MS = 30_000

/**
 * The load client of tailsrv 0.9.3, `loadtest`, on each server: until it says that all of its readers are at the last
 * line. CPU is that of the server.
 */
export const tailsrvLoadtest: RowGroup = {
  name: 'tailsrv-loadtest',
  async prepare({ dir, peers, seed }: Bench) {
    const client = path.join(peers ?? '', 'tailsrv', 'loadtest')
    if (peers === undefined || !existsSync(client)) return { rows: [], close: async () => {} }
    const log = readFileSync((await accessLog(dir, { size: LOADS[0][1], seed })).path)
    const files = LOADS.map(([readers, bytes]) => {
      const file = path.join(dir, `loadtest-${readers}.log`)
      const lines = log.subarray(0, log.lastIndexOf(10, bytes) + 1)
      writeFileSync(file, Buffer.concat([lines, Buffer.from(`${LAST_LINE}\n`)]))
      return { readers, file, bytes: lines.length }
    })
    const rows = files.map(({ readers, file, bytes }): PreparedRow => ({
      name: `tailsrv loadtest, ${readers} reader${readers === 1 ? '' : 's'}`,
      what: `the original's load client, which looks at its readers once a second, from byte 0 to the last line`,
      inputBytes: readers * bytes,
      sameOutput: false,
      candidates: [...ourServer(), ...peer(peers)].map(server => toCandidate(server, client, { readers, file })),
    }))
    return { rows, close: async () => files.forEach(({ file }) => rmSync(file)) }
  },
}

function toCandidate(
  server: Contestant,
  client: string,
  { readers, file }: { readonly readers: number; readonly file: string },
): Candidate {
  const load = (): Promise<Verified> =>
    withServer(server, file, async ({ port, pid, cpuMs }) => {
      const wallMs = await untilLastLine(client, readers, port)
      const run = { wallMs: wallMs ?? NaN, cpuMs: cpuMs(), peakRssBytes: usageOf(pid).peakRssBytes }
      return { run: { ...run, code: wallMs === undefined ? 1 : 0 }, output: { bytes: 0, sha256: '' } }
    })
  return { ...server, live: load }
}

/** How long it took; `undefined` when it did not come to that. */
async function untilLastLine(client: string, readers: number, port: number): Promise<number | undefined> {
  const started = performance.now()
  const child = spawn(client, ['-j', String(readers), `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = once(child, 'exit')
  let [text, doneMs] = ['', 0]
  child.stdout.on('data', (chunk: Uint8Array) => {
    text = (text + Buffer.from(chunk).toString('latin1')).slice(-4096)
    if (doneMs === 0 && text.includes(`${readers} others: ${LAST_LINE}`)) doneMs = performance.now()
  })
  while (doneMs === 0 && performance.now() - started < TIMEOUT_MS) await sleep(5)
  child.kill('SIGKILL')
  await exited
  return doneMs === 0 ? undefined : doneMs - started
}
