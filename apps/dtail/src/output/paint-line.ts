import { defaultColors, type Paint, type TermColors } from './term-colors.ts'

const RESET = '\u001b[0m'
const RESET_COLORS = '\u001b[49m\u001b[39m'

/** `text` in colour; a final newline stays behind the reset. */
export function paint(text: string, { Fg, Bg, Attr }: Paint): string {
  const newline = text.endsWith('\n') ? '\n' : ''
  const content = newline === '' ? text : text.slice(0, -1)
  return `${Fg}${Bg}${Attr}${content}${Attr === '' ? '' : RESET}${RESET_COLORS}${newline}`
}

const UNPAINTED: Paint = { Fg: '\u001b[39m', Bg: '\u001b[49m', Attr: '' }

/** A line or message as the original paints it: by what it begins with, field by field. */
export function paintLine(text: string, colors: TermColors = defaultColors): string {
  if (text.startsWith('REMOTE')) return paintRemote(text, colors) ?? paint(text, UNPAINTED)
  if (text.startsWith('CLIENT')) {
    const { Client, Delimiter, Hostname, Text } = colors.Client
    return paintFields(text, [Client, Hostname, Text], Delimiter, colors) ?? paint(text, UNPAINTED)
  }
  if (text.startsWith('SERVER')) {
    const { Server, Delimiter, Hostname, Text } = colors.Server
    return paintFields(text, [Server, Hostname, Text], Delimiter, colors) ?? paint(text, UNPAINTED)
  }
  return paint(text, UNPAINTED)
}

function paintRemote(text: string, colors: TermColors): string | undefined {
  const { Remote, Delimiter, Hostname, StatsOk, StatsWarn, Count, ID, Text } = colors.Remote
  const percent = text.split('|', 3)[2]
  const stats = percent === '100' ? StatsOk : StatsWarn
  return paintFields(text, [Remote, Hostname, stats, Count, ID, Text], Delimiter, colors)
}

/** As many fields as there are paints, the last one whatever is left; `undefined` when there are fewer. */
function paintFields(text: string, paints: readonly Paint[], delimiter: Paint, colors: TermColors): string | undefined {
  let painted = ''
  let start = 0
  for (const [index, element] of paints.entries()) {
    if (index === paints.length - 1) {
      const rest = text.slice(start)
      return painted + paint(rest, severity(rest, colors) ?? element)
    }
    const bar = text.indexOf('|', start)
    if (bar === -1) return undefined
    painted += paint(text.slice(start, bar), element) + paint('|', delimiter)
    start = bar + 1
  }
  return painted
}

function severity(text: string, { Common }: TermColors): Paint | undefined {
  if (text.startsWith('WARN')) return Common.SeverityWarn
  if (text.startsWith('ERROR')) return Common.SeverityError
  if (text.startsWith('FATAL')) return Common.SeverityFatal
  return undefined
}
