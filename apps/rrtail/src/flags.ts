import { flag, type Flag } from '@logflow/cli'
import { WAYS } from './way.ts'

const multiplier: Flag<number> = {
  kind: 'value',
  value: 'X',
  help: 'Growth of the delay with each failure in a row, at least 1.',
  default: 2,
  defaultText: '2.0',
  parse(text) {
    const value = text.trim() === '' ? NaN : Number(text)
    if (!(value >= 1 && value < Infinity)) throw new RangeError(`${text} is not a number of at least 1`)
    return value
  },
}

/** Every option of rrtail: those of the original, then ours. */
export const flags = {
  port: flag.integer({
    value: 'PORT',
    short: 'P',
    min: 1,
    max: 65_535,
    default: undefined,
    help: 'Port of the server; without it ssh decides, a tailsrv has 4321, a dserver 2222.',
  }),
  sshConfig: flag.text({ value: 'FILE', short: 'F', default: undefined, help: 'Configuration file for ssh.' }),
  identity: flag.text({ value: 'FILE', short: 'i', default: undefined, help: 'Private key for ssh.' }),
  cipher: flag.text({ value: 'CIPHER', short: 'c', default: undefined, help: 'Cipher for ssh.' }),
  bindInterface: flag.text({ value: 'NAME', short: 'B', default: undefined, help: 'Interface to connect from.' }),
  bindAddress: flag.text({ value: 'ADDRESS', short: 'b', default: undefined, help: 'Address to connect from.' }),
  startingByte: flag.integer({ value: 'N', min: 0, default: 0, help: 'Offset of the first byte to fetch.' }),
  initialRetryBackoff: flag.duration({ value: 'TIME', default: 1000, help: 'Delay after the first failure.' }),
  retryBackoffMultiplier: multiplier,
  maxRetries: flag.integer({
    value: 'N',
    min: -1,
    default: -1,
    help: 'Failures in a row that are repaired; -1 is any number.',
  }),
  maxRetryBackoff: flag.duration({ value: 'TIME', default: 600_000, help: 'Longest delay.' }),
  showSshErrors: flag.boolean({ help: 'Show what ssh and the remote tools write to stderr.' }),
  noKeepalive: flag.boolean({ help: 'Do not ask ssh to notice dead connections.' }),
  verbose: flag.boolean({ short: 'v', env: false, help: 'Marks on stderr: . per KiB; -vv shows commands and data.' }),
  via: flag.choice({
    value: 'WAY',
    choices: ['auto', ...WAYS],
    default: 'auto',
    help: 'How to reach the file: ssh, a dserver of logflow (dtail) or a tailsrv, where the path - is its one file.',
  }),
  state: flag.text({
    value: 'FILE',
    default: undefined,
    help: 'Keep the place in this file and go on there after a restart.',
  }),
  glob: flag.boolean({ help: 'Let the remote shell expand *, ?, [ ] and ~ in the path; it must match one file.' }),
  raw: flag.boolean({ help: 'Show control characters to a terminal as they are; files and pipes always get them.' }),
  sshProgram: flag.text({ value: 'PROGRAM', default: 'ssh', help: 'The ssh program to run.' }),
  checkInterval: flag.duration({
    value: 'TIME',
    default: 2000,
    help: 'How often the server looks whether the file was rotated.',
  }),
  silenceTimeout: flag.duration({
    value: 'TIME',
    default: 10_000,
    help: 'Over ssh: silence after which a connection is given up, beside three looks of the server.',
  }),
  proofTimeout: flag.duration({
    value: 'TIME',
    default: 10_000,
    help: 'With tailsrv: time for the server to repeat the bytes that prove the file.',
  }),
} as const
