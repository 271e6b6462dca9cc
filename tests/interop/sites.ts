import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { formatPublicKey, hostKeyFrom } from '@logflow/ssh'
import { freePort } from '@logflow/testkit'

const bin = path.resolve(import.meta.dirname, '../../node_modules/.bin')
/** The user `nobody`: the originals refuse to run as root. */
const NOBODY = 65_534
const root = process.getuid?.() === 0

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** A home with keys, a configuration and logs, open to the user that the originals run as. */
export class Site {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'logflow-interop-'))
  readonly keys: readonly string[]
  readonly #peers: string | undefined
  readonly #running = new Set<ChildProcess>()

  constructor(peers: string | undefined) {
    this.#peers = peers
    mkdirSync(path.join(this.folder, '.ssh'))
    mkdirSync(path.join(this.folder, 'cache'))
    const pairs = [privateKeyOf('rsa'), privateKeyOf('ec')]
    this.keys = pairs.map((privateKey, index) => {
      const file = path.join(this.folder, '.ssh', `key${index}`)
      writeFileSync(file, privateKey, { mode: 0o600 })
      writeFileSync(`${file}.pub`, `${publicLine(privateKey)} paul@test\n`)
      return file
    })
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

  /** Runs a program to its end: ours for `N`, an original for `F` and `O`. */
  run(whose: 'N' | 'F' | 'O', program: string, args: readonly string[]): Promise<Ended> {
    const child = this.#start(whose, program, args)
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    return new Promise(resolve => {
      child.once('close', code =>
        resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
      )
    })
  }

  /** Starts a server and returns `host:port` once it is healthy. */
  async serve(whose: 'N' | 'F' | 'O'): Promise<string> {
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

  /** Ends what still runs. */
  stop(): void {
    for (const child of this.#running) child.kill('SIGKILL')
  }

  #start(whose: 'N' | 'F' | 'O', program: string, args: readonly string[]): ChildProcess {
    const command = whose === 'N' ? path.join(bin, program) : path.join(this.#peers ?? '', whose, program)
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], HOME: this.folder, DTAIL_HOSTNAME_OVERRIDE: 'earth' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
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
