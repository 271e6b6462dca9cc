import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { systemClock } from '@logflow/core'
import { fingerprint, formatPublicKey, KnownHosts, normalizedHost, type OfferedHostKey } from '@logflow/ssh'
import type { DtailLog } from '../output/dtail-log.ts'

/** Options of {@link HostTrust}. */
export interface HostTrustOptions {
  readonly path: string
  readonly trustAll: boolean
  readonly log: DtailLog
  /** Where the question goes. */
  readonly ask: (text: string) => Promise<void>
  /** Where the answer comes from. */
  readonly answers: Readable
  /** How long to wait for more unknown hosts before asking for all of them. @defaultValue 500 */
  readonly batchMs?: number
}

/** How long hosts that are trusted are gathered before the file is written. */
const GATHER_MS = 200

interface Waiting {
  readonly offered: OfferedHostKey
  readonly changed: boolean
  readonly answer: (trusted: boolean) => void
}

/** Whether a server may be trusted: known_hosts knows, and for the rest the person does, many hosts at a time. */
export class HostTrust {
  readonly #options: HostTrustOptions
  #trustAll: boolean
  #known: Promise<KnownHosts> | undefined
  #waiting: Waiting[] = []
  #asking = false
  /** Lines of hosts that were accepted and may not be in the file yet. */
  readonly #accepted = new Set<string>()
  #unwritten: OfferedHostKey[] = []
  #writing: Promise<void> | undefined
  /** Aborted when nobody shall wait for more hosts any more. */
  readonly #hurry = new AbortController()

  constructor(options: HostTrustOptions) {
    this.#options = options
    this.#trustAll = options.trustAll
  }

  /** For `verifyHostKey`. */
  async verify(offered: OfferedHostKey): Promise<boolean> {
    const { path, log } = this.#options
    const known = await (this.#known ??= KnownHosts.open(path))
    const trust = known.look(offered.host, offered.port, offered.key)
    const name = normalizedHost(offered.host, offered.port)
    if (trust === 'trusted' || this.#accepted.has(lineOf(offered))) return true
    if (trust === 'revoked') {
      log.error(name, `Host key ${fingerprint(offered.key)} is revoked in ${path}`)
      return false
    }
    const changed = trust === 'changed'
    if (!this.#trustAll) return this.#askPerson(offered, changed)
    if (changed) log.warn(name, `HOST KEY HAS CHANGED, trusting the new one: ${fingerprint(offered.key)}`)
    this.#remember([offered])
    return true
  }

  /** Resolves when every host that is trusted is in the file, or the log says why not. */
  async written(): Promise<void> {
    this.#hurry.abort()
    await this.#writing
  }

  #askPerson(offered: OfferedHostKey, changed: boolean): Promise<boolean> {
    return new Promise(answer => {
      this.#waiting.push({ offered, changed, answer })
      if (this.#waiting.length === 1 && !this.#asking) void this.#askAll()
    })
  }

  async #askAll(): Promise<void> {
    this.#asking = true
    await new Promise(resolve => setTimeout(resolve, this.#options.batchMs ?? 500))
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, 50)
      const trusted = this.#trustAll || (await this.#question(batch))
      if (trusted) this.#remember(batch.map(({ offered }) => offered))
      else this.#options.log.info("Didn't add hosts to known hosts file", this.#options.path)
      for (const { answer } of batch) answer(trusted)
    }
    this.#asking = false
  }

  async #question(batch: readonly Waiting[]): Promise<boolean> {
    const { ask, answers, log } = this.#options
    const names = batch.map(({ offered }) => `${offered.host}:${offered.port}`)
    const changed = batch.filter(waiting => waiting.changed).map(({ offered }) => `${offered.host}:${offered.port}`)
    const lines = createInterface({ input: answers, terminal: false })
    try {
      const input = lines[Symbol.asyncIterator]()
      for (;;) {
        await ask(`Encountered ${batch.length} unknown hosts: '${names.join(',')}'\n`)
        if (changed.length > 0)
          await ask(`THE HOST KEY HAS CHANGED, somebody may be in between: '${changed.join(',')}'\n`)
        await ask('Do you want to trust these hosts?? (y=yes,a=all,n=no,d=details): ')
        const line = await input.next()
        if (line.done === true) {
          log.warn('Nobody is there to answer; -trustAllHosts trusts without asking')
          return false
        }
        switch (line.value.trim()) {
          case 'a':
          case 'all':
            this.#trustAll = true
            return true
          case 'y':
          case 'yes':
            return true
          case 'n':
          case 'no':
            return false
          case 'd':
          case 'details':
            for (const { offered } of batch) await ask(detailsOf(offered))
        }
      }
    } finally {
      lines.close()
    }
  }

  /**
   * One write after another, since two would overwrite each other's lines; each of all hosts that came meanwhile. The
   * whole file is written each time, so a first look at a thousand servers must not write it a thousand times.
   */
  #remember(hosts: readonly OfferedHostKey[]): void {
    this.#unwritten.push(...hosts)
    for (const host of hosts) this.#accepted.add(lineOf(host))
    this.#writing ??= this.#writeAll()
  }

  async #writeAll(): Promise<void> {
    const { path, log } = this.#options
    while (this.#unwritten.length > 0) {
      await systemClock.sleep(GATHER_MS, this.#hurry).catch(() => {}) // told to hurry
      const hosts = this.#unwritten.splice(0)
      try {
        const known = (await this.#known) ?? (await KnownHosts.open(path))
        this.#known = Promise.resolve(await known.add(hosts))
        log.info('Added hosts to known hosts file', path)
      } catch (error) {
        log.error('Cannot write the known hosts file', path, String(error))
        this.#known = undefined
      }
    }
    this.#writing = undefined
  }
}

function detailsOf(offered: OfferedHostKey): string {
  const { address, key } = offered
  return `${lineOf(offered)}\n${lineOf({ ...offered, host: address })}\n${fingerprint(key)}\n`
}

function lineOf({ host, port, key }: OfferedHostKey): string {
  return `${normalizedHost(host, port)} ${formatPublicKey(key)}`
}
