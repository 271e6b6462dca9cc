import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

const program = fileURLToPath(new URL('../src/rrtail.ts', import.meta.url))

/**
 * Stands for `ssh`: runs the command on this machine, writes down its arguments, and breaks off after as many bytes as
 * the first line of the file `cuts` says (each connection takes one line; none left: no break).
 */
const FAKE_SSH = `
const { spawn } = require('node:child_process')
const { appendFileSync, readFileSync, writeFileSync, existsSync } = require('node:fs')
const folder = __dirname
const args = process.argv.slice(2)
appendFileSync(folder + '/calls', JSON.stringify(args.slice(0, -1)) + '\\n')
const cuts = existsSync(folder + '/cuts') ? readFileSync(folder + '/cuts', 'utf8').split('\\n').filter(Boolean) : []
if (cuts.length > 0) writeFileSync(folder + '/cuts', cuts.slice(1).join('\\n'))
let left = cuts.length > 0 ? Number(cuts[0]) : Infinity
if (existsSync(folder + '/refuse')) {
  process.stderr.write(readFileSync(folder + '/refuse', 'utf8'))
  process.exit(255)
}
const remote = spawn('sh', ['-c', args.at(-1)], { stdio: ['ignore', 'pipe', 'inherit'] })
const breakOff = () => { remote.stdout.destroy(); remote.kill(); process.exit(255) }
process.on('SIGTERM', breakOff)
remote.stdout.on('data', chunk => {
  const part = chunk.subarray(0, left)
  left -= part.length
  if (!process.stdout.write(part)) { remote.stdout.pause(); process.stdout.once('drain', () => remote.stdout.resume()) }
  if (left <= 0) setTimeout(breakOff, 5)
})
process.stdout.on('error', breakOff)
remote.on('close', code => process.exit(code ?? 255))
`

/** Writes the stand-in for ssh into `folder` and returns the program to run. */
export function fakeSsh(folder: string): string {
  writeFileSync(join(folder, 'fake-ssh.cjs'), FAKE_SSH)
  const path = join(folder, 'ssh')
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${join(folder, 'fake-ssh.cjs')}" "$@"\n`)
  chmodSync(path, 0o755)
  return path
}

/** Arguments of each call of the stand-in, without the command. */
export function callsOf(folder: string): string[][] {
  const path = join(folder, 'calls')
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as string[])
}

/** rrtail as a process. */
export class Rrtail {
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  readonly #out: Buffer[] = []
  #stderr = ''

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, ['--conditions=@logflow/source', program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.exit = once(this.child, 'close').then(([code]) => code as number | null)
    this.child.stdout?.on('data', (chunk: Buffer) => this.#out.push(chunk))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
  }

  get out(): Buffer {
    return Buffer.concat(this.#out)
  }
  get stderr(): string {
    return this.#stderr
  }

  /** Resolves when exactly `expected` has come. */
  async has(expected: string | Buffer): Promise<void> {
    const wanted = Buffer.from(expected)
    const look = (): void => {
      const { out } = this
      if (!out.equals(wanted))
        throw new Error(
          `has ${out.length} bytes, not ${wanted.length}: …${out.toString('latin1').slice(-60)} ${this.#stderr}`,
        )
    }
    await vi.waitFor(look, { interval: 20 })
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM')
    return this.exit
  }
}
