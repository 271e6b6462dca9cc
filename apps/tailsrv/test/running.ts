import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, vi } from 'vitest'

const program = fileURLToPath(new URL('../src/tailsrv.ts', import.meta.url))

/** The program as a process, its log as events. */
export class Tailsrv {
  readonly events: Record<string, unknown>[] = []
  readonly exit: Promise<number | null>
  readonly #child: ChildProcess
  #stderr = ''

  constructor(...args: string[]) {
    this.#child = spawn(process.execPath, ['--conditions=@logflow/source', program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.exit = once(this.#child, 'close').then(([code]) => code as number | null)
    createInterface({ input: this.#child.stderr as NodeJS.ReadableStream }).on('line', line => {
      this.#stderr += `${line}\n`
      if (line.startsWith('{')) this.events.push(JSON.parse(line) as Record<string, unknown>)
    })
  }

  get stderr(): string {
    return this.#stderr
  }

  async event(name: string): Promise<Record<string, unknown>> {
    const look = (): Record<string, unknown> => {
      const found = this.events.find(({ event }) => event === name)
      if (!found) throw new Error(`no ${name} in: ${this.#stderr}`)
      return found
    }
    return vi.waitFor(look, { interval: 10 })
  }

  /** Where it listens, once it does. */
  async port(): Promise<number> {
    return Number((await this.event('server.listening'))['port'])
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

/** A client: sends its header and keeps what comes. */
export class Reader {
  readonly all: Promise<string>
  #text = ''

  constructor(port: number, header: string) {
    const socket = connect(port, '127.0.0.1', () => socket.write(header))
    socket.on('data', chunk => (this.#text += chunk.toString('latin1')))
    this.all = once(socket, 'close').then(() => this.#text)
  }

  /** Resolves when what came begins with `text`. */
  async begins(text: string): Promise<void> {
    await vi.waitFor(() => expect(this.#text.slice(0, text.length)).toBe(text), { interval: 10 })
  }
}

/** What each test of a `describe` has: a folder of its own, and the servers that it starts, which end with it. */
export class Stage {
  folder = ''
  readonly #running: Tailsrv[] = []

  /** Call it in a `describe`. */
  static perTest(): Stage {
    const stage = new Stage()
    beforeEach(() => void (stage.folder = mkdtempSync(join(tmpdir(), 'tailsrv-'))))
    afterEach(() => stage.#clear())
    return stage
  }

  /** The file that is served, unless a test wants another. */
  get path(): string {
    return join(this.folder, 'app.log')
  }

  start(...args: string[]): Tailsrv {
    const server = new Tailsrv('--bind-address', '127.0.0.1', '--port', '0', ...args)
    this.#running.push(server)
    return server
  }

  async #clear(): Promise<void> {
    for (const server of this.#running.splice(0)) {
      server.kill('SIGKILL')
      await server.exit
    }
    rmSync(this.folder, { recursive: true })
  }
}
