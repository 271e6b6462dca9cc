import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { nativeSupport, openFanout } from '../src/index.ts'
import { engines } from './engines.ts'
import { openDescriptors, patterned, received, sha256, TestFile } from './loopback.ts'

const buildScript = fileURLToPath(new URL('../native/build.mjs', import.meta.url))
const native = engines.includes('native')

describe('nativeSupport', () => {
  it('says why the native engine is or is not used, and openFanout agrees', () => {
    const { supported, reason } = nativeSupport()
    expect(reason).not.toBe('')
    expect(supported).toBe(native)
    if (supported) return
    expect(() => openFanout({ engine: 'native' })).toThrow(expect.objectContaining({ code: 'LF_SENDFILE_UNSUPPORTED' }))
    expect(openFanout().engine).toBe('javascript')
  })
})

describe('native/build.mjs', () => {
  it('says in one line that JavaScript is used where there is no compiler, and succeeds', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [buildScript, '--output', join(tmpdir(), 'never')], {
      env: { ...process.env, CXX: '/nonexistent/c++' },
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.trim().split('\n')).toEqual([expect.stringContaining('JavaScript engine is used')])
  })

  it.runIf(native)('reports an error of the compiler, and fails only when it is told to be strict', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sendfile-build-'))
    const output = join(folder, 'addon.node')
    const headers = join(folder, 'include/node')
    mkdirSync(headers, { recursive: true })
    writeFileSync(join(headers, 'node_api.h'), '')
    const build = (...options: string[]): number | null =>
      spawnSync(process.execPath, [buildScript, '--output', output, ...options], {
        env: { ...process.env, CXX: '/bin/true', npm_config_nodedir: folder },
      }).status
    // A "compiler" that does nothing leaves no file behind.
    expect([build(), build('--strict')]).toEqual([0, 1])
    rmSync(folder, { recursive: true })
  })
})

describe.runIf(native)('the native engine', () => {
  const worker = (body: string): Worker =>
    new Worker(
      `const { createServer, connect } = require('node:net')
       const { openSync } = require('node:fs')
       const { parentPort, workerData } = require('node:worker_threads')
       const addon = require(workerData.addon)
       const server = createServer({ allowHalfOpen: true }, socket => {
         socket.on('error', () => {})
         const fd = openSync(workerData.path, 'r')
         addon.add(1, socket._handle.fd, -1, fd, 0, -1, 1)
       })
       addon.start((...done) => parentPort.postMessage(done), 65536, 2)
       server.listen(0, '127.0.0.1', () => {
         const client = connect(server.address().port, '127.0.0.1')
         client.on('error', () => {})
         client.once('readable', () => { ${body} })
       })`,
      {
        eval: true,
        workerData: {
          addon:
            process.env['LOGFLOW_SENDFILE_ADDON'] ??
            fileURLToPath(new URL('../build/logflow_sendfile.node', import.meta.url)),
          path: buildScript,
        },
      },
    )
  const over = (thread: Worker): Promise<number> => new Promise(resolve => thread.once('exit', resolve))

  it('stops its threads when a worker ends with transfers under way, however it ends', async () => {
    const threads = (): number => Number(/^Threads:\s+(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
    const [before, descriptors] = [threads(), openDescriptors()]
    for (const body of ['process.exit(0)', 'addon.stop(); process.exit(0)', "throw new Error('on purpose')"]) {
      const thread = worker(body)
      thread.on('error', () => {})
      await over(thread)
    }
    const thread = worker("parentPort.postMessage('ready')")
    await new Promise(resolve => thread.once('message', resolve))
    await thread.terminate()
    expect(threads()).toBeLessThanOrEqual(before)
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors + 1)
  })

  it('never writes to a TLS connection past its encryption', async () => {
    const bytes = patterned(1_000_000)
    using file = new TestFile(bytes)
    await using fanout = openFanout({ engine: 'native' })
    const key = Buffer.alloc(16, 7)
    const tls = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const
    const engineUsed = new Promise<string>(resolve => {
      const server = createServer({ ...tls, pskCallback: () => key }, socket => {
        const transfer = fanout.send(socket, { fd: file.fd, offset: 0, mode: 'end' })
        void transfer.done.then(() => {
          resolve(transfer.engine)
          socket.end()
          server.close()
        })
      })
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        const client = connect({
          ...tls,
          port,
          host: '127.0.0.1',
          pskCallback: () => ({ psk: key, identity: 'test' }),
          checkServerIdentity: () => undefined,
        })
        got = received(client)
      })
    })
    let got: Promise<Buffer> | undefined
    expect(await engineUsed).toBe('javascript')
    expect(sha256(await (got as Promise<Buffer>))).toBe(sha256(bytes))
  })
})
