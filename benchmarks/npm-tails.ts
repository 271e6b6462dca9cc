import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import path from 'node:path'

type EmitterOf<Options> = new (file: string, options: Options) => EventEmitter

/** Follows a file from its first byte with a library of npm that lies in `folder`: bytes, or a line without its newline. */
type Follow = (file: string, folder: string, take: (found: Uint8Array | string) => void) => Promise<void>

/** `@logdna/tail-file` and `tail`, by their short names. */
export const npmTails: Readonly<Record<string, Follow>> = {
  async 'tail-file'(file, folder, take) {
    const TailFile = fromFolder(folder, '@logdna/tail-file') as EmitterOf<{ startPos: number }>
    const tail = new TailFile(file, { startPos: 0 }).on('data', take)
    await (tail as EventEmitter & { start(): Promise<void> }).start()
  },
  async tail(file, folder, take) {
    const { Tail } = fromFolder(folder, 'tail') as { Tail: EmitterOf<{ fromBeginning: boolean }> }
    new Tail(file, { fromBeginning: true }).on('line', take).on('error', () => {}) // it goes on
  },
}

function fromFolder(folder: string, name: string): unknown {
  return createRequire(path.join(path.resolve(folder), 'x.js'))(name)
}
