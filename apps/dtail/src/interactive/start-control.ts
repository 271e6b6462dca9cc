import type { Prepared } from '../commands/prepared.ts'
import { errorText } from '../output/dtail-log.ts'
import { openControlTerminal, type ControlTerminal } from './control-terminal.ts'
import { CONTROL_GREETING, QueryControl } from './query-control.ts'

/** A control terminal at work. */
export interface StartedControl {
  readonly control: QueryControl
  /** Aborts when the person quits. */
  readonly signal: AbortSignal
  close(): void
}

/** Opens the control terminal and obeys it; `undefined` when it cannot be had, which is logged. */
export async function startControl(prepared: Prepared, servers: number): Promise<StartedControl | undefined> {
  const { run, question, log, printer, report } = prepared
  const path = run.options.controlTty
  const quitting = new AbortController()
  let terminal: ControlTerminal
  try {
    terminal = openControlTerminal(path)
  } catch (error) {
    log.error('Unable to open interactive query control TTY', path, errorText(error))
    return undefined
  }
  const { parseQuery } = await import('@logflow/query')
  const control = new QueryControl({
    question,
    servers,
    onReload(next) {
      printer.become({ plain: next.options.plain === true })
      if (next.query !== undefined) report?.renew(parseQuery(next.query))
    },
    // After the reply is on its way.
    onQuit: () => setImmediate(() => quitting.abort(new Error('quit by the person'))),
  })
  terminal.reply(CONTROL_GREETING)
  void obey(terminal, control)
  return { control, signal: quitting.signal, close: () => terminal.close() }
}

async function obey(terminal: ControlTerminal, control: QueryControl): Promise<void> {
  for await (const line of terminal.lines) {
    const reply = await control.handle(line)
    if (reply !== undefined) terminal.reply(reply)
  }
}
