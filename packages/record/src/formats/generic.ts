import { ByteScanner, type LineVerdict } from '../field-scanner.ts'
import { noFields, type LineParser } from './line-parser.ts'

/** Knows the line and nothing else. */
export class GenericScanner extends ByteScanner {
  protected override scanFields(): LineVerdict {
    return 'record'
  }
}

/** Any line as a record without fields. */
export function createGenericParser(): LineParser {
  return { parse: line => ({ fields: noFields, text: line }) }
}
