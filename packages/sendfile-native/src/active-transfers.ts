import { SendfileError } from './errors.ts'
import type { FanoutStats, Transfer } from './transfer.ts'

/** A transfer that says how far it got while it is under way. */
interface CountedTransfer extends Transfer {
  readonly bytesSent: number
}

/** The transfers of one fanout that are not over, and how much those that are have sent. */
export class ActiveTransfers {
  readonly #active = new Set<CountedTransfer>()
  #finishedBytes = 0
  #closing: Promise<void> | undefined

  /** @throws SendfileError `LF_SENDFILE_CLOSED` after {@link ActiveTransfers.close} */
  checkOpen(): void {
    if (this.#closing) throw new SendfileError('LF_SENDFILE_CLOSED', 'the fanout is closed')
  }

  /** Starts a transfer and counts it until it is over. @throws SendfileError as `checkOpen` */
  readonly track = <T extends CountedTransfer>(start: () => T): T => {
    this.checkOpen()
    const transfer = start()
    this.#active.add(transfer)
    void transfer.done.then(({ bytesSent }) => {
      this.#active.delete(transfer)
      this.#finishedBytes += bytesSent
    })
    return transfer
  }

  stats(): FanoutStats {
    let [parked, blocked, bytesSent] = [0, 0, this.#finishedBytes]
    for (const transfer of this.#active) {
      if (transfer.state === 'parked') parked++
      if (transfer.state === 'blocked') blocked++
      bytesSent += transfer.bytesSent
    }
    return { active: this.#active.size, parked, blocked, bytesSent }
  }

  /** Cancels all and waits until they are over, then does the rest. Every call returns the same promise. */
  close(rest: { readonly cancel?: () => void; readonly release?: () => Promise<void> } = {}): Promise<void> {
    return (this.#closing ??= this.#close(rest))
  }

  async #close({
    cancel,
    release,
  }: {
    readonly cancel?: () => void
    readonly release?: () => Promise<void>
  }): Promise<void> {
    const active = [...this.#active]
    for (const transfer of active) transfer.cancel()
    cancel?.()
    await Promise.all(active.map(transfer => transfer.done))
    await release?.()
  }
}
