import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Candidate } from './measure.ts'

const bin = path.resolve(import.meta.dirname, '../node_modules/.bin')

/** One of our programs, built. */
export function ours(program: string, args: readonly string[]): Candidate {
  return { name: `logflow ${program}`, kind: 'ours', command: path.join(bin, program), args, env: { NO_COLOR: '1' } }
}

/** A tool of the machine, when it is installed. */
export function floor(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Candidate[] {
  const found = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map(dir => path.join(dir, program))
    .find(existsSync)
  return found === undefined
    ? []
    : [{ name: program, kind: 'floor', command: found, args, env: { LC_ALL: 'C', ...env } }]
}

/** A Go DTail program of every peer folder that has it. They refuse to run as root, so root steps down to nobody. */
export function goPeers(
  peers: string | undefined,
  program: string,
  args: readonly string[],
  folders: readonly string[] = ['F', 'O'],
): Candidate[] {
  if (peers === undefined) return []
  return folders.flatMap(folder => {
    const file = path.join(peers, folder, program)
    if (!existsSync(file)) return []
    const { command, prefix } = asNobody(file)
    return [{ name: `Go ${folder} ${program}`, kind: 'peer' as const, command, args: [...prefix, ...args] }]
  })
}

/** How to run `file` when this process is root. */
export function asNobody(file: string): { readonly command: string; readonly prefix: readonly string[] } {
  if (process.getuid?.() !== 0) return { command: file, prefix: [] }
  return { command: '/usr/bin/setpriv', prefix: ['--reuid=65534', '--regid=65534', '--clear-groups', file] }
}
