import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Channel } from 'ssh2'

interface AesGcm {
  _encKey?: Uint8Array | KeyObject
  _decipherKey?: Uint8Array | KeyObject
}
interface PrivateProtocol {
  readonly _cipher?: AesGcm
  readonly _decipher?: AesGcm
}

/**
 * Gives the ciphers of a connection their keys in the shape that Node takes at once. ssh2 1.17 without its binding
 * sets up AES-GCM anew for each packet, and Node unwraps a key of bytes each time, which takes half of all the time
 * that encryption takes. Call it now and then: new keys come as bytes again.
 */
export class KeyObjects {
  readonly #protocol: PrivateProtocol | undefined
  #cipher: AesGcm | undefined
  #decipher: AesGcm | undefined

  constructor(channel: Channel) {
    this.#protocol = (channel as unknown as { readonly _client?: { readonly _protocol?: PrivateProtocol } })._client
      ?._protocol
  }

  refresh(): void {
    const { _cipher, _decipher } = this.#protocol ?? {}
    if (_cipher && _cipher !== this.#cipher) {
      this.#cipher = _cipher
      if (_cipher._encKey instanceof Uint8Array) _cipher._encKey = createSecretKey(_cipher._encKey)
    }
    if (_decipher && _decipher !== this.#decipher) {
      this.#decipher = _decipher
      if (_decipher._decipherKey instanceof Uint8Array) _decipher._decipherKey = createSecretKey(_decipher._decipherKey)
    }
  }
}
