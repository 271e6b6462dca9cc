import { accessLog } from '../access-log.ts'
import { startPairs } from '../dtail-pair.ts'
import type { RowGroup } from '../row.ts'

/** `dcat` through SSH on loopback: our client and server, and the pair of the Go fork. */
export const sshCat: RowGroup = {
  name: 'ssh-dcat',
  async prepare({ dir, peers, size, seed }) {
    const input = await accessLog(dir, { size, seed })
    const pairs = await startPairs(peers)
    const row = {
      name: 'dcat SSH',
      what: 'plain copy through SSH on loopback',
      inputBytes: input.bytes,
      sameOutput: true,
      candidates: pairs.map(pair =>
        pair.client('dcat', ['--plain', '--servers', `127.0.0.1:${pair.port}`, '--files', input.path]),
      ),
    }
    return { rows: [row], close: async () => void (await Promise.all(pairs.map(pair => pair.close()))) }
  },
}
