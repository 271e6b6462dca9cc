import { DETECT_BYTES, detectCompression, type CompressionFormat } from '@logflow/compress'
import type { ResumeToken } from '@logflow/core'
import type { DescriptorHandle } from '../files/descriptor-handle.ts'
import {
  hashBytes,
  HEAD_BYTES,
  holdsContentOf,
  identifyBy,
  identityOf,
  inodeKeyOf,
  parseIdentity,
  provesResumeToken,
  readAt,
  type FileIdentity,
} from '../identity/identity.ts'
import { nodeFileSystem } from '../files/node-file-system.ts'
import { openIfThere } from '../files/open-file.ts'
import { byNumber } from '../names/by-number.ts'
import { listSiblings } from '../names/listing.ts'
import { unpackFile, type UnpackedFile } from '../files/unpacked-file.ts'
import { unpacked, unpackedHead } from '../files/unpacking.ts'

const PACKED_NAME = /\.(gz|zst|z)$/i

/** What a sibling holds, open for reading by offset. */
export interface PlainContent {
  readonly handle: DescriptorHandle
  readonly size: number
}

/** A file beside another that may have had its name before; what is packed in it counts, not how. */
export class EarlierSibling {
  /** Of the content, but for its size: of a packed file its inode, and the head of what it holds. */
  readonly identity: FileIdentity
  readonly path: string
  readonly #handle: DescriptorHandle
  readonly #format: CompressionFormat
  #unpacked: Promise<UnpackedFile | undefined> | undefined

  private constructor(path: string, handle: DescriptorHandle, identity: FileIdentity, format: CompressionFormat) {
    this.path = path
    this.#handle = handle
    this.identity = identity
    this.#format = format
  }

  /** All there are, oldest first. Of a file and its packed copy, which is perhaps being made, the file. */
  static async openAll(path: string): Promise<EarlierSibling[]> {
    const opened: EarlierSibling[] = []
    const { siblings: listed } = await listSiblings({ path, fileSystem: nodeFileSystem })
    const names = new Set(listed.map(sibling => sibling.path))
    for (const sibling of listed) {
      if (names.has(sibling.path.replace(PACKED_NAME, '')) && PACKED_NAME.test(sibling.path)) continue
      const file = await openIfThere(sibling.path, nodeFileSystem).catch(() => undefined)
      if (!file) continue
      const { handle, stat } = file
      if (opened.some(({ identity }) => identity.inodeKey === inodeKeyOf(stat))) {
        await handle.close()
        continue
      }
      const format = detectCompression(await readAt(handle, 0, DETECT_BYTES))
      const identity =
        format === 'none'
          ? await identifyBy(handle, stat)
          : identityOf(stat, await unpackedHead(unpacked(handle, format), HEAD_BYTES))
      opened.push(new EarlierSibling(sibling.path, handle, identity, format))
    }
    return opened.some(({ packed }) => packed) ? opened.sort(byLastWrite) : opened
  }

  get packed(): boolean {
    return this.#format !== 'none'
  }

  /** Whether it holds what the reader of a token had, by content alone. A packed file is unpacked only if it begins so. */
  async holds(token: ResumeToken): Promise<boolean> {
    const known = parseIdentity(token.sourceId)
    // Without any content to compare, every file would do.
    if (!known || (token.tailHash === '' && known.headBytes === 0)) return false
    if (this.packed) {
      const { head } = this.identity
      const begins = head.length >= known.headBytes && hashBytes(head.subarray(0, known.headBytes)) === known.headHash
      if (!begins) return false
    }
    const content = await this.content()
    if (content && content.size >= token.offset && (await holdsContentOf(content.handle, token))) return true
    await this.#forgetUnpacked()
    return false
  }

  /** Its content by offset; `undefined` when it cannot be unpacked. */
  async content(): Promise<PlainContent | undefined> {
    if (!this.packed) return { handle: this.#handle, size: this.identity.size }
    return (this.#unpacked ??= unpackFile(this.#handle, this.#format))
  }

  /** Whether it is the very file that a token speaks of. */
  async isOf(token: ResumeToken): Promise<boolean> {
    return !this.packed && (await provesResumeToken(this.#handle, token))
  }

  async close(): Promise<void> {
    await this.#handle.close()
    await this.#forgetUnpacked()
  }

  async #forgetUnpacked(): Promise<void> {
    const unpacked = this.#unpacked
    this.#unpacked = undefined
    await (await unpacked)?.close()
  }
}

/** Packing makes a new file, but keeps the time of the last write; of those that tie `.2` comes before `.1`. */
function byLastWrite(a: EarlierSibling, b: EarlierSibling): number {
  const [left, right] = [a.identity.mtimeNs, b.identity.mtimeNs]
  if (left !== right) return left < right ? -1 : 1
  return byNumber(b.path, a.path)
}
