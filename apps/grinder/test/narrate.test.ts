import { join } from 'node:path'
import { silentLogger, type LogFields } from '@logflow/core'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { runNarrate, type NarrateOptions } from '../src/commands/run-narrate.ts'
import { fillStore, lines, source, START_MS } from './sample-store.ts'

const none = { device: [], since: undefined, until: undefined, grep: undefined, limit: undefined, json: false }

interface Told {
  readonly text: string
  readonly code: number
  readonly warnings: readonly LogFields[]
}

async function narrate(options: Partial<NarrateOptions> & { store: string }, isTerminal = false): Promise<Told> {
  const parts: Buffer[] = []
  const warnings: LogFields[] = []
  const stdout = {
    write: async (part: Uint8Array | string) => void parts.push(Buffer.from(part)),
    isTerminal,
    colors: false,
  }
  const logger = { ...silentLogger, warn: (fields: LogFields) => void warnings.push(fields) }
  const run = { logger, signal: new AbortController().signal, stdout }
  const code = await runNarrate({ ...none, ...options }, run)
  return { text: Buffer.concat(parts).toString('latin1'), code, warnings }
}

const at = (second: number, text: string): string =>
  `${JSON.stringify({ time: new Date(START_MS + second * 1000).toISOString(), text })}\n`

/** Three devices whose lines interleave in time, one of them with a stack trace. */
async function threeDevices(test: Cleanup): Promise<string> {
  const store = join(await tempDir(test), 'store')
  const app = source('/app.log')
  await fillStore(store, {
    'box-1': [[lines(app, at(1, 'one') + at(4, 'four'))], [lines(app, at(9, 'nine'), 500)]],
    'box-2': [[lines(app, at(2, 'two') + at(5, 'five') + '    at main (x.js:1)\n' + at(6, 'six') + at(7, 'seven'))]],
    'box-3': [[lines(app, at(3, 'three'))], [lines(app, at(8, 'eight') + '\u001b[2Jhidden\n', 60)]],
  })
  return store
}

const words = ({ text }: Told): string[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map(line => /"text":"(\w+)"/.exec(line)?.[1] ?? (line.includes('at main') ? 'trace' : 'hidden'))

describe('narrate', () => {
  it('merges devices by the time in their lines and keeps a stack trace where it was', async test => {
    const told = await narrate({ store: await threeDevices(test) })
    expect(told.code).toBe(0)
    expect(words(told)).toEqual('one two three four five trace six seven eight hidden nine'.split(' '))
    expect(told.text).toContain('2026-11-21T04:00:05.000Z box-2 /app.log:     at main (x.js:1)\n')
  })

  it('tells a period of some devices, with lines that match', async test => {
    const store = await threeDevices(test)
    const period = { since: '2026-11-21T04:00:02Z', until: '2026-11-21 04:00:08' }
    expect(words(await narrate({ store, ...period, device: ['box-2', 'box-1'], grep: '"text"' }))).toEqual(
      'two four five six seven'.split(' '),
    )
    expect(words(await narrate({ store, limit: 2 }))).toEqual(['one', 'two'])
  })

  it('says 1 when nothing matches', async test => {
    expect(await narrate({ store: await threeDevices(test), grep: 'nowhere' })).toMatchObject({ text: '', code: 1 })
  })

  it('writes bytes as they are into a pipe and makes them harmless on a terminal', async test => {
    const store = await threeDevices(test)
    expect((await narrate({ store, grep: 'hidden' })).text).toContain(': \u001b[2Jhidden\n')
    expect((await narrate({ store, grep: 'hidden' }, true)).text).toContain(': \\x1b[2Jhidden\n')
  })

  it('tells gaps in their place, also when lines are filtered, and warns', async test => {
    const store = join(await tempDir(test), 'store')
    const app = source('/app.log')
    await fillStore(store, {
      a: [[lines(app, at(1, 'one')), { kind: 'gap', source: app, from: 100, to: 150, reason: 'overflow' }]],
    })
    const told = await narrate({ store, grep: 'nothing' })
    expect(told.code).toBe(1)
    expect(told.text).toMatch(/ a \/app.log: --- 50 bytes are missing, overflow ---\n$/)
    expect(told.warnings).toEqual([{ event: 'story.incomplete', gaps: 1 }])
  })

  it('gives JSON lines that keep every byte', async test => {
    const store = join(await tempDir(test), 'store')
    await fillStore(store, { a: [[lines(source('/x'), 'plain €\n'), { ...lines(source('/y'), 'x'), ...rawLine }]] })
    const objects = (await narrate({ store, json: true })).text
      .trim()
      .split('\n')
      .map(line => JSON.parse(Buffer.from(line, 'latin1').toString()) as Record<string, unknown>)
    expect(objects).toMatchObject([
      { device: 'a', host: 'web01', path: '/x', offset: 0, text: 'plain €' },
      { path: '/y', base64: Buffer.from([0xff, 0xfe]).toString('base64') },
    ])
  })

  it('names the nearest device for one that is not there', async test => {
    const store = await threeDevices(test)
    await expect(narrate({ store, device: ['box1'] })).rejects.toThrow('did you mean box-1?')
    await expect(narrate({ store: `${store}x` })).rejects.toMatchObject({ code: 'LF_GRINDER_STATE' })
    await expect(narrate({ store, since: 'yesterday' })).rejects.toThrow('--since')
  })
})

const rawLine = { bytes: Uint8Array.of(0xff, 0xfe, 10), ends: Uint32Array.of(3) }
