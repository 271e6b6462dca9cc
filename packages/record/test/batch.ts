import { lineBatch, type LineBatch, type Source } from '@logflow/core'

export const source: Source = { host: 'h1.example.org', path: '/var/log/app.log', id: '1:2:3' }

/** A batch over text, at offset 0 unless said otherwise. */
export function batchOf(text: string, offset = 0, from: Source = source): LineBatch {
  return lineBatch({ source: from, bytes: new Uint8Array(new TextEncoder().encode(text)), offset })
}
