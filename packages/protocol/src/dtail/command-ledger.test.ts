import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CommandLedger,
  newLedger,
  stepLedger,
  type LedgerCommand,
  type LedgerEvent,
  type LedgerState,
  type LedgerStep,
} from './command-ledger.ts'

const commands: readonly LedgerCommand[] = ['read', 'query', 'other', 'silent']
const events: readonly LedgerEvent[] = [
  ...commands.map(command => ({ kind: 'command-started', command }) as const),
  ...commands.map(command => ({ kind: 'command-finished', command }) as const),
  { kind: 'files-found', count: 1 },
  { kind: 'file-finished' },
  { kind: 'session-activated' },
  { kind: 'session-deactivated' },
  { kind: 'grace-elapsed' },
  { kind: 'drained' },
  { kind: 'close-acknowledged' },
  { kind: 'acknowledge-timed-out' },
  { kind: 'aborted' },
]

/** One step, or `undefined` when the event cannot happen in this state. */
function attempt(state: LedgerState, event: LedgerEvent): LedgerStep | undefined {
  try {
    return stepLedger(state, event)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Every state that at most two of each thing can lead to, and every step out of it. */
function everyStep(): { from: LedgerState; event: LedgerEvent; step: LedgerStep }[] {
  const seen = new Map([[JSON.stringify(newLedger), newLedger]])
  const steps: { from: LedgerState; event: LedgerEvent; step: LedgerStep }[] = []
  for (const from of seen.values()) {
    for (const event of events) {
      const step = attempt(from, event)
      if (!step) continue
      steps.push({ from, event, step })
      const { reads, queries, others, pendingFiles } = step.state
      const key = JSON.stringify(step.state)
      if (Math.max(reads, queries, others, pendingFiles) <= 2 && !seen.has(key)) seen.set(key, step.state)
    }
  }
  return steps
}

const idle = ({ reads, others, pendingFiles, interactive }: LedgerState): boolean =>
  reads + others + pendingFiles === 0 && !interactive

describe('stepLedger over every state and event', () => {
  const steps = everyStep()

  it('covers every phase', () => {
    const phases = new Set(steps.map(({ from }) => from.phase))
    expect([...phases].sort()).toEqual(['closed', 'closing', 'draining', 'finishing', 'grace', 'open'])
  })

  it('asks to close only with nothing left to do', () => {
    for (const { step } of steps) {
      if (!step.actions.includes('request-close')) continue
      expect(idle(step.state) && step.state.queries === 0).toBe(true)
    }
  })

  it('is on its way to the end exactly when something is done and nothing is left but queries', () => {
    for (const { state } of steps.map(({ step }) => step)) {
      if (state.phase === 'closing' || state.phase === 'closed') continue
      if (state.phase !== 'open') expect(state.due && idle(state)).toBe(true)
      else expect(state.due && idle(state) && state.queries + state.reads === 0).toBe(false)
    }
  })

  it('never leaves closed, and closes the session once', () => {
    for (const { from, step } of steps) {
      if (from.phase === 'closed') expect(step.state.phase).toBe('closed')
      expect(step.actions.includes('close-session')).toBe(from.phase !== 'closed' && step.state.phase === 'closed')
    }
  })

  it('pairs every start of the grace with its end', () => {
    for (const { from, event, step } of steps) {
      const [was, is] = [from.phase === 'grace', step.state.phase === 'grace']
      expect(step.actions.includes('start-grace')).toBe(!was && is)
      const left = was && !is && event.kind !== 'grace-elapsed' && event.kind !== 'aborted'
      expect(step.actions.includes('cancel-grace')).toBe(left)
    }
  })

  it('refuses a command after the close request, and only then', () => {
    for (const { from, event, step } of steps) {
      const late = event.kind === 'command-started' && (from.phase === 'closing' || from.phase === 'closed')
      expect(step.actions.includes('refuse-command')).toBe(late)
    }
  })
})

/** Does at once what the ledger asks for, as a server would, and says whether the session was closed. */
function drive(ledger: CommandLedger, event: LedgerEvent): boolean {
  let closed = false
  const todo: LedgerEvent[] = [event]
  for (let next = todo.shift(); next; next = todo.shift()) {
    for (const action of ledger.apply(next)) {
      if (action === 'start-grace') todo.push({ kind: 'grace-elapsed' })
      if (action === 'drain-output') todo.push({ kind: 'drained' })
      if (action === 'request-close') todo.push({ kind: 'close-acknowledged' })
      if (action === 'close-session') closed = true
      if (action === 'finish-queries') {
        for (let i = 0; i < ledger.state.queries; i++) todo.push({ kind: 'command-finished', command: 'query' })
      }
    }
  }
  return closed
}

describe('CommandLedger', () => {
  it('closes after one cat of two files', () => {
    const ledger = new CommandLedger()
    const before: LedgerEvent[] = [
      { kind: 'command-started', command: 'read' },
      { kind: 'files-found', count: 2 },
      { kind: 'file-finished' },
      { kind: 'file-finished' },
    ]
    for (const event of before) expect(drive(ledger, event)).toBe(false)
    expect(drive(ledger, { kind: 'command-finished', command: 'read' })).toBe(true)
  })

  it('ends a query whose only file does not exist', () => {
    const ledger = new CommandLedger()
    expect(drive(ledger, { kind: 'command-started', command: 'query' })).toBe(false)
    expect(drive(ledger, { kind: 'command-started', command: 'read' })).toBe(false)
    expect(drive(ledger, { kind: 'command-finished', command: 'read' })).toBe(true)
  })

  it('waits for a second command that arrives within the grace', () => {
    const ledger = new CommandLedger()
    ledger.apply({ kind: 'command-started', command: 'read' })
    expect(ledger.apply({ kind: 'command-finished', command: 'read' })).toEqual(['start-grace'])
    expect(ledger.apply({ kind: 'command-started', command: 'read' })).toEqual(['cancel-grace'])
    expect(ledger.apply({ kind: 'grace-elapsed' })).toEqual([])
    expect(drive(ledger, { kind: 'command-finished', command: 'read' })).toBe(true)
  })

  it('does not end with AUTHKEY alone, nor while a SESSION is active', () => {
    const ledger = new CommandLedger()
    drive(ledger, { kind: 'command-started', command: 'silent' })
    expect(drive(ledger, { kind: 'command-finished', command: 'silent' })).toBe(false)
    drive(ledger, { kind: 'session-activated' })
    drive(ledger, { kind: 'command-started', command: 'read' })
    expect(drive(ledger, { kind: 'command-finished', command: 'read' })).toBe(false)
    expect(drive(ledger, { kind: 'session-deactivated' })).toBe(true)
  })

  it('closes without an acknowledgement once its time is over', () => {
    const ledger = new CommandLedger()
    const events: LedgerEvent[] = [
      { kind: 'command-started', command: 'other' },
      { kind: 'command-finished', command: 'other' },
      { kind: 'grace-elapsed' },
      { kind: 'drained' },
      { kind: 'acknowledge-timed-out' },
    ]
    expect(events.flatMap(event => ledger.apply(event))).toEqual([
      'start-grace',
      'drain-output',
      'request-close',
      'close-session',
    ])
  })

  it('refuses an end without a beginning', () => {
    expect(() => new CommandLedger().apply({ kind: 'command-finished', command: 'read' })).toThrow(RangeError)
  })

  it('always closes when all that was started has finished, in any order', () => {
    const started = fc.array(fc.constantFrom<LedgerCommand>('read', 'other', 'query'), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(started, fc.infiniteStream(fc.nat()), (all, order) => {
        fc.pre(all.some(command => command !== 'query'))
        const ledger = new CommandLedger()
        for (const command of all) expect(drive(ledger, { kind: 'command-started', command })).toBe(false)
        const running = all.filter(command => command !== 'query')
        let closed = false
        while (running.length > 0) {
          expect(closed).toBe(false)
          const index = (order.next().value as number) % running.length
          const [command] = running.splice(index, 1) as [LedgerCommand]
          closed = drive(ledger, { kind: 'command-finished', command })
        }
        expect(closed).toBe(true)
      }),
    )
  })
})
