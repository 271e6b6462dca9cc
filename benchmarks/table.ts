import type { Candidate, Measured, Run } from './measure.ts'

/** The figures of one candidate in one row. */
export interface Figures {
  readonly name: string
  readonly kind: Candidate['kind']
  readonly medianMs: number
  readonly minMs: number
  readonly maxMs: number
  /** Input bytes per second of wall time; 0 when the row has no input. */
  readonly megabytesPerSecond: number
  readonly cpuSecondsPerGigabyte: number
  readonly medianCpuMs: number
  readonly peakRssMegabytes: number
  /** Our median wall time into this one's: above 1 means ours is faster. */
  readonly oursIsFasterBy: number
  readonly outputBytes: number
  readonly outputSha256: string
}

/** A finished row of the benchmark. */
export interface RowResult {
  readonly row: string
  readonly what: string
  readonly inputBytes: number
  readonly figures: readonly Figures[]
  /** What the figures do not say. */
  readonly notes?: readonly string[]
  /** Work that was not the same, limits that did not hold. */
  readonly problems: readonly string[]
}

/** Medians of all runs, and whether everybody did the same work. */
export function summarise(
  row: { readonly name: string; readonly what: string; readonly inputBytes: number; readonly sameOutput: boolean },
  candidates: readonly Candidate[],
  measured: ReadonlyMap<string, Measured>,
): RowResult {
  const runsOf = (name = ''): readonly Run[] => measured.get(name)?.runs ?? []
  const ours = median(runsOf(candidates.find(({ kind }) => kind === 'ours')?.name).map(run => run.wallMs))
  const figures = candidates.map(({ name, kind }) => ({
    ...figuresOf(name, kind, { runs: runsOf(name), inputBytes: row.inputBytes, ours }),
    outputBytes: measured.get(name)?.verified.output.bytes ?? 0,
    outputSha256: measured.get(name)?.verified.output.sha256 ?? '',
  }))
  const problems = candidates.flatMap(({ name }) => {
    const codes = new Set([measured.get(name)?.verified.run, ...runsOf(name)].map(run => run?.code ?? null))
    return [...codes].filter(code => code !== 0).map(code => `${name} ended with ${code}`)
  })
  const compared = new Set(candidates.filter(({ ownWords }) => !ownWords).map(({ name }) => name))
  const hashes = new Set(figures.filter(({ name }) => compared.has(name)).map(({ outputSha256 }) => outputSha256))
  if (row.sameOutput && hashes.size > 1)
    problems.push(
      `not the same work: ${figures.map(({ name, outputBytes, outputSha256 }) => `${name} ${outputBytes} bytes ${outputSha256.slice(0, 8)}`).join(', ')}`,
    )
  return { row: row.name, what: row.what, inputBytes: row.inputBytes, figures, problems }
}

function figuresOf(
  name: string,
  kind: Candidate['kind'],
  facts: { readonly runs: readonly Run[]; readonly inputBytes: number; readonly ours: number },
): Omit<Figures, 'outputBytes' | 'outputSha256'> {
  const { runs, inputBytes, ours } = facts
  const walls = runs.map(run => run.wallMs)
  const medianMs = median(walls)
  const medianCpuMs = median(runs.map(run => run.cpuMs))
  return {
    name,
    kind,
    medianMs,
    minMs: Math.min(...walls),
    maxMs: Math.max(...walls),
    megabytesPerSecond: inputBytes / medianMs / 1000,
    cpuSecondsPerGigabyte: inputBytes === 0 ? 0 : medianCpuMs / 1000 / (inputBytes / 1e9),
    medianCpuMs,
    peakRssMegabytes: Math.max(...runs.map(run => run.peakRssBytes)) / 1e6,
    oursIsFasterBy: medianMs / ours,
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** A row for people. */
export function rowText({ row, what, inputBytes, figures, notes = [], problems }: RowResult): string {
  const input = inputBytes > 0 ? `, ${(inputBytes / 1e6).toFixed(0)} MB` : ''
  const head = ['candidate', 'median ms', 'min-max ms', 'MB/s', 'CPU s/GB', 'CPU ms', 'peak MB', 'x']
  const cells = figures.map(figure => [
    figure.name,
    figure.medianMs.toFixed(1),
    `${figure.minMs.toFixed(0)}-${figure.maxMs.toFixed(0)}`,
    inputBytes > 0 ? figure.megabytesPerSecond.toFixed(0) : '',
    inputBytes > 0 ? figure.cpuSecondsPerGigabyte.toFixed(2) : '',
    figure.medianCpuMs.toFixed(0),
    figure.peakRssMegabytes.toFixed(0),
    Number.isFinite(figure.oursIsFasterBy) ? figure.oursIsFasterBy.toFixed(2) : '',
  ])
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map(row => (row[i] as string).length)))
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join('  ')
  const below = [...notes.map(note => `  ${note}`), ...problems.map(problem => `! ${problem}`)]
  return [`\n${row}: ${what}${input}`, line(head), ...cells.map(line), ...below].join('\n')
}
