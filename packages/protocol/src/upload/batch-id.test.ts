import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBatchId, formatBatchPath, parseBatchId, parseBatchPath } from './batch-id.ts'

const ids = fc.record({ epoch: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), sequence: fc.maxSafeNat() })
const refusal = expect.objectContaining({ code: 'LF_PROTOCOL_BATCH_ID' }) as Error

describe('parseBatchId', () => {
  it('reads what formatBatchId wrote', () => {
    fc.assert(
      fc.property(ids, id => {
        expect(parseBatchId(formatBatchId(id))).toEqual(id)
        expect(parseBatchPath(formatBatchPath(id))).toEqual(id)
      }),
    )
  })

  it.each([
    '',
    'a',
    'a/',
    '/1',
    'a/01',
    'a/-1',
    'a/1.5',
    'a/1/2',
    '../1',
    'a/9007199254740992',
    'a b/1',
    `${'a'.repeat(65)}/1`,
  ])('refuses "%s", so that every batch has one name', text => {
    expect(() => parseBatchId(text)).toThrow(refusal)
  })
})

describe('formatBatchId', () => {
  it('refuses what could not be read back', () => {
    expect(() => formatBatchId({ epoch: 'a/b', sequence: 1 })).toThrow(refusal)
    expect(() => formatBatchId({ epoch: 'a', sequence: -1 })).toThrow(refusal)
  })
})

describe('parseBatchPath', () => {
  it('leaves other paths alone and refuses a bad id below its own', () => {
    expect(parseBatchPath('/healthz')).toBeUndefined()
    expect(parseBatchPath('/v1/batches')).toBeUndefined()
    expect(() => parseBatchPath('/v1/batches/../1')).toThrow(refusal)
    expect(() => parseBatchPath('/v1/batches/a/1?x')).toThrow(refusal)
  })
})
