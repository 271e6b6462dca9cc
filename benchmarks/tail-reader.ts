/**
 * One file through one library, until so many bytes are there; then it says how many. Times of the deliveries on
 * request, for those who measure how late they are.
 *
 *     node tail-reader.ts LIBRARY FILE BYTES [FOLDER]
 *
 * LIBRARY is `raw` or `lines` (ours, with a checkpoint in FOLDER), `tail-file` or `tail` (of npm, in FOLDER).
 */
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { EventEmitter } from 'node:events'
import { builtTailer } from './built-tailer.ts'

const [library = '', file = '', bytes = '0', folder = '.'] = process.argv.slice(2)
const wanted = Number(bytes)
let got = 0

/** Counts what came; says so and ends when it is all. */
function take(size: number): void {
  got += size
  if (got < wanted) return
  process.stdout.write(`${got}\n`, () => process.exit(0))
}

async function ours(raw: boolean): Promise<void> {
  const { follow, openCheckpoint } = await builtTailer()
  const place = path.join(folder, `checkpoint-${process.pid}`)
  const checkpoint = await openCheckpoint(place)
  for await (const item of follow(file, { from: 'start', checkpoint, raw })) {
    if (item.kind !== 'lines') continue
    const durable = checkpoint.acknowledge(item.source, item.offset + item.bytes.length)
    if (got + item.bytes.length >= wanted) {
      await durable
      rmSync(place)
    }
    take(item.bytes.length)
  }
}

type EmitterOf<Options> = new (file: string, options: Options) => EventEmitter

async function tailFile(): Promise<void> {
  const TailFile = fromFolder('@logdna/tail-file') as EmitterOf<{ startPos: number }>
  const tail = new TailFile(file, { startPos: 0 }).on('data', (chunk: Uint8Array) => take(chunk.length))
  await (tail as EventEmitter & { start(): Promise<void> }).start()
}

function npmTail(): void {
  const { Tail } = fromFolder('tail') as { Tail: EmitterOf<{ fromBeginning: boolean }> }
  new Tail(file, { fromBeginning: true }).on('line', (line: string) => take(Buffer.byteLength(line) + 1))
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
