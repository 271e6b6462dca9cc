import type { Clock } from '@logflow/core'
import type { Scene } from '../scene.ts'

interface LiveLine {
  readonly text: string
  readonly groundAtMs: number
}

/** Reads the grinder's live feed and remembers how long each line took from its append to its event. */
export class LagMeter {
  readonly #url: string
  readonly #clock: Clock
  readonly #stopping = new AbortController()
  #lags: number[] = []

  constructor(scene: Scene, clock: Clock) {
    this.#url = `http://127.0.0.1:${scene.ports.grinder}/api/live`
    this.#clock = clock
  }

  /** Listens until {@link close}; a grinder that restarts is listened to again. */
  async open(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await this.#listen(signal).catch(() => {}) // it restarts: the next round finds it again
      await this.#clock.sleep(200, { signal }).catch(() => {})
    }
  }

  /** The lags since the last call, in milliseconds. */
  take(): readonly number[] {
    const lags = this.#lags
    this.#lags = []
    return lags
  }

  close(): void {
    this.#stopping.abort()
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { body } = await fetch(this.#url, { signal })
    if (!body) return
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const messages = text.split('\n\n')
      text = messages.pop() as string
      for (const message of messages) this.#read(message)
    }
  }

  /** `event: lines\ndata: {"lines":[…]}`; only lines of the generator say when they were written. */
  #read(message: string): void {
    const data = /^event: lines\n(?:.*\n)*?data: (.*)$/m.exec(message)?.[1]
    if (data === undefined) return
    for (const { text, groundAtMs } of (JSON.parse(data) as { lines: readonly LiveLine[] }).lines) {
      const written = /ts["=:]+(\d{4}-\d\d-\d\dT[\d:.]+Z)/.exec(text)?.[1]
      if (written !== undefined && this.#lags.length < 100_000)
        this.#lags.push(Math.max(0, groundAtMs - Date.parse(written)))
    }
  }
}
