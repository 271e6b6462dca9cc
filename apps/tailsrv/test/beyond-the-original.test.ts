import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { formatResumeToken, type ResumeToken } from '@logflow/core'
import { TailsrvReplyDecoder, type TailsrvReply } from '@logflow/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCertificate } from '../../../packages/ship/test/certificate.ts'
import { Reader, Tailsrv } from './running.ts'

/** What a reader of frames was told. */
async function replies(
  port: number,
  header: string,
  until: (replies: TailsrvReply[]) => boolean,
): Promise<TailsrvReply[]> {
  const socket = connect(port, '127.0.0.1', () => socket.write(header))
  const decoder = new TailsrvReplyDecoder()
  const all: TailsrvReply[] = []
  socket.on('data', chunk => {
    decoder.push(new Uint8Array(chunk))
    for (let reply = decoder.read(); reply; reply = decoder.read()) all.push(reply)
  })
  await vi.waitFor(() => expect(until(all)).toBe(true), { interval: 10 })
  socket.destroy()
  return all
}

const textOf = (all: readonly TailsrvReply[]): string =>
  all.map(reply => (reply.kind === 'bytes' ? Buffer.from(reply.bytes).toString() : '')).join('')
const tokenOf = (all: readonly TailsrvReply[]): ResumeToken | undefined =>
  all.flatMap(reply => (reply.kind === 'position' ? [reply.token] : [])).at(-1)

describe('tailsrv beyond the original', () => {
  let folder: string
  let path: string
  const running: Tailsrv[] = []
  const start = (...args: string[]): Tailsrv => {
    const server = new Tailsrv('--bind-address', '127.0.0.1', '--port', '0', ...args)
    running.push(server)
    return server
  }
  const portOf = async (server: Tailsrv): Promise<number> => Number((await server.event('server.listening')).port)
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tailsrv-'))
    path = join(folder, 'app.log')
  })
  afterEach(async () => {
    for (const server of running.splice(0)) {
      server.kill('SIGKILL')
      await server.exit
    }
    rmSync(folder, { recursive: true })
  })

  it('resumes from a token after two rotations and a restart, without a byte lost or repeated', async () => {
    writeFileSync(path, 'one\ntwo\n')
    const first = start('--follow-name', path)
    const before = await replies(await portOf(first), 'resume start\n', all => tokenOf(all)?.offset === 8)
    first.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    appendFileSync(path, 'three\n')
    for (const text of ['four\n', 'five\n']) {
      if (existsSync(`${path}.1`)) renameSync(`${path}.1`, `${path}.2`)
      renameSync(path, `${path}.1`)
      writeFileSync(path, text)
    }
    const token = formatResumeToken(tokenOf(before) as ResumeToken)
    const after = await replies(await portOf(start('--follow-name', path)), `resume ${token}\n`, all =>
      textOf(all).endsWith('five\n'),
    )
    expect(textOf(before) + textOf(after)).toBe('one\ntwo\nthree\nfour\nfive\n')
    expect(after.filter(({ kind }) => kind === 'ended')).toHaveLength(2)
  })

  it('encrypts, and asks for the certificate of a client that is on the list', async () => {
    const [own, client] = [createCertificate('localhost'), createCertificate('reader')]
    writeFileSync(path, 'secret')
    for (const [name, text] of Object.entries({ cert: own.cert, key: own.key, ca: client.cert }))
      writeFileSync(join(folder, name), text)
    const file = (name: string): string => join(folder, name)
    const server = start('--tls-cert', file('cert'), '--tls-key', file('key'), '--tls-client-ca', file('ca'), path)
    const port = await portOf(server)
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: own.cert, ...client })
    socket.write('0\n')
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('secret')
    socket.destroy()
    expect(await new Reader(port, '0 in the clear, which is no handshake\n').all).not.toContain('secret')
  })

  it('shows its health, and what readers do, to who asks', async () => {
    const server = start('--status-port', '0', path)
    const status = `http://127.0.0.1:${String((await server.event('status.listening')).port)}`
    const port = await portOf(server)
    expect((await fetch(`${status}/healthz`)).status).toBe(503) // no file yet
    writeFileSync(path, 'there now\n')
    await new Reader(port, '0\n').begins('there now\n')
    const health = await fetch(`${status}/healthz`)
    expect([health.status, await health.json()]).toMatchObject([200, { ok: true, stats: { readers: 1 } }])
    const metrics = await (await fetch(`${status}/metrics`)).text()
    for (const line of ['readers 1', 'bytes_sent 10', 'farthest_behind_bytes 0', 'refused_stalled 0', 'file_bytes 10'])
      expect(metrics).toContain(`logflow_tailsrv_${line}\n`)
  })

  it('answers a number in a directory when it knows which file is meant', async () => {
    writeFileSync(path, 'content')
    const port = await portOf(start('--default-file', 'app.log', folder))
    await new Reader(port, '-4\n').begins('tent')
  })

  it.each([
    [['--tls-cert', 'x']],
    [['--tls-client-ca', 'x']],
    [['--tls-cert', '/nowhere', '--tls-key', '/nowhere']],
    [['--allow', '10.0.0.0/x']],
    [['--allow-fingerprint', 'ab']],
    [['--default-file', 'x']],
  ])('exits with 2 for %j', async args => {
    writeFileSync(path, '')
    expect(await start(...args, path).exit).toBe(2)
  })
})
