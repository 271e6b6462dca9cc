import { generateKeyPairSync } from 'node:crypto'

/** A private key as PKCS#1, and its line for authorized_keys, without a comment. */
export function rsaPair(modulusLength: number): { readonly privateKey: string; readonly publicLine: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' })
  const exponent = withLength(Buffer.from(e, 'base64url'))
  const modulus = withLength(Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')]))
  const blob = Buffer.concat([withLength(Buffer.from('ssh-rsa')), exponent, modulus])
  return {
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
    publicLine: `ssh-rsa ${blob.toString('base64')}`,
  }
}

/** A private key in OpenSSH's form (PROTOCOL.key), the only one that all read. */
export function ed25519Key(): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [seed, point] = [Buffer.from(jwk.d ?? '', 'base64url'), Buffer.from(jwk.x ?? '', 'base64url')]
  const name = withLength(Buffer.from('ssh-ed25519'))
  const secret = [Buffer.alloc(8), name, withLength(point), withLength(Buffer.concat([seed, point])), withLength()]
  const length = Buffer.concat(secret).length
  const padding = Uint8Array.from({ length: (8 - (length % 8)) % 8 }, (_, i) => i + 1)
  const none = withLength(Buffer.from('none'))
  const bytes = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[none, none, withLength(), Buffer.of(0, 0, 0, 1)],
    withLength(Buffer.concat([name, withLength(point)])),
    withLength(Buffer.concat([...secret, padding])),
  ])
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** A string as SSH writes it (RFC 4251, section 5). */
function withLength(bytes: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
