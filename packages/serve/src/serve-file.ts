import { fstatSync } from 'node:fs'
import { basename } from 'node:path'
import type { TailsrvRequest } from '@logflow/protocol'
import type { Engine, Fanout } from '@logflow/sendfile-native'
import type { Acceptor } from './acceptor.ts'
import type { Client } from './client.ts'
import { FileFeed, type FeedOptions } from './file-feed.ts'
import { combineStats, type FileServer, type ServeOptions, type ServerStats } from './file-server.ts'
import type { GrowingFileLike } from './growing-file.ts'
import { listedLine } from './list-files.ts'
import { openServer } from './open-server.ts'
import { refuseResume, resumeOrRefuse } from './resume-answer.ts'

/**
 * Serves one growing file to many readers, each from its own offset and at its own pace, as tailsrv 0.9 does. The file
 * may come later as a promise: clients can connect already and wait for it. The caller closes it after the server.
 *
 * A header that is no number and no command is answered by closing, as in the original; `list` and `stream NAME` of
 * the older dialect work with the name of the one file.
 *
 * @throws ServeError `LF_SERVE_LISTEN`; SendfileError when `engine: 'native'` cannot be
 */
export async function serveFile(
  file: GrowingFileLike | Promise<GrowingFileLike>,
  options: ServeOptions = {},
): Promise<FileServer> {
  const opened = Promise.resolve(file)
  return openServer(options, false, ({ acceptor, fanout, ...rest }) => {
    const onRefused: FeedOptions['onRefused'] = (client, reason) =>
      acceptor.refusals.count(reason, { peer: client.address })
    const rotation = options.rotation ?? 'close'
    const feed = opened.then(growing => new FileFeed(growing, { fanout, rotation, onRefused, ...rest }))
    return new OneFileServer(acceptor, fanout, { feed, file: opened })
  })
}

class OneFileServer implements FileServer {
  readonly port: number
  readonly engine: Engine
  readonly closed: Promise<'stopped' | 'gone'>
  readonly #acceptor: Acceptor
  readonly #fanout: Fanout
  readonly #name: Promise<string>
  readonly #feed: Promise<FileFeed>
  #opened: FileFeed | undefined
  #closing: Promise<void> | undefined
  #stop: () => void = () => {}

  constructor(
    acceptor: Acceptor,
    fanout: Fanout,
    { feed, file }: { readonly feed: Promise<FileFeed>; readonly file: Promise<GrowingFileLike> },
  ) {
    this.port = acceptor.port
    this.engine = fanout.engine
    this.#acceptor = acceptor
    this.#fanout = fanout
    this.#feed = feed
    this.#name = file.then(({ path }) => basename(path))
    this.#name.catch(() => {})
    this.closed = this.#run()
    this.closed.catch(() => {}) // whoever awaits it still gets it
  }

  stats(): ServerStats {
    return combineStats(this.#acceptor, this.#fanout, this.#opened ? [this.#opened.stats()] : [])
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** A client with its header. Before the file is there, clients wait with it. */
  answer(request: TailsrvRequest, client: Client): void {
    void this.#answer(request, client).catch(() => client.socket.destroy()) // no file: `closed` says why
  }

  async #answer(request: TailsrvRequest, client: Client): Promise<void> {
    const feed = this.#opened ?? (await this.#feed)
    if (client.socket.destroyed) return
    if (this.#closing) return void client.socket.destroy()
    switch (request.kind) {
      case 'offset':
        return feed.add(client, request.offset)
      case 'list':
        return client.sayGoodbye(listedLine(await this.#name, request.long ? fstatSync(feed.fd) : undefined))
      case 'stream':
        if (request.path === (await this.#name)) return feed.add(client, request.from)
        return this.#acceptor.refuse(client, 'path', 'no such file')
      case 'resume':
        if (request.path === undefined || request.path === (await this.#name))
          return resumeOrRefuse(feed, client, { token: request.token, refusals: this.#acceptor.refusals })
        return refuseResume(client, 'no such file', this.#acceptor.refusals)
    }
  }

  async #run(): Promise<'stopped' | 'gone'> {
    const stopped = new Promise<'stopped'>(resolve => (this.#stop = () => resolve('stopped')))
    const gone = this.#feed.then(async feed => {
      this.#opened = feed
      await feed.ended
      return 'gone' as const
    })
    try {
      const reason = await Promise.race([stopped, gone])
      await this.close()
      return reason
    } catch (error) {
      if (this.#closing) return 'stopped'
      await this.close()
      throw error
    }
  }

  async #close(): Promise<void> {
    const stopped = this.#acceptor.stop()
    await this.#opened?.close()
    await this.#fanout.close()
    this.#acceptor.destroyAll()
    await stopped
    this.#stop()
  }
}
