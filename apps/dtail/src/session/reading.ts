import type { Delivery, Gap, LineBatch, SourceEvent } from '@logflow/core'
import type { Matcher } from '@logflow/match'
import type { ReadCommand } from '@logflow/protocol'
import type { WatchedReading } from '../output/read-progress.ts'
import type { Reader } from './admit-file.ts'
import type { ServerContext } from './server-context.ts'

/** Where the lines of a read command go. */
export interface ReadSink {
  /** Lines of one source, in order. The promise is the backpressure. */
  deliver(batch: LineBatch, sourceId: string): Promise<void>
  /**
   * A text for the person, a whole log line as a rule; empty when the log hides it. A problem means that something is
   * missing; `noted` that {@link ReadSink.note} has said the same.
   */
  tell(text: string, facts?: { readonly problem: boolean; readonly noted?: boolean }): Promise<void>
  /** What is no line, in order with the lines; for a client that takes it as it is. Problems are told besides. */
  note?(item: Gap | SourceEvent, sourceId: string): Promise<void>
  /** Files one after the other, as they were named and found, instead of several at a time. */
  readonly inOrder?: boolean
  /** A place to read at was taken; for a sink that would rather give it back than keep it while nobody takes its lines. */
  holds?(giveBack: () => void): void
  /** Told of everything that is read to its end, for whoever wants to know how far it is. */
  watched?(reading: WatchedReading): void
  filesFound(count: number): void
  fileFinished(): void
  /** Does a whole file its own way and returns what is left to pass on, or `undefined` when it cannot. */
  takeFile?(file: WholeFile): Promise<readonly Delivery[] | undefined>
}

/** A file that is read once to its end, for {@link ReadSink.takeFile}. */
export interface WholeFile {
  /** As it was found. */
  readonly path: string
  /** What to open, as long as {@link WholeFile.admit} says so. */
  readonly resolved: string
  /** Asked before and after each opening, of this file and of others beside it: what to open. Rejects for what may not be opened. */
  readonly admit: (found: string) => Promise<string>
  readonly command: ReadCommand
  readonly context: ReadingContext
  /** Absent when every line is wanted. */
  readonly matcher: Matcher | undefined
  readonly signal: AbortSignal
  /** A text for the person, as {@link ReadSink.tell}. */
  readonly tell: (text: string) => Promise<void>
  /** As {@link ReadSink.watched}. */
  readonly watched?: ((reading: WatchedReading) => void) | undefined
  /** Lines were cut because they are too long. */
  readonly onCut: () => Promise<void>
}

/** What reading needs of a {@link ServerContext}. */
export type ReadingContext = Pick<
  ServerContext,
  'hostname' | 'config' | 'log' | 'clock' | 'cats' | 'tails' | 'findJournalctl'
>

/** One read command under way. */
export interface Reading {
  readonly command: ReadCommand
  readonly reader: Reader
  readonly context: ReadingContext
  readonly sink: ReadSink
  readonly signal: AbortSignal
}
