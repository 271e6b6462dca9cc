import type { AuthkeyCommand } from '@logflow/protocol'
import { publicKeyOf } from '@logflow/ssh'
import type { AuthKeyStore } from './auth-key-store.ts'

/** Takes the key of an AUTHKEY command for the next logins of `user`, and returns what the client is told, as the fork does. */
export function registerKey(command: AuthkeyCommand, user: string, keys: AuthKeyStore | undefined): string {
  if (!keys) return 'AUTHKEY ERR feature disabled'
  if (!command.key) return `AUTHKEY ERR ${command.error ?? 'missing public key'}`
  const key = publicKeyOf(command.key)
  if (!key || !/^(ssh-(rsa|ed25519)|ecdsa-sha2-nistp(256|384|521))$/.test(key.algorithm))
    return 'AUTHKEY ERR invalid public key'
  keys.add(user, key)
  return 'AUTHKEY OK'
}
