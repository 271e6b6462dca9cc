import type { CharSet } from './char-set.ts'

/**
 * A pattern of the simple kind: sets of characters, repeated or not, in sequence; alternatives; groups that are there
 * once or not at all; assertions. What means the same in RE2 and in ECMAScript, and no more.
 */
export type SimplePattern =
  | { readonly kind: 'set'; readonly set: CharSet; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly kind: 'assertion'; readonly source: '^' | '$' | '\\b' }
  | { readonly kind: 'sequence'; readonly items: readonly SimplePattern[] }
  | { readonly kind: 'choice'; readonly options: readonly SimplePattern[] }
  | { readonly kind: 'optional'; readonly body: SimplePattern; readonly lazy: boolean }
  | { readonly kind: 'capture'; readonly name: string; readonly body: SimplePattern }

/** Whether the pattern can match without reading a character. */
export function isNullable(pattern: SimplePattern): boolean {
  switch (pattern.kind) {
    case 'set':
      return pattern.min === 0
    case 'assertion':
    case 'optional':
      return true
    case 'sequence':
      return pattern.items.every(isNullable)
    case 'choice':
      return pattern.options.some(isNullable)
    case 'capture':
      return isNullable(pattern.body)
  }
}

/** Names of the captures, in order. */
export function captureNames(pattern: SimplePattern): string[] {
  switch (pattern.kind) {
    case 'set':
    case 'assertion':
      return []
    case 'sequence':
      return pattern.items.flatMap(captureNames)
    case 'choice':
      return pattern.options.flatMap(captureNames)
    case 'optional':
      return captureNames(pattern.body)
    case 'capture':
      return [pattern.name, ...captureNames(pattern.body)]
  }
}
