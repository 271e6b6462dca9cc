import { once } from 'node:events'
import { Server } from 'node:net'
import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { freePort } from '../../testkit/src/index.ts'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serveFile } from '../src/index.ts'
import { ManualFile } from './manual-file.ts'

const STARTS = 3
const CLIENTS = 4
const SLOW_MS = 50
/** Tries to connect without a rest, several at a time, and tells what each that got through was sent first. */
const IMPATIENT = `
const { connect } = require('node:net')
const { parentPort, workerData: { port, clients } } = require('node:worker_threads')
function attempt() {
  let open = false
  const socket = connect(port, '127.0.0.1')
  socket.on('connect', () => { open = true; socket.write('0\\n') })
  socket.on('data', chunk => { parentPort.postMessage(String(chunk)); socket.destroy() })
  socket.on('error', error => (open ? parentPort.postMessage(error.message) : attempt()))
}
for (let i = 0; i < clients; i++) attempt()
parentPort.postMessage('tries')
`

/** Every socket that begins to listen is left alone for a while, as on a machine that has other things to do. */
function slowDownListening(): void {
  const listen = Reflect.get(Server.prototype, 'listen') as (...options: unknown[]) => Server
  const slowly = function (this: Server, ...options: unknown[]): Server {
    this.once('listening', () => {
      for (const untilMs = performance.now() + SLOW_MS; performance.now() < untilMs;);
    })
    return listen.apply(this, options)
  }
  vi.spyOn(Server.prototype, 'listen').mockImplementation(slowly)
}

describe('serveFile, while it is started', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('loses none of those who connect in its first moment', async () => {
    using file = new ManualFile('all of it')
    slowDownListening()
    const answers: unknown[] = []
    for (let start = 0; start < STARTS; start++) {
      const port = await freePort()
      const clients = new Worker(IMPATIENT, { eval: true, workerData: { port, clients: CLIENTS } })
      await once(clients, 'message')
      const answered = new Promise<void>(resolve => {
        clients.on('message', answer => answers.push(answer) === CLIENTS * (start + 1) && resolve())
      })
      const server = await serveFile(file, { port })
      await answered
      await Promise.all([clients.terminate(), server.close()])
    }
    expect(answers).toEqual(Array.from({ length: CLIENTS * STARTS }, () => 'all of it'))
  })
})
