import path from 'node:path'
import process from 'node:process'
import type { Host, Scene } from './scene.ts'
import type { Role } from './supervisor.ts'

const root = path.resolve(import.meta.dirname, '..')
const bin = path.join(root, 'node_modules/.bin')
const fromSource = ['--conditions=@logflow/source', '--disable-warning=ExperimentalWarning']
const appOf: Readonly<Record<string, string>> = {
  dserver: 'dtail',
  dtail: 'dtail',
  dgrep: 'dtail',
  dmap: 'dtail',
  dcat: 'dtail',
  narrate: 'grinder',
  devcert: 'uploader',
}

/** How a program is started: the built one, or its source, watched. */
export function programCommand(
  program: string,
  dev: boolean,
): { readonly command: string; readonly args: readonly string[] } {
  if (!dev) return { command: path.join(bin, program), args: [] }
  const file = path.join(root, 'apps', appOf[program] ?? program, 'src', `${program}.ts`)
  return { command: process.execPath, args: [...fromSource, file] }
}

/** Writes logs into the home of one host. */
export function generatorRole(scene: Scene, host: Host, linesPerSecond: number): Role {
  const pace = ['--lines-per-second', String(linesPerSecond), '--rotate-bytes', '48KiB', '--keep', '10000']
  return {
    name: `generator-${host.name}`,
    command: process.execPath,
    args: [
      ...fromSource,
      path.join(root, 'demo/generator/main.ts'),
      '--dir',
      host.logs,
      '--seed',
      String(host.seed),
      ...pace,
    ],
    cwd: scene.dir,
  }
}

/** The SSH server of one host, in its home: `logs/access.log` means its own. */
export function dserverRole(host: Host, dev: boolean): Role {
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : []
  const listen = ['--port', String(host.port), '--bindAddress', '127.0.0.1']
  const log = ['--logger', 'stdout', '--logLevel', 'info']
  const args = ['--cfg', path.join(host.home, 'dtail.json'), ...listen, ...log, ...asRoot]
  return role('dserver', `dserver-${host.name}`, {
    args,
    cwd: host.home,
    env: { DTAIL_HOSTNAME_OVERRIDE: host.name },
    dev,
  })
}

/** One host's access log, served to whoever connects. */
export function tailsrvRole(scene: Scene, dev: boolean): Role {
  const file = path.join((scene.hosts[0] as Host).logs, 'access.log')
  const args = ['--port', String(scene.ports.tailsrv), '--bind-address', '127.0.0.1', '--follow-name', file]
  return role('tailsrv', 'tailsrv', { args, cwd: scene.dir, dev })
}

/** Takes uploads and makes them durable. */
export function receiverRole(scene: Scene, dev: boolean): Role {
  const { ports, dir } = scene
  const certificate = path.join(dir, 'certificates/receiver')
  const args = [
    ...['--port', String(ports.receiver), '--bind-address', '127.0.0.1', '--status-port', String(ports.receiverStatus)],
    ...['--store', path.join(dir, 'store'), '--devices', path.join(dir, 'devices')],
    ...['--cert', `${certificate}.pem`, '--key', `${certificate}.key`],
  ]
  return role('receiver', 'receiver', { args, cwd: dir, dev })
}

/** Ships the logs of the hosts and of this machine. */
export function uploaderRole(scene: Scene, dev: boolean): Role {
  const { ports, dir, hosts } = scene
  const certificate = path.join(dir, 'certificates/device-1')
  const globs = [
    ...hosts.flatMap(({ logs }) => ['*.log', 'syslog'].map(name => path.join(logs, name))),
    ...scene.machineLogs,
  ]
  const args = [
    ...['--receiver', `https://localhost:${ports.receiver}`, '--ca', path.join(dir, 'certificates/receiver.pem')],
    ...['--cert', `${certificate}.pem`, '--key', `${certificate}.key`, '--spool', path.join(dir, 'spool')],
    ...['--from', 'start', '--interval', '250ms', '--status-port', String(ports.uploaderStatus)],
    ...globs.flatMap(glob => ['--follow', glob]),
    ...(scene.kernelLog ? ['--kmsg'] : []),
  ]
  return role('uploader', 'uploader', { args, cwd: dir, dev })
}

/** Turns what was stored into events and series. */
export function grinderRole(scene: Scene, dev: boolean): Role {
  const { ports, dir } = scene
  const listen = ['--port', String(ports.grinder), '--bind-address', '127.0.0.1']
  const args = ['--store', path.join(dir, 'store'), '--state', path.join(dir, 'state'), ...listen]
  return role('grinder', 'grinder', { args, cwd: dir, dev })
}

/** The page. */
export function consoleRole(scene: Scene, dev: boolean): Role {
  const { ports } = scene
  const watch = { receiver: ports.receiverStatus, uploader: ports.uploaderStatus, grinder: ports.grinder }
  const args = [
    ...[
      '--port',
      String(ports.console),
      '--bind-address',
      '127.0.0.1',
      '--grinder',
      `http://127.0.0.1:${ports.grinder}`,
    ],
    ...Object.entries(watch).flatMap(([name, port]) => ['--watch', `${name}=http://127.0.0.1:${port}`]),
  ]
  return role('console', 'console', { args, cwd: scene.dir, dev })
}

function role(
  program: string,
  name: string,
  {
    args,
    cwd,
    env = {},
    dev,
  }: {
    readonly args: readonly string[]
    readonly cwd: string
    readonly env?: Readonly<Record<string, string>>
    readonly dev: boolean
  },
): Role {
  const start = programCommand(program, dev)
  const watch = dev ? ['--watch', '--watch-preserve-output'] : []
  return { name, command: start.command, args: [...watch, ...start.args, ...args], cwd, env: { NO_COLOR: '1', ...env } }
}
