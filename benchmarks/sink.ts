import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, constants, openSync } from 'node:fs'
import path from 'node:path'

/** What a candidate wrote. */
export interface Output {
  readonly bytes: number
  readonly sha256: string
}

/** Where a candidate writes to. */
export interface Sink {
  /** For the `stdio` of the candidate; the caller closes it once the candidate has it. */
  readonly descriptor: number
  /** Resolves when everything is read, after the candidate has closed its end. */
  readonly drained: Promise<void>
}

/**
 * A pipe, as a shell would make it, that another process empties without looking at what comes: `cat` into /dev/null.
 * What Node calls a pipe is a pair of sockets, and a reader in Node is slower than some of what is measured.
 */
export function openDrain(dir: string, devNull: number): Sink {
  const { reading, writing } = openPipe(path.join(dir, 'drain'))
  const drain = spawn('cat', [], { stdio: [reading, devNull, 'ignore'] })
  closeSync(reading)
  return { descriptor: writing, drained: ended(drain) }
}

/** A pipe whose content is counted and hashed, for runs that are not timed. */
export function openHash(dir: string): Sink & { readonly output: () => Output } {
  const { reading, writing } = openPipe(path.join(dir, 'hash'))
  const hash = createHash('sha256')
  let bytes = 0
  const cat = spawn('cat', [], { stdio: [reading, 'pipe', 'ignore'] })
  closeSync(reading)
  cat.stdout?.on('data', (chunk: Buffer) => {
    hash.update(chunk)
    bytes += chunk.length
  })
  return { descriptor: writing, drained: ended(cat), output: () => ({ bytes, sha256: hash.digest('hex') }) }
}

/** Both ends of a named pipe. Neither opening waits, since the first one is open at both. */
function openPipe(name: string): { readonly reading: number; readonly writing: number } {
  execFileSync('mkfifo', [name])
  const both = openSync(name, constants.O_RDWR)
  const reading = openSync(name, constants.O_RDONLY)
  const writing = openSync(name, constants.O_WRONLY)
  closeSync(both)
  return { reading, writing }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => child.once('error', reject).once('close', () => resolve()))
}
