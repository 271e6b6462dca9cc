import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { formatPublicKey, loadHostKey } from '@logflow/ssh'
import { accessLog } from '../access-log.ts'
import { asNobody, ours } from '../candidates.ts'
import type { Candidate } from '../measure.ts'
import type { RowGroup } from '../row.ts'

interface Pair {
  readonly candidate: Candidate
  readonly server: ChildProcess
  readonly home: string
}

/** `dcat` through SSH on loopback: our client and server, and the pair of the Go fork. The Go original delivers other bytes. */
export const sshCat: RowGroup = {
  name: 'ssh-dcat',
  async prepare({ dir, peers, size, seed }) {
    const input = await accessLog(dir, { size, seed })
    const peer = path.join(peers ?? '', 'F')
    const hasPeer = peers !== undefined && existsSync(path.join(peer, 'dserver'))
    const programs = [
      { name: 'logflow', folder: path.resolve(import.meta.dirname, '../../node_modules/.bin') },
      ...(hasPeer ? [{ name: 'Go F', folder: peer }] : []),
    ]
    const pairs: Pair[] = []
    for (const { name, folder } of programs) pairs.push(await startPair(name, folder, input.path))
    const candidates = pairs.map(pair => pair.candidate)
    return {
      rows: [
        {
          name: 'dcat SSH',
          what: 'plain copy through SSH on loopback',
          inputBytes: input.bytes,
          sameOutput: true,
          candidates,
        },
      ],
      close: async () => {
        for (const { server, home } of pairs) {
          await end(server)
          rmSync(home, { recursive: true, force: true })
        }
      },
    }
  },
}

/** A folder for one pair; DTail's test mode takes its keys from the working directory. A peer that runs as nobody writes here. */
async function prepareHome(): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), 'logflow-ssh-bench-'))
  chmodSync(home, 0o777)
  const key = await loadHostKey(path.join(home, 'id_rsa'), { generateBits: 2048 })
  writeFileSync(path.join(home, 'id_rsa.pub'), `${formatPublicKey(key.publicKey)} bench\n`)
  await loadHostKey(path.join(home, 'host_key'), { generateBits: 2048 })
  copyFileSync(path.join(home, 'host_key'), path.join(home, 'ssh_host_key'))
  writeFileSync(path.join(home, 'known_hosts'), '')
  mkdirSync(path.join(home, '.ssh'))
  for (const file of ['id_rsa', 'id_rsa.pub']) copyFileSync(path.join(home, file), path.join(home, '.ssh', file))
  chmodSync(path.join(home, '.ssh'), 0o777)
  for (const file of ['id_rsa', 'ssh_host_key', 'known_hosts', '.ssh/id_rsa']) chmodSync(path.join(home, file), 0o666)
  return home
}

async function startPair(name: string, folder: string, file: string): Promise<Pair> {
  const home = await prepareHome()
  const port = await freePort()
  const env = { DTAIL_INTEGRATION_TEST_RUN_MODE: 'yes', HOME: home, SSH_AUTH_SOCK: '', NO_COLOR: '1' }
  const isOurs = name === 'logflow'
  const program = (file: string): { command: string; prefix: readonly string[] } =>
    isOurs ? { command: path.join(folder, file), prefix: [] } : asNobody(path.join(folder, file))
  const asRoot = isOurs && process.getuid?.() === 0 ? ['--allow-root'] : []
  const dserver = program('dserver')
  const server = spawn(
    dserver.command,
    [
      ...dserver.prefix,
      '--cfg',
      'none',
      '--logger',
      'stdout',
      '--logLevel',
      'error',
      '--bindAddress',
      '127.0.0.1',
      '--port',
      String(port),
      ...asRoot,
    ],
    {
      cwd: home,
      env: { ...process.env, ...env },
      stdio: 'ignore',
    },
  )
  await waitForPort(port)
  const dcat = program('dcat')
  const args = [
    '--plain',
    '--cfg',
    'none',
    '--logLevel',
    'error',
    '--trustAllHosts',
    '--servers',
    `127.0.0.1:${port}`,
    '--files',
    file,
  ]
  const base = isOurs
    ? ours('dcat', args)
    : { name: `${name} dcat`, kind: 'peer' as const, command: dcat.command, args: [...dcat.prefix, ...args] }
  return { candidate: { ...base, cwd: home, env }, server, home }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function waitForPort(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise<boolean>(resolve =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    )
    socket.destroy()
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`nothing listens on port ${port}`)
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGTERM')
  const force = setTimeout(() => server.kill('SIGKILL'), 3000)
  await once(server, 'exit')
  clearTimeout(force)
}
