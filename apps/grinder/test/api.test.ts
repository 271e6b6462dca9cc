import { mkdir, rmdir } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { silentLogger, type LogFields } from '@logflow/core'
import { openStore } from '@logflow/store'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it, vi } from 'vitest'
import { runGrinder } from '../src/commands/run-grinder.ts'
import { accessLines, busyDevice, encodeBatch, fillStore, lines, source } from './sample-store.ts'

interface Running {
  readonly url: string
  readonly store: string
  readonly state: string
  readonly fetchJson: (path: string) => Promise<Record<string, unknown>>
}

/** A grinder that follows a store, until the test is over. */
async function startGrinder(test: Cleanup, { liveRate = 1000 } = {}): Promise<Running> {
  const dir = await tempDir(test)
  const [store, state] = [join(dir, 'store'), join(dir, 'state')]
  const stop = new AbortController()
  const options = { store, state, rules: undefined, port: 0, bindAddress: '127.0.0.1', liveRate }
  let ended: Promise<number> | undefined
  const port = await new Promise<unknown>((resolve, reject) => {
    const info = (fields: LogFields): void => void (fields.event === 'server.listening' && resolve(fields.port))
    ended = runGrinder({ ...options, once: false }, { logger: { ...silentLogger, info }, signal: stop.signal })
    ended.catch(reject)
  })
  test.onTestFinished(async () => {
    stop.abort()
    expect(await ended).toBe(0)
  })
  const url = `http://127.0.0.1:${port as number}`
  return {
    url,
    store,
    state,
    fetchJson: async path => (await (await fetch(url + path)).json()) as Record<string, unknown>,
  }
}

/** Listens to `/api/live`; returns what came so far whenever it is asked. */
async function listen(test: Cleanup, url: string): Promise<(name: string) => { [key: string]: unknown }[]> {
  let text = ''
  const response = await new Promise<IncomingMessage>(resolve => get(`${url}/api/live`, resolve))
  response.on('data', (chunk: Buffer) => (text += chunk.toString()))
  test.onTestFinished(async () => void response.destroy())
  await vi.waitFor(() => expect(text).not.toBe(''))
  return name =>
    text
      .split('\n\n')
      .filter(message => message.startsWith(`event: ${name}\n`))
      .map(message => JSON.parse(message.slice(message.indexOf('data: ') + 6)) as { [key: string]: unknown })
}

describe('the API of grinder', () => {
  it('gives the events page by page, each exactly once', async test => {
    const { store, fetchJson } = await startGrinder(test)
    await fillStore(store, { a: busyDevice(10), b: busyDevice(5) })
    const names: string[] = []
    let since = ''
    await vi.waitFor(
      async () => {
        const page = await fetchJson(`/api/events?limit=7${since}`)
        since = `&since=${page.next as string}`
        names.push(...(page.events as { name: string }[]).map(({ name }) => name))
        expect(names.length).toBeGreaterThanOrEqual(74)
      },
      { timeout: 10_000, interval: 10 },
    )
    const count = (name: string): number => names.filter(other => other === name).length
    expect([count('sshd.login-failed'), count('kernel.oom'), count('http.5xx')]).toEqual([15, 15, 44])
    expect(await fetchJson(`/api/events?limit=7${since}`)).toMatchObject({ events: [], more: false })
  })

  it('shows series, sources and metrics', async test => {
    const { store, fetchJson, url } = await startGrinder(test)
    await fillStore(store, { a: busyDevice(3) })
    await vi.waitFor(async () =>
      expect(await fetchJson('/api/series?name=http.request')).toMatchObject({
        series: [
          { name: 'http.request', labels: { class: '5' }, points: [{ count: 9 }] },
          { labels: { class: '2' }, points: [{ count: 51, values: { bytes: { sum: 510, min: 10, max: 10 } } }] },
        ],
      }),
    )
    expect(await fetchJson('/api/sources')).toMatchObject({
      sources: [
        { device: 'a', path: '/var/log/access.log', format: 'clf', lines: 60 },
        { device: 'a', path: '/var/log/syslog', format: 'syslog3164', lines: 9 },
      ],
    })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain('logflow_grinder_lines 69\n')
    expect(metrics).toMatch(/logflow_grinder_rule_seconds\{rule="http.5xx"\} \d/)
    expect(await fetchJson('/healthz')).toMatchObject({ ok: true, program: 'grinder' })
  })

  it('streams lines and events as they are ground, soon after they were received', async test => {
    const { store, url } = await startGrinder(test)
    const live = await listen(test, url)
    await using writer = await openStore(store)
    const bytes = encodeBatch([lines(source('/access.log'), accessLines(8))])
    await writer.append({ stream: 'a', id: { epoch: 'e', sequence: 1 }, bytes })
    await vi.waitFor(() => expect(live('events')).toHaveLength(1))
    const [event] = live('events')[0]?.events as { name: string; receivedAtMs: number; groundAtMs: number }[]
    expect(event?.name).toBe('http.5xx')
    expect((event?.groundAtMs ?? 0) - (event?.receivedAtMs ?? 0)).toBeLessThan(1500)
    const shown = live('lines').flatMap(message => message.lines as { text: string; path: string }[])
    expect(shown.map(({ text }) => `${text}\n`).join('')).toBe(accessLines(8))
  })

  it('shows a sample of many lines and says how many it left out', async test => {
    const { store, url } = await startGrinder(test, { liveRate: 10 })
    const live = await listen(test, url)
    await using writer = await openStore(store)
    const bytes = encodeBatch([lines(source('/access.log'), accessLines(500))])
    await writer.append({ stream: 'a', id: { epoch: 'e', sequence: 1 }, bytes })
    await vi.waitFor(() => expect(live('lines').length).toBeGreaterThan(0))
    const messages = live('lines') as { lines: unknown[]; notShown: number }[]
    const shown = messages.reduce((sum, message) => sum + message.lines.length, 0)
    const notShown = messages.reduce((sum, message) => sum + message.notShown, 0)
    expect(shown).toBeLessThanOrEqual(20)
    expect(shown + notShown).toBe(500)
  })

  it('says what is wrong while it cannot write, and loses nothing by it', async test => {
    const { store, state, fetchJson, url } = await startGrinder(test)
    // A folder under the name of the next checkpoint is in the way, like a disk that is full.
    await mkdir(join(state, 'checkpoint.json.new'))
    await fillStore(store, { a: busyDevice(2) })
    await vi.waitFor(async () => expect((await fetch(`${url}/healthz`)).status).toBe(503))
    expect(await fetchJson('/healthz')).toMatchObject({ ok: false, problem: expect.stringContaining('cannot write') })
    expect(await fetchJson('/api/events')).toMatchObject({ events: [] })
    await rmdir(join(state, 'checkpoint.json.new'))
    await vi.waitFor(async () => expect(await fetchJson('/healthz')).toMatchObject({ ok: true }))
    const { events } = (await fetchJson('/api/events')) as { events: unknown[] }
    expect(events).toHaveLength(10)
  })

  it('answers 400 to a place that no answer gave, and 404 to what is not there', async test => {
    const { url } = await startGrinder(test)
    for (const query of ['since=7', 'limit=0', 'limit=x', `since=${'0'.repeat(12)}.x`])
      expect((await fetch(`${url}/api/events?${query}`)).status, query).toBe(400)
    expect((await fetch(`${url}/api/nothing`)).status).toBe(404)
    expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(405)
  })
})
