import { access, constants, mkdir, mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { formatPublicKey, loadHostKey } from '@logflow/ssh'

/** A machine of the demo: its own home, its own logs, its own SSH server. */
export interface Host {
  /** `web-1`. */
  readonly name: string
  readonly home: string
  /** Folder of its logs, `<home>/logs`. */
  readonly logs: string
  readonly port: number
  readonly seed: number
}

/** Ports of everything that listens, besides the hosts. */
export interface Ports {
  readonly tailsrv: number
  readonly receiver: number
  readonly receiverStatus: number
  readonly uploaderStatus: number
  readonly grinder: number
  readonly console: number
}

/** Folders, keys, ports and inputs: all that is decided before the first process starts. */
export interface Scene {
  readonly dir: string
  readonly hosts: readonly Host[]
  readonly ports: Ports
  readonly user: string
  /** Private key of the person who asks. */
  readonly keyFile: string
  /** HOME of the person who asks. */
  readonly askerHome: string
  /** Logs of this machine that may be read. */
  readonly machineLogs: readonly string[]
  readonly kernelLog: boolean
}

const HOSTS = 3

/** Prepares an empty folder for the demo. */
export async function openScene(options: {
  readonly dir: string | undefined
  readonly consolePort: number
}): Promise<Scene> {
  const dir = await realpath(options.dir ?? (await mkdtemp(path.join(os.tmpdir(), 'logflow-demo-'))))
  if ((await readdir(dir)).length > 0) throw new Error(`${dir} is not empty`)
  const [tailsrv, receiver, receiverStatus, uploaderStatus, grinder, page, ...hostPorts] = await freePorts(6 + HOSTS)
  const ports = {
    tailsrv,
    receiver,
    receiverStatus,
    uploaderStatus,
    grinder,
    console: options.consolePort || page,
  } as Ports
  const hosts = hostPorts.map((port, i) => {
    const home = path.join(dir, `web-${i + 1}`)
    return { name: `web-${i + 1}`, home, logs: path.join(home, 'logs'), port, seed: i + 1 }
  })
  const askerHome = path.join(dir, 'asker')
  for (const folder of [
    askerHome,
    ...['devices', 'certificates', 'processes', 'store', 'state', 'spool'].map(name => path.join(dir, name)),
  ])
    await mkdir(folder, { recursive: true })
  const user = os.userInfo().username
  const keyFile = path.join(askerHome, 'id_rsa')
  const key = await loadHostKey(keyFile, { generateBits: 2048 })
  await writeFile(`${keyFile}.pub`, `${formatPublicKey(key.publicKey)} ${user}@demo\n`)
  for (const host of hosts) await prepareHost(host, user, formatPublicKey(key.publicKey))
  const machineLogs = await readable(await logsOf('/var/log'))
  return {
    dir,
    hosts,
    ports,
    user,
    keyFile,
    askerHome,
    machineLogs,
    kernelLog: (await readable(['/dev/kmsg'])).length > 0,
  }
}

/** A home with logs, the keys that may log in, a host key, and a rule that only its own logs may be read. */
async function prepareHost(host: Host, user: string, publicKey: string): Promise<void> {
  const cache = path.join(host.home, 'cache')
  await mkdir(host.logs, { recursive: true })
  await mkdir(cache, { recursive: true })
  await writeFile(path.join(cache, `${user}.authorized_keys`), `${publicKey}\n`)
  const config = {
    Server: {
      HostKeyFile: path.join(cache, 'ssh_host_key'),
      HostKeyBits: 2048,
      MaxConnections: 50,
      MaxConcurrentCats: 20,
      Permissions: { Default: [`readfiles:^${host.logs.replace(/[.+*?^${}()|[\]\\]/g, '\\$&')}/.*$`] },
    },
    Common: { CacheDir: cache, LogDir: path.join(host.home, 'log') },
  }
  await writeFile(path.join(host.home, 'dtail.json'), `${JSON.stringify(config, undefined, 2)}\n`)
}

async function logsOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(name => name.endsWith('.log') || name === 'syslog').map(name => path.join(folder, name))
}

async function readable(files: readonly string[]): Promise<string[]> {
  const checks = files.map(file =>
    access(file, constants.R_OK).then(
      () => [file],
      () => [],
    ),
  )
  return (await Promise.all(checks)).flat().sort()
}

/** Ports that were free a moment ago, all held at once so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}
