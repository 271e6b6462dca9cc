import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Delivery } from '@logflow/core'
import { DeliveryDecoder } from '@logflow/protocol'
import { openStoreReader } from '@logflow/store'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const apps = fileURLToPath(new URL('../../', import.meta.url))
const TIMEOUT_MS = 60_000

let folder: string
let programs: Program[]
const at = (...parts: string[]): string => join(folder, ...parts)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logflow-e2e-'))
  programs = []
  await mkdir(at('logs'))
  await mkdir(at('devices'))
  await certificate('--kind', 'server', '--name', 'receiver')
  await certificate('--name', 'router-7')
  await rename(at('router-7.pem'), at('devices', 'router-7.pem'))
})
afterEach(async () => {
  for (const program of programs) await program.kill()
  await rm(folder, { recursive: true })
})

/** A program run from its source, with the events it logged. */
class Program {
  readonly events: Record<string, unknown>[] = []
  readonly child: ChildProcessByStdio<Writable, null, Readable>
  readonly ended: Promise<unknown>
  stderr = ''

  constructor(source: string, args: readonly string[]) {
    this.child = spawn(process.execPath, ['--conditions=@logflow/source', join(apps, source), ...args], {
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    this.ended = once(this.child, 'close')
    createInterface(this.child.stderr).on('line', line => {
      this.stderr += `${line}\n`
      if (line.startsWith('{')) this.events.push(JSON.parse(line) as Record<string, unknown>)
    })
    programs.push(this)
  }

  async event(name: string): Promise<Record<string, unknown>> {
    return vi.waitFor(
      () => {
        const found = this.events.find(({ event }) => event === name)
        if (!found) throw new Error(`no ${name} in:\n${this.stderr}`)
        return found
      },
      { interval: 20 },
    )
  }

  async exitCode(): Promise<number | null> {
    await this.ended
    return this.child.exitCode
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal)
    await this.ended
  }
}

async function certificate(...args: string[]): Promise<void> {
  expect(await new Program('uploader/src/devcert.ts', [...args, '--out', folder]).exitCode()).toBe(0)
}

async function startReceiver(
  port = 0,
  ...more: string[]
): Promise<{ readonly program: Program; readonly port: number }> {
  const own = ['--cert', at('receiver.pem'), '--key', at('receiver.key'), '--devices', at('devices')]
  const args = ['--bind-address', '127.0.0.1', '--port', String(port), '--store', at('store'), ...own, ...more]
  const program = new Program('receiver/src/receiver.ts', args)
  return { program, port: (await program.event('server.listening'))['port'] as number }
}

function startUploader(port: number, ...args: string[]): Program {
  const identity = ['--cert', at('devices', 'router-7.pem'), '--key', at('router-7.key'), '--ca', at('receiver.pem')]
  const target = ['--receiver', `https://localhost:${port}`, '--spool', at('spool'), '--interval', '50ms']
  return new Program('uploader/src/uploader.ts', [...target, ...identity, ...args])
}

/** Everything the store has of the device; every id once. */
async function stored(): Promise<Delivery[]> {
  const items: Delivery[] = []
  const ids = new Set<string>()
  for await (const entry of openStoreReader(at('store')).scan()) {
    if (entry.kind === 'gap') throw new Error(`gap in the store: ${JSON.stringify(entry)}`)
    expect(entry.stream).toBe('router-7')
    const id = `${entry.id.epoch}/${entry.id.sequence}`
    expect(ids.has(id)).toBe(false)
    ids.add(id)
    const decoder = new DeliveryDecoder()
    decoder.push(entry.bytes)
    for (let item = decoder.read(); item; item = decoder.read()) items.push(item)
    decoder.end()
  }
  return items
}

/** The bytes of a path in the store, and that each source is whole from its start, without gap or overlap. */
async function storedText(path: string): Promise<string> {
  const parts: Uint8Array[] = []
  const ends = new Map<string, number>()
  for (const item of await stored()) {
    if (item.source.path !== path || item.kind === 'event') continue
    if (item.kind === 'gap') throw new Error(`gap in the data: ${JSON.stringify(item)}`)
    expect(item.offset).toBe(ends.get(item.source.id) ?? 0)
    ends.set(item.source.id, item.offset + item.bytes.length)
    parts.push(item.bytes)
  }
  return Buffer.concat(parts).toString('latin1')
}

const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `${from + i} ${'abcdefghij'.repeat((from + i) % 20)}\n`).join('')

describe('uploader to receiver', () => {
  it('delivers every byte once while both are killed and started again', { timeout: TIMEOUT_MS }, async () => {
    const log = at('logs', 'app.log')
    await writeFile(log, lines(0, 2000))
    const first = await startReceiver()
    const follow = ['--follow', at('logs', '*.log')]
    const firstUploader = startUploader(first.port, ...follow)
    await vi.waitFor(async () => expect((await storedText(log)).length).toBeGreaterThan(0))

    await first.program.kill()
    await appendFile(log, lines(2000, 2000))
    await firstUploader.event('upload.failed')
    const second = await startReceiver(first.port)
    await vi.waitFor(async () => expect((await storedText(log)).length).toBeGreaterThan(lines(0, 2000).length))

    await firstUploader.kill()
    await appendFile(log, lines(4000, 2000))
    startUploader(first.port, ...follow)
    await appendFile(log, lines(6000, 10))
    const whole = await readFile(log, 'latin1')
    await vi.waitFor(async () => expect((await storedText(log)).length).toBe(whole.length))
    expect(await storedText(log)).toBe(whole)

    second.program.child.kill('SIGTERM')
    expect(await second.program.exitCode()).toBe(0)
    expect(await second.program.event('server.stopped')).toMatchObject({ failures: 0, damagedBytes: 0 })
  })

  it('repeats and loses nothing when the uploader is killed at any moment', { timeout: TIMEOUT_MS }, async () => {
    const log = at('logs', 'app.log')
    await writeFile(log, '')
    const { port } = await startReceiver()
    let written = 0
    for (const lifeMs of [5, 30, 60, 110, 190]) {
      const uploader = startUploader(port, '--follow', at('logs', '*.log'), '--interval', '10ms')
      await uploader.event('uploader.started')
      const end = Date.now() + lifeMs
      do {
        await appendFile(log, lines(written, 20))
        written += 20
      } while (Date.now() < end)
      await uploader.kill()
    }
    const last = startUploader(port, '--once', '--follow', at('logs', '*.log'))
    expect(await last.exitCode()).toBe(0)
    expect(await storedText(log)).toBe(lines(0, written))
  })

  it('--once ships files and standard input and ends with 0', { timeout: TIMEOUT_MS }, async () => {
    await writeFile(at('logs', 'a.log'), lines(0, 3000))
    await writeFile(at('logs', 'b.log'), 'no newline at the end')
    const { port } = await startReceiver()
    const uploader = startUploader(port, '--once', '--follow', at('logs', '*.log'), '--stdin', 'build')
    uploader.child.stdin.end('one\ntwo')
    expect(await uploader.exitCode()).toBe(0)
    expect(await storedText(at('logs', 'a.log'))).toBe(lines(0, 3000))
    expect(await storedText('stdin:build')).toBe('one\ntwo')
    expect(await storedText(at('logs', 'b.log'))).toBe('no newline at the end')
    const again = startUploader(port, '--once', '--follow', at('logs', 'a.log'))
    expect(await again.exitCode()).toBe(0)
    expect(await storedText(at('logs', 'a.log'))).toBe(lines(0, 3000))
  })

  it(
    '--once ends with 1 and the reason when the receiver does not know the device',
    { timeout: TIMEOUT_MS },
    async () => {
      await writeFile(at('logs', 'a.log'), 'x\n')
      const { port } = await startReceiver()
      await rename(at('devices', 'router-7.pem'), at('router-7.pem'))
      const identity = ['--cert', at('router-7.pem'), '--follow', at('logs', 'a.log')]
      const uploader = startUploader(port, '--once', ...identity)
      expect(await uploader.exitCode()).toBe(1)
      expect(uploader.stderr).toContain('receiver answered 403: unknown-device')
      await rename(at('router-7.pem'), at('devices', 'router-7.pem'))
      expect(await startUploader(port, '--once', '--follow', at('logs', 'a.log')).exitCode()).toBe(0)
      expect(await storedText(at('logs', 'a.log'))).toBe('x\n')
    },
  )

  it('shows counters of both and stops cleanly with SIGTERM', { timeout: TIMEOUT_MS }, async () => {
    const receiver = await startReceiver(0, '--status-port', '0')
    await writeFile(at('logs', 'a.log'), 'x\n')
    const uploader = startUploader(receiver.port, '--follow', at('logs', 'a.log'), '--status-port', '0')
    await vi.waitFor(async () => expect(await storedText(at('logs', 'a.log'))).toBe('x\n'))
    for (const program of [receiver.program, uploader]) {
      const { port } = await program.event('status.listening')
      // What is stored is counted a moment later.
      await vi.waitFor(async () => {
        const metrics = await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text()
        expect(metrics).toMatch(/^logflow_(receiver_accepted|uploader_uploads) [1-9]\d*$/m)
      })
      expect((await fetch(`http://127.0.0.1:${String(port)}/healthz`)).status).toBe(200)
    }
    uploader.child.kill('SIGTERM')
    receiver.program.child.kill('SIGTERM')
    expect(await uploader.exitCode()).toBe(0)
    expect(await receiver.program.exitCode()).toBe(0)
  })
})

describe('receiver', () => {
  it('ends with 2 when something is missing or cannot be read', { timeout: TIMEOUT_MS }, async () => {
    expect(await new Program('receiver/src/receiver.ts', []).exitCode()).toBe(2)
    const bad = new Program('receiver/src/receiver.ts', [
      ...['--store', at('s'), '--cert', at('nowhere'), '--key', at('receiver.key'), '--devices', at('devices')],
    ])
    expect(await bad.exitCode()).toBe(2)
    expect(bad.stderr).toContain('cannot read --cert')
  })
})
