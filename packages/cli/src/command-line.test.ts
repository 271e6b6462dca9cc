import { describe, expect, it } from 'vitest'
import { parseCommandLine } from './command-line.ts'
import { flag } from './flag.ts'

const flags = {
  plain: flag.boolean({ help: '' }),
  verbose: flag.boolean({ short: 'v', help: '' }),
  trustAll: flag.boolean({ spelling: 'trustAllHosts', help: '' }),
  port: flag.integer({ value: 'PORT', short: 'p', default: 1, help: '' }),
  regex: flag.text({ value: 'PATTERN', default: '.', aliases: ['grep'], help: '' }),
  follow: flag.list({ value: 'GLOB', help: '' }),
}
const parse = (
  syntax: 'gnu' | 'go',
  ...args: string[]
): { values: Record<string, readonly string[]>; operands: readonly string[] } => {
  const { values, operands } = parseCommandLine(args, flags, syntax)
  return { values: Object.fromEntries(values), operands }
}

describe('parseCommandLine', () => {
  it('reads gnu long and short forms, joined and apart, and operands anywhere', () => {
    expect(parse('gnu', 'a', '--port=2', '-vp3', 'b', '--no-plain', '--', '--regex')).toEqual({
      values: { port: ['2', '3'], verbose: ['true'], plain: ['false'] },
      operands: ['a', 'b', '--regex'],
    })
    expect(parse('gnu', '--follow', 'x', '--follow', 'y', '-')).toEqual({
      values: { follow: ['x', 'y'] },
      operands: ['-'],
    })
  })

  it('reads go forms with one or two dashes and stops at the first operand', () => {
    expect(parse('go', '-port', '2', '--trustAllHosts', '-grep=x=y', '-plain=false', 'file', '-port', '9')).toEqual({
      values: { port: ['2'], trustAll: ['true'], regex: ['x=y'], plain: ['false'] },
      operands: ['file', '-port', '9'],
    })
  })

  it('refuses a missing value and an unknown flag, naming the nearest', () => {
    expect(() => parse('gnu', '--port')).toThrow('--port needs a value: PORT')
    expect(() => parse('go', '-trustAllHost')).toThrow('did you mean -trustAllHosts?')
    expect(() => parse('gnu', '-port', '1')).toThrow('did you mean --port?')
  })
})
