import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'

/** A generated input: where it lies and what is in it. */
export interface Input {
  readonly path: string
  readonly bytes: number
  readonly lines: number
  readonly sha256: string
}

/** What the file of an input is called after. */
export interface InputName {
  readonly name: string
  readonly size: number
  readonly seed: number
}

/** Gives line `index`, counted from 0, line end included; called in order. */
export type LineGenerator = (index: number) => string

/** A file of at least `size` bytes of generated lines, the same for the same name, size and seed; kept for the next run. */
export async function generatedInput(
  dir: string,
  { name, size, seed }: InputName,
  createGenerator: () => LineGenerator,
): Promise<Input> {
  const file = path.join(dir, `${name}-${size}-${seed}.log`)
  const facts = `${file}.json`
  if (existsSync(file) && existsSync(facts)) {
    const known = JSON.parse(readFileSync(facts, 'utf8')) as Input
    if (statSync(file).size === known.bytes) return { ...known, path: file }
  }
  mkdirSync(dir, { recursive: true })
  rmSync(facts, { force: true })
  const input = { ...(await writeLines(`${file}.new`, size, createGenerator())), path: file }
  renameSync(`${file}.new`, file)
  writeFileSync(facts, JSON.stringify(input))
  return input
}

async function writeLines(file: string, size: number, lineAt: LineGenerator): Promise<Omit<Input, 'path'>> {
  const hash = createHash('sha256')
  let [bytes, lines] = [0, 0]
  const handle = await open(file, 'w')
  try {
    while (bytes < size) {
      const block: string[] = []
      for (let i = 0; i < 4096; i++) block.push(lineAt(lines++))
      const chunk = Buffer.from(block.join(''))
      hash.update(chunk)
      await handle.write(chunk)
      bytes += chunk.length
    }
  } finally {
    await handle.close()
  }
  return { bytes, lines, sha256: hash.digest('hex') }
}

/** mulberry32: small, fast, the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value = (value + Math.imul(value ^ (value >>> 7), value | 61)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}
