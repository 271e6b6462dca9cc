import { accessLog } from '../access-log.ts'
import { floor, goPeers, ours } from '../candidates.ts'
import type { Candidate } from '../measure.ts'
import { packedInput, type Packing } from '../packed-input.ts'
import { PATTERNS } from '../patterns.ts'
import type { Bench, RowGroup } from '../row.ts'

const DTAIL = ['--plain', '--cfg', 'none', '--logLevel', 'error']

/** What unfolds the file alone: the floor of `dcat`. */
const UNFOLDING: Readonly<Record<Packing, (path: string) => Candidate[]>> = {
  plain: path => floor('cat', [path]),
  gzip: path => floor('gzip', ['-dc', path]),
  zstd: path => floor('zstd', ['-dcq', path]),
}

/** Other ways to search such a file; those that unfold it run another program for that. */
const SEARCHING: Readonly<Record<Packing, (pattern: string, path: string) => Candidate[]>> = {
  plain: (pattern, path) => [
    ...floor('rg', ['--no-config', '-N', '-a', pattern, path]),
    ...floor('grep', ['-aP', pattern, path]),
  ],
  gzip: (pattern, path) => [
    ...floor('rg', ['--no-config', '-N', '-a', '-z', pattern, path]),
    ...floor('zgrep', ['-aP', pattern, path]),
  ],
  zstd: (pattern, path) => floor('rg', ['--no-config', '-N', '-a', '-z', pattern, path]),
}

const PACKED: readonly Packing[] = ['gzip', 'zstd']

interface PackedFile {
  readonly packing: Packing
  readonly path: string
  /** Unfolded. */
  readonly bytes: number
}

/** The same log as it is, and packed. */
async function packedLogs({ dir, size, seed }: Bench, packings: readonly Packing[]): Promise<PackedFile[]> {
  const input = await accessLog(dir, { size, seed })
  const files: PackedFile[] = []
  for (const packing of packings) files.push({ packing, path: await packedInput(input, packing), bytes: input.bytes })
  return files
}

/** The name of a row: a plain file is not mentioned. */
function rowName(program: string, packing: Packing, kind = ''): string {
  return [program, 'serverless', kind, packing === 'plain' ? '' : packing].filter(word => word !== '').join(' ')
}

/** `dcat` of one local file, no server. */
export const serverlessCat: RowGroup = catRows('dcat', ['plain'])
/** The same of one that has to be unfolded. */
export const serverlessCatPacked: RowGroup = catRows('dcat-packed', PACKED)
/** `dgrep` of one local file, no server. */
export const serverlessGrep: RowGroup = grepRows('dgrep', ['plain'])
/** The same of one that has to be unfolded. */
export const serverlessGrepPacked: RowGroup = grepRows('dgrep-packed', PACKED)

function catRows(name: string, packings: readonly Packing[]): RowGroup {
  return {
    name,
    async prepare(bench) {
      const rows = (await packedLogs(bench, packings)).map(({ packing, path, bytes }) => {
        const args = [...DTAIL, path]
        return {
          name: rowName('dcat', packing),
          what: 'plain copy of an access log',
          inputBytes: bytes,
          sameOutput: true,
          candidates: [ours('dcat', args), ...goPeers(bench.peers, 'dcat', args), ...UNFOLDING[packing](path)],
        }
      })
      return { rows, close: async () => {} }
    },
  }
}

function grepRows(name: string, packings: readonly Packing[]): RowGroup {
  return {
    name,
    async prepare(bench) {
      const rows = (await packedLogs(bench, packings)).flatMap(({ packing, path, bytes }) =>
        PATTERNS.map(([kind, pattern]) => {
          const args = [...DTAIL, '--grep', pattern, path]
          const candidates = [
            ours('dgrep', args),
            ...goPeers(bench.peers, 'dgrep', args),
            ...SEARCHING[packing](pattern, path),
          ]
          return {
            name: rowName('dgrep', packing, kind),
            what: pattern,
            inputBytes: bytes,
            sameOutput: true,
            candidates,
          }
        }),
      )
      return { rows, close: async () => {} }
    },
  }
}
