import { compilePattern } from '@logflow/match'
import { describe, expect, it } from 'vitest'
import { LineChoice } from './line-choice.ts'

const LINE_BYTES = 16

function choose(pattern: string, text: Uint8Array, invert = false): { text: string; from: number; to: number } {
  const { bytes, from, to } = new LineChoice(compilePattern(pattern), { invert }).choose(text)
  return { text: Buffer.from(bytes).toString(), from, to }
}

describe('LineChoice', () => {
  it.for([100, 10_000])('chooses the same among few lines and among many: %i', count => {
    const lines = Array.from(
      { length: count },
      (_, i) => `${i % 3 === 0 ? 'ERROR' : 'INFO'} ${i}`.padEnd(15, '.') + '\n',
    )
    const errors = lines.filter(line => line.startsWith('E')).join('')
    const text = Buffer.from(lines.join(''))
    const lastError = lines.findLastIndex(line => line.startsWith('E'))
    expect(choose('ERROR', text)).toEqual({ text: errors, from: 0, to: (lastError + 1) * LINE_BYTES })
    const rest = lines.slice(1).join('')
    expect(choose('^ERROR 0', text, true)).toEqual({ text: rest, from: LINE_BYTES, to: text.length })
    expect(choose('[EI]', text)).toEqual({ text: lines.join(''), from: 0, to: text.length })
    expect(choose('[EI]', text, true).text).toBe('')
  })

  it('searches what was read into its buffers, small ones and large ones', () => {
    for (const size of [64, 1024 * 1024]) {
      const choice = new LineChoice(compilePattern('b'), { invert: false })
      for (const buffer of choice.buffers(size)) {
        buffer.set(Buffer.from('-a\nbb\nc\n'))
        const { bytes, from, to } = choice.choose(buffer.subarray(1, 8))
        expect([Buffer.from(bytes).toString(), from, to]).toEqual(['bb\n', 2, 5])
      }
    }
  })

  it('tests lines with their newline, however few they are', () => {
    const text = Buffer.from('a$\nb')
    expect(choose('\\$$', text).text).toBe('')
    expect(choose('\\$\n', text).text).toBe('a$\n')
    expect(choose('b$', text)).toEqual({ text: 'b', from: 3, to: 4 })
    expect(choose('a', new Uint8Array(0)).text).toBe('')
  })
})
