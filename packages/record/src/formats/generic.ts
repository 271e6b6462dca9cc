import { noFields, type LineParser } from './line-parser.ts'

/** Any line as a record without fields. */
export function createGenericParser(): LineParser {
  return { parse: line => ({ fields: noFields, text: line }) }
}
