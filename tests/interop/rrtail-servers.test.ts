import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream'
import { freePort } from '@logflow/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Site } from './sites.ts'

const apps = path.resolve(import.meta.dirname, '../../apps')
const rrtailProgram = process.env['LOGFLOW_RRTAIL'] ?? path.join(apps, 'rrtail/dist/rrtail.js')
const tailsrvProgram = process.env['LOGFLOW_TAILSRV'] ?? path.join(apps, 'tailsrv/dist/tailsrv.js')

/** rrtail as a process with a home of its own. */
class Run {
  readonly child: ChildProcess
  readonly exit: Promise<unknown>
  out = ''
  stderr = ''

  constructor(home: string, ...args: string[]) {
    const quick = ['--initial-retry-backoff', '50ms', '--max-retry-backoff', '200ms']
    this.child = spawn(process.execPath, [rrtailProgram, ...quick, ...args], {
      env: { PATH: process.env['PATH'], HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.exit = once(this.child, 'close').then(([code]) => code as unknown)
    this.child.stdout?.setEncoding('latin1').on('data', (text: string) => (this.out += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
  }

  async has(text: string): Promise<void> {
    await vi.waitFor(() => expect(this.out, this.stderr).toBe(text), { interval: 20 })
  }

  async stop(): Promise<unknown> {
    this.child.kill('SIGTERM')
    return this.exit
  }
}

describe('rrtail and our own servers', () => {
  let folder: string
  let log: string
  const running: Run[] = []
  const start = (...args: string[]): Run => {
    const run = new Run(folder, ...args)
    running.push(run)
    return run
  }
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'logflow-rrtail-'))
    log = path.join(folder, 'app.log')
  })
  afterEach(async () => {
    for (const run of running.splice(0)) await run.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  describe('a tailsrv', () => {
    let server: ChildProcess
    let port: number
    const serve = async (): Promise<void> => {
      const words = ['--port', String(port), '--bind-address', '127.0.0.1', '--follow-name', '--log-format', 'json']
      server = spawn(process.execPath, [tailsrvProgram, ...words, log], { stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      server.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
      await vi.waitFor(() => expect(said).toContain('server.listening'))
    }
    beforeEach(async () => {
      port = await freePort()
      writeFileSync(log, 'one\n')
      await serve()
    })
    afterEach(() => void server.kill('SIGKILL'))

    it('goes on by its token after the server was away and the file was rotated twice, through a restart of its own', async () => {
      const origin = ['--state', path.join(folder, 'place'), '-P', String(port), '127.0.0.1:-']
      const first = start(...origin)
      await first.has('one\n')
      server.kill('SIGKILL')
      appendFileSync(log, 'two\n')
      renameSync(log, `${log}.2`)
      writeFileSync(`${log}.1`, 'three\n')
      writeFileSync(log, 'four\n')
      await serve()
      await first.has('one\ntwo\nthree\nfour\n')
      expect(await first.stop()).toBe(0)
      expect(first.stderr).toContain('speaks no ssh')
      expect(readFileSync(path.join(folder, 'place'), 'utf8')).toContain('"way":"tailsrv"')
      appendFileSync(log, 'five\n')
      await start(...origin).has('five\n')
    })

    it('says what the server cannot find any more, and ends with 3', async () => {
      const run = start('--via', 'tailsrv', '-P', String(port), '127.0.0.1:-')
      await run.has('one\n')
      server.kill('SIGKILL')
      rmSync(log)
      writeFileSync(log, 'another\n')
      await serve()
      await run.has('one\nanother\n')
      expect(await run.stop()).toBe(3)
      expect(run.stderr).toContain('after byte 4')
    })
  })

  describe('a dserver', () => {
    const site = new Site(undefined)
    const sockets = new Set<Socket>()
    let proxy: Server
    let port: string
    beforeAll(async () => {
      const server = Number((await site.serve('N')).split(':')[1])
      proxy = createServer(socket => {
        const onward = connect(server, '127.0.0.1')
        for (const end of [socket, onward]) sockets.add(end.on('error', () => {}))
        pipeline(socket, onward, socket, () => {})
      }).listen(0, '127.0.0.1')
      await once(proxy, 'listening')
      port = String((proxy.address() as AddressInfo).port)
    })
    afterAll(() => {
      proxy.close()
      site.stop()
    })
    const cut = (): void => {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    }
    /** The server runs as another user. */
    const write = (text: string): void => writeFileSync(log, Buffer.from(text, 'latin1'), { mode: 0o644 })

    it('ends at once where it cannot log in, or the server is not known', async () => {
      const stranger = start('--via', 'dtail', '-P', port, '-i', site.keys[2], `paul@127.0.0.1:${log}`)
      expect([await stranger.exit, stranger.stderr]).toEqual([1, expect.stringContaining('does not know the key')])
    })

    it('is found by its first word, and brings any byte once, through cuts and rotations', async () => {
      log = path.join(site.folder, 'app.log')
      const odd = 'caf\u00e9 \u00ac \u0000 \r\n'
      write(`one\n${odd}`)
      site.handOver()
      const login = ['--user', 'paul', '--key', site.keys[2], '--servers', `127.0.0.1:${port}`]
      const known = await site.run('N', 'dcat', [...login, '--trustAllHosts', '--files', log])
      expect(known.code).toBe(0)
      folder = site.folder
      const run = start('-P', port, '-i', site.keys[2], `paul@127.0.0.1:${log}`)
      let expected = `one\n${odd}`
      for (let round = 0; round < 5; round++) {
        await run.has(expected)
        if (round % 2 === 0) cut()
        const more = `round ${round}\n${'x'.repeat(100_000)}\n`
        appendFileSync(log, more)
        if (round % 2 === 1) cut()
        renameSync(log, `${log}.${5 - round}`)
        write(`new ${round}\n`)
        expected += `${more}new ${round}\n`
      }
      await run.has(expected)
      expect([await run.stop(), run.stderr]).toEqual([0, ''])
    })
  })
})
