import { fstatSync } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import type { TailsrvRequest } from '@logflow/protocol'
import type { Engine } from '@logflow/sendfile-native'
import type { Client } from './client.ts'
import { ServeError } from './errors.ts'
import { FileFeed } from './file-feed.ts'
import { combineStats, type FileServer, type ServeOptions, type ServerStats } from './file-server.ts'
import type { GrowingFileLike } from './growing-file.ts'
import { listFiles, listingText } from './list-files.ts'
import { openServer, type ServerParts } from './open-server.ts'
import { refuseResume, resumeOrRefuse } from './resume-answer.ts'
import { resolveServedPath, type IgnoreRule } from './served-path.ts'

/** A file that the server opened and has to close. */
export interface OwnedGrowingFile extends GrowingFileLike {
  close(): Promise<void>
}

/** Options of {@link serveDirectory}. */
export interface ServeDirectoryOptions extends ServeOptions {
  /** Opens a path that was checked; called once per file however many read it. */
  readonly openFile: (path: string) => Promise<OwnedGrowingFile>
  /** The rule for what is neither listed nor served, asked for once per request. @defaultValue nothing is ignored */
  readonly loadIgnoreRule?: (() => Promise<IgnoreRule>) | undefined
  /** What a number as header means, below the directory. @defaultValue such a header is refused */
  readonly defaultFile?: string | undefined
}

/**
 * Serves every regular file below a directory, as the older tailsrv does: `list`, `stream PATH`, `stream PATH from
 * byte N`. A file is watched while somebody reads it. A number as header is answered with the reason why not.
 *
 * @throws ServeError `LF_SERVE_LISTEN`, `LF_SERVE_PATH` when there is no such directory
 */
export async function serveDirectory(root: string, options: ServeDirectoryOptions): Promise<FileServer> {
  const realRoot = await realpath(root).catch((cause: unknown) => {
    throw new ServeError('LF_SERVE_PATH', `cannot serve ${root}`, { cause, detail: { root } })
  })
  return openServer(options, true, parts => new DirectoryServer(realRoot, options, parts))
}

interface ServedFile {
  readonly file: OwnedGrowingFile
  readonly feed: FileFeed
}

class DirectoryServer implements FileServer {
  readonly port: number
  readonly engine: Engine
  readonly closed: Promise<'stopped'>
  readonly #root: string
  readonly #options: ServeDirectoryOptions
  readonly #with: ServerParts
  readonly #files = new Map<string, Promise<ServedFile>>()
  readonly #open = new Set<ServedFile>()
  #lostBytes = 0
  #closing: Promise<void> | undefined
  #stop: (reason: 'stopped') => void = () => {}

  constructor(root: string, options: ServeDirectoryOptions, parts: ServerParts) {
    this.port = parts.acceptor.port
    this.engine = parts.fanout.engine
    this.#root = root
    this.#options = options
    this.#with = parts
    this.closed = new Promise(resolve => (this.#stop = resolve))
  }

  stats(): ServerStats {
    const feeds = [...this.#open].map(({ feed }) => feed.stats())
    return combineStats(this.#with.acceptor, this.#with.fanout, feeds, this.#lostBytes)
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  answer(request: TailsrvRequest, client: Client): void {
    this.#answer(request, client).catch((err: unknown) => {
      const known = err instanceof ServeError
      if (!known) this.#with.logger.warn({ event: 'file.failed', err })
      const why = known ? err.message : 'cannot open the file'
      if (request.kind === 'resume') refuseResume(client, why, this.#with.acceptor.refusals)
      else this.#with.acceptor.refuse(client, 'path', why)
    })
  }

  async #answer(request: TailsrvRequest, client: Client): Promise<void> {
    const { acceptor } = this.#with
    switch (request.kind) {
      case 'offset': {
        const { defaultFile } = this.#options
        if (defaultFile !== undefined)
          return this.#withFeed(client, defaultFile, feed => feed.add(client, request.offset))
        return acceptor.refuse(client, 'header', 'this is a directory; use list or stream PATH [from byte N]')
      }
      case 'list':
        return this.#list(client, request.long === true)
      case 'stream':
        return this.#withFeed(client, request.path, feed => feed.add(client, request.from))
      case 'resume': {
        const { path = this.#options.defaultFile, token } = request
        if (path === undefined) return refuseResume(client, 'this is a directory; name a file', acceptor.refusals)
        return this.#withFeed(client, path, feed =>
          resumeOrRefuse(feed, client, { token, refusals: acceptor.refusals }),
        )
      }
    }
  }

  async #list(client: Client, long: boolean): Promise<void> {
    const { paths, cut } = await listFiles(this.#root, await this.#ignoreRule())
    if (cut) this.#with.logger.warn({ event: 'listing.cut', root: this.#root, files: paths.length })
    client.sayGoodbye(await listingText(this.#root, paths, long))
  }

  /** Gives the client to the feed of a file that may be served, opened when it is the first to ask for it. */
  async #withFeed(client: Client, path: string, start: (feed: FileFeed) => void | Promise<void>): Promise<void> {
    const { realPath, inode } = await resolveServedPath(this.#root, path, await this.#ignoreRule())
    let served = await this.#serve(realPath, inode)
    // Its last reader may have left while we waited: then it is closed, and opened once more for us.
    while (!this.#open.has(served) && !this.#closing) served = await this.#serve(realPath, inode)
    if (this.#closing) return void client.socket.destroy()
    if (!client.socket.destroyed) await start(served.feed)
    if (served.feed.readers === 0) void this.#forget(realPath, served)
  }

  async #ignoreRule(): Promise<IgnoreRule> {
    return (await this.#options.loadIgnoreRule?.()) ?? (() => false)
  }

  /** The feed of a file, opened for its first reader. */
  #serve(realPath: string, inode: string): Promise<ServedFile> {
    const known = this.#files.get(realPath)
    if (known) return known
    const opening = this.#openFile(realPath, inode)
    this.#files.set(realPath, opening)
    opening.catch(() => this.#files.delete(realPath))
    return opening
  }

  async #openFile(realPath: string, inode: string): Promise<ServedFile> {
    const file = await this.#options.openFile(realPath)
    const facts = fstatSync(file.fd, { bigint: true })
    // Between the check and the opening the name may have been given to something else.
    if (!facts.isFile() || `${facts.dev}:${facts.ino}` !== inode) {
      await file.close()
      throw new ServeError('LF_SERVE_PATH', 'no such file')
    }
    const { acceptor, ...parts } = this.#with
    const feed = new FileFeed(file, {
      ...parts,
      rotation: this.#options.rotation ?? 'close',
      onRefused: (client, reason) => acceptor.refusals.count(reason, { peer: client.address }),
      onEmpty: () => void this.#forget(realPath, served),
      admits: fd => namesItself(realPath, fd),
    })
    const served = { file, feed }
    this.#open.add(served)
    served.feed.ended
      .catch((err: unknown) => this.#with.logger.warn({ event: 'file.failed', path: realPath, err }))
      .finally(() => void this.#forget(realPath, served))
    return served
  }

  /** The watch is released when the last reader leaves. */
  async #forget(realPath: string, served: ServedFile): Promise<void> {
    if (!this.#open.delete(served)) return
    this.#files.delete(realPath)
    await served.feed.close()
    this.#lostBytes += served.feed.lostBytes
    await served.file.close()
  }

  async #close(): Promise<void> {
    const stopped = this.#with.acceptor.stop()
    const files = await Promise.allSettled(this.#files.values())
    const open = files.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    await Promise.all(open.map(served => this.#forget(served.file.path, served)))
    await this.#with.fanout.close()
    this.#with.acceptor.destroyAll()
    await stopped
    this.#stop('stopped')
  }
}

/** Whether the path still leads, without a link, to the open file. */
async function namesItself(realPath: string, fd: number): Promise<boolean> {
  try {
    const [held, named] = [fstatSync(fd, { bigint: true }), await lstat(realPath, { bigint: true })]
    return held.dev === named.dev && held.ino === named.ino && (await realpath(realPath)) === realPath
  } catch {
    return false
  }
}
