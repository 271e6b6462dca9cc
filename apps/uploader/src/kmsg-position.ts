import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Delivery } from '@logflow/core'

/** Where to go on in the kernel log of one boot. */
export interface KmsgPosition {
  readonly bootId: string
  /** Sequence of the next record. */
  readonly sequence: number
  /** Offset of the next line in the text that was made of the records so far. */
  readonly offset: number
}

/** What a position is after `item` was spooled; `undefined` when it stays. */
export function kmsgPositionAfter(item: Delivery, bootId: string): KmsgPosition | undefined {
  if (item.kind !== 'lines' || item.firstLine === 0) return undefined
  return { bootId, sequence: item.firstLine - 1 + item.ends.length, offset: item.offset + item.bytes.length }
}

/** The later of what was saved and what the spool has, of this boot; `undefined` when neither is of this boot. */
export function laterKmsgPosition(
  saved: KmsgPosition | undefined,
  spooled: string | undefined,
  bootId: string,
): KmsgPosition | undefined {
  const marked = spooled === undefined ? undefined : parsePosition(spooled)
  return [saved, marked]
    .filter(position => position?.bootId === bootId)
    .reduce((a, b) => ((a?.sequence ?? -1) >= (b?.sequence ?? -1) ? a : b), undefined)
}

/** The position that {@link saveKmsgPosition} left, `undefined` when there is none that can be read. */
export async function loadKmsgPosition(path: string): Promise<KmsgPosition | undefined> {
  try {
    return parsePosition(await readFile(path, 'utf8'))
  } catch {
    return undefined // as after the first start: everything the kernel still has is read
  }
}

function parsePosition(json: string): KmsgPosition | undefined {
  const { bootId, sequence, offset } = JSON.parse(json) as Partial<KmsgPosition>
  const valid = typeof bootId === 'string' && Number.isSafeInteger(sequence) && Number.isSafeInteger(offset)
  return valid ? { bootId, sequence: sequence as number, offset: offset as number } : undefined
}

/** Puts the position in place, durable and whole. */
export async function saveKmsgPosition(path: string, position: KmsgPosition): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(position))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}
