import { floor, goPeers, ours } from '../candidates.ts'
import type { RowGroup } from '../row.ts'
import { statsLog } from '../stats-log.ts'

const DTAIL = ['--plain', '--cfg', 'none', '--logLevel', 'error']

const COUNT = 'from STATS select count($line) group by $hostname limit 100'
const GROUPS = 'from STATS select count(bytes),sum(bytes) group by host order by sum(bytes) limit 100'
const EIGHT =
  'from STATS select count($line),sum(bytes),min(bytes),max(bytes),avg($goroutines),max(currentConnections),' +
  'last($time),len(host) group by host order by sum(bytes) limit 100'

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

/** `dmap` of one local file in the default format, no server. The Go original prints intermediate results and takes minutes. */
export const serverlessMap: RowGroup = {
  name: 'dmap',
  async prepare({ dir, peers, size, seed }) {
    const input = await statsLog(dir, { size, seed })
    const rows = [
      { kind: 'count', query: COUNT, awk: AWK_COUNT },
      { kind: 'group by', query: GROUPS, awk: AWK_GROUPS },
      { kind: 'eight aggregates', query: EIGHT, awk: undefined },
    ].map(({ kind, query, awk }) => {
      const args = [...DTAIL, '--files', input.path, '--query', query]
      const candidates = [ours('dmap', args), ...goPeers(peers, 'dmap', args, ['F'])]
      if (awk !== undefined) candidates.push(...floor('mawk', ['-F|', '-v', `query=${query}`, awk, input.path]))
      return { name: `dmap serverless ${kind}`, what: query, inputBytes: input.bytes, sameOutput: true, candidates }
    })
    return { rows, close: async () => {} }
  },
}
