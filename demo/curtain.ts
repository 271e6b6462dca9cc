import { execFile } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Clock } from '@logflow/core'
import {
  consoleRole,
  dserverRole,
  generatorRole,
  grinderRole,
  programCommand,
  receiverRole,
  tailsrvRole,
  uploaderRole,
} from './cast.ts'
import type { Scene } from './scene.ts'
import type { Supervisor } from './supervisor.ts'

/** How the demo is run. */
export interface Staging {
  readonly dev: boolean
  readonly linesPerSecond: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

const START_MS = 20_000

/** Certificates, then every process; resolves when all that listen do. `beforeLogs` runs before the first line is written. */
export async function raiseCurtain(
  scene: Scene,
  supervisor: Supervisor,
  { dev, linesPerSecond, clock, signal }: Staging,
  beforeLogs: () => void,
): Promise<void> {
  await Promise.all([makeCertificate(scene, 'server', 'receiver'), makeCertificate(scene, 'device', 'device-1')])
  await copyFile(path.join(scene.dir, 'certificates/device-1.pem'), path.join(scene.dir, 'devices/device-1.pem'))
  for (const role of [tailsrvRole, receiverRole, grinderRole, consoleRole]) supervisor.start(role(scene, dev))
  for (const host of scene.hosts) supervisor.start(dserverRole(host, dev))
  const { ports, hosts } = scene
  await waitForPort(ports.tailsrv, clock, signal)
  beforeLogs()
  for (const host of hosts) supervisor.start(generatorRole(scene, host, linesPerSecond))
  for (const host of hosts) await waitForPort(host.port, clock, signal)
  // Now there are logs, and the uploader has no pattern without a file to complain about.
  supervisor.start(uploaderRole(scene, dev))
  for (const port of Object.values(ports) as number[]) await waitForPort(port, clock, signal)
}

/** A self-signed certificate by devcert: `certificates/<name>.pem` and `.key`. */
async function makeCertificate(scene: Scene, kind: 'server' | 'device', name: string): Promise<void> {
  const { command, args } = programCommand('devcert', false)
  const hosts = kind === 'server' ? ['--host', 'localhost', '--host', '127.0.0.1'] : []
  const own = ['--kind', kind, '--name', name, '--out', path.join(scene.dir, 'certificates'), ...hosts]
  await promisify(execFile)(command, [...args, ...own])
}

/** Resolves when somebody accepts on `port`. */
async function waitForPort(port: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const deadline = clock.monotonicMs() + START_MS
  while (!(await accepts(port))) {
    if (clock.monotonicMs() > deadline) throw new Error(`nothing listens on port ${port} after ${START_MS / 1000} s`)
    await clock.sleep(30, { signal })
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
