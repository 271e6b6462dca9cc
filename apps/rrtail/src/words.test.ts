import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatOrigin, parseOrigin } from './origin.ts'
import { quote, quotePattern } from './shell-quote.ts'
import { sshArguments } from './ssh-arguments.ts'
import { verbosity } from './verbosity.ts'

describe('parseOrigin', () => {
  it('splits at the first colon, and the user at the last at sign before it', () => {
    expect(parseOrigin('host:/var/log/a:b@c')).toEqual({ user: undefined, host: 'host', path: '/var/log/a:b@c' })
    expect(parseOrigin('me@work@host:log')).toEqual({ user: 'me@work', host: 'host', path: 'log' })
    expect(formatOrigin(parseOrigin('me@host:a b'))).toBe('me@host:a b')
  })

  it('refuses empty parts, and hosts that ssh would take for options', () => {
    for (const bad of [
      '',
      'host',
      ':path',
      '@host:path',
      'me@:path',
      'host:',
      '-oProxyCommand=x:path',
      '-l@host:p',
      'h:a\nb',
    ])
      expect(() => parseOrigin(bad)).toThrow(expect.objectContaining({ code: 'LF_RRTAIL_ORIGIN' }))
  })
})

describe('quote', () => {
  const echo = (word: string): string => execFileSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' })

  it('brings any text through a shell unchanged', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '"', '$', '`', '\\', ' ', '\n', 'a', ';', '~', '*', '!') })
    fc.assert(
      fc.property(text, value => {
        expect(echo(quote(value))).toBe(value)
      }),
      { numRuns: 40 },
    )
  })

  it('leaves a pattern to the shell, and nothing else', () => {
    expect(quotePattern("~me/a b/*.log;rm -rf '$x")).toBe(
      "~me'/a b/'*'.log;rm -rf '\\'''\\''$x'".replace("'\\'''\\''", "'\\''"),
    )
    expect(echo(quotePattern('/etc/host[s]'))).toBe('/etc/hosts')
    expect(echo(quotePattern('$(echo no)`echo no`;x'))).toBe('$(echo no)`echo no`;x')
  })
})

describe('sshArguments', () => {
  it('gives ssh what the original gives it, and ends its options before the host', () => {
    const none = { port: undefined, sshConfig: undefined, identity: undefined, cipher: undefined }
    const options = { ...none, bindInterface: undefined, bindAddress: undefined, noKeepalive: true }
    const origin = { user: 'me', host: 'web1', path: 'x' }
    expect(sshArguments(origin, options, 'COMMAND').join(' ')).toBe(
      '-a -n -o PasswordAuthentication=no -l me -- web1 COMMAND',
    )
    const full = { port: 22, sshConfig: 'F', identity: 'I', cipher: 'C', bindInterface: 'B', bindAddress: 'b' }
    expect(sshArguments({ ...origin, user: undefined }, { ...full, noKeepalive: false }, 'COMMAND').join(' ')).toBe(
      '-a -n -o PasswordAuthentication=no -o TcpKeepAlive=Yes -o ServerAliveInterval=15 -p 22 -F F -i I -c C -B B -b b -- web1 COMMAND',
    )
  })
})

describe('verbosity', () => {
  it('counts -v however it is written, up to --', () => {
    expect(
      [['-v'], ['-vv'], ['-v', 'x', '-v'], ['--verbose'], ['--', '-v'], ['-P', '22']].map(args => verbosity(args)),
    ).toEqual([1, 2, 2, 1, 0, 0])
  })
})
