import { hostname } from 'node:os'
import { systemClock, type AbortOptions, type Clock, type ResumeToken, type Source } from '@logflow/core'
import { earlierFiles, tokenOfOpenFile, type EarlierFile } from './earlier-files.ts'
import { TailerError } from '../errors.ts'
import type { DescriptorHandle } from '../files/descriptor-handle.ts'
import { nodeFileSystem } from '../files/node-file-system.ts'
import { claimKeyOf, identify, identifyBy, readAt, TAIL_BYTES, type FileIdentity } from '../identity/identity.ts'
import { openIfThere } from '../files/open-file.ts'
import { judgeRotation, lookAt } from '../follow/rotation.ts'
import { Wakeup } from '../follow/wakeup.ts'
import { DirectoryWatch } from '../files/watch.ts'

/** Options of {@link openGrowingFile}. */
export interface GrowingFileOptions extends AbortOptions {
  /** Go on with the file that takes the name over after a rotation. @defaultValue false: `gone` ends the changes */
  readonly followName?: boolean | undefined
  /** Wait until the path names a file. @defaultValue false: a missing file is an error */
  readonly wait?: boolean | undefined
  /** @defaultValue the name of this machine */
  readonly host?: string | undefined
  /** How often the file is looked at although nothing was heard. @defaultValue 1000 */
  readonly pollMs?: number | undefined
  /** @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

/**
 * What happened to a growing file. `size` is the size of {@link GrowingFile.fd} from now on.
 *
 * `grew`: more bytes, nothing else changed. `truncated`: it was cut and has `size` bytes now, of which none need be
 * those that were there. `rotated`: the name belongs to a new file; `fd` and `source` have changed, the old descriptor
 * stays open until {@link GrowingFile.release}. `gone`: the name is gone, or another file has it and `followName` is
 * off; the descriptor stays open, and this is the last change without `followName`.
 */
export interface GrowingFileChange {
  readonly kind: 'grew' | 'truncated' | 'rotated' | 'gone'
  readonly size: number
}

/** One file that others append to, as its descriptor and length: for those who send bytes without reading them. */
export interface GrowingFile extends AsyncDisposable {
  /** Path as it was given. */
  readonly path: string
  /** Descriptor of the generation that is read now, open for reading. */
  readonly fd: number
  /** Bytes in it, as of the last change. */
  readonly size: number
  /** Its identity; a truncated file is a new source too. */
  readonly source: Source
  /** Every change from now on, in order; growth that nobody waited for is one change. One reader at a time. */
  changes(): AsyncIterable<GrowingFileChange>
  /** Closes the descriptor of an earlier generation, which nobody may use any more. Unknown ones are left alone. */
  release(fd: number): Promise<void>
  /** Where a reader goes on who has everything before `offset` of the open file `fd`, which is known as `sourceId`. */
  tokenAt(place: { readonly fd: number; readonly sourceId: string; readonly offset: number }): Promise<ResumeToken>
  /**
   * From the file that a token speaks of on, oldest first, everything that had the path before the one that has it now;
   * nothing when that is the one. `undefined` when it is not there any more. The caller closes what it gets.
   */
  since(token: ResumeToken): Promise<readonly EarlierFile[] | undefined>
  /** Ends the changes and closes every descriptor. Every call returns the same promise. */
  close(): Promise<void>
}

/**
 * Opens a file that grows and says what happens to it.
 *
 * @throws TailerError `LF_TAILER_OPEN`, `LF_TAILER_NOT_A_FILE`
 */
export async function openGrowingFile(path: string, options: GrowingFileOptions = {}): Promise<GrowingFile> {
  const wakeup = new Wakeup()
  const watch = new DirectoryWatch(() => {})
  watch.add(path, () => wakeup.wake())
  try {
    const generation = await openGeneration(path, options, wakeup)
    return new WatchedFile(path, generation, { options, wakeup, watch })
  } catch (error) {
    watch.close()
    throw error
  }
}

interface OpenGeneration {
  readonly handle: DescriptorHandle
  readonly identity: FileIdentity
}

interface Machinery {
  readonly options: GrowingFileOptions
  readonly wakeup: Wakeup
  readonly watch: DirectoryWatch
}

async function openGeneration(path: string, options: GrowingFileOptions, wakeup: Wakeup): Promise<OpenGeneration> {
  const { signal, wait = false, pollMs = 1000, clock = systemClock } = options
  for (;;) {
    signal?.throwIfAborted()
    const opened = await openIfThere(path, nodeFileSystem)
    if (opened) return { handle: opened.handle, identity: await identifyBy(opened.handle, opened.stat) }
    if (!wait) throw new TailerError('LF_TAILER_OPEN', `${path} does not exist`, { detail: { path, code: 'ENOENT' } })
    await wakeup.wait(pollMs, clock, signal)
  }
}

class WatchedFile implements GrowingFile {
  readonly path: string
  readonly #options: GrowingFileOptions
  readonly #wakeup: Wakeup
  readonly #watch: DirectoryWatch
  readonly #earlier = new Map<number, DescriptorHandle>()
  readonly #abort = new AbortController()
  #handle: DescriptorHandle
  #fileKey: string
  #size: number
  #source: Source
  #generations = 0
  #tail: Uint8Array = new Uint8Array(0)
  #gone = false
  #closing: Promise<void> | undefined

  constructor(path: string, { handle, identity }: OpenGeneration, { options, wakeup, watch }: Machinery) {
    this.path = path
    this.#options = options
    this.#wakeup = wakeup
    this.#watch = watch
    this.#handle = handle
    this.#fileKey = claimKeyOf(identity)
    this.#size = identity.size
    this.#source = { host: options.host ?? hostname(), path, id: identity.id }
  }

  get fd(): number {
    return this.#handle.fd
  }
  get size(): number {
    return this.#size
  }
  get source(): Source {
    return this.#source
  }

  async *changes(): AsyncGenerator<GrowingFileChange, void, undefined> {
    const { pollMs = 1000, clock = systemClock, followName = false } = this.#options
    const signal = this.#options.signal
      ? AbortSignal.any([this.#options.signal, this.#abort.signal])
      : this.#abort.signal
    if (this.#tail.length === 0) await this.#rememberTail()
    while (!this.#closing) {
      this.#options.signal?.throwIfAborted()
      const change = await this.#look(followName)
      if (change) yield change
      if (change?.kind === 'gone' && !followName) return
      if (change) continue
      try {
        await this.#wakeup.wait(pollMs, clock, signal)
      } catch (error) {
        if (this.#closing) return
        throw error
      }
    }
  }

  async release(fd: number): Promise<void> {
    const handle = this.#earlier.get(fd)
    this.#earlier.delete(fd)
    await handle?.close()
  }

  tokenAt(place: { readonly fd: number; readonly sourceId: string; readonly offset: number }): Promise<ResumeToken> {
    return tokenOfOpenFile(place)
  }

  since(token: ResumeToken): Promise<readonly EarlierFile[] | undefined> {
    return earlierFiles(this.path, token, this.#handle)
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#abort.abort()
    this.#watch.close()
    for (const fd of [...this.#earlier.keys()]) await this.release(fd)
    await this.#handle.close()
  }

  /** The next change there is to tell, one at a time: growth of the old file before its rotation. */
  async #look(followName: boolean): Promise<GrowingFileChange | undefined> {
    // The name first: a file that is found replaced has its last size by then.
    const named = await lookAt(this.path)
    const size = Number((await this.#handle.stat({ bigint: true })).size)
    if (size < this.#size || !(await this.#tailHolds())) return this.#truncated(size)
    if (size > this.#size) return this.#resized('grew', size)
    const verdict = judgeRotation({ fileKey: this.#fileKey, changed: false }, named)
    switch (verdict) {
      case 'replaced':
      case 'pending':
        return followName ? this.#rotate() : this.#goneOnce()
      case 'gone':
        return this.#goneOnce()
      default:
        this.#gone = false
        return undefined
    }
  }

  async #rotate(): Promise<GrowingFileChange | undefined> {
    const opened = await openIfThere(this.path, nodeFileSystem)
    if (!opened) return undefined
    const { handle } = opened
    const identity = await identifyBy(handle, opened.stat)
    if (claimKeyOf(identity) === this.#fileKey) {
      await handle.close() // moved back meanwhile
      return undefined
    }
    this.#earlier.set(this.#handle.fd, this.#handle)
    this.#handle = handle
    this.#fileKey = claimKeyOf(identity)
    this.#source = { ...this.#source, id: identity.id }
    this.#gone = false
    return this.#resized('rotated', identity.size)
  }

  async #truncated(size: number): Promise<GrowingFileChange> {
    const { id } = await identify(this.#handle)
    // The same inode with an equal head must still be another source.
    this.#source = { ...this.#source, id: `${id}~${(++this.#generations).toString(36)}${Date.now().toString(36)}` }
    return this.#resized('truncated', size)
  }

  async #resized(kind: 'grew' | 'truncated' | 'rotated', size: number): Promise<GrowingFileChange> {
    this.#size = size
    await this.#rememberTail()
    return { kind, size }
  }

  #goneOnce(): GrowingFileChange | undefined {
    if (this.#gone) return undefined
    this.#gone = true
    return { kind: 'gone', size: this.#size }
  }

  async #rememberTail(): Promise<void> {
    const size = Math.min(TAIL_BYTES, this.#size)
    this.#tail = await readAt(this.#handle, this.#size - size, size)
  }

  async #tailHolds(): Promise<boolean> {
    const tail = await readAt(this.#handle, this.#size - this.#tail.length, this.#tail.length)
    return Buffer.compare(tail, this.#tail) === 0
  }
}
