import { basename } from 'node:path'
import type { Socket } from 'node:net'
import { silentLogger, systemClock } from '@logflow/core'
import { encodeTailsrvReply, type TailsrvRequest } from '@logflow/protocol'
import { openFanout, type Engine, type Fanout } from '@logflow/sendfile-native'
import { Acceptor, sayGoodbye } from './acceptor.ts'
import { FileFeed } from './file-feed.ts'
import { combineStats, type FileServer, type ServeOptions, type ServerStats } from './file-server.ts'
import type { GrowingFileLike } from './growing-file.ts'
import { resolveLimits } from './limits.ts'

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
  const { port = 0, host = '127.0.0.1', logger = silentLogger, clock = systemClock } = options
  const limits = resolveLimits(options.limits)
  const fanout = openFanout({ engine: options.engine ?? 'auto' })
  try {
    const server: { current?: OneFileServer } = {}
    const acceptor = await Acceptor.open({
      host,
      port,
      limits,
      logger,
      clock,
      explains: false,
      answer: (request, socket) => server.current?.answer(request, socket),
    })
    const feed = Promise.resolve(file).then(
      opened =>
        new FileFeed(opened, {
          fanout,
          rotation: options.rotation ?? 'close',
          limits,
          logger,
          clock,
          onBehind: socket => acceptor.refuse(socket, 'behind'),
        }),
    )
    return (server.current = new OneFileServer(acceptor, fanout, { feed, file: Promise.resolve(file) }))
  } catch (error) {
    await fanout.close()
    throw error
  }
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
    return combineStats(this.#acceptor, this.#fanout, this.#opened?.lostBytes ?? 0)
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** A client with its header. Before the file is there, clients wait with it. */
  answer(request: TailsrvRequest, socket: Socket): void {
    void this.#answer(request, socket).catch(() => socket.destroy()) // no file: `closed` says why
  }

  async #answer(request: TailsrvRequest, socket: Socket): Promise<void> {
    const feed = this.#opened ?? (await this.#feed)
    if (this.#closing || socket.destroyed) return
    switch (request.kind) {
      case 'offset':
        return feed.add(socket, request.offset)
      case 'list':
        return sayGoodbye(socket, `${await this.#name}\n`)
      case 'stream':
        if (request.path === (await this.#name)) return feed.add(socket, request.from)
        return this.#acceptor.refuse(socket, 'path', 'no such file')
      case 'resume':
        this.#acceptor.refusals.count('header', { peer: socket.remoteAddress, why: 'resume' })
        return sayGoodbye(socket, encodeTailsrvReply({ kind: 'refused', text: 'resume tokens are not served yet' }))
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
