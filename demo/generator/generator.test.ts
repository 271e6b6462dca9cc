import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@logflow/core'
import { afterEach, describe, expect, it } from 'vitest'
import { Generator } from './generator.ts'
import type { Ledger } from './ledger.ts'

const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

/** A clock that stands still until somebody sleeps. */
function testClock(): Clock {
  let ms = 0
  const now = (): number => Date.UTC(2026, 10, 21, 3, 47, 11, 123) + ms
  const sleep = async (waitMs: number): Promise<void> => {
    ms += waitMs
  }
  return { now, monotonicMs: () => ms, sleep }
}

/** Runs the generator for ten seconds of its own time and returns what lies in the directory. */
async function generate(seed: number, rotateBytes = 30_000): Promise<{ ledger: Ledger; logs: Map<string, Buffer> }> {
  const dir = mkdtempSync(join(tmpdir(), 'generator-'))
  dirs.push(dir)
  const generator = new Generator({ dir, seed, linesPerSecond: 500, rotateBytes, clock: testClock() })
  await generator.run({ signal: new AbortController().signal, durationMs: 10_000 })
  const ledger = JSON.parse(readFileSync(join(dir, 'ledger.json'), 'utf8')) as Ledger
  const logs = new Map(
    Object.keys(ledger.files).map(name => {
      const names = readdirSync(dir).filter(entry => entry === name || entry.startsWith(`${name}.`))
      const age = (entry: string): number => Number(entry.slice(name.length + 1) || 0)
      const parts = names.sort((a, b) => age(b) - age(a)).map(entry => readFileSync(join(dir, entry)))
      return [name, Buffer.concat(parts)]
    }),
  )
  return { ledger, logs }
}

const linesOf = (log: Buffer | undefined): string[] => String(log).split('\n').slice(0, -1)

describe('Generator', () => {
  it('writes the same bytes for the same seed and others for another', async () => {
    const [first, again, other] = [await generate(7), await generate(7), await generate(8)]
    expect(first.ledger).toEqual(again.ledger)
    expect(first.ledger.lines).toBe(5000)
    expect(first.ledger.files['access.log']?.sha256).not.toBe(other.ledger.files['access.log']?.sha256)
  })

  it('keeps a ledger that matches the files across rotations', async () => {
    const { ledger, logs } = await generate(1)
    expect(ledger.finished).toBe(true)
    for (const [name, facts] of Object.entries(ledger.files)) {
      const bytes = logs.get(name) as Buffer
      expect(facts.rotations, name).toBeGreaterThan(1)
      expect(facts.bytes).toBe(bytes.length)
      expect(facts.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      const numbers = linesOf(bytes).map(line => Number(/seq"?[=:](\d+)/.exec(line)?.[1]))
      expect(numbers).toEqual(Array.from({ length: facts.lines }, (_, index) => index + 1))
    }
  })

  it('counts categories as somebody who reads the lines would', async () => {
    const { ledger, logs } = await generate(3)
    const access = linesOf(logs.get('access.log'))
    expect(access.filter(line => / 500 \d+ "/.test(line)).length).toBe(
      ledger.files['access.log']?.counts.status?.['500'],
    )
    const app = linesOf(logs.get('app.log')).map(line => JSON.parse(line) as { level: string })
    expect(app.filter(({ level }) => level === 'ERROR').length).toBe(ledger.files['app.log']?.counts.level?.ERROR)
    const failed = linesOf(logs.get('syslog')).filter(line => line.includes('Failed password'))
    expect(failed.length).toBe(ledger.files.syslog?.counts.topic?.['login failed'])

    const sums = new Map<string, number>()
    for (const line of linesOf(logs.get('stats.log'))) {
      const parts = line.split('|')
      if (parts.length < 11 || parts[0] !== 'INFO' || parts[9] !== 'MAPREDUCE:STATS') continue
      const fields = new Map(parts.slice(10).map(part => part.split('=') as [string, string]))
      const host = fields.get('host') as string
      sums.set(host, (sums.get(host) ?? 0) + Number(fields.get('bytes')))
    }
    expect(Object.fromEntries(sums)).toEqual(ledger.files['stats.log']?.sums.bytes)
  })

  it('stamps every line with wall time in milliseconds', async () => {
    const { logs } = await generate(2)
    for (const log of logs.values()) {
      expect(linesOf(log).filter(line => !/ts"?[=:]"?2026-11-21T03:47:[12]\d\.\d{3}Z/.test(line))).toEqual([])
    }
  })

  it('refuses a directory that has logs already', async () => {
    await generate(1)
    const again = (): Generator => new Generator({ dir: dirs[0] as string, seed: 1, linesPerSecond: 1, rotateBytes: 1 })
    expect(again).toThrow(expect.objectContaining({ code: 'EEXIST' }))
  })
})
