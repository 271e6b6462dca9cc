import { lineBatch, type LineBatch } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRecordParser, type LogRecord } from '@logflow/record'
import { MAX_SOURCES } from './limits.ts'
import { SourceCatalog, type SourceFacts } from './source-catalog.ts'

const source = { host: 'h', path: '/p', id: 'i' }
const WALL = 1_795_233_600

/** A line of the kernel log, or one that ties its clock to the wall. */
const kernelLine = fc
  .record({ uptime: fc.integer({ min: 0, max: 30 }), sync: fc.constantFrom('no', 'no', 'trusted', 'untrusted') })
  .map(({ uptime, sync }) => {
    const stamp = `[${String(uptime).padStart(5)}.000000]`
    if (sync === 'no') return `<6>${stamp} usb 1-1: new device\n`
    return `<15>${stamp} T: v1 ${WALL + uptime * 2}.000 11/21 04:00:00 ntp=${sync === 'trusted' ? 1 : 0}\n`
  })
const csvLine = fc
  .array(fc.constantFrom('a', 'b', '7'), { minLength: 3, maxLength: 3 })
  .map(cells => `${cells.join(',')}\n`)

function batchOf(lines: readonly string[]): LineBatch {
  return lineBatch({ source, bytes: new Uint8Array(Buffer.from(lines.join(''))) })
}

/** What matters of a record. */
const factsOf = ({ timeMs, fields, text }: LogRecord): unknown => [timeMs, [...fields], text]

/** Reads batch by batch with a new catalog each time, which knows of the one before what a checkpoint holds. */
function readInPieces(batches: readonly (readonly string[])[]): unknown[] {
  let catalog = new SourceCatalog()
  return batches.flatMap(lines => {
    catalog = new SourceCatalog(JSON.parse(JSON.stringify(catalog.list())) as SourceFacts[])
    const batch = batchOf(lines)
    const indexes = Uint32Array.from(batch.ends.keys())
    return catalog.parse(catalog.enter('device', source), batch, { indexes, receivedAtMs: WALL * 1000 }).map(factsOf)
  })
}

describe('SourceCatalog', () => {
  it.each([
    ['kmsg', kernelLine],
    ['csv', csvLine],
  ] as const)('reads %s as one parser would that is never stopped', (format, line) => {
    const batches = fc.array(fc.array(line, { minLength: 2, maxLength: 5 }), { maxLength: 6 })
    fc.assert(
      fc.property(batches, pieces => {
        const parser = createRecordParser(format)
        expect(readInPieces(pieces)).toEqual(pieces.flatMap(lines => parser(batchOf(lines)).map(factsOf)))
      }),
    )
  })

  it('ties the kernel log to the wall by a line of an earlier batch', () => {
    const [, , later] = readInPieces([
      [`<15>[   10.000000] T: v1 ${WALL}.000 11/21 04:00:00 ntp=1\n`, '<6>[   11.000000] one\n'],
      ['<6>[   15.000000] two\n'],
    ])
    expect(later).toMatchObject([(WALL + 5) * 1000, expect.anything(), 'two'])
  })

  it('takes plain text for the beginning of something else a few times', () => {
    const catalog = new SourceCatalog()
    const facts = catalog.enter('d', source)
    const parse = (text: string): void => void catalog.parse(facts, batchOf([text]), { indexes: [0], receivedAtMs: 0 })
    parse('Welcome to our server\n')
    expect(facts.format).toBeUndefined()
    parse('{"a":1}\n')
    expect(facts.format).toBe('json')
  })

  it('forgets the source unused for longest beyond its limit', () => {
    const catalog = new SourceCatalog()
    for (let i = 0; i <= MAX_SOURCES; i++) catalog.enter('d', { ...source, path: `/${i}` })
    expect(catalog.list()).toHaveLength(MAX_SOURCES)
    expect(catalog.list()[0]?.path).toBe('/1')
  })
})
