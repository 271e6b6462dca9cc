import { lineBatch } from '@logflow/core'
import { bench, describe } from 'vitest'
import { DeliveryDecoder, encodeDelivery, encodeRemoteLines, ServerMessageDecoder, splitVisible } from '../src/index.ts'

// 2600 lines of 100 bytes, as a reader of 256 KiB delivers them; divide by the time for lines per second.
const source = { host: 'web-1', path: '/var/log/app.log', id: 'bench' }
const line = `${'INFO|20211015-053919|an ordinary line with words and numbers 12345'.padEnd(99, '.')}\n`
const batch = lineBatch({ source, bytes: new TextEncoder().encode(line.repeat(2600)), firstLine: 1_000_000 })
const options = { hostname: 'web-1', sourceId: 'app.log', plain: false }
const messages = encodeRemoteLines(batch, options)
const delivery = encodeDelivery(batch)
const SSH_PACKET_BYTES = 32 * 1024

describe('2600 lines of 100 bytes', () => {
  bench('encodeRemoteLines', () => {
    encodeRemoteLines(batch, options)
  })

  bench('encodeRemoteLines, plain', () => {
    encodeRemoteLines(batch, { ...options, plain: true })
  })

  bench('ServerMessageDecoder and splitVisible, in SSH packets', () => {
    const decoder = new ServerMessageDecoder()
    for (let at = 0; at < messages.length; at += SSH_PACKET_BYTES) {
      decoder.push(messages.subarray(at, at + SSH_PACKET_BYTES))
      for (let read = decoder.read(); read; read = decoder.read()) splitVisible(read)
    }
  })

  bench('encodeDelivery', () => {
    encodeDelivery(batch)
  })

  bench('DeliveryDecoder', () => {
    const decoder = new DeliveryDecoder()
    decoder.push(delivery)
    decoder.read()
  })
})
