import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NumberedLines } from '../numbered-lines.ts'
import type { Candidate, Verified } from '../measure.ts'
import { usageOf } from '../process-usage.ts'
import type { PreparedRow, RowGroup } from '../row.ts'

/** What the writer does: how often it renames the file, and after how many turns of 200 lines and 10 ms. */
interface Writing {
  readonly name: string
  readonly rotations: number
  readonly turns: number
}

const WRITINGS: readonly Writing[] = [
  { name: 'every 20 ms', rotations: 100, turns: 2 },
  { name: 'every second', rotations: 3, turns: 100 },
]
const LINES_PER_TURN = 200
/** Readers have begun by then. */
const START_MS = 1500
/** Nothing comes any more from one that was silent for so long after the last line was written. */
const SILENT_MS = 3000

/** A file that is renamed and made anew while it is written to: which lines arrive. */
export const tailerRotation: RowGroup = {
  name: 'tailer-rotation',
  async prepare({ dir, peers }) {
    mkdirSync(dir, { recursive: true })
    return { rows: WRITINGS.map(writing => rotationRow(writing, dir, peers)), close: async () => {} }
  },
}

function rotationRow(writing: Writing, dir: string, peers: string | undefined): PreparedRow {
  const told = new Map<string, string>()
  const npm = path.join(peers ?? '', 'npm')
  const ownNode = ['--disable-warning=ExperimentalWarning', path.resolve(import.meta.dirname, '../rotation-reader.ts')]
  const live = (candidate: Candidate): Promise<Verified> => follow(candidate, writing, { dir, told })
  const reader = (library: string, name: string, kind: Candidate['kind']): Candidate => ({
    ...{ name, kind, command: process.execPath, args: [...ownNode, library, 'FILE', npm], live },
  })
  const peersHere = peers !== undefined && existsSync(path.join(npm, 'node_modules'))
  return {
    name: `tailer rotation under load, ${writing.name}`,
    what: `${writing.rotations} renames, ${linesOf(writing)} lines, 200 every 10 ms; until the last line that arrives`,
    inputBytes: 0,
    sameOutput: false,
    candidates: [
      reader('lines', 'logflow follow', 'ours'),
      reader('raw', 'logflow follow, raw', 'ours'),
      ...(peersHere ? [reader('tail-file', '@logdna/tail-file', 'peer'), reader('tail', 'npm tail', 'peer')] : []),
      { name: 'GNU tail -F', kind: 'peer', command: 'tail', args: ['-c', '+1', '-F', 'FILE'], live },
    ],
    notes: () => [...told.values()],
  }
}

function linesOf({ rotations, turns }: Writing): number {
  return rotations * turns * LINES_PER_TURN
}

/** One reader while one writer writes. Ours ends with 1 when a line is missing or came twice. */
async function follow(
  candidate: Candidate,
  writing: Writing,
  { dir, told }: { readonly dir: string; readonly told: Map<string, string> },
): Promise<Verified> {
  const count = linesOf(writing)
  const folder = mkdtempSync(path.join(dir, 'rotation-'))
  const file = path.join(folder, 'app.log')
  writeFileSync(file, '')
  const args = candidate.args.map(word => (word === 'FILE' ? file : word))
  const child = spawn(candidate.command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = once(child, 'exit')
  try {
    const lines = new NumberedLines(count)
    let lastMs = 0
    child.stdout.on('data', (chunk: Uint8Array) => {
      lines.push(chunk)
      lastMs = performance.now()
    })
    await sleep(START_MS)
    const startMs = performance.now()
    lastMs = startMs
    await write(file, writing)
    const writtenMs = performance.now()
    while (performance.now() - Math.max(lastMs, writtenMs) < (lines.missing === 0 ? 200 : SILENT_MS)) await sleep(50)
    const { cpuMs, peakRssBytes } = usageOf(child.pid)
    const { missing, repeated } = lines
    told.set(
      candidate.name,
      `${candidate.name}: ${count - missing} of ${count} lines, ${missing} lost, ${repeated} twice`,
    )
    const code = candidate.kind === 'ours' && missing + repeated > 0 ? 1 : 0
    return { run: { wallMs: lastMs - startMs, cpuMs, peakRssBytes, code }, output: { bytes: 0, sha256: '' } }
  } finally {
    child.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true })
  }
}

async function write(file: string, { rotations, turns }: Writing): Promise<void> {
  const program = path.resolve(import.meta.dirname, '../rotation-writer.ts')
  const args = ['--disable-warning=ExperimentalWarning', program, file, String(rotations), String(turns)]
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the writer ended with ${code}`)
}
