import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBase64 } from '../base64.ts'
import { utf8Bytes } from '../utf8.ts'
import {
  formatSessionAnswer,
  formatSessionStart,
  formatSessionUpdate,
  parseSessionAnswer,
  parseSessionCommand,
} from './session.ts'

const spec = { mode: 'tail', files: ['/var/log/a.log'], regex: 'ERROR' } as const
const parse = (text: string): ReturnType<typeof parseSessionCommand> => parseSessionCommand(text.split(' '))
const start = (json: unknown): string => `SESSION START ${encodeBase64(utf8Bytes(JSON.stringify(json)))}`

describe('parseSessionCommand', () => {
  it('reads START and UPDATE with and without a generation', () => {
    expect(parse(formatSessionStart(spec))).toMatchObject({ action: 'start', spec, generation: undefined })
    expect(parse(formatSessionUpdate(spec))).toMatchObject({ action: 'update', spec, generation: undefined })
    expect(parse(formatSessionUpdate(spec, 7))).toMatchObject({ action: 'update', spec, generation: 7 })
  })

  it('writes the JSON of the fork', () => {
    expect(formatSessionStart(spec)).toBe(start({ mode: 2, files: ['/var/log/a.log'], regex: 'ERROR' }))
  })

  it.each([
    ['SESSION START', 'invalid SESSION command'],
    ['SESSION STOP e30=', 'unknown action'],
    ['SESSION UPDATE x e30=', 'invalid session generation'],
    ['SESSION START ???', 'invalid session payload'],
    ['SESSION START e30', 'invalid session payload'],
    [start('text'), 'invalid session spec'],
    [start({ mode: 2, files: [1] }), 'invalid session spec'],
    [start({ mode: 2, files: null, query: 5 }), 'invalid session spec'],
    [start({ mode: 1, files: null }), 'unsupported session mode'],
    [start({ mode: 3, files: null, query: 'from X' }), 'query sessions require map or tail mode'],
    [start({ mode: 5, files: null }), 'missing session query'],
  ])('answers %s with "%s"', (text, error) => {
    expect(parse(text)).toMatchObject({ kind: 'session', error })
  })

  it('is total over any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), json => {
        expect(parse(start(json)).kind).toBe('session')
      }),
    )
  })
})

describe('parseSessionAnswer', () => {
  it('reads what formatSessionAnswer wrote, and nothing else', () => {
    const answers = [
      { kind: 'started', generation: 1 },
      { kind: 'updated', generation: 12 },
      { kind: 'error', text: 'session not started' },
    ] as const
    for (const answer of answers) expect(parseSessionAnswer(formatSessionAnswer(answer))).toEqual(answer)
    expect(parseSessionAnswer('.syn close connection')).toBeUndefined()
  })
})
