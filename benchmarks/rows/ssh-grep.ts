import { accessLog } from '../access-log.ts'
import { startPairs } from '../dtail-pair.ts'
import { PATTERNS } from '../patterns.ts'
import type { RowGroup } from '../row.ts'

/** `dgrep` through SSH on loopback, every pattern: our client and server, and the pair of the Go fork. */
export const sshGrep: RowGroup = {
  name: 'ssh-dgrep',
  async prepare({ dir, peers, size, seed }) {
    const input = await accessLog(dir, { size, seed })
    const pairs = await startPairs(peers)
    const rows = PATTERNS.map(([kind, pattern]) => ({
      name: `dgrep SSH ${kind}`,
      what: `lines that match ${pattern} through SSH on loopback`,
      inputBytes: input.bytes,
      sameOutput: true,
      candidates: pairs.map(pair => {
        const asked = ['--plain', '--servers', `127.0.0.1:${pair.port}`, '--files', input.path]
        return pair.client('dgrep', [...asked, '--grep', pattern])
      }),
    }))
    return { rows, close: async () => void (await Promise.all(pairs.map(pair => pair.close()))) }
  },
}
