import { X509Certificate } from 'node:crypto'
import { connect as connectPlain } from 'node:net'
import { connect, type ConnectionOptions } from 'node:tls'
import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createCertificate } from '../../ship/test/certificate.ts'
import { serveFile, type FileServer, type ServeOptions } from '../src/index.ts'
import { ManualFile } from './manual-file.ts'

const own = createCertificate('localhost')
const known = createCertificate('known reader')
const stranger = createCertificate('stranger')
const fingerprintOf = ({ cert }: { cert: string }): string => new X509Certificate(cert).fingerprint256

describe('serveFile with TLS', () => {
  let server: FileServer
  const start = async (file: ManualFile, options: ServeOptions = {}): Promise<void> => {
    server = await serveFile(file, { tls: own, limits: { drainMs: 500 }, ...options })
  }
  /** What a reader gets until `enough` bytes or the end. */
  const read = async (header: string, options: ConnectionOptions = {}, enough = Infinity): Promise<Buffer> => {
    const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca: own.cert, ...options })
    const chunks: Buffer[] = []
    let size = 0
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if ((size += chunk.length) >= enough) socket.destroy()
    })
    socket.write(header)
    await once(socket, 'close')
    return Buffer.concat(chunks)
  }
  afterEach(() => server.close())

  it('sends the same bytes, encrypted, also what is appended later', async () => {
    const bytes = Buffer.alloc(3_000_000, 'abcdefg')
    using file = new ManualFile(bytes)
    await start(file)
    expect((await read('0\n', {}, bytes.length)).equals(bytes)).toBe(true)
    await vi.waitFor(() => expect(server.stats().clients).toBe(0))
    const later = read('-4\n', {}, 9)
    await vi.waitFor(() => expect(server.stats().atEnd).toBe(1))
    await file.append('later')
    expect((await later).toString()).toBe(`${bytes.subarray(-4).toString()}later`)
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ clients: 0, refusedTls: 0 }))
  })

  it('sends nothing to who does not encrypt, and counts it', async () => {
    using file = new ManualFile('secret')
    await start(file)
    const plain = connectPlain(server.port, '127.0.0.1').resume()
    plain.on('error', () => {})
    let got = ''
    plain.on('data', chunk => (got += String(chunk)))
    plain.write('0 or whatever is no handshake\n')
    await once(plain, 'close')
    expect(got).not.toContain('secret')
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ clients: 0, refusedTls: 1 }))
  })

  it('gives a handshake the time of a header', async () => {
    using file = new ManualFile('secret')
    await start(file, { limits: { headerTimeoutMs: 50, drainMs: 100 } })
    const silent = connectPlain(server.port, '127.0.0.1').resume()
    await once(silent, 'close')
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ clients: 0, refusedTimeout: 1, refusedTls: 0 }))
  })

  it('asks for a certificate of the issuers, when some are given', async () => {
    using file = new ManualFile('secret')
    await start(file, { tls: { ...own, clientCa: known.cert } })
    expect(String(await read('0\n', known, 6))).toBe('secret')
    expect(String(await read('0\n'))).toBe('')
    expect(String(await read('0\n', stranger))).toBe('')
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ refusedForbidden: 2, clients: 0 }))
  })

  it('lets in whose fingerprint is on the allow list, in either spelling, and nobody else', async () => {
    using file = new ManualFile('secret')
    const spelled = fingerprintOf(known).replaceAll(':', '').toLowerCase()
    for (const fingerprint of [fingerprintOf(known), spelled]) {
      await start(file, { allow: { fingerprints: [fingerprint] } })
      expect(String(await read('0\n', known, 6))).toBe('secret')
      expect(String(await read('0\n', stranger))).toBe('')
      expect(String(await read('0\n'))).toBe('')
      await vi.waitFor(() => expect(server.stats()).toMatchObject({ refusedForbidden: 2, clients: 0 }))
      await server.close()
    }
  })
})
