import { lineBatch } from '@logflow/core'
import type { Matcher } from '../src/index.ts'
import type { Engine } from './engines.ts'
import type { Answer, Pair } from './go-regexp.ts'

const source = { host: 'h', path: '/x', id: 's' }
const NEWLINE = 10
/** So much of it makes a batch that is worth a search of its own. */
const FILLER = `${' '.repeat(99)}\n`

/**
 * What an engine says to a pair, in the form of Go's answer. Every way to ask must agree: `test`, lines on their own,
 * lines amid others, blocks of lines. `undefined` when the pattern is over our limits.
 */
export function ourAnswer({ pattern, text }: Pair, { compilePattern, MatchError }: Engine): Answer | undefined {
  let matcher: Matcher
  try {
    matcher = compilePattern(pattern)
  } catch (error) {
    if (!(error instanceof MatchError)) throw error
    const { reason, fragment } = error.detail as { reason?: string; fragment?: string }
    return reason === undefined ? undefined : goMessage(reason, fragment as string)
  }
  const closed = Uint8Array.from([...text, NEWLINE])
  const matches = matcher.test(text)
  const matchesWithNewline = matcher.test(closed)
  if (!text.includes(NEWLINE)) {
    const facts = JSON.stringify({ pattern, text: Buffer.from(text).toString('latin1') })
    for (const fillerLines of [0, 50]) {
      if (isSelected(matcher, text, { withNewline: false, fillerLines }) !== matches)
        throw new Error(`lines disagree on ${facts}`)
      if (isSelected(matcher, text, { withNewline: true, fillerLines }) !== matchesWithNewline)
        throw new Error(`lines with newline disagree on ${facts}`)
    }
    for (const withNewline of matcher.literal || text.length % 4 > 0 ? [] : [false, true]) {
      const inBlock = isInBlock(matcher, text, withNewline)
      if (inBlock !== (withNewline ? matchesWithNewline : matches)) throw new Error(`block disagrees on ${facts}`)
    }
    if (text.length > 0 && isSelectedOpen(matcher, text) !== matches) throw new Error(`open line disagrees on ${facts}`)
  }
  return { matches, matchesWithNewline }
}

/** Go names the whole pattern where a parenthesis is wrong; we say where. */
export function comparable(answer: Answer | undefined): Answer | undefined {
  return typeof answer === 'string' ? answer.replace(/((?:missing closing|unexpected) \)).*/s, '$1') : answer
}

function goMessage(reason: string, fragment: string): string {
  return `error parsing regexp: ${reason}: \`${fragment}\``.replaceAll('\n', '\\n')
}

/** The line three times in a batch, small or large, with short and long neighbours: all or none must be selected. */
function isSelected(
  matcher: Matcher,
  text: Uint8Array,
  { withNewline, fillerLines }: { withNewline: boolean; fillerLines: number },
): boolean {
  const line = Buffer.concat([text, Buffer.from('\n')])
  const bytes = new Uint8Array(
    Buffer.concat([line, Buffer.from('\n'), line, line, Buffer.from(FILLER.repeat(fillerLines))]),
  )
  const found = [...matcher.matchingLines(lineBatch({ source, bytes }), { withNewline })]
  // An empty text is no different from its neighbours.
  const ours = found.filter(index => index !== 1 && index < 4)
  if (ours.length !== 0 && ours.join() !== '0,2,3') throw new Error(`equal lines differ: ${ours.join()}`)
  return ours.length > 0
}

/** The line as the last of a batch, without its newline. */
function isSelectedOpen(matcher: Matcher, text: Uint8Array): boolean {
  const bytes = new Uint8Array(Buffer.concat([Buffer.from('\n'), text]))
  return matcher.matchingLines(lineBatch({ source, bytes })).includes(1)
}

/** The line three times in the memory of a block search: all or nothing is chosen, and the rest by the inverted search. */
function isInBlock(matcher: Matcher, text: Uint8Array, withNewline: boolean): boolean {
  const line = Buffer.concat([text, Buffer.from('\n')])
  const bytes = Buffer.concat([line, line, line])
  const [chosen, others] = [false, true].map(invert => {
    const search = matcher.searchBlocks({ textBytes: bytes.length, withNewline, invert })
    search.text.set(bytes)
    return search.choose(0, bytes.length).bytes.length
  })
  if ((chosen ?? 0) + (others ?? 0) !== bytes.length || (chosen !== 0 && others !== 0))
    throw new Error(`equal lines differ: ${chosen} and ${others} bytes`)
  return chosen !== 0
}
