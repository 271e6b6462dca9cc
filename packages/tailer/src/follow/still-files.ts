import { dirname } from 'node:path'
import type { RestingFile, RestingOpener } from '../resting/resting-file.ts'
import type { RestingGeneration } from '../resting/resting-generation.ts'
import { glanceAt } from '../files/glance.ts'
import { claimKeyOf, formatTailHash, HEAD_BYTES, identityOf, TAIL_BYTES } from '../identity/identity.ts'
import { startOf } from '../identity/known-head.ts'
import { formatHorizon } from '../search/horizon.ts'
import { Surroundings } from '../search/surroundings.ts'
import type { FollowContext } from './follow-context.ts'
import type { FollowedFile } from './followed-file.ts'
import type { FollowedFiles } from './followed-files.ts'
import type { NamedFacts } from './rotation.ts'

/** Fewer files are begun like any other. */
const MANY = 300

/** A folder is looked at again after so long: what was written before the look is old. */
const LOOK_MS = 100

/** A folder that had come to rest when it was looked at. */
interface RestingFolder {
  readonly directory: string
  readonly lookedMs: number
  readonly glance: string
  /** What is kept of the opener of a path in it. */
  readonly opener: RestingOpener
  /** What a checkpoint is told of it. */
  readonly beside: string
}

/** What was seen of a file. */
interface StillContent extends Pick<RestingGeneration, 'sourceId' | 'claimKey' | 'mtimeNs' | 'tailHash' | 'headStart'> {
  readonly size: number
}

/**
 * Takes up files to which nothing has happened for long, where following begins at the end of thousands: straight as the
 * record that is kept of a file at rest. It is the one that a {@link FollowedFile} would give that is made, looks at its
 * path and is laid to rest at once, but without all that this leaves behind, and all that has to be compiled for it.
 */
export class StillFiles {
  readonly #context: FollowContext<FollowedFile>
  readonly #files: FollowedFiles
  #folder: RestingFolder | undefined
  /** For head and tail of one file after another. */
  readonly #bytes = new Uint8Array(HEAD_BYTES + TAIL_BYTES)

  constructor(context: FollowContext<FollowedFile>, files: FollowedFiles) {
    this.#context = context
    this.#files = files
  }

  /** Whether it did; else the path is to be begun like any other. `named` is what it named a moment ago. */
  async takeUp(path: string, named: NamedFacts): Promise<boolean> {
    if (this.#files.size < MANY || !this.#mayBeStill(path, named)) return false
    try {
      return await this.#takeUp(path)
    } catch {
      return false // whoever looks properly will say why
    }
  }

  #mayBeStill(path: string, { size, mtimeNs }: NamedFacts): boolean {
    const { from, watch, admit, checkpoint, clock, idleMs } = this.#context.options
    if (from !== 'end' || !watch || admit || idleMs === 0 || size === 0) return false
    if (clock.now() - Number(mtimeNs / 1_000_000n) < idleMs) return false
    return checkpoint?.knows(path) !== true && this.#files.goneOf(path) === undefined
  }

  /** What was seen counts when at the end everything looks as it did at the beginning. */
  async #takeUp(path: string): Promise<boolean> {
    const { fileSystem } = this.#context.options
    const folder = await this.#folderOf(path)
    if (!folder) return false
    const glance = glanceAt(path, fileSystem)
    // A link is heard of elsewhere.
    if ((await fileSystem.realpath(path)) !== path) return false
    const content = await this.#read(path)
    if (!content) return false
    return this.#files.addResting(path, () => {
      if (glanceAt(folder.directory, fileSystem) !== folder.glance) return void (this.#folder = undefined)
      if (glanceAt(path, fileSystem) !== glance) return undefined
      return this.#claim(path, { content, folder, glance })
    })
  }

  /** The folder of a path; `undefined` when it changed just now, so that each path has to look what lies beside it. */
  async #folderOf(path: string): Promise<RestingFolder | undefined> {
    const directory = dirname(path)
    const { fileSystem, clock } = this.#context.options
    const lookedMs = clock.monotonicMs()
    // Whether it is as it was is asked when the file has been looked at.
    if (this.#folder?.directory === directory && lookedMs - this.#folder.lookedMs < LOOK_MS) return this.#folder
    const glance = glanceAt(directory, fileSystem)
    const surroundings = new Surroundings({ path, fileSystem }, clock)
    await surroundings.lookFirst(true)
    surroundings.settle()
    if (!(await surroundings.isAsFirstSeen())) return undefined
    const nothing = { released: undefined, opened: undefined, missing: undefined }
    const opener: RestingOpener = {
      ...{ ...surroundings.rest(), first: true, from: 'start', firstKey: 'nothing' },
      ...nothing,
    }
    return (this.#folder = { directory, lookedMs, glance, opener, beside: formatHorizon(surroundings.seen) })
  }

  /** Head and tail of what the path names; `undefined` when that is not all there. */
  async #read(path: string): Promise<StillContent | undefined> {
    const handle = await this.#context.options.fileSystem.open(path)
    try {
      const stat = await handle.stat({ bigint: true })
      const size = Number(stat.size)
      const headSize = Math.min(HEAD_BYTES, size)
      const tailSize = Math.min(TAIL_BYTES, size)
      const { bytesRead: headRead } = await handle.read(this.#bytes, 0, HEAD_BYTES, 0)
      const isWhole = size <= HEAD_BYTES
      const tailAt = isWhole ? size - tailSize : HEAD_BYTES
      const tailRead = isWhole
        ? tailSize
        : (await handle.read(this.#bytes, tailAt, tailSize, size - tailSize)).bytesRead
      if (!stat.isFile() || headRead !== headSize || tailRead !== tailSize) return undefined
      const head = this.#bytes.subarray(0, headSize)
      const identity = identityOf(stat, head)
      const { id: sourceId, mtimeNs } = identity
      const tailHash = formatTailHash(this.#bytes.subarray(tailAt, tailAt + tailSize))
      return { sourceId, claimKey: claimKeyOf(identity), mtimeNs, size, tailHash, headStart: startOf(head) }
    } finally {
      await handle.close()
    }
  }

  /** The record of a file that nobody else reads. */
  #claim(
    path: string,
    { content, folder, glance }: { content: StillContent; folder: RestingFolder; glance: string },
  ): RestingFile | undefined {
    const { claims, options } = this.#context
    const { sourceId, claimKey, mtimeNs, size, tailHash, headStart } = content
    if (claims.ownerOf(claimKey) !== undefined) return undefined
    const owner = claims.newOwner()
    claims.claim(claimKey, owner)
    options.checkpoint?.describe(sourceId, folder.beside)
    options.checkpoint?.begin({ host: options.host, path, id: sourceId }, { sourceId, offset: size, tailHash })
    const generation: RestingGeneration = {
      ...{ sourceId, claimKey, mtimeNs, tailHash, announced: false, line: 1, held: undefined, hole: false },
      ...{ startOffset: size, offset: size, seenSize: size, knownSize: size, head: undefined, headStart },
    }
    return { owner, generation, opener: folder.opener, mtimeNs, glance }
  }
}
