import type { Delivery, Source } from '@logflow/core'
import type { MessageBatch, NativeBlock } from '@logflow/protocol'
import type { ServerAddress } from './server-list.ts'

/** Where the answers of servers go. */
export interface AnswerSink {
  /** Takes whole messages in order and returns the texts of the hidden ones. The promise is the backpressure. */
  take(batch: MessageBatch, server: ServerAddress): Promise<readonly string[]>
  /** For sinks that print what they get: gets runs of whole lines instead, where a server speaks DTail. */
  readonly lines?: LineSink | undefined
  /**
   * For sinks that want lines with their source: gets deliveries, where a server speaks our own protocol. Without it
   * only messages come.
   */
  readonly deliveries?: DeliverySink | undefined
}

/** Takes lines as they shall be printed. */
export interface LineSink {
  readonly plain: boolean
  /** Nothing of one run comes between another. The promise is the backpressure. */
  print(runs: readonly Uint8Array[]): Promise<void> | undefined
}

/** Where a delivery comes from. */
export interface Answered {
  readonly server: ServerAddress
  /** What the lines of the source are called in front of them, as a server of DTail does. */
  readonly name: string
}

/** Takes what servers deliver, in order for each source. Promises are the backpressure. */
export interface DeliverySink {
  /** Lines of a source, its gaps, and what happened to it. Batches share memory with what arrived and may be kept. */
  deliver(item: Delivery, from: Answered): Promise<void> | undefined
  /**
   * For a sink that needs nothing but bytes to print: gets lines whose ends nobody has looked for. Then `deliver` gets
   * no lines.
   */
  print?(block: NativeBlock, from: Answered): Promise<void> | undefined
  /**
   * What was delivered since the last call lies in `chunk` alone, which is the sink's now: large memory that is not given
   * back at once costs more than what is done with it. Without it the garbage collector takes care.
   */
  release?(chunk: Uint8Array): void
  /** A source is dealt with up to `offset`, although there was nothing to deliver. */
  passed?(source: Source, offset: number, from: Answered): void
}
