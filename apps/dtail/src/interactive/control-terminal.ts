import { closeSync, constants, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { isatty, ReadStream, WriteStream } from 'node:tty'

/** The terminal at which a person changes what is asked. */
export interface ControlTerminal {
  readonly lines: AsyncIterable<string>
  reply(text: string): void
  close(): void
}

/** @throws Error when `path` is no terminal that can be read and written */
export function openControlTerminal(path: string): ControlTerminal {
  // A terminal that is only opened must not become the one whose Ctrl-C we get.
  const open = (): number => openSync(path, constants.O_RDWR | constants.O_NOCTTY)
  const descriptor = open()
  if (!isatty(descriptor)) {
    closeSync(descriptor)
    throw new Error('not a terminal')
  }
  const [input, output] = [new ReadStream(descriptor), new WriteStream(open())]
  for (const stream of [input, output]) stream.on('error', () => {}) // the terminal is gone, and with it who could read
  const lines = createInterface({ input, terminal: false })
  return {
    lines,
    reply: text => void output.write(`${text}\n`),
    close() {
      lines.close()
      input.destroy()
      output.destroy()
    },
  }
}
