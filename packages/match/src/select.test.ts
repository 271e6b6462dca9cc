import { eachLine, lineBatch, lineOffset, type Delivery, type LineBatch } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { compilePattern } from './matcher.ts'
import { select, type SelectOptions } from './select.ts'

const source = { host: 'h', path: '/x', id: 's1' }
const other = { host: 'h', path: '/y', id: 's2' }
const lines = (text: string, init: { offset?: number; firstLine?: number; source?: typeof source } = {}): LineBatch =>
  lineBatch({ source, bytes: new TextEncoder().encode(text), ...init })

async function* from(items: readonly Delivery[]): AsyncGenerator<Delivery> {
  for (const item of items) yield item
}

/** What comes out, lines as text. */
async function run(
  items: readonly Delivery[],
  pattern: string | undefined,
  options?: SelectOptions,
): Promise<unknown[]> {
  const out: unknown[] = []
  const matcher = pattern === undefined ? undefined : compilePattern(pattern)
  for await (const item of select(from(items), matcher, options)) {
    if (item.kind === 'lines') out.push(...[...eachLine(item)].map(line => Buffer.from(line).toString()))
    else out.push(item.kind === 'gap' ? item.reason : item.event)
  }
  return out
}

const ten = 'l1\nl2\nl3\nM4\nl5\nl6\nM7\nl8\nl9\nM10\n'

describe('select', () => {
  it('keeps the offset and the number of every selected line', async () => {
    const out: unknown[] = []
    const batch = lines('aa\nxb\nc\nxd\n', { offset: 100, firstLine: 7 })
    for await (const item of select(from([batch]), compilePattern('x'))) {
      if (item.kind !== 'lines') continue
      out.push([lineOffset(item, 0), lineOffset(item, 1)], [...(item.lineNumbers ?? [])])
    }
    expect(out).toEqual([
      [103, 108],
      [8, 10],
    ])
  })

  it('hands a batch on untouched when all of it is selected', async () => {
    const batch = lines('a\nb\n')
    for (const matcher of [undefined, compilePattern('[ab]')]) {
      for await (const item of select(from([batch]), matcher, { invert: matcher === undefined }))
        expect(item).toBe(batch)
    }
  })

  it('leaves out batches in which nothing is selected', async () => {
    expect(await run([lines('a\n'), lines('x\n'), lines('b\n')], 'x')).toEqual(['x\n'])
  })

  it('selects what does not match when inverted', async () => {
    expect(await run([lines('a\nx\nb')], 'x', { invert: true })).toEqual(['a\n', 'b'])
    expect(await run([lines(ten)], 'l', { invert: true, before: 1 })).toEqual([
      'l3\n',
      'M4\n',
      'l6\n',
      'M7\n',
      'l9\n',
      'M10\n',
    ])
  })

  it('adds lines before and after a match, each line once', async () => {
    expect(await run([lines(ten)], 'M4', { before: 2, after: 1 })).toEqual(['l2\n', 'l3\n', 'M4\n', 'l5\n'])
    expect(await run([lines(ten)], 'M', { before: 2, after: 1 })).toEqual(
      ['l2', 'l3', 'M4', 'l5', 'l6', 'M7', 'l8', 'l9', 'M10'].map(line => `${line}\n`),
    )
  })

  it('stops at the limit, and behind the lines after the last match', async () => {
    expect(await run([lines(ten)], 'M', { max: 2 })).toEqual(['M4\n', 'M7\n'])
    expect(await run([lines(ten)], 'M', { max: 1, after: 5 })).toEqual(['M4\n', 'l5\n', 'l6\n'])
    expect(await run([lines(ten)], 'M', { max: 1, after: 1 })).toEqual(['M4\n', 'l5\n'])
    expect(await run([lines(ten)], undefined, { max: 3 })).toEqual(['l1\n', 'l2\n', 'l3\n'])
    expect(await run([lines('x\nx\n')], 'x', { max: 0 })).toEqual(['x\n', 'x\n'])
  })

  it('counts for every source on its own', async () => {
    const items = [lines('x1\nx2\n'), lines('x3\nx4\n', { source: other }), lines('x5\n'), lines('a\n')]
    expect(await run(items, 'x', { max: 1 })).toEqual(['x1\n', 'x3\n'])
    const mixed = [lines('a\n'), lines('b\n', { source: other }), lines('x\n')]
    expect(await run(mixed, 'x', { before: 5 })).toEqual(['a\n', 'x\n'])
  })

  it('starts anew when a source ended', async () => {
    const ended: Delivery = { kind: 'event', source, event: 'ended' }
    expect(await run([lines('x1\nx2\n'), ended, lines('x3\nx4\n')], 'x', { max: 1 })).toEqual(['x1\n', 'ended', 'x3\n'])
  })

  it('lets gaps and events pass in order, and no context across them', async () => {
    const gap: Delivery = { kind: 'gap', source, from: 2, to: 9, reason: 'overflow' }
    const rotated: Delivery = { kind: 'event', source, event: 'rotated' }
    expect(
      await run([lines('a\n'), gap, lines('b\nx\n'), lines('c\n'), rotated, lines('x\n')], 'x', { before: 3 }),
    ).toEqual(['overflow', 'b\n', 'x\n', 'rotated', 'x\n'])
    expect(await run([gap, rotated], 'x')).toEqual(['overflow', 'rotated'])
  })

  it('ends the whole iteration at the limit when asked to, and lets go of the deliveries', async () => {
    let released = false
    async function* endless(): AsyncGenerator<Delivery> {
      try {
        for (;;) yield lines('x\na\n')
      } finally {
        released = true
      }
    }
    let count = 0
    for await (const item of select(endless(), compilePattern('x'), { max: 3, endAtMax: true })) {
      if (item.kind === 'lines') count += item.ends.length
    }
    expect(count).toBe(3)
    expect(released).toBe(true)
  })

  it('refuses numbers that make no sense before anything is read', () => {
    for (const options of [{ before: -1 }, { after: 1.5 }, { before: 1e9 }, { max: -1 }, { max: NaN }]) {
      expect(() => select(from([]), undefined, options)).toThrow(RangeError)
    }
  })

  it('refuses a delivery of an unknown kind', async () => {
    const odd = { kind: 'other', source } as unknown as Delivery
    await expect(run([odd], 'x')).rejects.toMatchObject({ code: 'LF_CORE_UNKNOWN_DELIVERY' })
  })
})
