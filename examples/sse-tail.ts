/** sse-tail PORT FILE: a growing file to browsers, one event a batch of lines; whoever comes back gets what is missing, through rotation. */
import { mkdtempSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { eachLine, formatResumeToken, parseResumeToken } from '@logflow/core'
import { follow, openCheckpoint, resumeTokenAfter } from '@logflow/tailer'

const [port = '8080', path = ''] = process.argv.slice(2)

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders()
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const checkpoint = await openCheckpoint(join(mkdtempSync(join(tmpdir(), 'sse-tail-')), 'client'))
  // The browser sends the id of the last event that it saw: a token that proves the file, wherever it is by now.
  const lastId = request.headers['last-event-id']
  if (typeof lastId === 'string' && lastId !== '') {
    const { sourceId: id, offset, tailHash } = parseResumeToken(lastId)
    checkpoint.note(id, offset, tailHash)
    await checkpoint.acknowledge({ host: hostname(), path, id }, offset)
  }
  for await (const item of follow(path, { from: 'start', checkpoint, signal: gone.signal })) {
    let event = item.kind === 'gap' ? `event: gap\ndata: ${item.to - item.from} bytes\n\n` : ''
    const token = item.kind === 'lines' && resumeTokenAfter(item)
    if (item.kind === 'lines' && token) {
      const lines = Array.from(eachLine(item), line => `data: ${Buffer.from(line).toString().trimEnd()}\n`)
      event = `id: ${formatResumeToken(token)}\n${lines.join('')}\n`
    }
    if (event !== '' && !response.write(event)) await once(response, 'drain', { signal: gone.signal })
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy())
}).listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify(server.address())))
process.once('SIGTERM', () => server.close().closeAllConnections())
