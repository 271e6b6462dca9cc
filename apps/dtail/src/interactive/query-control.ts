import type { Question } from '../client/question.ts'
import { errorText } from '../output/dtail-log.ts'
import { formatOptions, type SessionSpec } from '@logflow/protocol'
import { reloaded } from './reload.ts'
import { specOf } from './spec-of.ts'
import { splitWords } from './split-words.ts'

/** A server that is being asked. */
export interface ControlledServer {
  readonly name: string
  /** Asks it something else. Missing when it cannot be. */
  readonly update?: ((spec: SessionSpec) => Promise<void>) | undefined
}

/** Options of {@link QueryControl}. */
export interface QueryControlOptions {
  readonly question: Question
  /** How many servers there are to ask. */
  readonly servers: number
  /** All servers were asked the new question. */
  readonly onReload: (question: Question) => void
  readonly onQuit: () => void
}

const COMMANDS = 'Commands: :reload <flags>, :show, :help, :quit'
const PROBLEM = 'interactive query error:'

/** What the control terminal says when it opens. */
export const CONTROL_GREETING = `Interactive query control enabled. ${COMMANDS}`

/** Changes what is asked while it is being answered, in the words of the original. */
export class QueryControl {
  readonly #options: QueryControlOptions
  readonly #asked = new Set<ControlledServer>()
  #question: Question

  constructor(options: QueryControlOptions) {
    this.#options = options
    this.#question = options.question
  }

  /** What is asked now. */
  get question(): Question {
    return this.#question
  }

  /** A server is being asked. Call what it returns when it no longer is. */
  join(server: ControlledServer): () => void {
    this.#asked.add(server)
    return () => void this.#asked.delete(server)
  }

  /** Does what a line says and returns the reply; `undefined` for an empty line. */
  async handle(line: string): Promise<string | undefined> {
    const text = line.trim()
    if (text === '') return undefined
    const [command, rest = ''] = text.split(/[ \t]+(.*)/s)
    switch (command) {
      case ':help':
        return `${COMMANDS}. Use quotes around multi-word values such as --query "select count(status) from stats".`
      case ':show':
        return this.#show()
      case ':quit':
        this.#options.onQuit()
        return 'quitting interactive session'
      case ':reload':
        return this.#reload(rest)
      default:
        return `${PROBLEM} unknown command ${JSON.stringify(text)}`
    }
  }

  #show(): string {
    const { files, query = '', pattern, options, timeoutSeconds } = this.#question
    const quoted = [query, pattern, formatOptions(options)].map(value => JSON.stringify(value))
    const capable = [...this.#asked].filter(server => server.update).length
    return [
      `mode=${specOf(this.#question).mode}`,
      `files=${files.join(',')}`,
      `query=${quoted[0]}`,
      `regex=${quoted[1]}`,
      `options=${quoted[2]}`,
      `timeout=${timeoutSeconds}`,
      `capable=${capable}/${this.#options.servers}`,
    ].join(' ')
  }

  async #reload(text: string): Promise<string> {
    let next: Question
    try {
      next = reloaded(this.#question, splitWords(text))
    } catch (error) {
      return `${PROBLEM} ${errorText(error)}`
    }
    try {
      await this.#update(next)
    } catch (error) {
      return `reload failed: ${errorText(error)}`
    }
    this.#question = next
    this.#options.onReload(next)
    return 'reload applied successfully'
  }

  /** All servers or none: those that went along go back when another one does not. */
  async #update(next: Question): Promise<void> {
    const servers = [...this.#asked]
    const incapable = servers.filter(server => !server.update).map(({ name }) => name)
    if (incapable.length > 0) throw new Error(`runtime query updates unsupported by server: ${incapable.join(', ')}`)
    const updates = await Promise.allSettled(servers.map(async server => server.update?.(specOf(next))))
    const failed = updates.find(update => update.status === 'rejected')
    if (!failed) return
    const former = specOf(this.#question)
    const back = servers.filter((_, index) => updates[index]?.status === 'fulfilled')
    const undone = await Promise.allSettled(back.map(async server => server.update?.(former)))
    const stuck = back.filter((_, index) => undone[index]?.status === 'rejected').map(({ name }) => name)
    const still = stuck.length === 0 ? '' : `; asked the new question still: ${stuck.join(', ')}`
    throw new Error(`${errorText(failed.reason)}${still}`)
  }
}
