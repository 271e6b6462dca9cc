/** The first `count` words of a text, each with one space behind it, and what comes after them, spaces or not. */
export function wordsOf(text: string, count: number): { readonly words: readonly string[]; readonly rest: string } {
  const words: string[] = []
  let from = 0
  while (words.length < count) {
    const to = text.indexOf(' ', from)
    words.push(text.slice(from, to))
    from = to + 1
  }
  return { words, rest: text.slice(from) }
}
