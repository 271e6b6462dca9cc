import { lineBatch } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { SourceLedger } from './source-ledger.ts'

const source = { host: 'h', path: '/a', id: 'f1' }
const opened = { kind: 'event', source, event: 'opened', detail: { atMs: 1, size: 9, offset: 0 } } as const

describe('SourceLedger', () => {
  it('does not count as progress what every new session says again', () => {
    const ledger = new SourceLedger()
    ledger.begin()
    ledger.take(opened)
    const before = ledger.movements
    ledger.begin()
    ledger.take(opened)
    ledger.take({ kind: 'gap', source, from: 9, to: 9, reason: 'rotated' })
    expect(ledger.movements).toBe(before)
    expect(ledger.delivered).toBe(false)
    ledger.take(lineBatch({ source, bytes: Buffer.from('x\n'), offset: 0 }))
    expect(ledger.movements).toBeGreaterThan(before)
    expect(ledger.delivered).toBe(true)
  })
})
