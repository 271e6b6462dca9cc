import type { Output } from '@logflow/cli'
import { lineBatch, selectLines } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonLines } from './json-lines.ts'

const source = { host: 'earth', path: '/a "b".log', id: 'a' }

async function objectsOf(...items: readonly Parameters<JsonLines['deliver']>[0][]): Promise<Record<string, unknown>[]> {
  let text = ''
  const json = new JsonLines({ write: async chunk => void (text += String(chunk)) } as Output)
  for (const item of items) await json.deliver(item)
  const lines = text.split('\n')
  expect(lines.pop()).toBe('')
  return lines.map(line => JSON.parse(line) as Record<string, unknown>)
}

describe('JsonLines', () => {
  it('gives every line back to the byte, whatever is in it', async () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map(bytes => bytes.filter(byte => byte !== 10)),
      fc.string({ unit: 'binary', maxLength: 20 }).map(text => new TextEncoder().encode(text.replaceAll('\n', ''))),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 8 }), fc.boolean(), async (lines, open) => {
        const whole = Buffer.concat(
          lines.flatMap((bytes, i) => (open && i === lines.length - 1 ? [bytes] : [bytes, Buffer.from('\n')])),
        )
        const objects = await objectsOf(lineBatch({ source, bytes: new Uint8Array(whole) }))
        const back = objects.map(({ text, base64, newline }) => {
          const bytes = typeof base64 === 'string' ? Buffer.from(base64, 'base64') : Buffer.from(text as string)
          return Buffer.concat([bytes, Buffer.from(newline === false ? '' : '\n')])
        })
        expect(Buffer.concat(back)).toEqual(whole)
      }),
    )
  })

  it('tells where a line is, as far as that is known', async () => {
    const batch = lineBatch({ source, bytes: new TextEncoder().encode('one\ntwo\n'), offset: 100 })
    expect(await objectsOf(selectLines(batch, [1]), { ...batch, firstLine: 0 })).toEqual([
      { kind: 'line', host: 'earth', path: '/a "b".log', line: 2, offset: 104, text: 'two' },
      { kind: 'line', host: 'earth', path: '/a "b".log', offset: 100, text: 'one' },
      { kind: 'line', host: 'earth', path: '/a "b".log', offset: 104, text: 'two' },
    ])
  })

  it('tells gaps and events', async () => {
    const [gap, event] = await objectsOf(
      { kind: 'gap', source, from: 3, to: 9, reason: 'rotated' },
      { kind: 'event', source, event: 'failed', detail: { message: 'gone' } },
    )
    expect(gap).toEqual({ kind: 'gap', host: 'earth', path: source.path, from: 3, to: 9, reason: 'rotated' })
    expect(event).toEqual({
      kind: 'event',
      host: 'earth',
      path: source.path,
      event: 'failed',
      detail: { message: 'gone' },
    })
  })
})
