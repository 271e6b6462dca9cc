import { X509Certificate } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLogger, systemClock, type Clock, type Logger } from '@logflow/core'
import { ShipError } from './errors.ts'

/** A device that may upload. */
export interface Device {
  /** The only stream it writes to. */
  readonly stream: string
}

/** Who may upload. Asked on every request, so that a removal counts at once, also on connections that are open. */
export interface Devices {
  /** The device with this certificate, `undefined` when there is none. @throws any error when it cannot be told */
  find(fingerprint256: string): Promise<Device | undefined>
}

interface Known extends Device {
  readonly path: string
  readonly version: string
}

/** The folder is read again when it is asked about a stranger and the last reading is older than this. */
const RESCAN_MS = 1000
/** A change within this time of a reading may have been missed by it: time stamps of folders are coarse. */
const STAMP_MS = 50

/**
 * A folder of certificates, `<stream>.pem` each; a file may hold several, for the time of a change. No authority is
 * involved: what lies there is known, self-signed or not, expired or not.
 */
export class DeviceFolder implements Devices {
  readonly folder: string
  readonly #clock: Clock
  readonly #logger: Logger
  #known = new Map<string, Known>()
  #folderVersion: string | undefined
  #readAtMs = -Infinity
  #reading: Promise<void> | undefined

  private constructor(folder: string, { clock = systemClock, logger = silentLogger }: DeviceFolderOptions) {
    this.folder = folder
    this.#clock = clock
    this.#logger = logger
  }

  /** See {@link openDeviceFolder}. */
  static async open(folder: string, options: DeviceFolderOptions = {}): Promise<DeviceFolder> {
    const devices = new DeviceFolder(folder, options)
    await devices.#read()
    return devices
  }

  /** Certificates known at the last reading. */
  get size(): number {
    return this.#known.size
  }

  async find(fingerprint256: string): Promise<Device | undefined> {
    const known = this.#known.get(fingerprint256)
    if (known && (await versionOf(known.path)) === known.version) return { stream: known.stream }
    const old = this.#clock.monotonicMs() - this.#readAtMs >= RESCAN_MS
    if (known || old || (await this.#folderChanged())) await this.#read()
    const found = this.#known.get(fingerprint256)
    return found && { stream: found.stream }
  }

  async #folderChanged(): Promise<boolean> {
    return this.#folderVersion === undefined || (await versionOf(this.folder)) !== this.#folderVersion
  }

  /** Requests that come meanwhile share the reading after the one under way. */
  async #read(): Promise<void> {
    await this.#reading?.catch(() => {})
    await (this.#reading ??= this.#readFolder().finally(() => (this.#reading = undefined)))
  }

  async #readFolder(): Promise<void> {
    try {
      const version = await versionOf(this.folder)
      const known = new Map<string, Known>()
      for (const file of (await readdir(this.folder)).sort()) {
        if (!file.endsWith('.pem') || file.startsWith('.')) continue
        await this.#readFile(join(this.folder, file), file.slice(0, -4), known)
      }
      const stable = Date.now() - (await stat(this.folder)).mtimeMs > STAMP_MS
      this.#folderVersion = stable ? version : undefined
      this.#readAtMs = this.#clock.monotonicMs()
      this.#known = known
    } catch (cause) {
      this.#known = new Map()
      this.#folderVersion = undefined
      throw new ShipError('LF_SHIP_DEVICES', `cannot read the devices in ${this.folder}`, { cause })
    }
  }

  /** A file that cannot be used is reported and lets nobody in. */
  async #readFile(path: string, stream: string, known: Map<string, Known>): Promise<void> {
    try {
      const version = await versionOf(path)
      const certificates = certificatesIn(await readFile(path, 'latin1'))
      if (version === undefined || certificates.length === 0) throw new Error('no certificate')
      for (const { fingerprint256 } of certificates) {
        const other = known.get(fingerprint256)
        if (other) this.#logger.warn({ event: 'device.ambiguous', path, other: other.path })
        else known.set(fingerprint256, { stream, path, version })
      }
    } catch (err) {
      this.#logger.warn({ event: 'device.unreadable', path, err })
    }
  }
}

/** Options of {@link openDeviceFolder}. */
export interface DeviceFolderOptions {
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
}

/**
 * The devices whose certificates lie in `folder`: `<stream>.pem`.
 *
 * @throws ShipError `LF_SHIP_DEVICES` when the folder cannot be read
 */
export function openDeviceFolder(folder: string, options?: DeviceFolderOptions): Promise<DeviceFolder> {
  return DeviceFolder.open(folder, options)
}

function certificatesIn(text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map(block => new X509Certificate(block))
}

/** What changes when the file does; `undefined` when it is gone. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return `${ino}.${size}.${mtimeNs}.${ctimeNs}`
  } catch {
    return undefined
  }
}
