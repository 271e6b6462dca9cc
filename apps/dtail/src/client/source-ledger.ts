import type { Delivery, Source } from '@logflow/core'
import type { ResumePoint, ResumePoints } from '@logflow/protocol'
import { lineCount, lineOffset } from '@logflow/core'

/** Bytes before an offset that prove, when hashed, that a file still is the one that was read. */
const TAIL_BYTES = 256
const NEWLINE = 10

/** How far one source of one server has come. */
export interface SourceAccount {
  readonly source: Source
  /** What its lines are called. */
  readonly name: string
  /** Bytes that it had when it was opened, as far as that was told. */
  readonly size: number
  /** Everything before it has come, or is known to be missing. */
  readonly offset: number
  /** Bytes that are known to be missing. */
  readonly gapBytes: number
  /** `open` while more may come, `failed` when the server could not read on. */
  readonly state: 'open' | 'ended' | 'failed'
}

interface Account extends SourceAccount {
  offset: number
  gapBytes: number
  state: SourceAccount['state']
  /** The last bytes before `offset`, as far as they are known to lie there. */
  tail: Uint8Array
}

/** Keeps account of what one server has delivered, over all its sessions: what is complete, and where to go on. */
export class SourceLedger {
  readonly #accounts = new Map<string, Account>()
  #sinceMs: number | undefined
  #movements = 0
  #delivered = false

  /** Grows with everything new that comes, so that one can tell whether anything came. */
  get movements(): number {
    return this.#movements
  }

  /** The server answers in a way that account can be kept of. */
  begin(): void {
    if (this.#movements === 0) this.#movements = 1
  }

  /** Whether any line came. */
  get delivered(): boolean {
    return this.#delivered
  }

  /** Every source that was opened. */
  accounts(): readonly SourceAccount[] {
    return [...this.#accounts.values()]
  }

  /** What the lines of a source are called. */
  nameOf(source: Source): string {
    return this.#accounts.get(keyOf(source))?.name ?? baseName(source.path)
  }

  /** Takes account of a delivery. */
  take(item: Delivery): void {
    switch (item.kind) {
      case 'lines': {
        const last = lineCount(item) - 1
        if (last < 0) return
        const start = last === 0 ? 0 : (item.ends[last - 1] as number)
        return this.took(item.source, item.bytes, lineOffset(item, last) + item.bytes.length - start)
      }
      case 'gap': {
        const account = this.#accountOf(item.source)
        if (item.to > item.from) this.#movements++
        account.gapBytes += item.to - item.from
        account.offset = Math.max(account.offset, item.to)
        account.tail = new Uint8Array(0)
        return
      }
      case 'event':
        return this.#happened(item)
    }
  }

  /** Bytes of a source were delivered, the last line of which ends at `through`. */
  took(source: Source, bytes: Uint8Array, through: number): void {
    this.#movements++
    this.#delivered ||= bytes.length > 0
    const account = this.#accountOf(source)
    account.offset = through
    const tail = bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES))
    // Of a selection only the last line is known to lie there as a whole.
    account.tail = tail.slice(tail.lastIndexOf(NEWLINE, -2) + 1)
  }

  /**
   * Where to go on with every source; `undefined` when nothing was opened yet, or when that cannot be said.
   *
   * @param hash - Makes the proof of the bytes before an offset.
   */
  resumePoints(hash: (tail: Uint8Array) => string): ResumePoints | undefined {
    if (this.#sinceMs === undefined) return undefined
    const points: ResumePoint[] = []
    for (const { source, offset, size, tail, state } of this.#accounts.values()) {
      if (source.id === 'none' || source.id.includes('~r')) return undefined
      const token = { sourceId: source.id, offset, tailHash: hash(tail) }
      points.push({ path: source.path, token, size, nextLine: 0, done: state !== 'open' })
    }
    return { points, sinceMs: this.#sinceMs }
  }

  #happened({ source, event, detail = {} }: Delivery & { readonly kind: 'event' }): void {
    if (event === 'opened') {
      const { name, size, offset, atMs } = detail
      if (typeof atMs === 'number') this.#sinceMs ??= atMs
      if (this.#accounts.has(keyOf(source))) return
      const account = this.#accountOf(source, typeof name === 'string' ? name : undefined)
      Object.assign(account, { size: numberOr0(size), offset: numberOr0(offset) })
    } else if (event === 'ended' || event === 'rotated') this.#endedAs('ended', source)
    else if (event === 'failed' && this.#accounts.has(keyOf(source))) this.#endedAs('failed', source)
  }

  #endedAs(state: SourceAccount['state'], source: Source): void {
    this.#accountOf(source).state = state
    this.#movements++
  }

  #accountOf(source: Source, name = baseName(source.path)): Account {
    const known = this.#accounts.get(keyOf(source))
    if (known) return known
    const tail = new Uint8Array(0)
    this.#movements++
    const account: Account = { source, name, size: 0, offset: 0, gapBytes: 0, state: 'open', tail }
    this.#accounts.set(keyOf(source), account)
    return account
  }
}

function keyOf({ id, path }: Source): string {
  return `${id} ${path}`
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
