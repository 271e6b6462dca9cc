import type { Algorithms } from 'ssh2'

/** Names of algorithms in order of preference; an empty or missing list means the default. */
export interface AlgorithmNames {
  readonly keyExchanges?: readonly string[] | undefined
  readonly ciphers?: readonly string[] | undefined
  readonly macs?: readonly string[] | undefined
}

// Curve25519 alone: the NIST curves are not trusted by everybody, and classic groups let a stranger make the server
// compute for milliseconds with one packet (CVE-2002-20001).
const SERVER_KEY_EXCHANGES = ['curve25519-sha256', 'curve25519-sha256@libssh.org']
// A client chooses whom it talks to, and servers under FIPS rules have nothing else.
const CLIENT_KEY_EXCHANGES = [
  ...SERVER_KEY_EXCHANGES,
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group14-sha256',
]
// No CBC. AES-GCM first: it is what Node does fastest without a native binding. ChaCha20-Poly1305 is slow here and the
// one cipher that a peer without strict key exchange makes vulnerable (CVE-2023-48795).
const CIPHERS = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr']
// For AES-CTR: encrypt first, then authenticate.
const MACS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com']
const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

/** The lists as ssh2 takes them. It adds strict key exchange (the answer to the Terrapin attack) to any list. */
export function algorithmLists(side: 'client' | 'server', names: AlgorithmNames = {}): Algorithms {
  const lists = {
    kex: chosen(names.keyExchanges, side === 'server' ? SERVER_KEY_EXCHANGES : CLIENT_KEY_EXCHANGES),
    cipher: chosen(names.ciphers, CIPHERS),
    hmac: chosen(names.macs, MACS),
    serverHostKey: HOST_KEYS,
    // A compressed stream could inflate without bound before anybody has looked at it.
    compress: ['none'],
  }
  return lists as unknown as Algorithms
}

function chosen(names: readonly string[] | undefined, defaults: readonly string[]): string[] {
  return names && names.length > 0 ? [...names] : [...defaults]
}
