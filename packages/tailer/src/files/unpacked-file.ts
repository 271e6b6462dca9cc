import { constants } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompressionFormat } from '@logflow/compress'
import { DescriptorHandle } from './descriptor-handle.ts'
import { unpacked } from './unpacking.ts'

/** What all unpacked files of this process may hold together: readers that come back must not fill the disk. */
const MAX_UNPACKED_BYTES = 4 * 1024 ** 3

let unpackedBytes = 0

/** The content of a packed file, as a file without a name: it is gone when it is closed. */
export interface UnpackedFile {
  readonly handle: DescriptorHandle
  readonly size: number
  close(): Promise<void>
}

/** Unpacks a file into the folder for temporary files. `undefined` when it is damaged, not complete, or too much. */
export async function unpackFile(
  packed: DescriptorHandle,
  format: CompressionFormat,
): Promise<UnpackedFile | undefined> {
  const path = join(tmpdir(), `logflow-unpacked-${randomUUID()}`)
  let size = 0
  const release = (): void => void (unpackedBytes -= size)
  const output = await open(path, 'wx+', 0o600)
  let handle: DescriptorHandle | undefined
  try {
    handle = await DescriptorHandle.open(path, constants.O_RDONLY)
    await unlink(path)
    for await (const chunk of unpacked(packed, format)) {
      size += chunk.length
      unpackedBytes += chunk.length
      if (unpackedBytes > MAX_UNPACKED_BYTES) throw new RangeError('too much is unpacked')
      await output.writeFile(chunk)
    }
  } catch {
    release()
    await handle?.close()
    return undefined
  } finally {
    await output.close()
  }
  const opened = handle
  let closing: Promise<void> | undefined
  return { handle: opened, size, close: () => (closing ??= opened.close().finally(release)) }
}
