/**
 * Where a session stands on its way to its end.
 *
 *     open ──all done──▶ grace ──elapsed──▶ draining ──drained──▶ closing ──acknowledged──▶ closed
 *       ▲                  │ └─queries left─▶ finishing ──▲
 *       └──command started─┴───────────────────┴──────────┘        (anything) ──aborted──▶ closed
 */
export type LedgerPhase = 'open' | 'grace' | 'finishing' | 'draining' | 'closing' | 'closed'

/** What a session has to do still. Counts are never negative. */
export interface LedgerState {
  readonly phase: LedgerPhase
  readonly reads: number
  readonly queries: number
  /** Running commands of any other kind. */
  readonly others: number
  readonly pendingFiles: number
  /** An interactive SESSION is active: finishing all reads does not end it. */
  readonly interactive: boolean
  /** A command that may end the session has finished. */
  readonly due: boolean
}

/**
 * How a command counts: `read` for tail, cat and grep; `query` for map, which ends only when told so; `silent` for
 * AUTHKEY and SESSION, whose end never ends the session; `other` for all else, unknown commands too.
 */
export type LedgerCommand = 'read' | 'query' | 'other' | 'silent'

/** What can happen to a session. */
export type LedgerEvent =
  | { readonly kind: 'command-started' | 'command-finished'; readonly command: LedgerCommand }
  | { readonly kind: 'files-found'; readonly count: number }
  | { readonly kind: 'file-finished' }
  | { readonly kind: 'session-activated' | 'session-deactivated' }
  | { readonly kind: 'grace-elapsed' }
  | { readonly kind: 'drained' }
  | { readonly kind: 'close-acknowledged' | 'acknowledge-timed-out' }
  | { readonly kind: 'aborted' }

/**
 * What the owner of the session does next, in order. `start-grace`: send `grace-elapsed` after `CLOSE_GRACE_MS`;
 * `cancel-grace`: do not; `finish-queries`: tell aggregates that their input is exhausted; `drain-output`: send
 * `drained` once all output is written; `request-close`: write `CLOSE_REQUEST` and send `acknowledge-timed-out` after
 * `CLOSE_ACKNOWLEDGE_TIMEOUT_MS`; `refuse-command`: the command came too late, do not run it and do not report its
 * end; `cancel-reads`, `close-session`: what they say.
 */
export type LedgerAction =
  | 'start-grace'
  | 'cancel-grace'
  | 'finish-queries'
  | 'drain-output'
  | 'request-close'
  | 'refuse-command'
  | 'cancel-reads'
  | 'close-session'

/** The outcome of one event. */
export interface LedgerStep {
  readonly state: LedgerState
  readonly actions: readonly LedgerAction[]
}

/** A session that has done nothing yet. */
export const newLedger: LedgerState = {
  phase: 'open',
  reads: 0,
  queries: 0,
  others: 0,
  pendingFiles: 0,
  interactive: false,
  due: false,
}

/**
 * The life of a DTail session as a function. It ends when every command but queries is done, no file is pending and no
 * interactive SESSION is active; queries are then told to finish. A command that arrives before the close request
 * reopens it.
 *
 * @throws RangeError when something finishes that never started
 */
export function stepLedger(state: LedgerState, event: LedgerEvent): LedgerStep {
  switch (event.kind) {
    case 'command-started':
      return start(state, event.command)
    case 'command-finished':
      return settle(count(state, event.command, -1, event.command !== 'silent'))
    case 'files-found':
      return settle({ ...state, pendingFiles: counted('file', state.pendingFiles, event.count) })
    case 'file-finished':
      return settle({ ...state, pendingFiles: counted('file', state.pendingFiles, -1) })
    case 'session-activated':
      return settle({ ...state, interactive: true })
    case 'session-deactivated':
      return settle({ ...state, interactive: false })
    case 'grace-elapsed':
      return elapse(state)
    case 'drained':
      return moveFrom('draining', state, 'closing', 'request-close')
    case 'close-acknowledged': // unasked, it counts as a command that is done
      return state.phase === 'closing' ? move(state, 'closed', 'close-session') : settle({ ...state, due: true })
    case 'acknowledge-timed-out':
      return moveFrom('closing', state, 'closed', 'close-session')
    case 'aborted':
      return state.phase === 'closed' ? stay(state) : move(state, 'closed', 'cancel-reads', 'close-session')
  }
}

/** Keeps the state between events. */
export class CommandLedger {
  #state: LedgerState = newLedger

  /** Where the session stands. */
  get state(): LedgerState {
    return this.#state
  }

  /** Takes an event and says what to do. @throws RangeError when something finishes that never started */
  apply(event: LedgerEvent): readonly LedgerAction[] {
    const { state, actions } = stepLedger(this.#state, event)
    this.#state = state
    return actions
  }
}

function start(state: LedgerState, command: LedgerCommand): LedgerStep {
  if (state.phase === 'closing' || state.phase === 'closed') return stay(state, 'refuse-command')
  const next: LedgerState = { ...count(state, command, 1, false), phase: 'open' }
  return state.phase === 'grace' ? stay(next, 'cancel-grace') : stay(next)
}

function count(state: LedgerState, command: LedgerCommand, by: 1 | -1, due: boolean): LedgerState {
  const key = command === 'read' ? 'reads' : command === 'query' ? 'queries' : 'others'
  return { ...state, [key]: counted(command, state[key], by), due: state.due || due }
}

function counted(what: string, number: number, by: number): number {
  if (number + by < 0) throw new RangeError(`a ${what} finished that never started`)
  return number + by
}

function elapse(state: LedgerState): LedgerStep {
  if (state.phase !== 'grace') return stay(state)
  if (state.queries > 0) return move(state, 'finishing', 'finish-queries')
  return move(state, 'draining', 'drain-output')
}

/** Where the counts lead. */
function settle(state: LedgerState): LedgerStep {
  const idle = state.due && state.reads + state.others + state.pendingFiles === 0 && !state.interactive
  switch (state.phase) {
    case 'open':
      return idle ? move(state, 'grace', 'start-grace') : stay(state)
    case 'grace':
      return idle ? stay(state) : move(state, 'open', 'cancel-grace')
    case 'finishing':
      if (!idle) return move(state, 'open')
      return state.queries === 0 ? move(state, 'draining', 'drain-output') : stay(state)
    case 'draining':
      return idle ? stay(state) : move(state, 'open')
    case 'closing':
    case 'closed':
      return stay(state)
  }
}

function moveFrom(from: LedgerPhase, state: LedgerState, phase: LedgerPhase, action: LedgerAction): LedgerStep {
  return state.phase === from ? move(state, phase, action) : stay(state)
}

function move(state: LedgerState, phase: LedgerPhase, ...actions: LedgerAction[]): LedgerStep {
  return { state: { ...state, phase }, actions }
}

function stay(state: LedgerState, ...actions: LedgerAction[]): LedgerStep {
  return { state, actions }
}
