/**
 * SSH client and server with one restricted channel: keys, agent, known hosts, authorized keys, no shell.
 *
 * @packageDocumentation
 */
export type { AlgorithmNames } from './algorithms.ts'
export type { Authenticate, AuthenticationAttempt, PasswordAttempt, PublicKeyAttempt } from './authenticate.ts'
export { parseAuthorizedKeys, type AuthorizedKey, type AuthorizedKeys, type SkippedLine } from './authorized-keys.ts'
export { connectSsh, type ConnectSshOptions, type OfferedHostKey, type SshAuth } from './connect.ts'
export { SshError, sshErrors, type SshErrorCode } from './errors.ts'
export { hostKeyFrom, loadHostKey, type HostKey, type LoadHostKeyOptions } from './host-key.ts'
export {
  collectKeys,
  readIdentity,
  type AgentIdentity,
  type CollectKeysOptions,
  type FileIdentity,
  type SshIdentity,
} from './keys.ts'
export { KnownHosts, normalizedHost, type HostTrust, type TrustedHost } from './known-hosts.ts'
export type { SshServerLimits } from './limits.ts'
export { fingerprint, formatPublicKey, parsePublicKey, publicKeyOf, sameKey, type PublicKey } from './public-key.ts'
export { openSshServer, type SshServer, type SshServerOptions, type SshServerStats } from './server.ts'
export type { SshSession } from './session.ts'
