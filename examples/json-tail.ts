/** json-tail CHECKPOINT GLOB...: growing files as JSON lines on stdout; started again it goes on where it was, through rotation. */
import { eachLine, lineOffset } from '@logflow/core'
import { follow, openCheckpoint } from '@logflow/tailer'

const [path = 'json-tail.checkpoint', ...globs] = process.argv.slice(2)
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.once('SIGINT', () => stop.abort())

const print = (fields: object): Promise<void> =>
  new Promise((resolve, reject) =>
    process.stdout.write(`${JSON.stringify(fields)}\n`, error => (error ? reject(error) : resolve())),
  )

const checkpoint = await openCheckpoint(path)
const text = new TextDecoder()
try {
  for await (const item of follow(globs, { from: 'start', checkpoint, signal: stop.signal })) {
    const { path } = item.source
    if (item.kind === 'gap') await print({ path, lost: item.to - item.from, reason: item.reason })
    if (item.kind === 'event') await print({ path, event: item.event })
    if (item.kind !== 'lines') continue
    let index = 0
    for (const line of eachLine(item)) {
      await print({ path, offset: lineOffset(item, index), line: text.decode(line).trimEnd() })
      index++
    }
    // Only what is out is done with: killed before this, the lines come again; none is ever left out.
    await checkpoint.acknowledge(item.source, item.offset + item.bytes.length)
  }
} catch (error) {
  if (error !== stop.signal.reason) throw error
} finally {
  await checkpoint.close()
}
