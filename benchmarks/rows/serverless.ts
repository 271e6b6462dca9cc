import { accessLog } from '../access-log.ts'
import { floor, goPeers, ours } from '../candidates.ts'
import type { RowGroup } from '../row.ts'

const DTAIL = ['--plain', '--cfg', 'none', '--logLevel', 'error']

/** The four patterns of the study: rare literal, common literal, folded alternation, classes. */
const PATTERNS = [
  ['rare', 'NEEDLE_7f3a'],
  ['common', 'Chrome/125'],
  ['folded', '(?i:error|warn)'],
  ['classes', '" [45][0-9]{2} [0-9]{5} .*rt=1\\.[89]'],
] as const

/** `dcat` of one local file, no server. */
export const serverlessCat: RowGroup = {
  name: 'dcat',
  async prepare({ dir, peers, size, seed }) {
    const input = await accessLog(dir, { size, seed })
    const args = [...DTAIL, input.path]
    const candidates = [ours('dcat', args), ...goPeers(peers, 'dcat', args), ...floor('cat', [input.path])]
    const row = {
      name: 'dcat serverless',
      what: 'plain copy of an access log',
      inputBytes: input.bytes,
      sameOutput: true,
      candidates,
    }
    return { rows: [row], close: async () => {} }
  },
}

/** `dgrep` of one local file, no server. */
export const serverlessGrep: RowGroup = {
  name: 'dgrep',
  async prepare({ dir, peers, size, seed }) {
    const input = await accessLog(dir, { size, seed })
    const rows = PATTERNS.map(([kind, pattern]) => {
      const args = [...DTAIL, '--grep', pattern, input.path]
      const candidates = [
        ours('dgrep', args),
        ...goPeers(peers, 'dgrep', args),
        ...floor('rg', ['--no-config', '-N', '-a', pattern, input.path]),
        ...floor('grep', ['-aP', pattern, input.path]),
      ]
      return { name: `dgrep serverless ${kind}`, what: pattern, inputBytes: input.bytes, sameOutput: true, candidates }
    })
    return { rows, close: async () => {} }
  },
}
