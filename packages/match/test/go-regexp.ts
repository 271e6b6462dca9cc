import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'

/** One question: does the pattern match the text? */
export interface Pair {
  readonly pattern: string
  readonly text: Uint8Array
}

/** The error of the pattern, or whether it matches the text, and the text with a newline behind it. */
export type Answer = string | { readonly matches: boolean; readonly matchesWithNewline: boolean }

const environment = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', CGO_ENABLED: '0' }

/** Whether `go` is on the PATH. */
export function hasGo(): boolean {
  return spawnSync('go', ['version'], { env: environment }).status === 0
}

/** Asks Go's `regexp`. The first run on a machine compiles Go's library into a temporary cache, which takes seconds. */
export async function askGo(pairs: readonly Pair[]): Promise<Answer[]> {
  const cache = await mkdtemp(join(tmpdir(), 'logflow-go-'))
  try {
    const program = fileURLToPath(new URL('go-regexp/main.go', import.meta.url))
    const go = spawn('go', ['run', program], { env: { GOCACHE: cache, HOME: cache, ...environment, GOENV: 'off' } })
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
    go.stdin.end(pairs.map(pair => `${hex(Buffer.from(pair.pattern))} ${hex(pair.text)}\n`).join(''))
    const [answers, complaints] = await Promise.all([text(go.stdout), text(go.stderr)])
    const lines = answers.split('\n').slice(0, -1)
    if (lines.length !== pairs.length) throw new Error(`go answered ${lines.length} of ${pairs.length}: ${complaints}`)
    return lines.map(parseAnswer)
  } finally {
    await rm(cache, { recursive: true, force: true, maxRetries: 3 })
  }
}

function parseAnswer(line: string): Answer {
  if (!/^[01]{2}$/.test(line)) return line
  return { matches: line[0] === '1', matchesWithNewline: line[1] === '1' }
}
