import type { Delivery, ResumeToken, Source } from '@logflow/core'
import type { ReadBuffer } from './file-reader.ts'
import { Generation } from './generation.ts'
import { claimKeyOf, identifyBy, provesResumeToken } from './identity.ts'
import { openAdmitted } from './open-file.ts'
import type { ResolvedFollowOptions } from './options.ts'
import { beginNew, resumeGenerations, type OpenedFile } from './resume.ts'
import { findMissed, type GenerationBase } from './siblings.ts'

/** Files that were let go and are still recognised when they come back. */
const MAX_RELEASED = 16

const FAR_FUTURE_NS = 2n ** 63n

/** What {@link PathOpener} needs to know. */
export interface PathOpenerInit {
  readonly path: string
  readonly options: ResolvedFollowOptions
  readonly buffer: ReadBuffer
  readonly claim: (key: string) => boolean
  readonly isTaken: (key: string) => boolean
  readonly release: (key: string) => void
  /** The file was there when following began, and only what comes is wanted. */
  readonly startAtEnd: boolean
}

/** What the path's reader holds while another file is opened. */
export interface HeldGenerations {
  /** The last one that was opened, while it is to be read. */
  readonly newest: Generation | undefined
  /** All, those too that only linger. */
  readonly held: readonly Generation[]
  /** Gives up one that only lingers, to be read again under its name. */
  readonly takeBack: (inodeKey: string) => Generation | undefined
}

/** What was opened: to be read in this order, after the notices were told. */
export interface Opened {
  readonly generations: readonly Generation[]
  readonly notices: readonly Delivery[]
  /** The path that was opened; `undefined` when nothing new was there. */
  readonly openedPath?: string | undefined
}

const NOTHING: Opened = { generations: [], notices: [] }

/** Opens what one path names, and decides where in it to begin and what has to be read before. */
export class PathOpener {
  readonly #init: PathOpenerInit
  readonly #base: GenerationBase
  readonly #released: ResumeToken[] = []
  #startAtEnd: boolean
  #resumed = false
  #sinceNs = 0n

  constructor(init: PathOpenerInit) {
    const { path, options, buffer, claim, isTaken, release } = init
    this.#init = init
    const { host, maxLineBytes, fileSystem } = options
    this.#base = { path, host, fileSystem, buffer, maxLineBytes, claim, isTaken, release, opened: new Set<string>() }
    this.#startAtEnd = init.startAtEnd
  }

  /** What every generation of this path is opened with. */
  get base(): GenerationBase {
    return this.#base
  }

  /**
   * Opens what the path names now, unless it is what is held, or another path's. Missed generations come first; with a
   * checkpoint, what was left of the last run comes first of all.
   *
   * @throws TailerError `LF_TAILER_OPEN`, `LF_TAILER_NOT_A_FILE`, `LF_TAILER_CHECKPOINT`; whatever `admit` throws
   */
  async openNamed(held: HeldGenerations): Promise<Opened> {
    const { path, options } = this.#init
    const { handle, stat, openedPath } = await openAdmitted(path, options.admit, options.fileSystem)
    try {
      const identity = await identifyBy(handle, stat)
      if (held.newest?.identity.inodeKey === identity.inodeKey || !this.#base.claim(claimKeyOf(identity))) {
        await handle.close()
        return NOTHING
      }
      const source: Source = { host: options.host, path, id: identity.id }
      const opened = await this.#begin({ ...this.#base, handle, source, identity }, held)
      this.#resumed = true
      this.#startAtEnd = false
      // Births may tie within a tick of the kernel; what ties with the very first file was there before us.
      const [first] = opened.generations
      if (this.#sinceNs === 0n && first) this.#sinceNs = first.identity.birthNs + 1n
      return { ...opened, openedPath }
    } catch (error) {
      await handle.close().catch(() => {}) // closed already, by whom it had been handed to
      throw error
    }
  }

  /** The path names nothing. With a checkpoint, the file that had the name may lie beside it: asked once. */
  async openRest(): Promise<Opened> {
    // What appears from now on was not there when following began.
    this.#startAtEnd = false
    if (this.#resumed) return NOTHING
    this.#resumed = true
    const { checkpoint } = this.#init.options
    return checkpoint ? resumeGenerations(checkpoint, this.#base, false) : NOTHING
  }

  /** Remembers how far a file was read: one that was moved away may be moved back. */
  remember(generation: Generation): void {
    this.#released.unshift(generation.token)
    this.#released.length = Math.min(this.#released.length, MAX_RELEASED)
  }

  /** Missed generations once more, when the folder has come to rest after a rotation. */
  findMissed({ newest, held }: HeldGenerations): Promise<Generation[]> {
    return newest ? this.#findMissed(newest.identity.birthNs, held) : Promise.resolve([])
  }

  /** What was copied away by truncations before this one, and whole generations between: copies are younger than the file. */
  findMissedCopies({ held }: HeldGenerations): Promise<Generation[]> {
    return this.#findMissed(FAR_FUTURE_NS, held)
  }

  async #begin(file: OpenedFile, { held, takeBack }: HeldGenerations): Promise<Opened> {
    const lingering = takeBack(file.identity.inodeKey)
    if (lingering) {
      await file.handle.close()
      return { generations: [lingering], notices: [] }
    }
    const back = await this.#movedBack(file)
    if (back) return { generations: [back], notices: [] }
    const { checkpoint } = this.#init.options
    if (this.#sinceNs !== 0n) {
      const missed = await this.#findMissed(file.identity.birthNs, held)
      return { generations: [...missed, await Generation.open({ ...file, offset: 0 })], notices: [] }
    }
    if (checkpoint && !this.#resumed) return resumeGenerations(checkpoint, file, this.#startAtEnd)
    return { generations: [await beginNew(checkpoint, file, this.#startAtEnd)], notices: [] }
  }

  #findMissed(untilNs: bigint, held: readonly Generation[]): Promise<Generation[]> {
    return findMissed({ sinceNs: this.#sinceNs, untilNs, held, released: this.#released }, this.#base)
  }

  async #movedBack(file: OpenedFile): Promise<Generation | undefined> {
    for (const { sourceId, offset, tailHash } of this.#released) {
      if (!(await provesResumeToken(file.handle, { sourceId, offset, tailHash }))) continue
      return Generation.open({ ...file, source: { ...file.source, id: sourceId }, offset })
    }
    return undefined
  }
}
