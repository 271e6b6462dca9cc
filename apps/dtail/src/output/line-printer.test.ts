import { lineBatch, selectLines } from '@logflow/core'
import type { Output } from '@logflow/cli'
import { encodeRemoteLines, ServerMessageDecoder, type MessageBatch } from '@logflow/protocol'
import { describe, expect, it } from 'vitest'
import { LinePrinter } from './line-printer.ts'
import { defaultColors } from './term-colors.ts'

const source = { host: 'earth.example.org', path: '/a.log', id: 'a' }
const bytes = Buffer.from('one\n\xff\xab\x1b[2J\nlast', 'latin1')
const batch = lineBatch({ source, bytes: new Uint8Array(bytes) })

function printer(options: { plain?: boolean; isTerminal?: boolean; colored?: boolean } = {}): {
  printer: LinePrinter
  printed: () => Buffer
} {
  const written: Buffer[] = []
  const stdout = {
    write: async (chunk: Uint8Array | string) => void written.push(Buffer.from(chunk)),
    isTerminal: options.isTerminal ?? false,
  } as Output
  const { plain = false } = options
  const made = new LinePrinter({ stdout, plain, colors: options.colored ? defaultColors : undefined })
  return { printer: made, printed: () => Buffer.concat(written) }
}

function messages(plain: boolean): MessageBatch {
  const decoder = new ServerMessageDecoder()
  decoder.push(encodeRemoteLines(batch, { hostname: source.host, sourceId: 'a.log', plain }))
  return decoder.read() as MessageBatch
}

describe('LinePrinter', () => {
  it('passes plain lines through to the byte', async () => {
    const { printer: plain, printed } = printer({ plain: true })
    await plain.printBatch(batch, 'a.log')
    expect(printed()).toEqual(Buffer.concat([bytes, Buffer.from('\n')]))
  })

  it('prints the same whether a server or this machine read the file', async () => {
    for (const plain of [true, false]) {
      const [here, remote] = [printer({ plain }), printer({ plain })]
      await here.printer.printBatch(batch, 'a.log')
      await remote.printer.take(messages(plain))
      expect(here.printed()).toEqual(remote.printed())
    }
  })

  it('numbers the lines of a selection as they are in the file', async () => {
    const { printer: headed, printed } = printer()
    await headed.printBatch(selectLines(batch, [2]), 'a.log')
    expect(printed().toString()).toBe('REMOTE|earth|100|3|a.log|last\n')
  })

  it('makes control characters harmless on a terminal, and nowhere else', async () => {
    const terminal = printer({ isTerminal: true })
    await terminal.printer.printBatch(batch, 'a.log')
    expect(terminal.printed().toString('latin1')).toContain('\xff\xab\\x1b[2J')
    expect(terminal.printed().includes('\u001b')).toBe(false)
    const pipe = printer()
    await pipe.printer.printBatch(batch, 'a.log')
    expect(pipe.printed().includes('\u001b[2J')).toBe(true)
  })

  it('paints line by line without touching other bytes', async () => {
    const colored = printer({ colored: true })
    await colored.printer.printBatch(batch, 'a.log')
    const lines = colored.printed().toString('latin1').split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[1]).toContain('\xff')
  })
})
