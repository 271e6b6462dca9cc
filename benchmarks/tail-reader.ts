/**
 * One file through one library, until so many bytes are there; then it says how many. Times of the deliveries on
 * request, for those who measure how late they are.
 *
 *     node tail-reader.ts LIBRARY FILE BYTES [FOLDER]
 *
 * LIBRARY is `raw` or `lines` (ours, with a checkpoint in FOLDER), `tail-file` or `tail` (of npm, in FOLDER).
 */
import { rmSync } from 'node:fs'
import path from 'node:path'
import { builtTailer } from './built-tailer.ts'
import { npmTails } from './npm-tails.ts'

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

if (library === 'raw' || library === 'lines') await ours(library === 'raw')
else
  await npmTails[library]?.(file, folder, found =>
    take(typeof found === 'string' ? Buffer.byteLength(found) + 1 : found.length),
  )
