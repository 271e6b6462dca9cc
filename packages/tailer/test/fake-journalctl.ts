import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir, type Cleanup } from '../../testkit/src/index.ts'

/** A program that does of `journalctl` what following asks of it, over entries that a test writes. */
export interface FakeJournalctl {
  readonly program: string
  /** Writes entries, one for each message, and gives their lines. */
  write(...messages: readonly string[]): Promise<string[]>
  /** Removes the oldest entries, as `journalctl --vacuum-time` does. */
  forget(count: number): Promise<void>
  /** How it was called. */
  calls(): Promise<string[]>
  /** From now on it says this on stderr and ends with 1 at once. */
  fail(complaint: string): Promise<void>
  /** Ends those that follow. */
  breakOff(): Promise<void>
}

const SOURCE = String.raw`
const { readFileSync, existsSync, appendFileSync } = require('node:fs')
const here = __dirname
const args = process.argv.slice(2)
const broken = () => existsSync(here + '/broken') ? readFileSync(here + '/broken', 'utf8').length : 0
const before = broken()
appendFileSync(here + '/calls', args.join(' ') + '\n')
if (existsSync(here + '/failing')) {
  console.error(readFileSync(here + '/failing', 'utf8'))
  process.exit(1)
}
const entries = () => readFileSync(here + '/entries', 'utf8').split('\n').slice(0, -1)
const timeOf = line => parseInt(/;t=([0-9a-f]+)/.exec(line)[1], 16)
const cursor = args.find(arg => arg.startsWith('--cursor='))
const begin = cursor ? timeOf(cursor) : 0
let last = 0
function show() {
  const found = entries().filter(line => timeOf(line) >= begin && timeOf(line) > last)
  for (const line of args.includes('--lines=1') ? found.slice(-1) : found) {
    last = timeOf(line)
    process.stdout.write(line + '\n')
  }
}
show()
if (args.includes('--follow')) setInterval(() => broken() > before ? process.exit(1) : show(), 10)
`

export async function fakeJournalctl(test: Cleanup): Promise<FakeJournalctl> {
  const folder = await tempDir(test)
  const program = join(folder, 'journalctl')
  const entries = join(folder, 'entries')
  await writeFile(join(folder, 'fake.cjs'), SOURCE)
  await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${folder}/fake.cjs "$@"\n`)
  await chmod(program, 0o755)
  await writeFile(entries, '')
  let time = 0x5000
  const entry = (message: string): string => {
    const t = (++time).toString(16)
    const __CURSOR = `s=aa;i=${t};b=bb;m=${t};t=${t};x=f${t}`
    return JSON.stringify({ __CURSOR, _SYSTEMD_UNIT: 'web.service', MESSAGE: message })
  }
  return {
    program,
    async write(...messages) {
      const lines = messages.map(entry)
      await appendFile(entries, lines.map(line => `${line}\n`).join(''))
      return lines
    },
    async forget(count) {
      const lines = (await readFile(entries, 'utf8')).split('\n')
      await writeFile(entries, lines.slice(count).join('\n'))
    },
    calls: async () => (await readFile(join(folder, 'calls'), 'utf8')).split('\n').slice(0, -1),
    fail: complaint => writeFile(join(folder, 'failing'), complaint),
    breakOff: () => appendFile(join(folder, 'broken'), 'x'),
  }
}
