import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLogger } from '@logflow/core'
import { EventDecoder, type LogEvent } from '@logflow/record'
import { openStore } from '@logflow/store'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { runGrinder } from '../src/commands/run-grinder.ts'
import { parseRuleFile } from '../src/rules/rule-file.ts'
import { RuleRunner } from '../src/rules/rule-runner.ts'
import type { Checkpoint } from '../src/state/checkpoint.ts'
import { accessLines, busyDevice, encodeBatch, fillStore, lines, source, START_MS } from './sample-store.ts'

const options = { rules: undefined, port: 0, bindAddress: '127.0.0.1', liveRate: 100, once: true }
const signal = new AbortController().signal

/** Grinds the store to its end; what is left is the state folder. */
async function grindOnce(store: string, state: string, rules?: string): Promise<number> {
  return runGrinder({ ...options, store, state, rules }, { logger: silentLogger, signal })
}

async function folders(test: Cleanup): Promise<{ store: string; state: string; other: string }> {
  const dir = await tempDir(test)
  return { store: join(dir, 'store'), state: join(dir, 'state'), other: join(dir, 'other') }
}

async function checkpointOf(state: string): Promise<Checkpoint> {
  return JSON.parse(await readFile(join(state, 'checkpoint.json'), 'utf8')) as Checkpoint
}

async function eventsOf(state: string): Promise<LogEvent[]> {
  const { rulesId } = await checkpointOf(state)
  const decoder = new EventDecoder()
  decoder.push(new Uint8Array(await readFile(join(state, `events-${rulesId}.pb`))))
  const events: LogEvent[] = []
  for (let event = decoder.read(); event; event = decoder.read()) events.push(event)
  decoder.end()
  return events
}

async function hashOf(state: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(state)).sort()) hash.update(name).update(await readFile(join(state, name)))
  return hash.digest('hex')
}

describe('grinder', () => {
  it('finds requests, failed logins and kills in what a device sent', async test => {
    const { store, state } = await folders(test)
    await fillStore(store, { 'device-1': busyDevice(7) })
    expect(await grindOnce(store, state)).toBe(0)
    const events = await eventsOf(state)
    const count = (name: string): number => events.filter(event => event.name === name).length
    expect([count('http.5xx'), count('sshd.login-failed'), count('kernel.oom'), count('http.request')]).toEqual([
      20, 7, 7, 0,
    ])
    expect(events.find(({ name }) => name === 'http.5xx')).toEqual({
      name: 'http.5xx',
      timeMs: START_MS,
      labels: { device: 'device-1', method: 'GET', path: '/a/0', status: '500' },
      values: { bytes: 10, seconds: 0.01 },
      source: source('/var/log/access.log'),
      offset: 0,
    })
    const { series, counters } = await checkpointOf(state)
    const requests = series.filter(([key]) => key.includes('http.request'))
    expect(requests.map(([key]) => JSON.parse(key) as unknown)).toEqual([
      ['http.request', [['class', '5']]],
      ['http.request', [['class', '2']]],
    ])
    expect(requests.flatMap(([, points]) => points).reduce((sum, [, count]) => sum + count, 0)).toBe(140)
    expect(counters).toMatchObject({ entries: 7, lines: 161, keptEvents: 34, gaps: 0 })
  })

  it('goes on where it stopped and says 1 when nothing new was found', async test => {
    const { store, state, other } = await folders(test)
    const batches = busyDevice(9)
    await fillStore(store, { a: batches.slice(0, 4) })
    expect(await grindOnce(store, state)).toBe(0)
    await fillStore(store, { a: batches })
    expect(await grindOnce(store, state)).toBe(0)
    expect(await grindOnce(store, state)).toBe(1)
    await grindOnce(store, other)
    expect(await hashOf(state)).toBe(await hashOf(other))
  })

  it('gives the same bytes after kill -9 at any moment as without', { timeout: 60_000 }, async test => {
    const { store, state, other } = await folders(test)
    const batches = busyDevice(600, 40)
    await fillStore(store, { a: batches.slice(0, 400), b: batches.slice(400), c: batches.slice(100, 500) })
    await grindOnce(store, other)
    const main = join(import.meta.dirname, '../src/grinder.ts')
    const args = [
      '--conditions=@logflow/source',
      main,
      '--store',
      store,
      '--state',
      state,
      '--once',
      '--log-level',
      'silent',
    ]
    let kills = 0
    // Too short for anything at first, and long enough in the end, on any machine.
    for (let delayMs = 100; ; delayMs *= 1.2 + Math.random() / 4) {
      const child = spawn(process.execPath, args, { stdio: 'ignore' })
      const timer = setTimeout(() => child.kill('SIGKILL'), delayMs)
      const [code, killed] = await new Promise<[number | null, NodeJS.Signals | null]>(resolve =>
        child.once('exit', (...end) => resolve(end)),
      )
      clearTimeout(timer)
      if (killed === null) {
        expect(code).toBeLessThan(2)
        break
      }
      kills++
    }
    expect(kills).toBeGreaterThan(0)
    await grindOnce(store, state)
    const [kept, undisturbed] = [await checkpointOf(state), await checkpointOf(other)]
    expect(kept).toEqual(undisturbed)
    expect(kept.counters.lines).toBe(1000 * 43)
    const log = `events-${kept.rulesId}.pb`
    expect(readFileSync(join(state, log)).equals(readFileSync(join(other, log)))).toBe(true)
  })

  it('cuts what a killed run had written beyond its checkpoint', async test => {
    const { store, state } = await folders(test)
    await fillStore(store, { a: busyDevice(3) })
    await grindOnce(store, state)
    const before = await hashOf(state)
    const { rulesId } = await checkpointOf(state)
    writeFileSync(join(state, `events-${rulesId}.pb`), 'half an event', { flag: 'a' })
    await grindOnce(store, state)
    expect(await hashOf(state)).toBe(before)
  })

  it('refuses an event log that is shorter than its checkpoint says', async test => {
    const { store, state } = await folders(test)
    await fillStore(store, { a: busyDevice(3) })
    await grindOnce(store, state)
    writeFileSync(join(state, `events-${(await checkpointOf(state)).rulesId}.pb`), '')
    await expect(grindOnce(store, state)).rejects.toMatchObject({ code: 'LF_GRINDER_STATE', detail: { size: 0 } })
  })

  it('grinds everything anew with other rules, and gives what a run from scratch gives', async test => {
    const { store, state, other } = await folders(test)
    await fillStore(store, { a: busyDevice(5) })
    await grindOnce(store, state)
    const rules = join(other, '../rules.json')
    writeFileSync(rules, '[{"name":"cron","pattern":"nothing of (?P<what>\\\\w+)","by":["what"]}]')
    expect(await grindOnce(store, state, rules)).toBe(0)
    await grindOnce(store, other, rules)
    expect(await eventsOf(state)).toHaveLength(5)
    expect(await eventsOf(state)).toEqual(await eventsOf(other))
    expect(await checkpointOf(state)).toEqual(await checkpointOf(other))
  })

  it('makes a gap an event and counts it', async test => {
    const { store, state } = await folders(test)
    const app = source('/app.log')
    await fillStore(store, { a: [[{ kind: 'gap', source: app, from: 100, to: 350, reason: 'overflow' }]] })
    expect(await grindOnce(store, state)).toBe(0)
    expect(await eventsOf(state)).toMatchObject([
      { name: 'gap', labels: { device: 'a', reason: 'overflow' }, values: { from: 100, to: 350, bytes: 250 } },
    ])
    expect((await checkpointOf(state)).counters).toMatchObject({ gaps: 1, lostBytes: 250 })
  })

  it('makes a gap of what it cannot decode and goes on behind it', async test => {
    const { store, state } = await folders(test)
    await using writer = await openStore(store)
    const good = encodeBatch([lines(source('/x'), 'ERROR one\n')])
    await writer.append({ stream: 'a', id: { epoch: 'e', sequence: 1 }, bytes: good.subarray(0, -3) })
    await writer.append({ stream: 'a', id: { epoch: 'e', sequence: 2 }, bytes: good })
    await grindOnce(store, state)
    expect((await eventsOf(state)).map(({ name, labels }) => [name, labels.reason])).toEqual([
      ['gap', 'undecodable'],
      ['app.error', undefined],
    ])
  })

  it('counts late data in the minute it belongs to', async test => {
    const { store, state } = await folders(test)
    const access = source('/access.log')
    await fillStore(store, { a: [[lines(access, accessLines(60, 3600))], [lines(access, accessLines(60, 0), 9000)]] })
    await grindOnce(store, state)
    const { series } = await checkpointOf(state)
    const minutes = series.flatMap(([key, points]) =>
      key.includes('http.request') ? points.map(([minute]) => minute) : [],
    )
    expect(new Set(minutes)).toEqual(new Set([START_MS, START_MS + 3_600_000]))
  })

  it('lets only one grinder work on a state', async test => {
    const { store, state } = await folders(test)
    await fillStore(store, { a: busyDevice(1) })
    const stop = new AbortController()
    let first: Promise<number> | undefined
    await new Promise<void>(resolve => {
      const logger = { ...silentLogger, info: () => resolve() }
      first = runGrinder({ ...options, store, state, once: false }, { logger, signal: stop.signal })
    })
    await expect(grindOnce(store, state)).rejects.toMatchObject({ code: 'LF_GRINDER_LOCKED' })
    stop.abort()
    expect(await first).toBe(0)
  })

  it.each([
    ['{', 'is not JSON'],
    ['[{"name":"a","patern":"x"}]', 'unknown key "patern", did you mean pattern?'],
    ['[{"name":"a","pattern":"x","kep":false}]', 'did you mean keep?'],
    ['[{"name":"a","pattern":"(?=x)"}]', 'not usable'],
    ['{"rules":7}', 'needs an array'],
  ])('refuses the rules %s', (text, problem) => {
    expect(() => new RuleRunner(parseRuleFile(text, 'rules.json'))).toThrow(
      expect.objectContaining({ code: 'LF_GRINDER_RULES', message: expect.stringContaining(problem) }),
    )
  })
})
