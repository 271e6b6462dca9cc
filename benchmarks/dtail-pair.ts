import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { formatPublicKey, loadHostKey } from '@logflow/ssh'
import { asNobody } from './candidates.ts'
import type { Candidate } from './measure.ts'
import { freePort, waitForPort } from './ports.ts'

/** A dserver on loopback, and a folder in which clients of the same make find their keys. */
export interface DtailPair {
  /** `logflow` or `Go F`. */
  readonly name: string
  readonly home: string
  readonly port: number
  readonly server: ChildProcess
  /** A client that asks servers; `args` are what comes behind the flags that every client needs. */
  client(program: string, args: readonly string[]): Candidate
  /** How the server ended, `undefined` while it runs: what clients say of it afterwards measures nothing. */
  readonly ended: () => string | undefined
  close(): Promise<void>
}

/** Programs of one make. */
export interface PairMaker {
  /** `logflow` or `Go F`. */
  readonly name: string
  readonly kind: Candidate['kind']
  /** A pair of its own. */
  readonly start: (options?: PairOptions) => Promise<DtailPair>
}

/** Options of {@link startPairs}. */
export interface PairOptions {
  /** Connections that the server takes at one time. @defaultValue the server's own */
  readonly maxConnections?: number
}

/** Ours, and F when its programs are there; the Go original delivers other bytes than the file holds. */
export function pairMakers(peers: string | undefined): readonly PairMaker[] {
  const maker = (name: string, kind: Candidate['kind'], folder: string): PairMaker => ({
    name,
    kind,
    start: options => startPair(name, folder, options),
  })
  const peer = path.join(peers ?? '', 'F')
  const hasPeer = peers !== undefined && existsSync(path.join(peer, 'dserver'))
  const ours = maker('logflow', 'ours', path.resolve(import.meta.dirname, '../node_modules/.bin'))
  return hasPeer ? [ours, maker('Go F', 'peer', peer)] : [ours]
}

/** A pair of each make. */
export async function startPairs(peers: string | undefined, options: PairOptions = {}): Promise<DtailPair[]> {
  const pairs: DtailPair[] = []
  for (const { start } of pairMakers(peers)) pairs.push(await start(options))
  return pairs
}

async function startPair(name: string, folder: string, { maxConnections }: PairOptions = {}): Promise<DtailPair> {
  const home = await prepareHome()
  const port = await freePort()
  const isOurs = name === 'logflow'
  // In its test mode dserver speaks nothing but DTail, cut lines and all; ours has its keys where the configuration says.
  const testMode = isOurs ? {} : { DTAIL_INTEGRATION_TEST_RUN_MODE: 'yes' }
  const env = { ...testMode, HOME: home, SSH_AUTH_SOCK: '', NO_COLOR: '1' }
  const program = (file: string): { command: string; prefix: readonly string[] } =>
    isOurs ? { command: path.join(folder, file), prefix: [] } : asNobody(path.join(folder, file))
  const limits = maxConnections === undefined ? {} : { MaxConnections: maxConnections }
  const own = isOurs ? { HostKeyFile: path.join(home, 'host_key') } : {}
  const config = writeConfig(home, { ...own, ...limits })
  const quiet = ['--cfg', config, '--logLevel', 'error']
  const asRoot = isOurs && process.getuid?.() === 0 ? ['--allow-root'] : []
  const listening = ['--logger', 'stdout', '--bindAddress', '0.0.0.0', '--port', String(port), ...asRoot]
  const dserver = program('dserver')
  const server = spawn(dserver.command, [...dserver.prefix, ...quiet, ...listening], {
    cwd: home,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  await waitForPort(port)
  return {
    name,
    home,
    port,
    server,
    client(clientProgram, args) {
      const { command, prefix } = program(clientProgram)
      const kind = isOurs ? 'ours' : 'peer'
      const all = [...prefix, ...quiet, '--trustAllHosts', ...args]
      return { name: `${name} ${clientProgram}`, kind, command, args: all, cwd: home, env }
    },
    ended() {
      const { exitCode, signalCode } = server
      return exitCode === null && signalCode === null ? undefined : `ended (${signalCode ?? `exit code ${exitCode}`})`
    },
    async close() {
      await end(server)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** The configuration of a pair; none where nothing is to be said. */
function writeConfig(home: string, server: Readonly<Record<string, unknown>>): string {
  if (Object.keys(server).length === 0) return 'none'
  const file = path.join(home, 'dtail.json')
  writeFileSync(file, JSON.stringify({ Server: server, Common: { CacheDir: home } }))
  return file
}

/** A folder for one pair; DTail's test mode takes its keys from the working directory. A peer that runs as nobody writes here. */
async function prepareHome(): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), 'logflow-ssh-bench-'))
  chmodSync(home, 0o777)
  const key = await loadHostKey(path.join(home, 'id_rsa'), { generateBits: 2048 })
  writeFileSync(path.join(home, 'id_rsa.pub'), `${formatPublicKey(key.publicKey)} bench\n`)
  copyFileSync(path.join(home, 'id_rsa.pub'), path.join(home, `${userInfo().username}.authorized_keys`))
  await loadHostKey(path.join(home, 'host_key'), { generateBits: 2048 })
  copyFileSync(path.join(home, 'host_key'), path.join(home, 'ssh_host_key'))
  writeFileSync(path.join(home, 'known_hosts'), '')
  mkdirSync(path.join(home, '.ssh'))
  for (const file of ['id_rsa', 'id_rsa.pub']) copyFileSync(path.join(home, file), path.join(home, '.ssh', file))
  chmodSync(path.join(home, '.ssh'), 0o777)
  for (const file of ['id_rsa', 'ssh_host_key', 'known_hosts', '.ssh/id_rsa']) chmodSync(path.join(home, file), 0o666)
  return home
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGTERM')
  const force = setTimeout(() => server.kill('SIGKILL'), 3000)
  await once(server, 'exit')
  clearTimeout(force)
}
