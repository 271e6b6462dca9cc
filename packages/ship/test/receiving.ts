import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AdmissionGate, type AdmissionGateOptions } from '@logflow/ratelimit'
import {
  createUploadHandler,
  openDeviceFolder,
  uploads,
  type EntryStore,
  type UploadHandler,
  type UploadHandlerOptions,
  type Uploads,
} from '../src/index.ts'
import { createCertificate, type TestCertificate } from './certificate.ts'

/** An entry as {@link MemoryStore} keeps it. */
export type Stored = Parameters<EntryStore['append']>[0]

/** Keeps entries in an array; `before` runs before one counts as durable. */
export class MemoryStore implements EntryStore {
  readonly entries: Stored[] = []
  before: () => Promise<void> = async () => {}

  async append(entry: Stored): Promise<{ readonly duplicate: boolean }> {
    await this.before()
    const same = ({ stream, id }: Stored): boolean =>
      stream === entry.stream && id.epoch === entry.id.epoch && id.sequence >= entry.id.sequence
    const duplicate = this.entries.some(same)
    if (!duplicate) this.entries.push(entry)
    return { duplicate }
  }
}

/** A real receiver on 127.0.0.1 with one known device, `router`. */
export interface Receiving extends AsyncDisposable {
  readonly folder: string
  readonly devices: string
  readonly server: Server
  readonly ca: string
  readonly url: string
  readonly port: number
  readonly handler: UploadHandler
  readonly store: MemoryStore
  readonly router: TestCertificate
  /** What a device with this certificate sends with. */
  connect(certificate?: TestCertificate): Uploads
}

const own = createCertificate('localhost')

/** Starts it. */
export async function startReceiving(
  options: { readonly gate?: AdmissionGateOptions; readonly limits?: UploadHandlerOptions['limits'] } = {},
): Promise<Receiving> {
  const folder = await mkdtemp(join(tmpdir(), 'logflow-ship-'))
  const devices = join(folder, 'devices')
  await mkdir(devices)
  const router = createCertificate('router')
  await writeFile(join(devices, 'router.pem'), router.cert)
  const store = new MemoryStore()
  const gate = new AdmissionGate(options.gate ?? { maxInFlight: 10 })
  const handler = createUploadHandler({ store, gate, devices: await openDeviceFolder(devices), limits: options.limits })
  const server = createServer({ ...own, requestCert: true, rejectUnauthorized: false }, handler.listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `https://localhost:${port}`
  const opened: Uploads[] = []
  return {
    ...{ folder, devices, server, url, port, handler, store, router, ca: own.cert },
    connect(certificate = router) {
      const target = uploads(url, { ...certificate, ca: own.cert }, { timeoutMs: 10_000 })
      opened.push(target)
      return target
    },
    async [Symbol.asyncDispose]() {
      for (const target of opened) await target.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}
