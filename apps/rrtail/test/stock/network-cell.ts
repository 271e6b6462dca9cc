import { execFileSync } from 'node:child_process'

/** Runs at the same time have other addresses. */
const NETWORK = `10.231.${process.pid % 250}`
const HOST_SIDE = `${NETWORK}.1`
const NEXT_HOST_SIDE = `${NETWORK}.3`
const CELL_SIDE = `${NETWORK}.2`
const NOBODY = '02:00:00:00:00:99'

/** A network namespace with one cable to this machine, on which packets can be dropped. Needs root and `ip`. */
export class NetworkCell {
  /** The address inside. */
  readonly address = CELL_SIDE
  readonly name: string
  readonly #cable: string
  #own = HOST_SIDE

  private constructor(name: string) {
    this.name = name
    this.#cable = `${name}h`
  }

  /** @returns `undefined`, said aloud on stderr, where none can be made */
  static open(): NetworkCell | undefined {
    const cell = new NetworkCell(`rr${process.pid % 100_000}`)
    try {
      if (process.getuid?.() !== 0) throw new Error('it takes root')
      cell.#make()
      return cell
    } catch (error) {
      cell.close()
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
      process.stderr.write(`NOT CHECKED with dropped packets in a network namespace: ${reason}\n`)
      return undefined
    }
  }

  #make(): void {
    const { name } = this
    const inner = `${name}c`
    ip('netns', 'add', name)
    ip('link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', inner)
    ip('link', 'set', inner, 'netns', name)
    ip('addr', 'add', `${HOST_SIDE}/29`, 'dev', this.#cable)
    ip('link', 'set', this.#cable, 'up')
    ip('-n', name, 'addr', 'add', `${CELL_SIDE}/29`, 'dev', inner)
    ip('-n', name, 'link', 'set', inner, 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }

  /** From now on packets in both directions go to a station that does not exist. Nobody is told. */
  drop(): void {
    for (const [to, place] of this.#ways())
      ip(...place, 'neigh', 'replace', to, 'lladdr', NOBODY, 'dev', this.#device(place), 'nud', 'permanent')
  }

  /** Packets arrive again. */
  heal(): void {
    for (const [to, place] of this.#ways()) quietly(...place, 'neigh', 'del', to, 'dev', this.#device(place))
  }

  /** This machine gets another address on the cable, as when it moves to another network. */
  changeAddress(): void {
    const next = this.#own === HOST_SIDE ? NEXT_HOST_SIDE : HOST_SIDE
    ip('addr', 'add', `${next}/29`, 'dev', this.#cable)
    ip('addr', 'del', `${this.#own}/29`, 'dev', this.#cable)
    quietly('addr', 'add', `${next}/29`, 'dev', this.#cable)
    this.#own = next
  }

  close(): void {
    quietly('link', 'del', this.#cable)
    quietly('netns', 'del', this.name)
  }

  #ways(): [string, string[]][] {
    return [
      [CELL_SIDE, []],
      [this.#own, ['-n', this.name]],
    ]
  }
  #device(place: readonly string[]): string {
    return place.length === 0 ? this.#cable : `${this.name}c`
  }
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
}

function quietly(...words: string[]): void {
  try {
    ip(...words)
  } catch {
    // There is nothing to take back.
  }
}
