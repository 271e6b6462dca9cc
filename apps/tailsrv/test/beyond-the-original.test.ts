import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { formatResumeToken, type ResumeToken } from '@logflow/core'
import { TailsrvReplyDecoder, type TailsrvReply } from '@logflow/protocol'
import { describe, expect, it, vi } from 'vitest'
import { createCertificate } from '../../../packages/ship/test/certificate.ts'
import { Reader, Stage } from './running.ts'

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
  const stage = Stage.perTest()

  it('resumes from a token after two rotations, packing and a restart, without a byte lost or repeated', async () => {
    writeFileSync(stage.path, 'one\ntwo\n')
    const first = stage.start('--follow-name', stage.path)
    const before = await replies(await first.port(), 'resume start\n', all => tokenOf(all)?.offset === 8)
    first.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    appendFileSync(stage.path, 'three\n')
    for (const text of ['four\n', 'five\n']) {
      if (existsSync(`${stage.path}.1`)) renameSync(`${stage.path}.1`, `${stage.path}.2`)
      renameSync(stage.path, `${stage.path}.1`)
      writeFileSync(stage.path, text)
    }
    const changed = new Date(Math.floor(statSync(`${stage.path}.2`).mtimeMs)) // gzip keeps it, at most to the whole
    writeFileSync(`${stage.path}.2.gz`, gzipSync(readFileSync(`${stage.path}.2`)))
    utimesSync(`${stage.path}.2.gz`, changed, changed)
    rmSync(`${stage.path}.2`)
    const token = formatResumeToken(tokenOf(before) as ResumeToken)
    const after = await replies(await stage.start('--follow-name', stage.path).port(), `resume ${token}\n`, all =>
      textOf(all).endsWith('five\n'),
    )
    expect(textOf(before) + textOf(after)).toBe('one\ntwo\nthree\nfour\nfive\n')
    expect(after.filter(({ kind }) => kind === 'ended')).toHaveLength(2)
  })

  it('encrypts, and asks for the certificate of a client that is on the list', async () => {
    const [own, client] = [createCertificate('localhost'), createCertificate('reader')]
    writeFileSync(stage.path, 'secret')
    for (const [name, text] of Object.entries({ cert: own.cert, key: own.key, ca: client.cert }))
      writeFileSync(join(stage.folder, name), text)
    const file = (name: string): string => join(stage.folder, name)
    const server = stage.start(
      '--tls-cert',
      file('cert'),
      '--tls-key',
      file('key'),
      '--tls-client-ca',
      file('ca'),
      stage.path,
    )
    const port = await server.port()
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: own.cert, ...client })
    socket.write('0\n')
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('secret')
    socket.destroy()
    expect(await new Reader(port, '0 in the clear, which is no handshake\n').all).not.toContain('secret')
  })

  it('shows its health, and what readers do, to who asks', async () => {
    const server = stage.start('--status-port', '0', stage.path)
    const status = `http://127.0.0.1:${String((await server.event('status.listening')).port)}`
    const port = await server.port()
    expect((await fetch(`${status}/healthz`)).status).toBe(503) // no file yet
    writeFileSync(stage.path, 'there now\n')
    await new Reader(port, '0\n').begins('there now\n')
    const health = await fetch(`${status}/healthz`)
    expect([health.status, await health.json()]).toMatchObject([200, { ok: true, stats: { readers: 1 } }])
    const metrics = await (await fetch(`${status}/metrics`)).text()
    for (const line of ['readers 1', 'bytes_sent 10', 'farthest_behind_bytes 0', 'refused_stalled 0', 'file_bytes 10'])
      expect(metrics).toContain(`logflow_tailsrv_${line}\n`)
  })

  it('answers a number in a directory when it knows which file is meant', async () => {
    writeFileSync(stage.path, 'content')
    const port = await stage.start('--default-file', 'app.log', stage.folder).port()
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
    writeFileSync(stage.path, '')
    expect(await stage.start(...args, stage.path).exit).toBe(2)
  })
})
