import { readFileSync } from 'node:fs'

/** A file of `docs/protocol/vectors`. The caller says what it holds. */
export function vectors<T>(name: string): T {
  const url = new URL(`../../../docs/protocol/vectors/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')) as T
}

/** Hex digits as bytes. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'))
}
