/** errors-only GLOB...: what `grep ERROR` finds in growing files, with file and offset, through rotations; losses are shown. */
import { lineAt, lineOffset } from '@logflow/core'
import { compilePattern, select } from '@logflow/match'
import { follow } from '@logflow/tailer'

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.once('SIGINT', () => stop.abort())

const errors = compilePattern('ERROR|FATAL')
const text = new TextDecoder()
try {
  for await (const item of select(follow(process.argv.slice(2), { from: 'start', signal: stop.signal }), errors, {})) {
    if (item.kind === 'gap') console.log(`${item.source.path}: ${item.to - item.from} bytes lost (${item.reason})`)
    if (item.kind !== 'lines') continue
    for (let i = 0; i < item.ends.length; i++)
      process.stdout.write(`${item.source.path}@${lineOffset(item, i)}: ${text.decode(lineAt(item, i))}`)
  }
} catch (error) {
  if (error !== stop.signal.reason) throw error
}
