import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Cleanup } from '@logflow/testkit'
import type { Site } from './programs.ts'

/** A program at a terminal of its own. */
export interface AtTerminal {
  /** What the terminal has shown. */
  readonly shown: string
  /** Presses keys. */
  press(keys: string): void
  readonly ended: Promise<number | null>
}

/** Runs a program at a pseudo terminal, which `script` of util-linux makes. */
export function atTerminal(test: Cleanup, here: Site, program: string, args: readonly string[]): AtTerminal {
  const path = join(import.meta.dirname, '..', 'src', `${program}.ts`)
  const words = [process.execPath, '--conditions=@logflow/source', path, ...args]
  const line = words.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const env = { PATH: process.env['PATH'], HOME: here.folder, TERM: 'dumb', SHELL: '/bin/sh' }
  const child: ChildProcess = spawn('script', ['-qec', `exec ${line}`, '/dev/null'], { cwd: here.folder, env })
  test.onTestFinished(async () => void child.kill('SIGKILL'))
  let shown = ''
  child.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString().replaceAll('\r\n', '\n')))
  return {
    get shown() {
      return shown
    },
    press: keys => void child.stdin?.write(keys),
    ended: new Promise(resolve => child.once('close', resolve)),
  }
}
