import { UsageError } from '@logflow/cli'
import type { Clock } from '@logflow/core'
import { formatSessionStart, formatSessionUpdate, type SessionAnswer, type SessionSpec } from '@logflow/protocol'

const ANSWER_MS = 2000

/** The client's side of SESSION START and UPDATE with one server: one request at a time, each with its answer. */
export class SessionDialogue {
  readonly #send: (text: string) => Promise<void>
  readonly #clock: Clock
  #generation = 0
  #answer: (answer: SessionAnswer) => void = () => {}

  constructor(send: (text: string) => Promise<void>, clock: Clock) {
    this.#send = send
    this.#clock = clock
  }

  /** What the server answered. */
  take(answer: SessionAnswer): void {
    this.#answer(answer)
  }

  /** @throws UsageError when the server does not want it, or does not answer in two seconds */
  async start(spec: SessionSpec): Promise<void> {
    await this.#ask(formatSessionStart(spec), { kind: 'started', generation: 1 })
  }

  /** @throws UsageError as {@link SessionDialogue.start} */
  async update(spec: SessionSpec): Promise<void> {
    const generation = this.#generation + 1
    await this.#ask(formatSessionUpdate(spec, generation), { kind: 'updated', generation })
  }

  async #ask(text: string, wanted: SessionAnswer & { readonly generation: number }): Promise<void> {
    const waiting = new AbortController()
    const answered = new Promise<SessionAnswer>(resolve => (this.#answer = resolve))
    const late = this.#clock.sleep(ANSWER_MS, waiting).then(() => undefined)
    late.catch(() => {}) // it came in time
    await this.#send(text)
    const answer = await Promise.race([answered, late]).finally(() => waiting.abort())
    if (!answer) throw new UsageError('timed out waiting for session acknowledgement')
    if (answer.kind === 'error') throw new UsageError(`session request rejected: ${answer.text}`)
    if (answer.kind !== wanted.kind || answer.generation !== wanted.generation)
      throw new UsageError(`unexpected session acknowledgement: ${answer.kind} ${answer.generation}`)
    this.#generation = answer.generation
  }
}
