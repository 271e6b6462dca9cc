import { lineBatch, selectLines, type Source } from '@logflow/core'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { identify, provesResumeToken } from '../identity/identity.ts'
import { resumeTokenAfter } from './resume-token-after.ts'

const dir = await mkdtemp(join(tmpdir(), 'logflow-token-'))
afterAll(() => rm(dir, { recursive: true }))

describe('resumeTokenAfter', () => {
  it('proves the place in a file that was empty when it was first seen', async () => {
    const path = join(dir, 'a.log')
    await writeFile(path, '')
    await using handle = await open(path, 'r')
    const source: Source = { host: 'h', path, id: (await identify(handle)).id }
    const text = `${'one'.repeat(200)}\ntwo\n`
    await writeFile(path, `${text}three\n`)
    const whole = lineBatch({ source, bytes: Buffer.from(text) })
    const token = resumeTokenAfter(whole)
    expect(token?.offset).toBe(text.length)
    expect(await provesResumeToken(handle, token as never)).toBe(true)

    const second = resumeTokenAfter(selectLines(whole, [1]))
    expect(second?.offset).toBe(text.length)
    expect(await provesResumeToken(handle, second as never)).toBe(true)

    await writeFile(path, 'something else of at least the same length'.repeat(30))
    expect(await provesResumeToken(handle, token as never)).toBe(false)
  })

  it('moves past a gap without a proof, and nowhere for an event', () => {
    const source: Source = { host: 'h', path: '/x', id: 'f1:1:2:3:0:0123456789abcdef' }
    const gap = { kind: 'gap', source, from: 3, to: 9, reason: 'truncated' } as const
    expect(resumeTokenAfter(gap)).toEqual({ sourceId: source.id, offset: 9, tailHash: '' })
    expect(resumeTokenAfter({ kind: 'event', source, event: 'opened' })).toBeUndefined()
  })
})
