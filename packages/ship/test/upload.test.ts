import { once } from 'node:events'
import { rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { deflateSync } from 'node:zlib'
import { LogflowError, lineBatch, type Delivery } from '@logflow/core'
import { DeliveryDecoder, encodeDelivery, encodeMultipart } from '@logflow/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCertificate } from './certificate.ts'
import { startReceiving, type Receiving } from './receiving.ts'
import { ShipError, type SpooledBatch } from '../src/index.ts'

let receiving: Receiving

beforeEach(async () => {
  receiving = await startReceiving({ limits: { maxBodyBytes: 100_000, maxRawBytes: 1_000_000 } })
})
afterEach(() => receiving[Symbol.asyncDispose]())

const source = { host: 'router', path: '/var/log/a', id: 'f1' }

function batch(sequence: number, text = `line ${sequence}\n`): SpooledBatch {
  const bytes = encodeDelivery(lineBatch({ source, bytes: new TextEncoder().encode(text) }))
  return { id: { epoch: 'e', sequence }, bytes }
}

function deliveries(bytes: Uint8Array): Delivery[] {
  const decoder = new DeliveryDecoder()
  decoder.push(bytes)
  const items: Delivery[] = []
  for (let item = decoder.read(); item; item = decoder.read()) items.push(item)
  decoder.end()
  return items
}

/** A raw TLS connection with the router's certificate: what is sent and when is up to the test. */
async function dial(): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port: receiving.port,
    ...receiving.router,
    ca: receiving.ca,
    servername: 'localhost',
  })
  await once(socket, 'secureConnect')
  return socket
}

async function answerOf(socket: TLSSocket): Promise<string> {
  let text = ''
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    text += chunk.toString()
    if (text.includes('\r\n\r\n')) break
  }
  return text
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: string
}

async function call(
  method: string,
  path: string,
  body: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { ca, port, router } = receiving
  const sent = request({
    ...router,
    ...{ ca, host: 'localhost', port, agent: false, method, path },
    headers: { 'content-length': body.length, ...headers },
  })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }
}

describe('an upload', () => {
  it('is stored under the stream of the certificate, as the bytes that were sent', async () => {
    expect(await receiving.connect().send(batch(0))).toEqual({ kind: 'acknowledged', duplicate: false })
    expect(receiving.store.entries).toEqual([{ stream: 'router', ...batch(0) }])
  })

  it('is acknowledged after the append resolved, never before', async () => {
    const order: string[] = []
    let finish = (): void => {}
    const appended = new Promise<void>(
      resolve =>
        (receiving.store.before = () =>
          new Promise(done => {
            finish = () => (order.push('durable'), done())
            resolve()
          })),
    )
    const answer = receiving
      .connect()
      .send(batch(0))
      .then(() => order.push('answered'))
    await appended
    await call('POST', '/nowhere', new Uint8Array(0)) // the receiver has had every chance to answer too early
    expect(order).toEqual([])
    finish()
    await answer
    expect(order).toEqual(['durable', 'answered'])
  })

  it('that was stored before is acknowledged as a duplicate and not stored again', async () => {
    const target = receiving.connect()
    await target.send(batch(0))
    expect(await target.send(batch(0))).toEqual({ kind: 'acknowledged', duplicate: true })
    expect(receiving.store.entries).toHaveLength(1)
    expect(receiving.handler.stats()).toMatchObject({ accepted: 1, duplicates: 1, inFlight: 0 })
  })

  it('of an unknown certificate is refused with 403', async () => {
    const result = await receiving.connect(createCertificate('router')).send(batch(0))
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('403') })
    expect(receiving.store.entries).toHaveLength(0)
    expect(receiving.handler.stats().refused).toEqual({ 'unknown-device': 1 })
  })

  it('is refused on the next request of an open connection once the certificate is removed', async () => {
    const target = receiving.connect()
    let connections = 0
    receiving.server.on('secureConnection', () => connections++)
    expect((await target.send(batch(0))).kind).toBe('acknowledged')
    expect((await target.send(batch(1))).kind).toBe('acknowledged')
    const path = join(receiving.devices, 'router.pem')
    await rename(path, `${path}.gone`)
    expect(await target.send(batch(2))).toMatchObject({ reason: expect.stringContaining('403') })
    expect(connections).toBe(1)
    await rename(`${path}.gone`, path)
    expect((await target.send(batch(2))).kind).toBe('acknowledged')
  })

  it('of a device that was added is taken at once, and of one whose file was replaced no more', async () => {
    const other = createCertificate('switch')
    await writeFile(join(receiving.devices, 'switch.pem'), other.cert)
    expect((await receiving.connect(other).send(batch(0))).kind).toBe('acknowledged')
    expect(receiving.store.entries[0]?.stream).toBe('switch')
    await writeFile(join(receiving.devices, 'router.pem'), createCertificate('router').cert)
    expect((await receiving.connect().send(batch(0))).kind).toBe('failed')
  })

  it('answers 503 and keeps everybody waiting when the devices cannot be read', async () => {
    await rm(receiving.devices, { recursive: true })
    expect(await receiving.connect().send(batch(0))).toMatchObject({
      reason: 'receiver answered 503',
      retryAfterMs: 5000,
    })
  })

  it('that is too large is refused on its declared length, before the body is sent', async () => {
    const socket = await dial()
    socket.write('POST /v1/batches/e/0 HTTP/1.1\r\nhost: x\r\ncontent-length: 50000000\r\n\r\n')
    expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 413 /)
    socket.destroy()
  })

  it('without a length is refused with 411', async () => {
    const socket = await dial()
    socket.write('POST /v1/batches/e/0 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
    expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 411 /)
    socket.destroy()
  })

  it('that unfolds to more than the limit is refused with 413', async () => {
    const result = await receiving.connect().send(batch(0, `${'0'.repeat(2_000_000)}\n`))
    expect(result).toMatchObject({ reason: 'receiver answered 413: too-large' })
  })

  it.each([
    ['GET', '/v1/batches/e/0', 405],
    ['POST', '/', 404],
    ['POST', '/v1/batches/..%2f/0', 400],
    ['POST', '/v1/batches/e/-1', 400],
    ['POST', '/v1/batches/e/0', 400],
  ])('%s %s with a wrong body is answered with %i', async (method, path, status) => {
    expect((await call(method, path, Buffer.from('no deliveries'))).status).toBe(status)
  })

  it('with an encoding that is not known is refused with 415', async () => {
    const answer = await call('POST', '/v1/batches/e/0', batch(0).bytes, { 'content-encoding': 'br' })
    expect(answer.status).toBe(415)
  })

  it('meets 507 when the disk is full and 503 when it fails, with a time to wait', async () => {
    class FullError extends LogflowError {
      override readonly name = 'FullError'
      constructor(code: string) {
        super(code, 'no', { retryable: true })
      }
    }
    receiving.store.before = () => Promise.reject(new FullError('LF_STORE_FULL'))
    const target = receiving.connect()
    expect(await target.send(batch(0))).toEqual({ kind: 'failed', reason: 'receiver answered 507', retryAfterMs: 5000 })
    receiving.store.before = () => Promise.reject(new FullError('LF_STORE_WRITE'))
    expect(await target.send(batch(0))).toMatchObject({ reason: 'receiver answered 503' })
  })

  it('meets 429 beyond two of one device, 503 beyond the gate, and finds its place again later', async () => {
    await receiving[Symbol.asyncDispose]()
    receiving = await startReceiving({ gate: { maxInFlight: 3 } })
    const other = createCertificate('switch')
    await writeFile(join(receiving.devices, 'switch.pem'), other.cert)
    let finish = (): void => {}
    const gate = new Promise<void>(resolve => (finish = resolve))
    let waiting = 0
    const full = new Promise<void>(resolve => {
      receiving.store.before = () => (++waiting === 3 && resolve(), gate)
    })
    const inside = [0, 1].map(i => receiving.connect().send(batch(i)))
    inside.push(receiving.connect(other).send(batch(0)))
    await full
    expect(await receiving.connect().send(batch(2))).toMatchObject({ reason: 'receiver answered 429' })
    expect(await receiving.connect(other).send(batch(1))).toMatchObject({ reason: 'receiver answered 503' })
    finish()
    expect((await Promise.all(inside)).every(({ kind }) => kind === 'acknowledged')).toBe(true)
    expect((await receiving.connect().send(batch(2))).kind).toBe('acknowledged')
  })

  it('that breaks off in the middle is not stored', async () => {
    const socket = await dial()
    socket.write('POST /v1/batches/e/0 HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf')
    await vi.waitFor(() => expect(receiving.handler.stats().inFlight).toBe(1))
    socket.destroy()
    await vi.waitFor(() => expect(receiving.handler.stats().refused).toEqual({ timeout: 1 }))
    expect(receiving.store.entries).toHaveLength(0)
  })
})

describe('the gfiber uploader', () => {
  const form = (text: string): ReturnType<typeof encodeMultipart> =>
    encodeMultipart({ name: 'dmesg', unixSeconds: 1_700_000_000, content: deflateSync(text, { level: 1 }) })

  it('gets a URL, posts a form there, and meets 302 when the lines are durable', async () => {
    const first = await call('GET', '/upload/dmesg?model=GFRG210&serial=..%2fx', new Uint8Array(0))
    expect(first.status).toBe(200)
    const { pathname, search } = new URL(first.body)
    const { contentType, body } = form('hello world\nsecond line\n')
    for (let i = 0; i < 2; i++) {
      const second = await call('POST', pathname + search, body, { 'content-type': contentType })
      expect(second.status).toBe(302)
    }
    expect(receiving.store.entries).toHaveLength(1)
    const [opened, lines] = deliveries(receiving.store.entries[0]?.bytes as Uint8Array)
    expect(opened).toMatchObject({
      event: 'opened',
      detail: {
        pairs: [
          ['model', 'GFRG210'],
          ['serial', '../x'],
        ],
      },
    })
    expect(lines).toMatchObject({ kind: 'lines', source: { host: 'router', path: 'gfiber:dmesg' } })
    expect(new TextDecoder().decode((lines as { bytes: Uint8Array }).bytes)).toBe('hello world\nsecond line\n')
    expect(receiving.store.entries[0]?.stream).toBe('router')
  })

  it('is refused without the first step and with a body that is no form', async () => {
    const { contentType, body } = form('x\n')
    expect((await call('POST', '/upload/dmesg', body, { 'content-type': contentType })).status).toBe(400)
    const first = await call('GET', '/upload/dmesg', new Uint8Array(0))
    const { pathname, search } = new URL(first.body)
    expect((await call('POST', pathname + search, Buffer.from('x'))).status).toBe(400)
  })
})

describe('uploads', () => {
  it('fails without throwing when nobody listens', async () => {
    const target = receiving.connect()
    await new Promise(resolve => receiving.server.close(resolve))
    expect(await target.send(batch(0))).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
    receiving = await startReceiving()
  })

  it('does not talk to a receiver that it cannot verify', async () => {
    const { uploads } = await import('../src/index.ts')
    await using target = uploads(receiving.url, { ...receiving.router, ca: createCertificate('localhost').cert })
    expect((await target.send(batch(0))).kind).toBe('failed')
    expect(receiving.handler.stats().requests).toBe(0)
  })

  it('refuses a URL that is not https', async () => {
    const { uploads } = await import('../src/index.ts')
    expect(() => uploads('http://localhost', receiving.router)).toThrow(ShipError)
  })

  it('rejects with the reason of the signal', async () => {
    const stop = new AbortController()
    receiving.store.before = async () => stop.abort(new Error('enough'))
    await expect(receiving.connect().send(batch(0), { signal: stop.signal })).rejects.toThrow('enough')
  })
})
