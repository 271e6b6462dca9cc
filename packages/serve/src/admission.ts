import { createSecureContext, type TlsOptions, type TLSSocket } from 'node:tls'
import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net'

/** Certificates as PEM text. */
export interface ServeTls {
  /** Certificate of the server, followed by those of its issuers. */
  readonly cert: string
  readonly key: string
  /** Issuers of the certificates that clients must show. @defaultValue clients need no certificate */
  readonly clientCa?: string | undefined
}

/** Who may connect. What is absent is not asked. */
export interface AllowList {
  /** IPv4 and IPv6 addresses, also with a prefix length: `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`. */
  readonly addresses?: readonly string[] | undefined
  /** SHA-256 fingerprints of client certificates, in hex, with or without colons. Needs TLS. */
  readonly fingerprints?: readonly string[] | undefined
}

/** Decides about a connection by what is known of it before its header. */
export class Admission {
  /** What TLS needs; `undefined` without it. */
  readonly tls: TlsOptions | undefined
  readonly #addresses: BlockList | undefined
  readonly #fingerprints: ReadonlySet<string> | undefined
  readonly #needsIssuer: boolean

  /** @throws RangeError for an entry that is no address or fingerprint; Error of OpenSSL for a bad certificate or key */
  constructor(tls: ServeTls | undefined, { addresses, fingerprints }: AllowList = {}) {
    if (fingerprints && !tls) throw new RangeError('an allow list of fingerprints needs TLS')
    this.#addresses = addresses && addressList(addresses)
    this.#fingerprints = fingerprints && new Set(fingerprints.map(checkedFingerprint))
    this.#needsIssuer = tls?.clientCa !== undefined
    if (!tls) return
    const { cert, key, clientCa } = tls
    const context = { cert, key, minVersion: 'TLSv1.2', ...(clientCa && { ca: clientCa }) } as const
    createSecureContext(context) // says now what is wrong with it
    const requestCert = this.#needsIssuer || fingerprints !== undefined
    this.tls = { ...context, requestCert, rejectUnauthorized: false }
  }

  /** Whether a connection may go on as soon as it is there. */
  admitsAddress({ remoteAddress }: Socket): boolean {
    if (!this.#addresses) return true
    return remoteAddress !== undefined && this.#addresses.check(remoteAddress, isIPv4(remoteAddress) ? 'ipv4' : 'ipv6')
  }

  /** Whether a connection may go on after its handshake. */
  admitsCertificate(socket: TLSSocket): boolean {
    if (this.#needsIssuer && !socket.authorized) return false
    if (!this.#fingerprints) return true
    const { fingerprint256 = '' } = socket.getPeerCertificate() as { fingerprint256?: string }
    return this.#fingerprints.has(hexOf(fingerprint256))
  }
}

function addressList(addresses: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of addresses) {
    const [address = '', prefix] = entry.split('/')
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined
    if (!family || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) throw new RangeError(`not an address: ${entry}`)
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

function checkedFingerprint(text: string): string {
  const hex = hexOf(text)
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new RangeError(`not a SHA-256 fingerprint: ${text}`)
  return hex
}

function hexOf(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase()
}
