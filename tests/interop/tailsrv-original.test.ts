import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DEBIAN_TOOL_MS, debianTool, freePort, type DebianTool } from '@logflow/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'

const bin = path.resolve(import.meta.dirname, '../../node_modules/.bin')
/** Folder with `tailsrv/`: tailsrv 0.9.3 and its examples tscat, tssync and loadtest, built with cargo. */
const peers = process.env['LOGFLOW_PEERS']
const original = (program: string): string => path.join(peers ?? '', 'tailsrv', program)
const originals = peers !== undefined && existsSync(original('tailsrv'))
if (!originals)
  console.warn(
    'LOGFLOW_PEERS names no folder with tailsrv/: tailsrv 0.9.3, tscat, tssync and loadtest were NOT checked',
  )

const folder = mkdtempSync(path.join(tmpdir(), 'logflow-tailsrv-interop-'))
const log = path.join(folder, 'app.log')
const running: ChildProcess[] = []
let nc: DebianTool | undefined

beforeAll(async () => {
  nc = await debianTool({ program: 'bin/nc.openbsd', packages: ['netcat-openbsd', 'libbsd0', 'libmd0'] })
}, DEBIAN_TOOL_MS + 30_000)
afterEach(async () => {
  await Promise.all(running.splice(0).map(stop))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function serve(command: string): Promise<number> {
  const port = await freePort()
  running.push(spawn(command, ['-p', String(port), log], { stdio: 'ignore' }))
  await vi.waitFor(
    async () => {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      await once(socket, 'connect').finally(() => socket.destroy())
    },
    { interval: 20 },
  )
  return port
}

/** A program that reads, and everything it has printed. */
class Reading {
  text = ''
  readonly child: ChildProcess

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env })
    this.child.stdout?.on('data', chunk => (this.text += (chunk as Buffer).toString('latin1')))
    running.push(this.child)
  }

  async has(text: string): Promise<void> {
    await vi.waitFor(() => expect(this.text).toBe(text), { interval: 10 })
  }
}

/** What a bare socket gets for a header, of at least `count` bytes. */
async function bytesFor(port: number, header: string, count: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', chunk => (text += String(chunk)))
  socket.write(header)
  await vi.waitFor(() => expect(text.length).toBeGreaterThanOrEqual(count), { interval: 10 })
  socket.destroy()
  return text
}

const lines = Array.from({ length: 2000 }, (_, i) => `line ${i} ${'.'.repeat(i % 90)}\n`).join('')

describe('our tailsrv', () => {
  it('serves nc, which half closes, from any offset and as the file grows', async t => {
    if (!nc) return t.skip()
    writeFileSync(log, lines)
    const port = String(await serve(path.join(bin, 'tailsrv')))
    const readings = ['0\n', '-10\n', '100\n', ' +7 \n'].map(header => {
      const reading = new Reading(nc?.path ?? '', ['-N', '127.0.0.1', port], nc?.env)
      reading.child.stdin?.end(header)
      return reading
    })
    const wanted = [lines, lines.slice(-10), lines.slice(100), lines.slice(7)]
    await Promise.all(readings.map((reading, i) => reading.has(wanted[i] ?? '')))
    appendFileSync(log, 'appended\n')
    await Promise.all(readings.map((reading, i) => reading.has(`${wanted[i]}appended\n`)))
  })

  it('serves fifty readers that come at once, each from where it asked', async () => {
    writeFileSync(log, lines)
    const port = await serve(path.join(bin, 'tailsrv'))
    const offsets = Array.from({ length: 50 }, (_, i) => i * 1000)
    const texts = await Promise.all(offsets.map(at => bytesFor(port, `${at}\n`, lines.length - at)))
    expect(texts).toEqual(offsets.map(at => lines.slice(at)))
  })
})

describe.runIf(originals)('the programs of tailsrv 0.9.3', () => {
  it('send what ours sends, for every kind of header', async () => {
    writeFileSync(log, lines)
    const ports = [await serve(original('tailsrv')), await serve(path.join(bin, 'tailsrv'))]
    for (const [header, count] of [
      ['0\n', lines.length],
      ['1000\n', lines.length - 1000],
      ['-1000\n', 1000],
      [' 5 \r\n', lines.length - 5],
      [`-${lines.length + 5}\n`, lines.length],
    ] as const) {
      const [theirs, mine] = await Promise.all(ports.map(port => bytesFor(port, header, count)))
      expect(mine).toBe(theirs)
      expect(mine).toBe(lines.slice(-count))
    }
  })

  it('tscat prints the file from our server, and goes on as it grows', async () => {
    writeFileSync(log, lines)
    const port = await serve(path.join(bin, 'tailsrv'))
    const tscat = new Reading(original('tscat'), [`127.0.0.1:${port}`])
    await tscat.has(lines)
    appendFileSync(log, 'appended\n')
    await tscat.has(`${lines}appended\n`)
    rmSync(log)
    const [code] = (await once(tscat.child, 'exit')) as [number]
    expect(code).toBe(0)
  })

  it('tssync mirrors the file from our server, also after it was killed', async () => {
    writeFileSync(log, lines)
    const copy = path.join(folder, 'copy.log')
    const port = await serve(path.join(bin, 'tailsrv'))
    for (const text of ['', 'while it was away\n']) {
      appendFileSync(log, text)
      const tssync = new Reading(original('tssync'), [`127.0.0.1:${port}`, copy])
      const mirrored = (): void => expect(readFileSync(copy, 'utf8')).toBe(readFileSync(log, 'utf8'))
      await vi.waitFor(mirrored, { interval: 20 })
      appendFileSync(log, 'as it runs\n')
      await vi.waitFor(mirrored, { interval: 20 })
      await stop(tssync.child)
    }
  })

  it('loadtest sees all of its readers at the last line of our server', async () => {
    writeFileSync(log, lines)
    const port = await serve(path.join(bin, 'tailsrv'))
    const loadtest = new Reading(original('loadtest'), ['-j', '200', `127.0.0.1:${port}`])
    appendFileSync(log, 'the very last line\n')
    await vi.waitFor(() => expect(loadtest.text).toContain('200 others: the very last line'), {
      interval: 50,
    })
  })
})
