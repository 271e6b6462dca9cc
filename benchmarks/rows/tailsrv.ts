import { existsSync } from 'node:fs'
import path from 'node:path'
import { accessLog } from '../access-log.ts'
import { floor as installed, ours } from '../candidates.ts'
import type { Candidate } from '../measure.ts'
import type { Bench, PreparedRow, RowGroup } from '../row.ts'
import { compileNative, loadOnce, type Load, type LoadedServer } from '../tailsrv-load.ts'

type Live = Awaited<ReturnType<NonNullable<Candidate['live']>>>
/** A run, and all that its readers said. */
type LiveLoad = Live & { readonly load: Load }

/** A server to measure. */
export interface Contestant extends LoadedServer {
  readonly name: string
  readonly kind: Candidate['kind']
}

/** What is done to each server, and what counts as its time. */
interface Measure {
  readonly name: string
  readonly what: string
  readonly bytesPerReader?: number
  readonly readers: number
  readonly words: (port: number, file: string) => readonly string[]
  readonly timeMs: (load: Load) => number
  /** Those without it cannot do the work, or not in useful time. */
  readonly only?: readonly string[]
}

const FETCHES = [
  [1, 1_000_000_000],
  [10, 400_000_000],
  [100, 40_000_000],
  [1000, 1_000_000],
  [5000, 200_000],
  [10_000, 100_000],
] as const
const SMALL_BYTES = 50_000_000

/**
 * One file to many readers over loopback, each server with its own process, the same load client for all. CPU is that of
 * the server alone.
 */
export const tailsrv: RowGroup = {
  name: 'tailsrv',
  prepare: bench =>
    prepareRows(bench, Math.max(bench.size, 1_000_000_000), (file, toRow) =>
      fetches().map(measure => {
        const row = toRow(measure)
        return measure.readers === 1 ? { ...row, candidates: [...row.candidates, ...gnuTail(file)] } : row
      }),
    ),
}

/** Thousands that connect at once. The memory is what the readers added. */
export const tailsrvAccept: RowGroup = {
  name: 'tailsrv-accept',
  prepare: bench =>
    prepareRows(bench, SMALL_BYTES, (_, toRow) => [1000, 5000, 10_000].map(count => toRow(accept(count)))),
}

/**
 * From an append until the readers have it. A tenth rests, or stands still: it waits for bytes that never come, or has
 * bytes that it never takes, and all else is the same. The memory is what the readers added.
 */
export const tailsrvAppend: RowGroup = {
  name: 'tailsrv-append',
  prepare: bench =>
    prepareRows(bench, SMALL_BYTES, (_, toRow) =>
      [100, 1000, 5000, 10_000].flatMap(count => sharesOf(inTurn(appends(count).map(toRow)))),
    ),
}

async function prepareRows(
  { dir, peers, seed }: Bench,
  bytes: number,
  rowsOf: (file: string, toRow: (measure: Measure) => PreparedRow) => readonly PreparedRow[],
): Promise<{ readonly rows: readonly PreparedRow[]; close(): Promise<void> }> {
  const readers = compileNative(dir, 'readers')
  const sendfileLoop = compileNative(dir, 'floor')
  if (readers === undefined || sendfileLoop === undefined) return { rows: [], close: async () => {} }
  const { path: file } = await accessLog(dir, { size: bytes, seed })
  const contestants: readonly Contestant[] = [
    ...ourServer(),
    ...peer(peers),
    { name: 'C sendfile loop', kind: 'floor', command: sendfileLoop, args: ['PORT', 'FILE'] },
  ]
  const toRow = (measure: Measure): PreparedRow => ({
    name: `tailsrv ${measure.name}`,
    what: measure.what,
    inputBytes: (measure.bytesPerReader ?? 0) * measure.readers,
    sameOutput: false,
    candidates: contestants
      .filter(({ name }) => measure.only === undefined || measure.only.some(word => name.includes(word)))
      .map(contestant => toCandidate(contestant, readers, { file, measure })),
  })
  return { rows: rowsOf(file, toRow), close: async () => {} }
}

function fetches(): Measure[] {
  return FETCHES.map(([readers, bytes]) => ({
    name: `${readers} readers`,
    what: `each reads ${bytes / 1e6} MB from byte 0`,
    readers,
    bytesPerReader: bytes,
    words: port => ['fetch', `${port}`, `${readers}`, '0', `${bytes}`],
    timeMs: ({ wallMs = NaN }) => wallMs,
    // 0.9.3 loses most of a thousand connections and never ends.
    ...(readers > 1000 ? { only: ['logflow', 'C '] } : {}),
  }))
}

function accept(readers: number): Measure {
  return {
    name: `accepts ${readers}`,
    what: 'all connect at once; until each has its first byte',
    readers,
    words: port => ['fetch', `${port}`, `${readers}`, '-1', '1'],
    timeMs: ({ wallMs = NaN }) => wallMs,
    only: readers > 1000 ? ['logflow', 'C '] : ['logflow', 'C ', '0.9.3'],
  }
}

/** Appends of one line, 20 ms apart at least; a tenth of the readers rests in one load and stands still in the next. */
function appends(readers: number): Measure[] {
  const [interval, tenth] = [String(Math.max(20, readers / 50)), String(readers / 10)]
  const count = readers > 1000 ? '30' : '60'
  return ['resting', 'stalled'].map(tenthIs => ({
    name: `append, ${readers} readers, a tenth ${tenthIs}`,
    what: `from the append of a line until a reader has it, over ${count} appends and nine tenths of the readers`,
    readers,
    words: (port, file) => ['follow', `${port}`, `${readers}`, file, count, interval, tenth, tenthIs],
    timeMs: ({ p50Ms = NaN }) => p50Ms,
    only: readers > 100 ? ['logflow'] : ['logflow', '0.9.3'],
  }))
}

/** Two loads as one row, so that what the machine does in the meantime hits both alike. */
function inTurn([row, other]: readonly PreparedRow[]): PreparedRow {
  if (!row || !other) throw new Error('there are two loads')
  const standing = other.candidates.map(candidate => ({ ...candidate, name: `${candidate.name}, stalled` }))
  return { ...row, name: `${row.name} or stalled`, candidates: [...row.candidates, ...standing] }
}

/** One row for p50 and one for p99 of the very same runs. */
function sharesOf(row: PreparedRow): PreparedRow[] {
  const p99 = new Map<string, Live[]>()
  const first = row.candidates.map(candidate => ({
    ...candidate,
    live: async (): Promise<Live> => {
      const live = (await candidate.live?.(candidate)) as LiveLoad
      const runs = p99.get(candidate.name) ?? []
      p99.set(candidate.name, [...runs, { ...live, run: { ...live.run, wallMs: live.load.p99Ms ?? NaN } }])
      return live
    },
  }))
  const second = row.candidates.map(candidate => ({
    ...candidate,
    live: async (): Promise<Live> => p99.get(candidate.name)?.shift() as Live,
  }))
  return [
    { ...row, name: `${row.name}, p50`, candidates: first },
    { ...row, name: `${row.name}, p99`, candidates: second },
  ]
}

/** Our server. */
export function ourServer(): Contestant[] {
  const args = [
    '--port',
    'PORT',
    '--bind-address',
    '127.0.0.1',
    '--max-clients',
    '20000',
    '--log-level',
    'error',
    'FILE',
  ]
  const { name, command } = ours('tailsrv', args)
  return [{ name, kind: 'ours', command, args }]
}

/** One reader is all it has: to its end through a pipe. */
function gnuTail(file: string): Candidate[] {
  return installed('tail', ['-c', '+1', file]).map(candidate => ({ ...candidate, name: 'GNU tail, pipe' }))
}

/** The original, where it is. */
export function peer(peers: string | undefined): Contestant[] {
  const command = path.join(peers ?? '', 'tailsrv', 'tailsrv')
  if (peers === undefined || !existsSync(command)) return []
  return [{ name: 'tailsrv 0.9.3', kind: 'peer', command, args: ['-p', 'PORT', 'FILE'] }]
}

function toCandidate(
  { name, kind, command, args }: Contestant,
  readers: string,
  { file, measure }: { readonly file: string; readonly measure: Measure },
): Candidate {
  const isFetch = measure.bytesPerReader !== undefined
  return {
    name,
    kind,
    command,
    args,
    live: async (): Promise<LiveLoad> => {
      const load = await loadOnce({ command, args }, readers, { file, words: measure.words, appends: !isFetch })
      const peakRssBytes = isFetch ? load.rssWith : load.rssWith - load.rssBefore
      const run = {
        wallMs: measure.timeMs(load),
        cpuMs: load.serverCpuMs,
        peakRssBytes,
        code: load.failed === 0 ? 0 : 1,
      }
      return { run, output: { bytes: load.bytes ?? 0, sha256: '' }, load }
    },
  }
}
