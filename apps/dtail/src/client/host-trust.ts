import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
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
  #unwritten: OfferedHostKey[] = []
  #writing: Promise<void> | undefined

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
    if (trust === 'trusted') return true
    if (trust === 'revoked') {
      log.error(name, `Host key ${fingerprint(offered.key)} is revoked in ${path}`)
      return false
    }
    const changed = trust === 'changed'
    if (!this.#trustAll) return this.#askPerson(offered, changed)
    if (changed) log.warn(name, `HOST KEY HAS CHANGED, trusting the new one: ${fingerprint(offered.key)}`)
    await this.#remember([offered])
    return true
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
      if (trusted) await this.#remember(batch.map(({ offered }) => offered))
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

  /** One write after another, since two would overwrite each other's lines; each of all hosts that came meanwhile. */
  #remember(hosts: readonly OfferedHostKey[]): Promise<void> {
    this.#unwritten.push(...hosts)
    return (this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined)))
  }

  async #writeAll(): Promise<void> {
    const { path, log } = this.#options
    while (this.#unwritten.length > 0) {
      // What a whole round of handshakes brings goes into one file.
      await new Promise(resolve => setImmediate(resolve))
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
  }
}

function detailsOf({ host, port, address, key }: OfferedHostKey): string {
  const line = (name: string): string => `${normalizedHost(name, port)} ${formatPublicKey(key)}\n`
  return `${line(host)}${line(address)}${fingerprint(key)}\n`
}
