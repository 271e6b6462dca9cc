import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { programCommand } from './cast.ts'
import type { Scene } from './scene.ts'

/** A client program that was asked something. */
export interface Client {
  /** Its output by lines, while it runs. */
  readonly lines: AsyncIterable<string>
  /** Asks it to end. */
  readonly stop: () => void
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>
}

/** Starts dtail, dcat, dgrep or dmap as the person who asks, against all three servers. */
export function startClient(
  scene: Scene,
  program: string,
  options: { readonly args: readonly string[]; readonly dev: boolean },
): Client {
  const servers = scene.hosts.map(host => `127.0.0.1:${host.port}`).join(',')
  const login = ['--servers', servers, '--user', scene.user, '--key', scene.keyFile, '--trustAllHosts', '--cfg', 'none']
  const { command, args } = programCommand(program, options.dev)
  const child = spawn(
    command,
    [...args, ...login, '--noColor', '--logDir', scene.dir, '--logger', 'stdout', ...options.args],
    {
      cwd: scene.askerHome,
      env: { ...process.env, HOME: scene.askerHome, SSH_AUTH_SOCK: '', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stderr: stderr.trim() }))
  return {
    lines: createInterface({ input: child.stdout, crlfDelay: Infinity }),
    stop: () => child.kill('SIGTERM'),
    ended,
  }
}

/** Runs a client to its end. */
export async function askAll(
  scene: Scene,
  program: string,
  options: { readonly args: readonly string[]; readonly dev: boolean },
): Promise<string[]> {
  const client = startClient(scene, program, options)
  const lines: string[] = []
  for await (const line of client.lines) lines.push(line)
  const { code, stderr } = await client.ended
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr || lines.slice(-3).join(' ')}`)
  return lines
}
