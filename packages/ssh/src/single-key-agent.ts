import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2'
import type { AgentIdentity } from './keys.ts'

/** An agent that admits to one of its keys only, so that agent keys and files can be offered in one fixed order. */
export class SingleKeyAgent extends ssh2.BaseAgent<Buffer> {
  readonly #identity: AgentIdentity
  constructor(identity: AgentIdentity) {
    super()
    this.#identity = identity
  }

  getIdentities(callback: IdentityCallback<Buffer>): void {
    callback(null, [Buffer.from(this.#identity.publicKey.blob)])
  }

  sign(
    key: Buffer | ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const agent = ssh2.createAgent(this.#identity.origin)
    if (typeof options === 'function') agent.sign(key, data, options)
    else agent.sign(key, data, options, callback)
  }
}
