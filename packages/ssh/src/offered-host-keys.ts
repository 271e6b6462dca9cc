import ssh2, { type ParsedKey } from 'ssh2'
import type { HostKey } from './host-key.ts'

/** What an RSA key may sign with, best first. */
const RSA_SIGNATURES = ['rsa-sha2-512', 'rsa-sha2-256']

/**
 * The keys as ssh2 shall offer them. Given an RSA key, ssh2 1.17 offers `ssh-rsa` (SHA-1) whatever list it is told to
 * keep to; a key that goes by the name of one signature is offered for that one alone.
 */
export function offeredHostKeys(hostKeys: readonly HostKey[]): string[] {
  const offered = hostKeys.flatMap(({ privateKey }): (string | { readonly key: ParsedKey })[] => {
    const key = ssh2.utils.parseKey(privateKey)
    if (key instanceof Error || key.type !== 'ssh-rsa') return [privateKey]
    return RSA_SIGNATURES.map(type => ({ key: named(key, type) }))
  })
  // `@types/ssh2` does not know that parsed keys are taken.
  return offered as string[]
}

function named(key: ParsedKey, type: string): ParsedKey {
  return Object.create(key, { type: { value: type, enumerable: true } }) as ParsedKey
}
