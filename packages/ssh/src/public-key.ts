import { createHash } from 'node:crypto'
import ssh2 from 'ssh2'
import { MIN_RSA_BITS } from './limits.ts'

/** A public key as SSH writes it. Two keys are the same exactly when their blobs are. */
export interface PublicKey {
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` and so on. */
  readonly algorithm: string
  /** RFC 4253, section 6.6: the bytes behind the base64 of an authorized_keys line. */
  readonly blob: Uint8Array
}

/** The key in `blob`, or `undefined` when it does not start with the name of an algorithm. */
export function publicKeyOf(blob: Uint8Array): PublicKey | undefined {
  const algorithm = readName(blob)
  return algorithm === undefined ? undefined : { algorithm, blob }
}

/** Whether both are the same key. */
export function sameKey(a: PublicKey, b: PublicKey): boolean {
  return Buffer.compare(a.blob, b.blob) === 0
}

/** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
export function fingerprint(key: PublicKey): string {
  return `SHA256:${createHash('sha256').update(key.blob).digest('base64').replace(/=+$/, '')}`
}

/** `<algorithm> <base64>`: the form of authorized_keys and known_hosts. */
export function formatPublicKey(key: PublicKey): string {
  return `${key.algorithm} ${Buffer.from(key.blob).toString('base64')}`
}

/** Base64 as both files hold it; `undefined` when it is none, or holds no key of `algorithm`. */
export function parsePublicKey(algorithm: string, base64: string): PublicKey | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  const key = publicKeyOf(Uint8Array.from(Buffer.from(base64, 'base64')))
  return key?.algorithm === algorithm ? key : undefined
}

/** What {@link verifySignature} checks. */
export interface SignedRequest {
  readonly key: PublicKey
  /** What was signed: session id and request (RFC 4252, section 7). */
  readonly blob: Uint8Array
  readonly signature: Uint8Array
  /** `sha256` or `sha512` for RSA; missing means SHA-1 there, and "the key's own" elsewhere. */
  readonly hash: string | undefined
}

/** Whether the holder of `key` signed. RSA counts with SHA-2 and at least 2048 bits only. */
export function verifySignature({ key, blob, signature, hash }: SignedRequest): boolean {
  if (key.algorithm === 'ssh-dss') return false
  if (key.algorithm === 'ssh-rsa' && (hash === undefined || rsaBits(key.blob) < MIN_RSA_BITS)) return false
  const parsed = ssh2.utils.parseKey(Buffer.from(key.blob))
  if (parsed instanceof Error || parsed.type !== key.algorithm) return false
  // `@types/ssh2` lacks the error that `verify` returns for a malformed signature.
  const verdict = parsed.verify(Buffer.from(blob), Buffer.from(signature), hash) as boolean | Error
  return verdict === true
}

/** Bits of the modulus: the blob is name, exponent, modulus. */
function rsaBits(blob: Uint8Array): number {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  let at = 0
  for (let field = 0; field < 2; field++) {
    if (at + 4 > blob.length) return 0
    at += 4 + view.getUint32(at)
  }
  if (at + 4 > blob.length) return 0
  const length = Math.min(view.getUint32(at), blob.length - at - 4)
  const leadingZero = blob[at + 4] === 0 ? 1 : 0
  return (length - leadingZero) * 8
}

function readName(blob: Uint8Array): string | undefined {
  if (blob.length < 5) return undefined
  const length = new DataView(blob.buffer, blob.byteOffset, blob.byteLength).getUint32(0)
  if (length === 0 || length > 64 || blob.length < 4 + length) return undefined
  const name = Buffer.from(blob.subarray(4, 4 + length)).toString('latin1')
  return /^[a-z0-9@.-]+$/i.test(name) ? name : undefined
}
