import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Rrtail } from './rrtail-process.ts'

describe('rrtail --via tailsrv', () => {
  let server: Server
  let content: Buffer
  let headers: string[]
  let cuts: number[]
  const sockets = new Set<Socket>()
  const running: Rrtail[] = []

  /** As little of a tailsrv as rrtail needs: one header, then the bytes from there on. */
  const answer = (socket: Socket, header: string): void => {
    if (header.startsWith('resume')) return void socket.end() // as one does that does not know it
    headers.push(header)
    const from = Number(/-?\d+$/.exec(header)?.[0])
    const bytes = content.subarray(Math.min(from, content.length))
    const cut = cuts.shift()
    socket.write(cut === undefined ? bytes : bytes.subarray(0, cut))
    if (cut !== undefined) socket.end()
  }
  const start = (path: string, ...args: string[]): Rrtail => {
    const { port } = server.address() as AddressInfo
    const quick = ['--initial-retry-backoff', '20ms', '--max-retry-backoff', '50ms', '--proof-timeout', '500ms']
    const rrtail = new Rrtail('--via', 'tailsrv', '-P', String(port), ...quick, ...args, `127.0.0.1:${path}`)
    running.push(rrtail)
    return rrtail
  }
  beforeEach(async () => {
    ;[headers, cuts] = [[], []]
    content = Buffer.from(Array.from({ length: 3000 }, (_, i) => `row ${i}\n`).join(''))
    server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.setEncoding('latin1').once('data', (header: string) => answer(socket, header.trimEnd()))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(async () => {
    for (const rrtail of running.splice(0)) await rrtail.stop()
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  it('goes on after each break, and proves the file by its last bytes', async () => {
    cuts = [5000, 3000, 1500]
    const rrtail = start('-')
    await rrtail.has(content)
    expect(headers).toEqual(['0', '3976', '5952', '6428'])
    expect(await rrtail.stop()).toBe(0)
    const named = start('sub/app log', '--starting-byte', '20')
    await named.has(content.subarray(20))
    expect(headers.at(-1)).toBe('stream sub/app log from byte 20')
  })

  it.each([8000, 100])('reports a gap when the file is another one, now of %d bytes', async size => {
    cuts = [5000]
    const other = start('-')
    await once(other.child.stdout as NodeJS.ReadableStream, 'data')
    const old = content.subarray(0, 5000)
    content = Buffer.from('z'.repeat(size))
    await other.has(Buffer.concat([old, content]))
    expect(await other.stop()).toBe(3)
    expect(other.stderr).toContain('after byte 5000')
  })
})
