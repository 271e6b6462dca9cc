import { isVanished, systemCode, TailerError } from '../errors.ts'
import type { FileFacts, FileSystem, ReadHandle } from './file-system.ts'
import { inodeKeyOf } from '../identity/identity.ts'

/** The permission hook, see {@link TailerOptions.admit}. */
export type Admit = (path: string) => Promise<string>

/** A file that was opened, and what it was then. */
export interface OpenFile<Handle extends ReadHandle = ReadHandle> {
  readonly handle: Handle
  readonly stat: FileFacts
}

/**
 * Opens a regular file for reading. Never waits for the other end of a fifo, never opens a device for good.
 *
 * @throws TailerError `LF_TAILER_NOT_A_FILE`, `LF_TAILER_OPEN` (retryable; `detail.code` is the system's)
 */
async function openRegularFile<Handle extends ReadHandle>(
  path: string,
  fileSystem: FileSystem<Handle>,
): Promise<OpenFile<Handle> & { readonly openedPath: string }> {
  let handle: Handle | undefined
  try {
    handle = await fileSystem.open(path)
    const stat = await handle.stat({ bigint: true })
    if (stat.isFile()) return { handle, stat, openedPath: path }
  } catch (cause) {
    await handle?.close()
    const code = systemCode(cause)
    throw new TailerError('LF_TAILER_OPEN', `cannot open ${path}`, { cause, detail: { path, code } })
  }
  await handle.close()
  throw new TailerError('LF_TAILER_NOT_A_FILE', `${path} is not a regular file`, { detail: { path } })
}

/** As {@link openRegularFile}; `undefined` when the path names nothing. */
export async function openIfThere<Handle extends ReadHandle>(
  path: string,
  fileSystem: FileSystem<Handle>,
): Promise<OpenFile<Handle> | undefined> {
  try {
    return await openRegularFile(path, fileSystem)
  } catch (error) {
    if (isVanished(error)) return undefined
    throw error
  }
}

/** A file that may be read: what was opened, and where. */
export interface AdmittedFile extends OpenFile {
  /** The path that `admit` gave. */
  readonly openedPath: string
}

/**
 * Asks `admit`, opens what it gives, and asks again: the answer must be the same and the path must still name what was
 * opened, so that nobody can swap a link between the question and the opening.
 *
 * @throws TailerError `LF_TAILER_OPEN`, `LF_TAILER_NOT_A_FILE`; whatever `admit` throws
 */
export function openAdmitted(path: string, admit: Admit | undefined, fileSystem: FileSystem): Promise<AdmittedFile> {
  return admit ? openIfAdmitted(path, admit, fileSystem) : openRegularFile(path, fileSystem)
}

async function openIfAdmitted(path: string, admit: Admit, fileSystem: FileSystem): Promise<AdmittedFile> {
  const openedPath = await admit(path)
  const opened = await openRegularFile(openedPath, fileSystem)
  try {
    const named = await fileSystem.stat(openedPath)
    const same = (await admit(path)) === openedPath && inodeKeyOf(opened.stat) === inodeKeyOf(named)
    if (same) return opened
  } catch (error) {
    await opened.handle.close()
    throw error
  }
  await opened.handle.close()
  throw new TailerError('LF_TAILER_OPEN', `${path} changed while it was opened`, { detail: { path } })
}
