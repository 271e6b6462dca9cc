import { CompressError, DETECT_BYTES, detectCompression, type CompressionFormat } from '@logflow/compress'
import type { OpenedCopy } from '../identity/copies.ts'
import { isPassing } from '../errors.ts'
import type { FileFacts, FileSystem } from '../files/file-system.ts'
import { HEAD_BYTES, identifyBy, identityOf, readAt, type FileIdentity } from '../identity/identity.ts'
import { openIfThere, type OpenFile } from '../files/open-file.ts'
import { UnpackedHandle } from '../files/unpacked-handle.ts'
import { unpacked, unpackedHead } from '../files/unpacking.ts'

/** What a sibling holds; what is packed in it counts, not how. */
export type SiblingContent =
  /** Open for reading: what is packed by the offsets of the unpacked bytes. */
  | { readonly kind: 'open'; readonly opened: OpenedCopy }
  /** It is not what was asked for, and need not be unpacked. */
  | { readonly kind: 'other' }
  /** Packed, and not complete, or damaged. The head is of what could be unpacked, the size that of the file. */
  | { readonly kind: 'unfinished'; readonly identity: FileIdentity }
  /** The name has moved on, or the file may not be read. */
  | { readonly kind: 'gone' }

/** What one that is packed is asked before all of it is unpacked; it may be empty, or not complete. */
export type MayBe = (packed: { readonly stat: FileFacts; readonly head: () => Promise<Uint8Array> }) => Promise<boolean>

/** Packed files up to this size are unpacked as a whole, which takes as long as to look how they begin. */
const SMALL_BYTES = 64n * 1024n

/** Opens what a sibling holds; one that is packed only if `mayBe` says so. @throws TailerError `LF_TAILER_OPEN` without a descriptor to spare */
export async function openContent(path: string, fileSystem: FileSystem, mayBe: MayBe): Promise<SiblingContent> {
  const opened = await openSibling(path, fileSystem)
  if (!opened) return { kind: 'gone' }
  const { handle, stat, format } = opened
  if (format === 'none') return { kind: 'open', opened: { handle, identity: await identifyBy(handle, stat) } }
  let content: SiblingContent | undefined
  const whole = async (): Promise<SiblingContent> => (content ??= await unpack(opened, format, fileSystem))
  const head = async (): Promise<Uint8Array> =>
    stat.size > SMALL_BYTES ? unpackedHead(unpacked(handle, format, fileSystem), HEAD_BYTES) : headOf(await whole())
  let wanted = false
  try {
    wanted = await mayBe({ stat, head })
    return wanted ? await whole() : { kind: 'other' }
  } finally {
    if (!wanted || content?.kind !== 'open') await handle.close()
  }
}

function headOf(content: SiblingContent): Uint8Array {
  if (content.kind === 'open') return content.opened.identity.head
  return content.kind === 'unfinished' ? content.identity.head : new Uint8Array(0)
}

async function openSibling(
  path: string,
  fileSystem: FileSystem,
): Promise<(OpenFile & { readonly format: CompressionFormat }) | undefined> {
  const opened = await openIfThere(path, fileSystem).catch((error: unknown) => {
    // What may not be opened cannot be it; what cannot be opened just now is asked again.
    if (isPassing(error)) throw error
  })
  if (!opened) return undefined
  try {
    return { ...opened, format: detectCompression(await readAt(opened.handle, 0, DETECT_BYTES)) }
  } catch (error) {
    await opened.handle.close()
    throw error
  }
}

async function unpack(
  { handle: packed, stat }: OpenFile,
  format: CompressionFormat,
  fileSystem: FileSystem,
): Promise<SiblingContent> {
  try {
    const handle = await UnpackedHandle.open(packed, format, fileSystem)
    const identity = { ...identityOf(stat, handle.head, handle.size), packed: true }
    return { kind: 'open', opened: { handle, identity } }
  } catch (error) {
    if (!(error instanceof CompressError)) throw error
    const head = await unpackedHead(unpacked(packed, format, fileSystem), HEAD_BYTES)
    return { kind: 'unfinished', identity: { ...identityOf(stat, head), packed: true } }
  }
}
