import type { Logger } from '@logflow/core'
import type { AuthContext, PublicKeyAuthContext } from 'ssh2'
import { publicKeyOf, verifySignature, type PublicKey } from './public-key.ts'

/** Somebody wants to log in. */
export type AuthenticationAttempt = PasswordAttempt | PublicKeyAttempt

/** A password was sent. */
export interface PasswordAttempt {
  readonly method: 'password'
  readonly user: string
  readonly password: string
  /** IP address of the client. */
  readonly address: string
  readonly peer: string
}

/** A public key was offered. */
export interface PublicKeyAttempt {
  readonly method: 'publickey'
  readonly user: string
  readonly key: PublicKey
  /**
   * Whether the client has proved that it holds the private key. Clients ask first whether a key would do; that
   * question comes with `false`, and "yes" to it lets nobody in.
   */
  readonly proved: boolean
  readonly address: string
  readonly peer: string
}

/** Answers an attempt. A rejection counts as "no" and is logged. */
export type Authenticate = (attempt: AuthenticationAttempt) => boolean | Promise<boolean>

/** Who logged in. */
export interface LoggedIn {
  readonly user: string
  readonly identity: PublicKey | undefined
}

/** What {@link answerAuthentication} needs to know of the connection. */
export interface AuthenticationPeer {
  readonly address: string
  readonly peer: string
  readonly authenticate: Authenticate
  readonly logger: Logger
  /** Whether this is not the first request. */
  readonly askedBefore: boolean
}

/** Answers one request; returns who is in, or `undefined` when nobody is yet. `refused` is called on a final "no". */
export async function answerAuthentication(
  context: AuthContext,
  from: AuthenticationPeer,
  refused: () => void,
): Promise<LoggedIn | undefined> {
  const user = context.username
  try {
    if (context.method === 'password') {
      const { address, peer, authenticate } = from
      if (await authenticate({ method: 'password', user, password: context.password, address, peer })) {
        context.accept()
        return { user, identity: undefined }
      }
    } else if (context.method === 'publickey') {
      const answer = await answerPublicKey(context, from)
      if (answer !== 'refused') return answer === 'asked' ? undefined : answer
    }
  } catch (err) {
    from.logger.error({ event: 'authentication.failed', user, peer: from.peer, err }, 'cannot decide on a login')
  }
  context.reject(['publickey', 'password'])
  // Every client begins with "none", to be told the methods.
  if (context.method !== 'none' || from.askedBefore) refused()
  return undefined
}

async function answerPublicKey(
  context: PublicKeyAuthContext,
  { address, peer, authenticate }: AuthenticationPeer,
): Promise<LoggedIn | 'asked' | 'refused'> {
  const user = context.username
  const key = publicKeyOf(Uint8Array.from(context.key.data))
  if (key === undefined || key.algorithm !== context.key.algo) return 'refused'
  const hash = context.hashAlgo
  if (context.signature === undefined || context.blob === undefined) {
    if (!(await authenticate({ method: 'publickey', user, key, proved: false, address, peer }))) return 'refused'
    // ssh2 would answer `ssh-rsa` to a question about `rsa-sha2-*` (its issue 1380); RFC 4252 wants the name that was asked.
    if (hash !== undefined) context.key.algo = hash === 'sha512' ? 'rsa-sha2-512' : 'rsa-sha2-256'
    context.accept()
    return 'asked'
  }
  if (!verifySignature({ key, blob: context.blob, signature: context.signature, hash })) return 'refused'
  if (!(await authenticate({ method: 'publickey', user, key, proved: true, address, peer }))) return 'refused'
  context.accept()
  return { user, identity: key }
}
