import { lineBatch, type Delivery, type Source } from '@logflow/core'
import { DeliveryEncoder } from '@logflow/protocol'
import { openStore } from '@logflow/store'

/** A wall time that the sample lines start at: 2026-11-21T04:00:00Z. */
export const START_MS = Date.UTC(2026, 10, 21, 4)

/** Deliveries as an uploader would send them in one batch. */
export function encodeBatch(items: readonly Delivery[]): Uint8Array {
  const encoder = new DeliveryEncoder()
  return new Uint8Array(Buffer.concat(items.map(item => encoder.encode(item))))
}

export function source(path: string, id = path): Source {
  return { host: 'web01', path, id: id.replaceAll('/', '.') }
}

export function lines(from: Source, text: string, offset = 0): Delivery {
  return lineBatch({ source: from, bytes: new Uint8Array(Buffer.from(text)), offset })
}

/** `count` lines of an access log, one a second; every seventh is a 500. */
export function accessLines(count: number, first = 0): string {
  return Array.from({ length: count }, (_, index) => {
    const number = first + index
    const time = new Date(START_MS + number * 1000).toISOString()
    const clock = `21/Nov/2026:${time.slice(11, 19)} +0000`
    const status = number % 7 === 0 ? 500 : 200
    return `192.0.2.1 - - [${clock}] "GET /a/${number % 3} HTTP/1.1" ${status} 10 "-" "curl/8" rt=0.0${(number % 9) + 1}0 seq=${number}\n`
  }).join('')
}

/** Stores the batches of each stream in order, as the receiver does. */
export async function fillStore(dir: string, streams: Readonly<Record<string, readonly (readonly Delivery[])[]>>) {
  await using store = await openStore(dir, { maxSegmentBytes: 64 * 1024 })
  for (const [stream, batches] of Object.entries(streams)) {
    for (const [index, items] of batches.entries())
      await store.append({ stream, id: { epoch: 'boot1', sequence: index + 1 }, bytes: encodeBatch(items) })
  }
}

/** Many batches of access and system log for one device. */
export function busyDevice(batches: number, linesPerBatch = 20): Delivery[][] {
  const [access, syslog] = [source('/var/log/access.log'), source('/var/log/syslog')]
  let offset = 0
  return Array.from({ length: batches }, (_, index) => {
    const text = accessLines(linesPerBatch, index * linesPerBatch)
    const items = [lines(access, text, offset), lines(syslog, syslogLines(index), index * 1000)]
    offset += text.length
    return items
  })
}

function syslogLines(index: number): string {
  const stamp = 'Nov 21 04:00:00 web01'
  return (
    `${stamp} sshd[${index}]: Failed password for invalid user admin from 203.0.113.${index % 250} port 22 ssh2\n` +
    `${stamp} kernel: [    1.0] Out of memory: Killed process ${index} (java) total-vm:1kB, anon-rss:2kB\n` +
    `${stamp} cron[1]: nothing of interest\n`
  )
}
