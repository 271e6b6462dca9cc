import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, type Delivery } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import type { KmsgRecords } from './kmsg-device.ts'
import {
  kmsgPositionAfter,
  laterKmsgPosition,
  loadKmsgPosition,
  saveKmsgPosition,
  type KmsgPosition,
} from './kmsg-position.ts'
import { readKmsg, type KmsgOptions } from './kmsg-source.ts'

/** The kernel's ring with these records in it. */
function ring(records: readonly string[]): KmsgRecords & { closed: boolean } {
  const left = [...records]
  return {
    closed: false,
    read() {
      const next = left.shift()
      return next === undefined ? 'nothing' : next === 'skipped' ? next : new TextEncoder().encode(next)
    },
    close() {
      this.closed = true
    },
  }
}

async function readAll(records: readonly string[], options: Partial<KmsgOptions> = {}): Promise<Delivery[]> {
  const items: Delivery[] = []
  const defaults = { host: 'h', bootId: 'b1', from: undefined, once: true, logger: silentLogger }
  const signal = new AbortController().signal
  for await (const item of readKmsg(ring(records), { ...defaults, signal, ...options })) items.push(item)
  return items.slice(1) // the event that says when it was opened
}

function text(item: Delivery | undefined): string {
  return item?.kind === 'lines' ? new TextDecoder().decode(item.bytes) : ''
}

const record = (sequence: number, message = `m${sequence}`): string => `6,${sequence},${sequence * 1000},-;${message}\n`

describe('readKmsg', () => {
  it('makes lines of records, undoes escapes and numbers lines by sequence', async () => {
    const [lines] = await readAll([
      '6,0,900,-;first\n SUBSYSTEM=x\n',
      '12,1,123456789012345,-,caller=T1;caf\\xc3\\xa9\n',
    ])
    expect(text(lines)).toBe('<6>[    0.000900] first\n<12>[123456789.012345] café\n')
    expect(lines).toMatchObject({ offset: 0, firstLine: 1, source: { path: 'kmsg:', id: 'kmsg.b1' } })
  })

  it('turns a jump of the sequence into a gap as long as the records that are missing', async () => {
    const [before, gap, after] = await readAll([record(4), record(9), record(10)])
    const size = text(before).length
    expect(gap).toMatchObject({ kind: 'gap', from: size, to: size + 4, reason: 'missed' })
    expect(after).toMatchObject({ offset: size + 4, firstLine: 10 })
    expect(text(after)).toContain('m10')
  })

  it('goes on after the position of the same boot, and starts over in another', async () => {
    const ringed = [record(0), record(1), record(2), record(3)]
    const [first] = await readAll(ringed.slice(0, 2))
    const from = kmsgPositionAfter(first as Delivery, 'b1') as KmsgPosition
    const [rest] = await readAll(ringed, { from })
    expect(rest).toMatchObject({ firstLine: 3, offset: text(first).length })
    expect(text(rest)).toContain('m2')
    const [anew] = await readAll(ringed, { from, bootId: 'b2' })
    expect(anew).toMatchObject({ firstLine: 1, offset: 0, source: { id: 'kmsg.b2' } })
  })

  it('counts what was overwritten while nobody read', async () => {
    const [gap, lines] = await readAll([record(7)], { from: { bootId: 'b1', sequence: 2, offset: 50 } })
    expect(gap).toMatchObject({ kind: 'gap', from: 50, to: 55 })
    expect(lines).toMatchObject({ offset: 55, firstLine: 8 })
  })

  it('keeps a record that cannot be parsed', async () => {
    const items = await readAll([record(0), 'nonsense', record(1)])
    expect(items.map(text).join('')).toBe('<6>[    0.000000] m0\nnonsense\n<6>[    0.001000] m1\n')
  })

  it('rewrites records before they become lines', async () => {
    const rewrite = (raw: Uint8Array): Uint8Array => Buffer.from(Buffer.from(raw).toString().replace('secret', 'x'))
    expect(text((await readAll([record(0, 'secret')], { rewrite }))[0])).toContain('] x\n')
  })

  it('reads on until the signal, and closes what it reads', async () => {
    const stop = new AbortController()
    const records = ring([record(0)])
    const options = { host: 'h', bootId: 'b', from: undefined, signal: stop.signal, logger: silentLogger }
    const reading = (async () => {
      for await (const item of readKmsg(records, options)) if (item.kind === 'lines') stop.abort(new Error('stop'))
    })()
    await expect(reading).rejects.toThrow('stop')
    expect(records.closed).toBe(true)
  })
})

describe('saveKmsgPosition', () => {
  it('is read back; garbage and nothing are no position', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logflow-kmsg-'))
    const path = join(folder, 'kmsg.json')
    expect(await loadKmsgPosition(path)).toBeUndefined()
    await saveKmsgPosition(path, { bootId: 'b', sequence: 5, offset: 77 })
    expect(await loadKmsgPosition(path)).toEqual({ bootId: 'b', sequence: 5, offset: 77 })
    await writeFile(path, '{"bootId":3}')
    expect(await loadKmsgPosition(path)).toBeUndefined()
    await rm(folder, { recursive: true })
  })
})

describe('laterKmsgPosition', () => {
  const at = (sequence: number, bootId = 'b'): KmsgPosition => ({ bootId, sequence, offset: sequence * 10 })
  it.each([
    [at(5), at(7), 7],
    [at(7), at(5), 7],
    [undefined, at(5), 5],
    [at(5), undefined, 5],
    [at(9, 'old'), at(5), 5],
    [at(9, 'old'), at(8, 'old'), undefined],
    [undefined, undefined, undefined],
  ])('of %j and %j is %s', (saved, spooled, sequence) => {
    expect(laterKmsgPosition(saved, spooled && JSON.stringify(spooled), 'b')?.sequence).toBe(sequence)
  })
})
