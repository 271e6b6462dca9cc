/**
 * Follows one file through one library and writes what it gets to standard output, which costs all the same:
 * `node rotation-reader.ts LIBRARY FILE [FOLDER]`. LIBRARY is `raw` or `lines` (ours), `tail-file` or `tail` (of npm, in
 * FOLDER).
 */
import { once } from 'node:events'
import { builtTailer } from './built-tailer.ts'
import { npmTails } from './npm-tails.ts'

const [library = '', file = '', folder = '.'] = process.argv.slice(2)

async function ours(raw: boolean): Promise<void> {
  const { follow } = await builtTailer()
  for await (const item of follow(file, { from: 'start', raw }))
    if (item.kind === 'lines' && !process.stdout.write(Uint8Array.from(item.bytes))) await once(process.stdout, 'drain')
}

if (library === 'raw' || library === 'lines') await ours(library === 'raw')
else
  await npmTails[library]?.(
    file,
    folder,
    found => void process.stdout.write(typeof found === 'string' ? `${found}\n` : found),
  )
