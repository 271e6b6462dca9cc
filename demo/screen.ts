import { safeText, type Output } from '@logflow/cli'

/** Where the demo tells its story. */
export interface Screen {
  /** A heading: the next thing that is shown. */
  heading(text: string): Promise<void>
  /** A line of log content or of a program's output, made safe for the terminal and cut to its width. */
  quote(line: string): Promise<void>
  /** A sentence of the demo itself. */
  say(text: string): Promise<void>
  /** Something a person should notice: a process died, a number did not hold. */
  alarm(text: string): Promise<void>
}

/** Plain lines; bold and colour on a terminal only. */
export function createScreen(output: Output): Screen {
  const paint = (code: string, text: string): string => (output.colors ? `\u001b[${code}m${text}\u001b[0m` : text)
  const width = output.isTerminal ? output.columns : 160
  return {
    heading: text => output.write(`\n${paint('1', `── ${text}`)}\n`),
    quote: line => output.write(`  ${cut(safeText(line), width - 2)}\n`),
    say: text => output.write(`${text}\n`),
    alarm: text => output.write(`${paint('31;1', `! ${text}`)}\n`),
  }
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}
