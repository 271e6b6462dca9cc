import type { Generation } from './generation.ts'

/** Whether all still are what they were, those too that are asleep. */
export async function holdAll(held: readonly Generation[]): Promise<boolean> {
  for (const generation of held) {
    generation.stir()
    if (!(await generation.learnHead())) return false
  }
  return true
}
