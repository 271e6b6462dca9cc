import { StockSshd } from '../../apps/rrtail/test/stock/stock-sshd.ts'
import { accessLog } from '../access-log.ts'
import { floor } from '../candidates.ts'
import { startPairs } from '../dtail-pair.ts'
import type { RowGroup } from '../row.ts'

/** `dcat` through SSH on loopback: our client and server, the pair of the Go fork, and `ssh host cat` of a stock sshd. */
export const sshCat: RowGroup = {
  name: 'ssh-dcat',
  async prepare({ dir, peers, size, seed }) {
    const input = await accessLog(dir, { size, seed })
    const pairs = await startPairs(peers)
    const sshd = await StockSshd.start()
    const row = {
      name: 'dcat SSH',
      what: 'plain copy through SSH on loopback',
      inputBytes: input.bytes,
      sameOutput: true,
      candidates: [
        ...pairs.map(pair =>
          pair.client('dcat', ['--plain', '--servers', `127.0.0.1:${pair.port}`, '--files', input.path]),
        ),
        ...(sshd ? floor('ssh', ['-F', sshd.config, 'web1', 'cat', input.path]) : []),
      ],
    }
    const close = async (): Promise<void> => {
      await Promise.all([...pairs, ...(sshd ? [sshd] : [])].map(server => server.close()))
    }
    return { rows: [row], close }
  },
}
