import { readFileSync } from 'node:fs'
import { UsageError } from './errors.ts'
import { longName } from './program.ts'

/** The bytes of a file that the option `key` names: a certificate, a secret. @throws UsageError naming option, file and reason */
export function readOption(key: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`cannot read --${longName(key, {})} ${path}: ${(error as Error).message}`)
  }
}
