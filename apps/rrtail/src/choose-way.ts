import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Run } from '@logflow/cli'
import type { flags } from './flags.ts'
import type { Origin } from './origin.ts'
import { DEFAULT_PORTS, type Way } from './way.ts'

/** How long a server may take to say the first word, which one that speaks SSH says at once. */
const FIRST_WORD_MS = 1500
const LOGFLOW_BANNER = /^SSH-2\.0-logflow/
const SSH_ONLY = ['sshConfig', 'cipher', 'bindInterface', 'bindAddress', 'sshProgram', 'glob'] as const

/** What somebody who listens on a port says first; `''` for one that is silent, `undefined` for none. */
export type FirstWord = (host: string, port: number) => Promise<string | undefined>

/**
 * How to reach a file when nobody said it. A server is only asked where it may be: on the port that was given, or on that
 * of a dserver whose key `~/.ssh/known_hosts` has. All else is left to ssh, as with the original.
 */
export async function chooseWay(
  { user, host, path }: Origin,
  { options, given, logger }: Pick<Run<typeof flags>, 'options' | 'given' | 'logger'>,
  { firstWord = heardFrom, knowsDserver = isKnown }: { firstWord?: FirstWord; knowsDserver?: typeof isKnown } = {},
): Promise<Way> {
  if (SSH_ONLY.some(key => given.has(key))) return 'ssh'
  const { port } = options
  if (port === undefined) {
    if (path === '-' && user === undefined) return 'tailsrv'
    if (!(await knowsDserver(host))) return 'ssh'
    return LOGFLOW_BANNER.test((await firstWord(host, DEFAULT_PORTS.dtail)) ?? '') ? 'dtail' : 'ssh'
  }
  const word = await firstWord(host, port)
  if (word === undefined) return 'ssh'
  if (LOGFLOW_BANNER.test(word)) return 'dtail'
  if (word !== '' || user !== undefined) return 'ssh'
  logger.warn(
    { event: 'way.chosen', way: 'tailsrv', host, port },
    `${host}:${port} speaks no ssh: reading from a tailsrv, which is not encrypted; --via says so without asking`,
  )
  return 'tailsrv'
}

/** Whether the file names the host with the port of a dserver, not hashed. */
async function isKnown(host: string): Promise<boolean> {
  const text = await readFile(join(homedir(), '.ssh', 'known_hosts'), 'utf8').catch(() => '')
  return text.split('\n').some(line => line.split(' ')[0]?.split(',').includes(`[${host}]:${DEFAULT_PORTS.dtail}`))
}

function heardFrom(host: string, port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    let connected = false
    const answer = (word: string | undefined): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(word)
    }
    const timer = setTimeout(() => answer(connected ? '' : undefined), FIRST_WORD_MS)
    socket.on('connect', () => (connected = true))
    socket.on('data', (chunk: Buffer) => answer(chunk.toString('latin1', 0, 256)))
    socket.on('error', () => answer(undefined))
    socket.on('close', () => answer(undefined))
  })
}
