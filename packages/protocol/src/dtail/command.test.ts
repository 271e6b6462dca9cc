import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCommand, parseCommand } from './command.ts'
import { formatPattern } from './pattern.ts'

const words = fc.stringMatching(/^[a-z/*.]{1,12}$/)
const modes = fc.constantFrom('tail', 'cat', 'grep')

describe('parseCommand', () => {
  it('reads what formatCommand wrote', () => {
    const counts = fc.integer({ min: 1, max: 1000 })
    const options = fc.record({ plain: fc.constant(true), max: counts, before: counts }, { requiredKeys: [] })
    fc.assert(
      fc.property(modes, words, fc.string(), options, (mode, path, pattern, given) => {
        const text = formatCommand({ kind: 'read', mode, path, pattern: formatPattern({ pattern }), options: given })
        expect(parseCommand(text)).toMatchObject({ kind: 'read', mode, path, options: given })
      }),
    )
  })

  it('never throws, whatever the text', () => {
    const shapes = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('tail:', 'timeout', '5', 'cat:a', 'map', 'SESSION', 'START', 'AUTHKEY', '', 'x'), {
          maxLength: 6,
        })
        .map(parts => parts.join(' ')),
    )
    fc.assert(
      fc.property(shapes, text => {
        expect(parseCommand(text).kind).toBeTypeOf('string')
      }),
    )
  })

  it('keeps spaces in a pattern and takes it as a no-op when there is none', () => {
    expect(parseCommand('grep: /a regex:default a  b ')).toMatchObject({ pattern: { pattern: 'a  b ' } })
    expect(parseCommand('cat: /a regex:noop ')).toMatchObject({ pattern: { kind: 'noop' } })
    expect(parseCommand('cat: /a whatever')).toMatchObject({ kind: 'read', pattern: { kind: 'noop' } })
  })

  it('takes an empty file name, as clients without files send it', () => {
    expect(parseCommand('cat:  regex:noop ')).toMatchObject({ kind: 'read', path: '' })
  })

  it('counts arguments by words', () => {
    expect(parseCommand('cat: /a')).toEqual({
      kind: 'invalid',
      name: 'cat',
      severity: 'WARN',
      text: 'Unable to parse command|[cat: /a]|2',
      unlessQuiet: false,
    })
  })

  it('answers a bad pattern, bad options and a bad timeout with the texts of the original', () => {
    expect(parseCommand('cat: /a grep:default x')).toMatchObject({
      severity: 'ERROR',
      text: "Unable to parse command|unable to deserialize regex 'grep:default x': should start with string 'regex'",
    })
    expect(parseCommand('cat:plain /a regex:noop ')).toMatchObject({ text: 'Unable to parse options: [plain]' })
    expect(parseCommand('cat:max=x /a regex:noop ')).toMatchObject({
      text: 'strconv.Atoi: parsing "x": invalid syntax',
    })
    expect(parseCommand('timeout 5s cat /a regex:noop ')).toMatchObject({
      text: 'invalid timeout value "5s": strconv.Atoi: parsing "5s": invalid syntax',
    })
    expect(parseCommand('timeout 86401 cat /a regex:noop ')).toMatchObject({
      text: 'timeout value 86401 exceeds maximum of 86400 seconds',
    })
  })

  it('puts a timeout on the command behind it, and ignores one that is not positive', () => {
    const timed = formatCommand({ kind: 'read', mode: 'tail', path: '/a', pattern: 'regex:noop ', timeoutSeconds: 30 })
    expect(timed).toBe('timeout 30 tail /a regex:noop ')
    expect(parseCommand(timed)).toMatchObject({ kind: 'read', mode: 'tail', path: '/a', timeoutSeconds: 30 })
    expect(parseCommand('timeout 0 cat /a regex:noop ')).not.toHaveProperty('timeoutSeconds')
    expect(parseCommand('timeout 5')).toMatchObject({ kind: 'unknown', name: 'timeout' })
    expect(parseCommand('timeout 5 timeout 5 cat /a x')).toMatchObject({ kind: 'unknown', name: 'timeout' })
  })

  it('reads map with and without options, and keeps the query as it is', () => {
    expect(parseCommand('map select  x\nfrom Y')).toEqual({ kind: 'map', options: {}, query: 'select  x\nfrom Y' })
    expect(parseCommand('map:plain=true from X')).toMatchObject({ options: { plain: true }, query: 'from X' })
    expect(parseCommand(formatCommand({ kind: 'map', query: 'from X' }))).toMatchObject({ query: 'from X' })
  })

  it('tells the acknowledgement from what only looks like one', () => {
    expect(parseCommand(formatCommand({ kind: 'acknowledge-close' }))).toEqual({ kind: 'acknowledge-close' })
    expect(parseCommand('.ack something')).toMatchObject({ kind: 'invalid', unlessQuiet: true })
  })

  it('reads AUTHKEY in both spellings and says what is wrong with the key', () => {
    expect(parseCommand(formatCommand({ kind: 'authkey', key: 'AAEC' }))).toEqual({
      kind: 'authkey',
      key: Uint8Array.of(0, 1, 2),
    })
    expect(parseCommand('authkey')).toMatchObject({ key: undefined, error: 'missing public key' })
    expect(parseCommand('AUTHKEY ???')).toMatchObject({ key: undefined, error: 'invalid base64' })
  })

  it('tells what nobody knows, with the count of its words', () => {
    expect(parseCommand('Cat: /a b')).toEqual({
      kind: 'unknown',
      name: 'Cat',
      text: 'Received unknown user command|Cat|3|[Cat: /a b]',
    })
    expect(parseCommand(formatCommand({ kind: 'health' }))).toEqual({ kind: 'health' })
  })
})

describe('formatCommand', () => {
  it('refuses a file name with a space, which would become two words', () => {
    const command = { kind: 'read', mode: 'cat', path: '/a b', pattern: 'regex:noop ' } as const
    expect(() => formatCommand(command)).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_UNENCODABLE' }))
  })
})
