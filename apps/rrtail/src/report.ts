import { safeText, type Run } from '@logflow/cli'
import type { flags } from './flags.ts'
import { ProgressMarks } from './progress-marks.ts'
import type { RemoteItem } from './remote-follow.ts'
import type { SkippedBytes } from './remote-part.ts'
import { verbosity } from './verbosity.ts'

/** What a person sees on stderr: gaps always, marks and data when asked for. */
export class Report {
  readonly #run: Run<typeof flags>
  readonly #marks = new ProgressMarks()
  readonly #verbosity = verbosity()
  #gaps = 0

  constructor(run: Run<typeof flags>) {
    this.#run = run
  }

  /** Losses so far. */
  get gaps(): number {
    return this.#gaps
  }

  async add(item: RemoteItem): Promise<void> {
    switch (item.kind) {
      case 'bytes':
        return this.#showBytes(item.bytes)
      case 'rotated':
        return this.#run.logger.info({ event: 'file.rotated', oldSize: item.oldSize })
      case 'gap': {
        const now = item.size === undefined ? '' : ` of ${item.size} bytes`
        return this.#showGap(
          `the file was replaced or cut after byte ${item.from} and the rest of it was not found; ` +
            `bytes from ${item.from} on are lost, the file${now} that has its name now follows from byte 0`,
        )
      }
      case 'skipped':
        return this.#showGap(skippedText(item.what))
    }
  }

  async #showBytes(bytes: Uint8Array): Promise<void> {
    const { stderr } = this.#run
    const marks = this.#verbosity >= 1 ? this.#marks.advance(bytes.length) : ''
    if (marks !== '') await stderr.write(marks)
    if (this.#verbosity >= 2) await stderr.write(safeText(bytes))
  }

  async #showGap(text: string): Promise<void> {
    this.#gaps++
    await this.#run.stderr.write(`rrtail: gap: ${text}\n`)
  }
}

function skippedText(what: SkippedBytes): string {
  switch (what.why) {
    case 'late':
      return `${what.bytes} bytes were written to the rotated file when the next one had begun; they are left out`
    case 'packed':
      return `the server cannot unpack ${safeText(what.name)}; what is in it is left out`
    case 'gap':
      return `the server lost bytes ${what.from} to ${what.to} (${safeText(what.reason)})`
  }
}
