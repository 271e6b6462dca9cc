import { UsageError } from '@logflow/cli'

/**
 * Words of a line: blanks part them, quotes of either kind hold them together, a backslash takes the next character as
 * it is, everywhere. Empty quotes vanish, as in the original.
 *
 * @throws UsageError when the line ends within quotes or behind a backslash
 */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  let escaped = false
  const end = (): void => {
    if (word !== '') words.push(word)
    word = ''
  }
  for (const char of line) {
    if (escaped) {
      word += char
      escaped = false
    } else if (char === '\\') escaped = true
    else if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || char === "'") quote = char
    else if (char === ' ' || char === '\t') end()
    else word += char
  }
  if (escaped) throw new UsageError('unterminated escape sequence')
  if (quote !== '') throw new UsageError('unterminated quoted string')
  end()
  return words
}
