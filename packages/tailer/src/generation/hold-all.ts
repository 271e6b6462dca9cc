import type { Generation } from './generation.ts'

/** Whether all still are what they were, those too that are asleep. */
export async function holdAll(held: readonly Generation[]): Promise<boolean> {
  for (const generation of held) {
    generation.stir()
    if (!(await generation.learnHead())) return false
  }
  return true
}

/** Whether all that are awake still are what they were. Of what nobody has read the first bytes are known from now on. */
export async function learnHeads(held: readonly Generation[]): Promise<boolean> {
  for (const generation of held) if (!(await generation.learnHead())) return false
  return true
}

/** As {@link learnHeads}, for who may not need to know: asked when it is called for the first time. */
export function provenOnce(held: readonly Generation[]): () => Promise<boolean> {
  let proven: Promise<boolean> | undefined
  return () => (proven ??= learnHeads(held))
}
