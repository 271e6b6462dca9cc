import { lineBatch } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { MacSuppression } from './mac-suppression.ts'

const suppression = new MacSuppression(new Uint8Array(16))
const replace = (text: string): string => Buffer.from(suppression.replace(Buffer.from(text))).toString()

describe('MacSuppression', () => {
  it.each([
    ['f8:8f:ca:00:00:01', 'YUBYIW'],
    ['d4:f5:13:aa:bb:cc', 'CADGOU'],
    ['aa:bb:cc:dd:ee:ff', 'DUKRVV'],
    ['AA-bb-CC-dd-EE-ff', 'DUKRVV'],
    ['aa_bb_cc_dd_ee_ff', 'DUKRVV'],
    ['0aa:bb:cc:dd:ee:ff0', '0DUKRVV0'],
    ['from aa:bb:cc:dd:ee:ff to f8-8f-ca-00-00-01.', 'from DUKRVV to YUBYIW.'],
  ])('turns %s into %s', (text, letters) => {
    expect(replace(text)).toBe(letters)
  })

  it.each(['aa:bb-cc:dd:ee:ff', '8:8f:ca:00:00:01', 'aa:bb:cc:dd:ee:f', 'aa:bb:cc:dd:ee:fg', '', '12:34:56'])(
    'leaves %j as it is',
    text => expect(replace(text)).toBe(text),
  )

  it('keeps the offset and number of every line', () => {
    const bytes = Buffer.from('x aa:bb:cc:dd:ee:ff\nplain\n')
    const batch = lineBatch({ source: { host: 'h', path: 'p', id: 'i' }, bytes, offset: 100, firstLine: 7 })
    expect(suppression.delivery(batch)).toMatchObject({
      bytes: new Uint8Array(Buffer.from('x DUKRVV\nplain\n')),
      ends: Uint32Array.of(9, 15),
      offsets: Float64Array.of(100, 120),
      lineNumbers: Float64Array.of(7, 8),
    })
  })

  it('hands on a batch without addresses untouched', () => {
    const batch = lineBatch({ source: { host: 'h', path: 'p', id: 'i' }, bytes: Buffer.from('plain\n') })
    expect(suppression.delivery(batch)).toBe(batch)
  })
})
