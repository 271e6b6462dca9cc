import { StockSshd } from '../../apps/rrtail/test/stock/stock-sshd.ts'
import { accessLog } from '../access-log.ts'
import { ours } from '../candidates.ts'
import type { Candidate } from '../measure.ts'
import type { RowGroup } from '../row.ts'

/** A file through a stock sshd: rrtail, and what it stands for. None but `cat` ends, so each is left when all is there. */
export const rrtail: RowGroup = {
  name: 'rrtail',
  async prepare({ dir, size, seed }) {
    const input = await accessLog(dir, { size, seed })
    const sshd = await StockSshd.start()
    if (!sshd) return { rows: [], close: async () => {} }
    const ssh = `ssh -F ${sshd.config} web1`
    const { command } = ours('rrtail', [])
    const row = {
      name: 'rrtail',
      what: 'a file through a stock sshd on loopback, to its last byte',
      inputBytes: input.bytes,
      sameOutput: true,
      candidates: [
        untilAll('logflow rrtail', 'ours', `${command} -F ${sshd.config} web1:${input.path}`, input.bytes),
        untilAll('ssh tail -f', 'peer', `${ssh} tail -c +1 -f ${input.path}`, input.bytes),
        untilAll('ssh cat', 'floor', `${ssh} cat ${input.path}`, input.bytes),
      ],
    }
    return { rows: [row], close: () => sshd.close() }
  },
}

/** Through a named pipe, as a program that follows a quiet file does not notice that its reader left. */
function untilAll(name: string, kind: Candidate['kind'], command: string, bytes: number): Candidate {
  const script = `d=$(mktemp -d); mkfifo $d/p; ${command} >$d/p & head -c ${bytes} <$d/p; kill $!; wait; rm -r $d`
  return { name, kind, command: '/bin/sh', args: ['-c', script] }
}
