import type { CipherGCMTypes } from 'node:crypto'
import type { Channel } from 'ssh2'
import { GcmCipher, GcmDecipher } from './gcm-packets.ts'
import { MAX_PACKET_BYTES } from './limits.ts'

/** What an AES-GCM cipher of ssh2 1.17 without its binding keeps; any other has none of it. */
interface TheirCipher {
  readonly _encSSLName?: string
  readonly _encKey?: Uint8Array
  readonly _encIV?: Uint8Array
  readonly outSeqno: number
  readonly _onWrite: (bytes: Uint8Array) => void
}
interface TheirDecipher {
  readonly _decipherSSLName?: string
  readonly _decipherKey?: Uint8Array
  readonly _decipherIV?: Uint8Array
  readonly inSeqno: number
  readonly _onPayload: GcmDecipher['_onPayload']
  /** Bytes of the next packet's length that were read: between packets 0. */
  readonly _lenBytes?: number
}
interface PrivateProtocol {
  _cipher: unknown
  _decipher: unknown
}

/** Room for what surrounds the data of a packet. */
const AROUND_BYTES = 1024

/**
 * Puts our AES-GCM in the place of ssh2's for one connection, now and whenever its keys change. Where another cipher was
 * agreed on, or ssh2 has its binding, everything stays as it is.
 */
export class PacketCiphers {
  readonly #protocol: PrivateProtocol
  #cipher: unknown
  #decipher: unknown
  #maxPacketBytes: number | undefined
  readonly #lend: (() => void) | undefined
  #installed = false

  /**
   * @param channel - The channel of the connection.
   * @param lend - Told when nothing of what arrives is kept any more: ours decrypts into memory of its own.
   */
  constructor(channel: Channel, lend?: () => void) {
    this.#lend = lend
    this.#protocol = (
      channel as unknown as { readonly _client: { readonly _protocol: PrivateProtocol } }
    )._client._protocol
  }

  /** Does it, once: between two packets, and not from inside the reading of one. */
  install(): void {
    if (this.#installed || (this.#protocol._decipher as TheirDecipher | undefined)?._lenBytes !== 0) return
    this.#installed = true
    this.#setCipher(this.#protocol._cipher)
    this.#setDecipher(this.#protocol._decipher)
    // New keys come as new ciphers, each between two packets.
    Object.defineProperties(this.#protocol, {
      _cipher: { get: () => this.#cipher, set: (cipher: unknown) => this.#setCipher(cipher) },
      _decipher: { get: () => this.#decipher, set: (decipher: unknown) => this.#setDecipher(decipher) },
    })
  }

  /** Takes packets of up to {@link MAX_PACKET_BYTES} of data from now on; `false` when this cipher cannot. */
  acceptLarge(): boolean {
    this.install()
    if (!(this.#decipher instanceof GcmDecipher)) return false
    this.#maxPacketBytes = MAX_PACKET_BYTES + AROUND_BYTES
    this.#decipher.maxPacketBytes = this.#maxPacketBytes
    return true
  }

  /** The socket has sent everything. */
  release(): void {
    if (this.#cipher instanceof GcmCipher) this.#cipher.release()
  }

  #setCipher(cipher: unknown): void {
    this.#cipher = cipher
    const { _encSSLName: name, _encKey: key, _encIV: counter, outSeqno, _onWrite } = cipher as TheirCipher
    if (!isGcm(name) || !(key instanceof Uint8Array) || !(counter instanceof Uint8Array)) return
    this.#cipher = new GcmCipher({ algorithm: name, key, counter, sequence: outSeqno }, _onWrite)
  }

  #setDecipher(decipher: unknown): void {
    this.#decipher = decipher
    const { _decipherSSLName: name, _decipherKey: key, _decipherIV: counter } = decipher as TheirDecipher
    if (!isGcm(name) || !(key instanceof Uint8Array) || !(counter instanceof Uint8Array)) return
    const { inSeqno: sequence, _onPayload } = decipher as TheirDecipher
    const ours = new GcmDecipher({ algorithm: name, key, counter, sequence }, _onPayload)
    if (this.#maxPacketBytes !== undefined) ours.maxPacketBytes = this.#maxPacketBytes
    this.#decipher = ours
    this.#lend?.()
  }
}

function isGcm(name: string | undefined): name is CipherGCMTypes {
  return name === 'aes-128-gcm' || name === 'aes-256-gcm'
}
