import { ours } from '../candidates.ts'
import type { RowGroup } from '../row.ts'

const PROGRAMS = [
  ...['dtail', 'dcat', 'dgrep', 'dmap', 'dtailhealth', 'dserver', 'tailsrv', 'rrtail'],
  ...['uploader', 'logos', 'devcert', 'receiver', 'grinder', 'narrate', 'console'],
]

/** `--version` and `--help` of every program, and an empty program of the same Node as the floor. */
export const startUp: RowGroup = {
  name: 'start-up',
  async prepare() {
    const empty = { name: 'node -e 0', kind: 'floor' as const, command: process.execPath, args: ['-e', '0'] }
    const rows = PROGRAMS.flatMap(program =>
      ['--version', '--help'].map(flag => ({
        name: `start-up ${program} ${flag}`,
        what: 'process start to exit',
        inputBytes: 0,
        sameOutput: false,
        candidates: [ours(program, [flag]), empty],
        limit: { wallMs: 60, peakRssMegabytes: 60 },
      })),
    )
    return { rows, close: async () => {} }
  },
}
