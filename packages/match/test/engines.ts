import { vi } from 'vitest'
import type * as match from '../src/index.ts'

/** A way of this package to search: what it exports, loaded where that is all there is. */
export type Engine = Pick<typeof match, 'compilePattern' | 'MatchError'>

/** The ways there are: with SIMD in WebAssembly, and without any. */
export const ENGINES = ['WebAssembly', 'JavaScript'] as const

/** Loads the package anew; undo it with `vi.unstubAllGlobals`. */
export async function loadEngine(name: (typeof ENGINES)[number]): Promise<Engine> {
  vi.resetModules()
  if (name === 'JavaScript') vi.stubGlobal('WebAssembly', undefined)
  return import('../src/index.ts')
}
