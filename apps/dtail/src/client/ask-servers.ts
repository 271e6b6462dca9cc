import { LogflowError, systemClock } from '@logflow/core'
import { Backoff } from '@logflow/ratelimit'
import { errorText } from '../output/dtail-log.ts'
import { askServer, type Asking } from './ask-server.ts'
import type { ServerAddress } from './server-list.ts'
import { SourceLedger, type SourceAccount } from './source-ledger.ts'

/** What came of asking. */
export interface AskedServers {
  /** Servers that did not answer to their end, and why not. */
  readonly failed: readonly FailedServer[]
  /** What is known of every source of every server that speaks our own protocol. */
  readonly sources: readonly AskedSource[]
}

/** A server that did not answer to its end. */
export interface FailedServer {
  readonly server: ServerAddress
  readonly reason: string
}

/** A source of a server, and how far it came. */
export interface AskedSource {
  readonly server: ServerAddress
  readonly account: SourceAccount
}

const RECONNECT_FIRST_MS = 2000
const RESUME_FIRST_MS = 250
const RECONNECT_MAX_MS = 60_000
/** Times that a broken answer is asked on for without anything having come. */
const RESUME_ATTEMPTS = 8

/**
 * Asks all servers at one time. A server that fails is named in the log with the reason. With `reconnect` it is asked
 * again and again, unless asking again cannot help (refused key, refused host), until the signal aborts. An answer that
 * broke off goes on where it was, from a server that can do that.
 */
export async function askServers(
  servers: readonly ServerAddress[],
  asking: Asking,
  { reconnect }: { readonly reconnect: boolean },
): Promise<AskedServers> {
  const failed: FailedServer[] = []
  const sources: AskedSource[] = []
  await Promise.all(
    servers.map(async server => {
      const ledger = new SourceLedger()
      asking.onLedger?.(ledger)
      const reason = await new Persistence({ server, asking, ledger, reconnect }).run()
      asking.onEnded?.(server)
      if (reason !== undefined) failed.push({ server, reason })
      for (const account of ledger.accounts()) sources.push({ server, account })
    }),
  )
  return { failed, sources }
}

interface PersistenceInit {
  readonly server: ServerAddress
  readonly asking: Asking
  readonly ledger: SourceLedger
  readonly reconnect: boolean
}

/** Asks one server until there is nothing more to be had from it. */
class Persistence {
  readonly #init: PersistenceInit
  readonly #backoff: Backoff
  #movements = 0
  #vainAttempts = 0
  /** The connection was lost after something was asked. */
  #lost = false

  constructor(init: PersistenceInit) {
    this.#init = init
    const initialMs = init.reconnect ? RECONNECT_FIRST_MS : RESUME_FIRST_MS
    this.#backoff = new Backoff({ initialMs, maxMs: RECONNECT_MAX_MS, jitter: 0.2, random: Math.random })
  }

  /** Why it failed; `undefined` when it did not. */
  async run(): Promise<string | undefined> {
    const { server, asking, ledger, reconnect } = this.#init
    const { log, signal } = asking
    for (;;) {
      let reason = 'the server ended the session'
      try {
        await askServer(server, { ...asking, onAsked: () => this.#onAsked() }, ledger)
        if (!reconnect) return undefined
      } catch (error) {
        if (signal.aborted) return undefined
        reason = errorText(error)
        // What fails here, as our own output does, would fail again, and what it swallowed is not printed.
        if (!LogflowError.is(error) || !error.retryable || !this.#goesOn()) {
          log.error(server.name, reason)
          return reason
        }
      }
      if (signal.aborted) return undefined
      const waitMs = this.#backoff.nextMs()
      log.warn(server.name, reason, `Reconnecting in ${(waitMs / 1000).toFixed(1)} s`)
      try {
        await systemClock.sleep(waitMs, { signal })
      } catch {
        return undefined // told to stop while waiting
      }
    }
  }

  /** Whether asking again makes sense. */
  #goesOn(): boolean {
    const { reconnect, ledger } = this.#init
    if (reconnect) return true
    this.#vainAttempts = ledger.movements > this.#movements ? 0 : this.#vainAttempts + 1
    if (this.#vainAttempts === 0) this.#backoff.reset()
    this.#movements = ledger.movements
    return this.#resumes && this.#vainAttempts < RESUME_ATTEMPTS
  }

  /** Whether an answer that broke off can go on. */
  get #resumes(): boolean {
    const { asking, ledger } = this.#init
    return asking.native?.resume !== undefined && ledger.movements > 0
  }

  #onAsked(): void {
    const { server, asking, reconnect } = this.#init
    if (reconnect) this.#backoff.reset()
    if (this.#lost) {
      const what = this.#resumes ? 'going on where it was' : 'what was written meanwhile is not shown'
      asking.log.warn(server.name, `Connected again; ${what}`)
    }
    this.#lost = true
  }
}
