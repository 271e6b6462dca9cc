import type { SessionAnswer, SessionCommand } from '@logflow/protocol'
import { commandsOfSpec, type SpecCommands } from './commands-of-spec.ts'

/** What to do about a SESSION command: answer, and begin what is there to begin. */
export interface SessionStep {
  readonly answer: SessionAnswer
  /** Replaces all that was asked before; absent when nothing changes. */
  readonly begin?: SpecCommands | undefined
}

/** The server's side of SESSION START and UPDATE: which generation of what was asked is being served. */
export class InteractiveSession {
  #generation = 0

  step(command: SessionCommand): SessionStep {
    const { action, spec, error } = command
    if (error !== undefined || !spec) return fail(error ?? 'invalid session spec')
    if (action === 'start' && this.#generation > 0) return fail('session already started')
    if (action === 'update' && this.#generation === 0) return fail('session not started')
    let begin: SpecCommands
    try {
      begin = commandsOfSpec(spec)
    } catch {
      return fail('invalid session spec')
    }
    this.#generation = action === 'start' ? 1 : (command.generation ?? this.#generation + 1)
    return { answer: { kind: action === 'start' ? 'started' : 'updated', generation: this.#generation }, begin }
  }
}

function fail(text: string): SessionStep {
  return { answer: { kind: 'error', text } }
}
