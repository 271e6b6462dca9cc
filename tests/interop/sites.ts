import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { formatPublicKey, hostKeyFrom } from '@logflow/ssh'
import { freePort } from '@logflow/testkit'
import { ed25519Key } from './ssh-keys.ts'

const bundle = process.env['LOGFLOW_DTAIL_BUNDLE'] ?? path.resolve(import.meta.dirname, '../../apps/dtail/dist')
/** The user `nobody`: the originals refuse to run as root. */
const NOBODY = 65_534
const root = process.getuid?.() === 0

/** Whose program: ours, the fork's, the original's. */
export type Whose = 'N' | 'F' | 'O'

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** A home with keys, a configuration and logs, open to the user that the originals run as. */
export class Site {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'logflow-interop-'))
  /** Paths of private keys: RSA, ECDSA, Ed25519. */
  readonly keys: readonly [string, string, string]
  readonly #peers: string | undefined
  readonly #running = new Set<ChildProcess>()
  readonly #servers = new Map<Whose, Promise<string>>()

  constructor(peers: string | undefined) {
    this.#peers = peers
    mkdirSync(path.join(this.folder, '.ssh'))
    mkdirSync(path.join(this.folder, 'cache'))
    const pairs = [privateKeyOf('rsa'), privateKeyOf('ec'), ed25519Key()] as const
    this.keys = [this.#keep(pairs[0], 0), this.#keep(pairs[1], 1), this.#keep(pairs[2], 2)]
    writeFileSync(
      path.join(this.folder, 'cache/paul.authorized_keys'),
      pairs.map(pair => `${publicLine(pair)}\n`).join(''),
    )
    writeFileSync(path.join(this.folder, 'cache/ssh_host_key'), privateKeyOf('rsa'), { mode: 0o600 })
    const config = { Server: { HostKeyFile: 'cache/ssh_host_key', MaxConnections: 50 }, Common: { CacheDir: 'cache' } }
    writeFileSync(path.join(this.folder, 'dtail.json'), JSON.stringify(config))
    this.handOver()
  }

  /** Gives everything in the folder to the user that the originals run as. */
  handOver(): void {
    chmodSync(this.folder, 0o755)
    if (!root) return
    const files = readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
    for (const file of ['.', ...files]) chownSync(path.join(this.folder, file), NOBODY, NOBODY)
  }

  /** Runs a program to its end, or until what it prints matches `until`. */
  run(whose: Whose, program: string, args: readonly string[], until?: string): Promise<Ended> {
    const child = this.#start(whose, program, args)
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    const wanted = until === undefined ? undefined : new RegExp(until)
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout.push(chunk)
      if (wanted?.test(Buffer.concat(stdout).toString())) child.kill('SIGTERM')
    })
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    return new Promise(resolve => {
      child.once('close', code =>
        resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
      )
    })
  }

  /** `host:port` of a server, which is started when it is asked for first. */
  serve(whose: Whose): Promise<string> {
    const running = this.#servers.get(whose) ?? this.#serve(whose)
    this.#servers.set(whose, running)
    return running
  }

  async #serve(whose: Whose): Promise<string> {
    const port = await freePort()
    const flags = ['--cfg', 'dtail.json', '--port', String(port), '--bindAddress', '127.0.0.1', '--logger', 'none']
    const server = this.#start(whose, 'dserver', whose === 'N' ? [...flags, '--allow-root'] : flags)
    server.stdout?.resume()
    let log = ''
    server.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    for (let attempt = 0; attempt < 50; attempt++) {
      if (server.exitCode !== null) break
      const health = await this.run('N', 'dtailhealth', ['--server', `127.0.0.1:${port}`])
      if (health.code === 0) return `127.0.0.1:${port}`
    }
    throw new Error(`dserver of ${whose} does not answer: ${log}`)
  }

  #keep(privateKey: string, index: number): string {
    const file = path.join(this.folder, '.ssh', `key${index}`)
    writeFileSync(file, privateKey, { mode: 0o600 })
    writeFileSync(`${file}.pub`, `${publicLine(privateKey)} paul@test\n`)
    return file
  }

  /** Ends what still runs. */
  stop(): void {
    for (const child of this.#running) child.kill('SIGKILL')
  }

  #start(whose: Whose, program: string, args: readonly string[]): ChildProcess {
    const [command, before] =
      whose === 'N'
        ? [process.execPath, [path.join(bundle, `${program}.js`)]]
        : [path.join(this.#peers ?? '', whose, program), []]
    const child = spawn(command, [...before, ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], HOME: this.folder, DTAIL_HOSTNAME_OVERRIDE: 'earth' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 600_000,
      ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
    })
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    return child
  }
}

function privateKeyOf(type: 'rsa' | 'ec'): string {
  if (type === 'rsa') {
    return generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }).privateKey
  }
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey
}

function publicLine(privateKey: string): string {
  return formatPublicKey(hostKeyFrom(privateKey, 'test').publicKey)
}
