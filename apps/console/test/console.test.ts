import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { startStatusServer } from '@logflow/cli'
import { silentLogger } from '@logflow/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openConsole } from '../src/commands/open-console.ts'
import { encodeEvent, EventStreamDecoder, type StreamMessage } from '../src/event-stream.ts'
import type { TargetHealth } from '../src/health-monitor.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Something that speaks like the grinder: what `send` gets goes to whoever listens to `/api/live`. */
async function startGrinder(port = 0): Promise<{ url: string; send: (text: string) => void; listeners: () => number }> {
  const open = new Set<ServerResponse>()
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\n\n')
    open.add(response)
    response.on('close', () => open.delete(response))
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const send = (text: string): void => open.forEach(response => void response.write(text))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, send, listeners: () => open.size }
}

const defaults = {
  port: 0,
  bindAddress: '127.0.0.1',
  allowHost: [],
  grinder: undefined,
  watch: [],
  interval: 20,
  maxClients: 4,
  clientBuffer: 64 * 1024,
}

async function open(
  options: Partial<Omit<typeof defaults, 'grinder' | 'watch'>> & { grinder?: string; watch?: string[] },
) {
  const controller = new AbortController()
  const page = await openConsole({ ...defaults, ...options }, { logger: silentLogger, signal: controller.signal })
  closers.push(async () => {
    controller.abort()
    await page.stopped
    await page[Symbol.asyncDispose]()
  })
  return page
}

/** Listens to `/live` and collects what comes. */
async function listen(url: string): Promise<{ messages: StreamMessage[]; status: number | undefined }> {
  const messages: StreamMessage[] = []
  const response = await new Promise<IncomingMessage>(resolve => get(`${url}live`, resolve))
  const decoder = new EventStreamDecoder()
  response.on('data', (chunk: Uint8Array) => messages.push(...decoder.push(chunk)))
  closers.push(() => response.destroy())
  return { messages, status: response.statusCode }
}

const lines = (count: number, text = 'hello'): string =>
  encodeEvent(
    'lines',
    JSON.stringify({ lines: Array.from({ length: count }, () => ({ device: 'd', path: '/p', text })), notShown: 5 }),
  )

describe('console', () => {
  it('serves a page whose policy allows nothing from outside', async () => {
    const { url } = await open({})
    const response = await fetch(url)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await response.text()).toContain('<h1>logflow')
  })

  it('passes lines and events of the grinder on to every page', async () => {
    const grinder = await startGrinder()
    const { url } = await open({ grinder: grinder.url })
    const pages = [await listen(url), await listen(url)]
    await vi.waitFor(() => expect(grinder.listeners()).toBe(1))
    grinder.send(lines(2, '\u001b[31m€'))
    grinder.send(encodeEvent('events', '{"events":[{"name":"sshd"}]}'))
    for (const { messages } of pages) {
      await vi.waitFor(() =>
        expect(messages.map(({ name }) => name)).toEqual(expect.arrayContaining(['lines', 'events'])),
      )
      const body = messages.find(({ name }) => name === 'lines')?.data ?? ''
      expect(JSON.parse(body)).toMatchObject({ lines: [{ text: '\u001b[31m€' }, {}], notShown: 5 })
    }
    const { stats } = (await (await fetch(`${url}healthz`)).json()) as { stats: Record<string, number> }
    expect(stats).toMatchObject({ clients: 2, lines: 7, events: 1, grinderConnected: 1 })
  })

  it('says that the grinder is gone and finds it again', async () => {
    const grinder = await startGrinder()
    const { url } = await open({ grinder: grinder.url })
    const { messages } = await listen(url)
    const connected = (): unknown[] =>
      messages
        .filter(({ name }) => name === 'grinder')
        .map(({ data }) => (JSON.parse(data) as { connected: boolean }).connected)
    await vi.waitFor(() => expect(connected().at(-1)).toBe(true))
    ;(closers.shift() as () => void)()
    await vi.waitFor(() => expect(connected().at(-1)).toBe(false))
    await startGrinder(Number(new URL(grinder.url).port))
    await vi.waitFor(() => expect(connected().at(-1)).toBe(true))
  })

  it('counts messages that nobody can read instead of passing them on', async () => {
    const grinder = await startGrinder()
    const { url } = await open({ grinder: grinder.url })
    const { messages } = await listen(url)
    await vi.waitFor(() => expect(grinder.listeners()).toBe(1))
    grinder.send(
      'event: lines\ndata: {nonsense\n\nevent: lines\ndata: {"lines":7}\n\nevent: rates\ndata: {"lines":[9e9]}\n\n',
    )
    grinder.send(lines(1))
    await vi.waitFor(() => expect(messages.some(({ name }) => name === 'lines')).toBe(true))
    expect(messages.filter(({ name }) => name === 'lines')).toHaveLength(1)
    expect(messages.filter(({ name, data }) => name === 'rates' && data.includes('9000000000'))).toEqual([])
    expect(await (await fetch(`${url}metrics`)).text()).toContain('logflow_console_malformed_messages 2')
  })

  it('leaves lines out for a page that does not read, counts them, and tells the page afterwards', async () => {
    const grinder = await startGrinder()
    const { url, port } = await open({ grinder: grinder.url, clientBuffer: 16 * 1024 })
    const slow = connect(port, '127.0.0.1')
    slow.pause()
    slow.write('GET /live HTTP/1.0\r\nhost: localhost\r\n\r\n')
    closers.push(() => slow.destroy())
    await vi.waitFor(() => expect(grinder.listeners()).toBe(1))
    const missed = async (): Promise<number> => {
      const { stats } = (await (await fetch(`${url}healthz`)).json()) as { stats: { missedItems: number } }
      return stats.missedItems
    }
    // The kernel's own buffers take megabytes before anybody notices.
    await vi.waitFor(
      async () => {
        for (let i = 0; i < 50; i++) grinder.send(lines(10, 'x'.repeat(1000)))
        expect(await missed()).toBeGreaterThan(0)
      },
      { interval: 20 },
    )
    const decoder = new EventStreamDecoder()
    let told = 0
    slow.on('data', (chunk: Buffer) => {
      for (const { name, data } of decoder.push(chunk)) {
        if (name === 'missed') told += (JSON.parse(data) as { items: number }).items
      }
    })
    slow.resume()
    await vi.waitFor(async () => expect(told).toBe(await missed()))
  })

  it('turns away one page too many', async () => {
    const { url } = await open({ maxClients: 1 })
    expect((await listen(url)).status).toBe(200)
    expect((await listen(url)).status).toBe(503)
  })

  it('shows which programs are up, in trouble and down, with counters', async () => {
    const trouble = { problem: undefined as string | undefined }
    const status = await startStatusServer({
      port: 0,
      program: 'receiver',
      stats: () => ({ acceptedBatches: 3 }),
      health: () => trouble.problem,
      logger: silentLogger,
    })
    const { url } = await open({
      watch: [`receiver=http://127.0.0.1:${status.port}`, `nobody=http://127.0.0.1:1`],
    })
    const health = async (): Promise<TargetHealth[]> =>
      (await (await fetch(`${url}api/health`)).json()) as TargetHealth[]
    await vi.waitFor(async () =>
      expect(await health()).toMatchObject([
        { name: 'receiver', state: 'up', counters: [{ name: 'accepted batches', value: 3 }] },
        { name: 'nobody', state: 'down' },
      ]),
    )
    trouble.problem = 'the disk is full'
    await vi.waitFor(async () => expect((await health())[0]).toMatchObject({ state: 'troubled', ...trouble }))
    await status.close()
    await vi.waitFor(async () => expect((await health())[0]).toMatchObject({ state: 'down', problem: 'ECONNREFUSED' }))
  })

  it('answers neither foreign host names nor anything but GET', async () => {
    const { url } = await open({})
    const foreign = await new Promise<IncomingMessage>(resolve =>
      get(url, { headers: { host: 'evil.example' } }, resolve),
    )
    foreign.resume()
    expect(foreign.statusCode).toBe(403)
    expect((await fetch(url, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${url}constructor`)).status).toBe(404)
  })

  it('refuses options that make no sense', async () => {
    await expect(open({ watch: ['receiver'] })).rejects.toThrow('NAME=URL')
    await expect(open({ grinder: 'file:///etc/passwd' })).rejects.toThrow('not a http or https URL')
  })
})
