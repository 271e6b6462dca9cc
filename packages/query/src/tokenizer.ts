import { isWhiteSpace } from '@logflow/record'

/** A word of a query. */
export interface Token {
  readonly text: string
  /** Not in double quotes. */
  readonly bareword: boolean
  /** Was in backticks, which are gone: a name even when it spells a keyword or a call. */
  readonly backticked: boolean
  /** Index of its first character in the query text. */
  readonly position: number
}

const keywords: ReadonlySet<string> = new Set(
  'select from where set group rorder order interval limit outfile logformat'.split(' '),
)

/**
 * Splits a query into words. Double quotes make one word of what they enclose, without escapes; an unbalanced one
 * reaches to the end. Outside of them commas and white space separate.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  for (const [index, part] of text.split('"').entries()) {
    if (index % 2 === 1) tokens.push({ text: part, bareword: false, backticked: false, position })
    else addWords(tokens, part, position)
    position += part.length + 1
  }
  return tokens
}

/** Whether the token begins a clause. */
function isKeyword({ text, bareword }: Token): boolean {
  return bareword && keywords.has(text.toLowerCase())
}

/** Walks over tokens, clause by clause. */
export class TokenCursor {
  readonly #tokens: readonly Token[]
  readonly #endPosition: number
  #next = 0

  constructor(text: string) {
    this.#tokens = tokenize(text)
    this.#endPosition = text.length
  }

  /** Where the next token is, or the end of the text. */
  get position(): number {
    return this.#tokens[this.#next]?.position ?? this.#endPosition
  }

  /** Whether no token is left. */
  get ended(): boolean {
    return this.#next >= this.#tokens.length
  }

  /** The next token as it is, or `undefined` at the end. */
  take(): Token | undefined {
    return this.#tokens[this.#next++]
  }

  /** Passes over the next token when it is `word`, in any case, quoted or not. */
  skip(word: string): void {
    if (this.#tokens[this.#next]?.text.toLowerCase() === word) this.#next++
  }

  /** The tokens up to the next keyword, without empty ones, backticks taken off. */
  takeClause(): Token[] {
    const taken: Token[] = []
    for (; !this.ended; this.#next++) {
      const token = this.#tokens[this.#next] as Token
      if (isKeyword(token)) break
      if (token.text !== '') taken.push(withoutBackticks(token))
    }
    return taken
  }
}

function withoutBackticks(token: Token): Token {
  const { text } = token
  if (text.length < 2 || !text.startsWith('`') || !text.endsWith('`')) return token
  return { ...token, text: text.slice(1, -1), backticked: true }
}

function addWords(tokens: Token[], part: string, position: number): void {
  for (let at = 0; at < part.length;) {
    while (at < part.length && isSeparator(part.charCodeAt(at))) at++
    const start = at
    while (at < part.length && !isSeparator(part.charCodeAt(at))) at++
    if (at > start)
      tokens.push({ text: part.slice(start, at), bareword: true, backticked: false, position: position + start })
  }
}

function isSeparator(code: number): boolean {
  return code === 0x2c || isWhiteSpace(code)
}
