/** Ours and every peer that is found, interleaved, on the same inputs, with the same work checked by size and hash. */
import { cpus } from 'node:os'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runProgram, UsageError } from '@logflow/cli'
import { nearestName } from '@logflow/core'
import manifest from './package.json' with { type: 'json' }
import { flags } from './flags.ts'
import { interleaved } from './measure.ts'
import type { PreparedRow, RowGroup } from './row.ts'
import { burst } from './rows/burst.ts'
import { serverlessMap } from './rows/dmap.ts'
import { dserverMemory } from './rows/dserver-memory.ts'
import { fleet, fleetOf1000 } from './rows/fleet.ts'
import { rrtail } from './rows/rrtail.ts'
import { serverlessCat, serverlessCatPacked, serverlessGrep, serverlessGrepPacked } from './rows/serverless.ts'
import { sshCat } from './rows/ssh-cat.ts'
import { sshGrep } from './rows/ssh-grep.ts'
import { startUp } from './rows/start-up.ts'
import { tailer, tailerQuiet } from './rows/tailer.ts'
import { tailerRotation } from './rows/tailer-rotation.ts'
import { tailsrv, tailsrvAccept, tailsrvAppend } from './rows/tailsrv.ts'
import { tailsrvLoadtest } from './rows/tailsrv-loadtest.ts'
import { rowText, summarise, type RowResult } from './table.ts'

const groups: readonly RowGroup[] = [
  startUp,
  serverlessCat,
  serverlessCatPacked,
  serverlessGrep,
  serverlessGrepPacked,
  serverlessMap,
  sshCat,
  sshGrep,
  fleet,
  fleetOf1000,
  burst,
  dserverMemory,
  rrtail,
  tailer,
  tailerQuiet,
  tailerRotation,
  tailsrv,
  tailsrvAccept,
  tailsrvAppend,
  tailsrvLoadtest,
]
const names = groups.map(({ name }) => name)

process.exitCode = await runProgram(
  {
    name: 'bench',
    version: manifest.version,
    summary: 'Measures whole programs beside their peers.',
    usage: ['npm run bench -- [options] [ROW]...'],
    operands: { name: 'ROW', help: `Which rows: ${names.join(', ')}; all without one.` },
    flags,
    examples: [
      { run: 'npm run bench -- start-up', does: 'Start-up time and memory of every program.' },
      { run: 'npm run bench -- --peers ~/peers dcat dgrep', does: 'dcat and dgrep beside ~/peers/F/dcat and so on.' },
    ],
    exitCodes: { 0: 'measured', 1: 'the work was not the same, or a bound did not hold', 2: 'wrong usage' },
  },
  async ({ options, operands, stdout, stderr, signal }) => {
    for (const name of operands) {
      const near = nearestName(name, names)
      if (!names.includes(name)) throw new UsageError(`no row ${name}${near ? `; did you mean ${near}?` : ''}`)
    }
    const dir = path.resolve(import.meta.dirname, options.inputs ?? '../.logflow/bench')
    const bench = { dir, peers: options.peers && path.resolve(options.peers), size: options.size, seed: options.seed }
    const results: RowResult[] = []
    for (const group of groups) {
      if (operands.length > 0 && !operands.includes(group.name)) continue
      const prepared = await group.prepare(bench)
      try {
        for (const row of prepared.rows) {
          signal.throwIfAborted()
          if (stderr.isTerminal) await stderr.write(`\r\u001b[K${row.name} …`)
          const result = await resultOf(row, { rounds: options.rounds, signal })
          results.push(result)
          if (stderr.isTerminal) await stderr.write('\r\u001b[K')
          await stdout.write(`${rowText(result)}\n`)
        }
      } finally {
        await prepared.close()
      }
    }
    await stdout.write(`\nwritten to ${writeResults(results, options.rounds)}\n`)
    return results.some(({ problems }) => problems.length > 0) ? 1 : 0
  },
)

async function resultOf(row: PreparedRow, how: Parameters<typeof interleaved>[1]): Promise<RowResult> {
  const { name, what, inputBytes } = row
  if (row.impossible !== undefined)
    return { row: name, what, inputBytes, figures: [], problems: [`not measured: ${row.impossible}`] }
  return withLimits(row, summarise(row, row.candidates, await interleaved(row.candidates, how)))
}

function withLimits(row: PreparedRow, result: RowResult): RowResult {
  const mine = result.figures.find(({ kind }) => kind === 'ours')
  const problems = [...result.problems, ...(row.problems?.() ?? [])]
  const notes = row.notes?.() ?? []
  if (!row.limit || !mine) return { ...result, notes, problems }
  if (mine.medianMs > row.limit.wallMs)
    problems.push(`${mine.name} took ${mine.medianMs.toFixed(1)} ms, bound ${row.limit.wallMs}`)
  if (mine.peakRssMegabytes > row.limit.peakRssMegabytes)
    problems.push(`${mine.name} took ${mine.peakRssMegabytes.toFixed(1)} MB, bound ${row.limit.peakRssMegabytes}`)
  return { ...result, notes, problems }
}

function writeResults(results: readonly RowResult[], rounds: number): string {
  const folder = path.resolve(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`)
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version }
  writeFileSync(file, `${JSON.stringify({ machine, rounds, results }, undefined, 2)}\n`)
  return path.relative(process.cwd(), file)
}
