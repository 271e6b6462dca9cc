import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatPublicKey, hostKeyFrom } from '@logflow/ssh'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { rsaKey } from './serving.ts'

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** A folder with a key pair, a server's configuration, and a home for the clients. */
export interface Site {
  readonly folder: string
  readonly key: string
  /** Runs a program of this app to its end. */
  run(program: string, args: readonly string[], input?: string): Promise<Ended>
  /** Starts a program. */
  start(program: string, args: readonly string[]): ChildProcess
  /** Starts a dserver that listens. */
  serve(...args: readonly string[]): Promise<Served>
}

/** A dserver that runs. */
export interface Served {
  readonly port: number
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
  /** Waits until its log, which goes to its standard output with `--logger stdout`, says so. */
  says(text: string): Promise<void>
}

/** Programs run from their sources, so that a test needs no build. `environment` goes over what they get otherwise. */
export async function site(test: Cleanup, environment: NodeJS.ProcessEnv = {}): Promise<Site> {
  const folder = await tempDir(test)
  const privateKey = rsaKey()
  const key = join(folder, '.ssh', 'id_rsa')
  const line = formatPublicKey(hostKeyFrom(privateKey, 'test').publicKey)
  await mkdir(join(folder, '.ssh'))
  await writeFile(key, privateKey, { mode: 0o600 })
  await writeFile(`${key}.pub`, `${line} paul@test\n`)
  await writeFile(join(folder, 'paul.authorized_keys'), `${line}\n`)
  await writeFile(join(folder, 'host_key'), rsaKey(), { mode: 0o600 })
  const config = { Server: { HostKeyFile: join(folder, 'host_key') }, Common: { CacheDir: folder } }
  await writeFile(join(folder, 'dserver.json'), JSON.stringify(config))
  const start = (program: string, args: readonly string[]): ChildProcess => {
    const path = join(import.meta.dirname, '..', 'src', `${program}.ts`)
    const env = { PATH: process.env['PATH'], HOME: folder, DTAIL_HOSTNAME_OVERRIDE: 'earth', ...environment }
    const child = spawn(process.execPath, ['--conditions=@logflow/source', path, ...args], { cwd: folder, env })
    test.onTestFinished(async () => void child.kill('SIGKILL'))
    return child
  }
  return {
    folder,
    key,
    start,
    run: (program, args, input = '') => {
      const child = start(program, args)
      child.stdin?.end(input)
      return ended(child)
    },
    serve: async (...args) => {
      const common = [
        '--cfg',
        join(folder, 'dserver.json'),
        '--port',
        '0',
        '--bindAddress',
        '127.0.0.1',
        '--allow-root',
      ]
      const child = start('dserver', [...common, '--logger', 'none', ...args])
      const port = await listeningPort(child)
      return {
        port,
        says: text => saying(child, text),
        stop: (signal = 'SIGTERM') => {
          child.kill(signal)
          return ended(child)
        },
      }
    },
  }
}

/** Waits for the end of a program. */
export function ended(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr]: Buffer[][] = [[], []]
  child.stdout?.on('data', (chunk: Buffer) => stdout?.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr?.push(chunk))
  return new Promise(resolve => {
    child.once('close', code =>
      resolve({ code, stdout: Buffer.concat(stdout ?? []), stderr: Buffer.concat(stderr ?? []).toString() }),
    )
  })
}

function saying(child: ChildProcess, text: string): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes(text)) resolve()
    })
    child.once('close', () => reject(new Error(`dserver ended without saying ${text}: ${said}`)))
  })
}

function listeningPort(child: ChildProcess): Promise<number> {
  let text = ''
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const [, port] = /"server\.listening","port":(\d+)/.exec(text) ?? []
      if (port !== undefined) resolve(Number(port))
    })
    child.once('close', () => reject(new Error(`dserver ended: ${text}`)))
  })
}
