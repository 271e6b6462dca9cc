import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SEQUENCE_SEARCH_MODULE } from '../src/sequence-search-module.ts'
import { assembleWat } from '../../testkit/src/index.ts'
import { startWasm } from '../src/wasm-runtime.ts'

const text = new URL('../src/sequence-search.wat', import.meta.url)
const module = new URL('../src/sequence-search-module.ts', import.meta.url)

/** `UPDATE_WASM=1 vitest run packages/match` writes the module after a change to its text. */
function moduleOf(base64: string): string {
  const lines = base64.match(/.{1,100}/g) ?? []
  return `/**
 * \`sequence-search.wat\` assembled, in base64. Changed there; \`UPDATE_WASM=1 vitest run packages/match\` writes this file,
 * and without the variable checks that the two are the same.
 */
export const SEQUENCE_SEARCH_MODULE =
${lines.map(line => `  '${line}'`).join(' +\n')}
`
}

describe('the module of the search', () => {
  const base64 = Buffer.from(assembleWat(readFileSync(text, 'utf8'))).toString('base64')

  it('is its text, assembled', () => {
    if (process.env.UPDATE_WASM) writeFileSync(module, moduleOf(base64))
    expect(readFileSync(module, 'utf8')).toBe(moduleOf(base64))
    expect(process.env.UPDATE_WASM ? base64 : SEQUENCE_SEARCH_MODULE).toBe(base64)
  })

  it('starts', () => {
    expect(startWasm(base64)).toHaveProperty('search')
  })

  it('is not had where WebAssembly is not', () => {
    expect(startWasm(Buffer.from('no module').toString('base64'))).toBeUndefined()
  })
})
