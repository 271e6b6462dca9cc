import { floor, goPeers, ours } from '../candidates.ts'
import type { Candidate } from '../measure.ts'
import type { PreparedRow, RowGroup } from '../row.ts'
import { statsLog } from '../stats-log.ts'

const DTAIL = ['--plain', '--cfg', 'none', '--logLevel', 'error']

// The interval is longer than anybody takes: a report on the way would make outputs differ.
const COUNT = 'from STATS select count($line) group by $hostname limit 100 interval 600'
const GROUPS = 'from STATS select count(bytes),sum(bytes) group by host order by sum(bytes) limit 100 interval 600'
const EIGHT =
  'from STATS select count($line),sum(bytes),min(bytes),max(bytes),avg($goroutines),max(currentConnections),' +
  'last($time),len(host) group by host order by sum(bytes) limit 100 interval 600'

/** The count alone, with the table that dmap draws around it. */
const AWK_COUNT = `
$1 ~ /^INFO/ && $10 ~ /^MAPREDUCE:/ { n++ }
END { printf "%s\\n%13s \\n--------------\\n%13s \\n\\n", query, "count($line)", n }`

/** Both columns by host, largest sum first, in the same table. */
const AWK_GROUPS = `
$1 ~ /^INFO/ && $10 ~ /^MAPREDUCE:/ {
  for (i = 11; i <= NF; i++) { at = index($i, "="); pair[substr($i, 1, at - 1)] = substr($i, at + 1) }
  count[pair["host"]]++; sum[pair["host"]] += pair["bytes"]
}
END {
  for (host in count) {
    text = sprintf("%f", sum[host]); if (length(text) > wide) wide = length(text)
    for (i = ++n; i > 1 && sum[order[i - 1]] < sum[host]; i--) order[i] = order[i - 1]
    order[i] = host
  }
  line = sprintf("%*s", wide + 2, ""); gsub(/ /, "-", line)
  printf "%s\\n%13s | %*s \\n--------------|%s\\n", query, "count(bytes)", wide, "sum(bytes)", line
  for (i = 1; i <= n; i++) printf "%13d | %*f \\n", count[order[i]], wide, sum[order[i]]
  print ""
}`

const AGRIND_COUNT = '"|MAPREDUCE:STATS|" | count'
const AGRIND_GROUPS = '"|MAPREDUCE:STATS|" | parse "host=*|bytes=*" as host, bytes | count, sum(bytes) by host'
const AGRIND_EIGHT =
  '"|MAPREDUCE:STATS|" | parse "INFO|*|*|*|*|*|*|*|*|*|currentConnections=*|lifetimeConnections=*|host=*|bytes=*" ' +
  'as time, pid, caller, cpus, goroutines, cgocalls, load, uptime, table, connections, lifetime, host, bytes | ' +
  'count, sum(bytes), min(bytes), max(bytes), avg(goroutines), max(connections) by host'

/** The Go original prints what it has on the way, and takes minutes for a large file. */
const SMALL_BYTES = 300_000

/** `dmap` of one local file in the default format, no server. */
export const serverlessMap: RowGroup = {
  name: 'dmap',
  async prepare({ dir, peers, size, seed }) {
    const input = await statsLog(dir, { size, seed })
    const rows = [
      { kind: 'count', query: COUNT, awk: AWK_COUNT, agrind: AGRIND_COUNT },
      { kind: 'group by', query: GROUPS, awk: AWK_GROUPS, agrind: AGRIND_GROUPS },
      { kind: 'eight aggregates', query: EIGHT, awk: undefined, agrind: AGRIND_EIGHT },
    ].map(({ kind, query, awk, agrind }) => {
      const args = [...DTAIL, '--files', input.path, '--query', query]
      const candidates = [ours('dmap', args), ...goPeers(peers, 'dmap', args, ['F'])]
      if (awk !== undefined) candidates.push(...floor('mawk', ['-F|', '-v', `query=${query}`, awk, input.path]))
      candidates.push(...floor('agrind', ['--file', input.path, agrind]).map(ownWords))
      return { name: `dmap serverless ${kind}`, what: query, inputBytes: input.bytes, sameOutput: true, candidates }
    })
    return { rows: [...rows, await smallRow(dir, peers, seed)], close: async () => {} }
  },
}

/** What a small file costs, where the original can come along. */
async function smallRow(dir: string, peers: string | undefined, seed: number): Promise<PreparedRow> {
  const input = await statsLog(dir, { size: SMALL_BYTES, seed })
  const args = [...DTAIL, '--files', input.path, '--query', EIGHT]
  return {
    name: 'dmap serverless small',
    what: EIGHT,
    inputBytes: input.bytes,
    sameOutput: true,
    candidates: [
      ours('dmap', args),
      ...goPeers(peers, 'dmap', args, ['F']),
      ...goPeers(peers, 'dmap', args, ['O']).map(ownWords),
    ],
  }
}

function ownWords(candidate: Candidate): Candidate {
  return { ...candidate, ownWords: true }
}
