/**
 * Follows one file through one library and writes what it gets to standard output, which costs all the same:
 * `node rotation-reader.ts LIBRARY FILE [FOLDER]`. LIBRARY is `raw` or `lines` (ours), `tail-file` or `tail` (of npm, in
 * FOLDER).
 */
import { once, type EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import path from 'node:path'
import { builtTailer } from './built-tailer.ts'

const [library = '', file = '', folder = '.'] = process.argv.slice(2)

async function ours(raw: boolean): Promise<void> {
  const { follow } = await builtTailer()
  for await (const item of follow(file, { from: 'start', raw }))
    if (item.kind === 'lines' && !process.stdout.write(Uint8Array.from(item.bytes))) await once(process.stdout, 'drain')
}

type EmitterOf<Options> = new (file: string, options: Options) => EventEmitter

async function tailFile(): Promise<void> {
  const TailFile = fromFolder('@logdna/tail-file') as EmitterOf<{ startPos: number }>
  const tail = new TailFile(file, { startPos: 0 }).on('data', (chunk: Uint8Array) => process.stdout.write(chunk))
  await (tail as EventEmitter & { start(): Promise<void> }).start()
}

function npmTail(): void {
  const { Tail } = fromFolder('tail') as { Tail: EmitterOf<{ fromBeginning: boolean }> }
  new Tail(file, { fromBeginning: true })
    .on('line', (line: string) => process.stdout.write(`${line}\n`))
    .on('error', () => {}) // it goes on
}

function fromFolder(name: string): unknown {
  return createRequire(path.join(path.resolve(folder), 'x.js'))(name)
}

const readers: Readonly<Record<string, () => Promise<void> | void>> = {
  raw: () => ours(true),
  lines: () => ours(false),
  'tail-file': tailFile,
  tail: npmTail,
}
await readers[library]?.()
