import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assembleWat } from '../../testkit/src/index.ts'
import { KERNEL_MODULE } from '../src/columns/kernel-module.ts'

const text = new URL('../src/columns/kernel.wat', import.meta.url)
const module = new URL('../src/columns/kernel-module.ts', import.meta.url)

/** `UPDATE_WASM=1 vitest run packages/record` writes the module after a change to its text. */
function moduleOf(base64: string): string {
  const lines = base64.match(/.{1,100}/g) ?? []
  return `/**
 * \`kernel.wat\` assembled, in base64. Changed there; \`UPDATE_WASM=1 vitest run packages/record\` writes this file, and
 * without the variable checks that the two are the same.
 */
export const KERNEL_MODULE =
${lines.map(line => `  '${line}'`).join(' +\n')}
`
}

describe('the module of the kernel', () => {
  const base64 = Buffer.from(assembleWat(readFileSync(text, 'utf8'))).toString('base64')

  it('is its text, assembled', () => {
    if (process.env.UPDATE_WASM) writeFileSync(module, moduleOf(base64))
    expect(readFileSync(module, 'utf8')).toBe(moduleOf(base64))
    expect(process.env.UPDATE_WASM ? base64 : KERNEL_MODULE).toBe(base64)
  })
})
