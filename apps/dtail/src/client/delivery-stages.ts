import { systemClock, type Delivery } from '@logflow/core'
import type { MessageBatch } from '@logflow/protocol'
import type { DeliveryOutput } from '../output/delivery-output.ts'
import { BetweenTimes } from '../time/between-times.ts'
import { LineTimes, localStamps } from '../time/line-times.ts'
import { TimeMerge, type MergeLane } from '../time/time-merge.ts'
import type { TimeRange } from '../time/time-range.ts'
import type { AnswerSink, DeliverySink } from './answer-sink.ts'
import { meaningsOf } from './message-deliveries.ts'
import type { ServerAddress } from './server-list.ts'

/** What {@link DeliveryStages} does with deliveries before they are put out. */
export interface DeliveryStagesOptions {
  readonly output: DeliveryOutput
  /** For servers that do not choose lines by time themselves. */
  readonly range: TimeRange | undefined
  /** Streams to merge by time; each is one answer of one server. Absent for the order in which lines arrive. */
  readonly merge?: { readonly lanes: number; readonly maxWaitMs: number | undefined } | undefined
}

/** From what servers answer to what is put out: lines out of messages, chosen by time, merged by time. */
export class DeliveryStages {
  readonly #options: DeliveryStagesOptions
  readonly #chooser: BetweenTimes | undefined
  readonly #names = new Map<string, string>()
  readonly #lanes: MergeLane[]

  constructor(options: DeliveryStagesOptions) {
    const { output, range, merge } = options
    this.#options = options
    const stamps = localStamps(systemClock.now())
    this.#chooser = range && new BetweenTimes(range, new LineTimes(stamps))
    const merging =
      merge &&
      new TimeMerge({
        ...merge,
        times: () => new LineTimes(stamps),
        clock: systemClock,
        emit: item => output.deliver(item, this.#names.get(keyOf(item)) ?? ''),
      })
    this.#lanes = [...(merging?.lanes ?? [])]
  }

  /** The next of the streams that are merged: where the answers to one question go. */
  open(): { readonly sink: AnswerSink; readonly onEnded: (server: ServerAddress) => void } {
    const lanes = new Map<string, MergeLane>()
    const laneOf = (server: ServerAddress): MergeLane | undefined => {
      const lane = lanes.get(server.name) ?? this.#lanes.shift()
      if (lane) lanes.set(server.name, lane)
      return lane
    }
    const deliveries: DeliverySink = {
      deliver: (item, { server, name }) => this.#pass(item, name, laneOf(server)),
    }
    return {
      sink: { take: (batch, server) => this.#take(batch, server, laneOf(server)), deliveries },
      onEnded: server => laneOf(server)?.close(),
    }
  }

  async #take(batch: MessageBatch, server: ServerAddress, lane: MergeLane | undefined): Promise<readonly string[]> {
    const { meanings, hidden } = meaningsOf(batch, server.name)
    for (const meaning of meanings) {
      if (meaning.kind === 'text') await this.#options.output.say(meaning.text, meaning.host)
      else
        for (const item of this.#chooser?.choose(meaning.batch) ?? [meaning.batch])
          await this.#pass(item, meaning.name, lane)
    }
    return hidden
  }

  #pass(item: Delivery, name: string, lane: MergeLane | undefined): Promise<void> {
    if (!lane) return this.#options.output.deliver(item, name)
    this.#names.set(keyOf(item), name)
    return lane.push(item)
  }
}

function keyOf({ source: { host, path } }: Delivery): string {
  return `${host}\0${path}`
}
