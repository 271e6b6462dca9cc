import { compilePattern } from '@logflow/match'
import type { NativeBlock } from '@logflow/protocol'
import { describe, expect, it } from 'vitest'
import { LineChoice } from '../whole-file/line-choice.ts'
import { SelectedBlocks } from './selected-blocks.ts'

const source = { host: 'web1', path: '/var/log/app.log', id: 'one' }
const BLOCK_BYTES = 1024 * 1024
const FRAME_BYTES = 384 * 1024

/** Lines in which a number stands that is even, odd, and now and then neither. */
const lines = Array.from(
  { length: 90_000 },
  (_, i) => `${i % 100 === 7 ? 'none' : i % 2 ? 'odd' : 'even'} line ${i} ${'.'.repeat(i % 40)}\n`,
)
const text = lines.join('')

/** What is sent of the text, which comes in blocks of whole lines. */
async function select(pattern: string, fromOffset = 0): Promise<NativeBlock[]> {
  const sent: NativeBlock[] = []
  const answers = {
    send: async () => {},
    sendBlock: async (block: NativeBlock) => void sent.push({ ...block, bytes: block.bytes.slice() }),
  }
  const choice = new LineChoice(compilePattern(pattern), { invert: false })
  const selected = new SelectedBlocks(answers, { source, choice, fromOffset })
  for (let offset = 0; offset < text.length;) {
    const end = text.indexOf('\n', Math.min(offset + BLOCK_BYTES, text.length - 1)) + 1
    const bytes = Buffer.from(text.slice(offset, end))
    await selected.take({ kind: 'block', source, offset, firstLine: 0, bytes, cut: false })
    offset = end
  }
  await selected.flush()
  return sent
}

describe('SelectedBlocks', () => {
  it.for(['.', '^even', 'odd|even', '^none', ' 4[0-9]*7 ', 'nothing'])(
    'sends the lines with %s, and where they lie',
    async pattern => {
      const wanted = lines.filter(line => new RegExp(pattern).test(line)).join('')
      const sent = await select(pattern)
      expect(sent.map(({ bytes }) => Buffer.from(bytes).toString()).join('') === wanted).toBe(true)
      for (const { bytes, offset, through, selected } of sent) {
        const chosen = Buffer.from(bytes).toString()
        const firstLine = chosen.slice(0, chosen.indexOf('\n') + 1)
        const lastLine = chosen.slice(chosen.lastIndexOf('\n', chosen.length - 2) + 1)
        expect(text.startsWith(firstLine, offset)).toBe(true)
        expect(text.startsWith(lastLine, through - lastLine.length)).toBe(true)
        expect(selected).toBe(through - offset !== bytes.length)
      }
      // What is chosen is not known of the first block.
      for (const { bytes } of sent.slice(1)) expect(bytes.length).toBeLessThan(FRAME_BYTES)
    },
  )

  it('leaves out what the client has', async () => {
    const fromOffset = text.indexOf('\n', 1_500_000) + 1
    const sent = await select('^even', fromOffset)
    const wanted = text
      .slice(fromOffset)
      .split(/(?<=\n)/)
      .filter(line => line.startsWith('even'))
    expect(sent.map(({ bytes }) => Buffer.from(bytes).toString()).join('') === wanted.join('')).toBe(true)
    expect(sent[0]?.offset).toBeGreaterThanOrEqual(fromOffset)
  })
})
