import type { Origin } from './origin.ts'

/** Options that go to the user's `ssh` program as they are. */
export interface SshOptions {
  readonly port: number | undefined
  readonly sshConfig: string | undefined
  readonly identity: string | undefined
  readonly cipher: string | undefined
  readonly bindInterface: string | undefined
  readonly bindAddress: string | undefined
  readonly noKeepalive: boolean
}

/** Arguments of `ssh`, as the original gives them; a dead connection is noticed by ssh itself within a minute. */
export function sshArguments({ user, host }: Origin, options: SshOptions, command: string): string[] {
  const { port, sshConfig, identity, cipher, bindInterface, bindAddress, noKeepalive } = options
  const given = (letter: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [letter, String(value)]
  return [
    ...['-a', '-n', '-o', 'PasswordAuthentication=no'],
    ...(noKeepalive ? [] : ['-o', 'TcpKeepAlive=Yes', '-o', 'ServerAliveInterval=15']),
    ...given('-p', port),
    ...given('-F', sshConfig),
    ...given('-i', identity),
    ...given('-c', cipher),
    ...given('-B', bindInterface),
    ...given('-b', bindAddress),
    ...given('-l', user),
    '--',
    host,
    command,
  ]
}
