import type { Socket } from 'node:net'
import type { Channel } from 'ssh2'
import { ChannelInput } from './channel-input.ts'
import { SshError } from './errors.ts'
import { CLOSE_TIMEOUT_MS, DEFAULT_WINDOW_BYTES, MAX_PACKET_BYTES, REKEY_BYTES } from './limits.ts'
import { PacketCiphers } from './packet-ciphers.ts'
import type { PublicKey } from './public-key.ts'
import { WriteQueue } from './write-queue.ts'

/** Bytes both ways over the one channel of one SSH connection. Whoever gets it closes it. */
export interface SshSession extends AsyncDisposable {
  /** Name the client logged in with. */
  readonly user: string
  /** `address:port` of the other side. */
  readonly peer: string
  /** Server: the key whose signature let the user in; `undefined` after a password. Client: always `undefined`. */
  readonly identity: PublicKey | undefined
  /** Client: whether the server calls itself one of this package. A hint, not a proof. Server: always `false`. */
  readonly isOwn: boolean
  /**
   * What arrives, to be iterated once. Ends when the peer sends the end or closes; chunk boundaries mean nothing.
   *
   * @throws SshError `LF_SSH_CONNECTION_LOST` while iterating, when the connection broke
   */
  readonly input: AsyncIterable<Uint8Array>
  /** Takes ownership of `bytes`, gathers small writes, waits for the peer's window. @throws SshError `LF_SSH_CLOSED` */
  write(bytes: Uint8Array): Promise<void>
  /**
   * Writes `parts` behind what was written, without waiting for more to come. When it resolves they were copied, so that
   * their memory can be used again, and there is room for more. @throws SshError `LF_SSH_CLOSED`
   */
  writeParts(parts: readonly Uint8Array[]): Promise<void>
  /**
   * Gets ready for larger packets than SSH agreed on, for a peer that is told so. Returns how many bytes of data one may
   * hold; `undefined` when that must stay as it is.
   */
  acceptPackets(): number | undefined
  /** The peer says that it takes packets with so many bytes of data, more than SSH agreed on. */
  growPackets(maxBytes: number): void
  /** Resolves when everything written was handed to the operating system. @throws SshError `LF_SSH_CLOSED` */
  flush(): Promise<void>
  /**
   * Flushes, says goodbye, resolves when the connection is gone; a peer that does not take part gets five seconds.
   * Input that was not read is dropped. Every call returns the same promise.
   */
  close(): Promise<void>
  /** Ends the connection now; what was not sent is dropped. */
  abort(): void
  /** Resolves when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>
}

/** What a session is made of. */
export interface ChannelSessionInit {
  readonly channel: Channel
  readonly socket: Socket
  readonly user: string
  readonly peer: string
  readonly identity?: PublicKey | undefined
  readonly isOwn?: boolean
  /** Says goodbye in SSH's way and ends the socket. */
  readonly disconnect: () => void
  /** What the socket reads need not be kept for whoever gets it. */
  readonly lend?: (() => void) | undefined
  /** Asks for new keys. */
  readonly rekey?: (() => void) | undefined
  readonly rekeyBytes?: number | undefined
  /** Bytes that may wait to be read. @defaultValue 2 MiB */
  readonly maxWindowBytes?: number | undefined
}

/** An {@link SshSession} over an ssh2 channel, the same on both sides. */
export class ChannelSession implements SshSession {
  readonly user: string
  readonly peer: string
  readonly identity: PublicKey | undefined
  readonly isOwn: boolean
  readonly closed: Promise<void>
  readonly input: AsyncIterable<Uint8Array>
  readonly #init: ChannelSessionInit
  readonly #queue: WriteQueue
  readonly #arrived: ChannelInput
  readonly #ciphers: PacketCiphers
  #nextRekeyBytes: number
  #readable: (() => void) | undefined
  #inputEnded = false
  #failure: SshError | undefined
  #closing: Promise<void> | undefined

  constructor(init: ChannelSessionInit) {
    this.#init = init
    this.user = init.user
    this.peer = init.peer
    this.identity = init.identity
    this.isOwn = init.isOwn ?? false
    this.#nextRekeyBytes = init.rekeyBytes ?? REKEY_BYTES
    this.#ciphers = new PacketCiphers(init.channel, init.lend)
    this.#queue = new WriteQueue(init.channel, init.socket, () => this.#ciphers.release())
    this.#arrived = this.#openInput()
    this.input = this.#read()
    this.closed = this.#listen()
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#ciphers.install()
    await this.#queue.write(bytes)
    this.#rekeyWhenDue()
  }

  async writeParts(parts: readonly Uint8Array[]): Promise<void> {
    this.#ciphers.install()
    await this.#queue.writeParts(parts)
    this.#rekeyWhenDue()
  }

  acceptPackets(): number | undefined {
    return this.#ciphers.acceptLarge() ? MAX_PACKET_BYTES : undefined
  }

  growPackets(maxBytes: number): void {
    this.#queue.growPackets(Math.min(maxBytes, MAX_PACKET_BYTES))
  }

  #rekeyWhenDue(): void {
    if (this.#init.rekey && this.#queue.sentBytes >= this.#nextRekeyBytes) {
      this.#nextRekeyBytes = this.#queue.sentBytes + (this.#init.rekeyBytes ?? REKEY_BYTES)
      this.#init.rekey()
    }
  }

  flush(): Promise<void> {
    return this.#queue.flush()
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  abort(): void {
    this.#queue.end(new SshError('LF_SSH_CLOSED', `session with ${this.peer} is closed`))
    this.#init.socket.destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The connection reports what went wrong, before the socket closes. */
  fail(cause: unknown): void {
    this.#failure ??= new SshError('LF_SSH_CONNECTION_LOST', `connection with ${this.peer} was lost`, {
      cause,
      detail: { peer: this.peer },
    })
  }

  async #close(): Promise<void> {
    // A peer that does not read must not keep us: after the timeout the connection goes, whatever is unsent.
    const timer = setTimeout(() => this.abort(), CLOSE_TIMEOUT_MS)
    const { channel, disconnect } = this.#init
    try {
      await this.#queue.flush()
      // The peer's own close proves that all arrived: saying goodbye before it, in the middle of a change of keys, would
      // overtake the data. It comes behind unread input, which is therefore dropped.
      const closed = new Promise(resolve => channel.once('close', resolve))
      channel.end(() => (channel as Channel & { close(): void }).close())
      this.#inputEnded = true
      this.#arrived.drop()
      this.#readable?.()
      await Promise.race([closed, this.closed])
      disconnect()
    } catch {
      // The connection is gone already, which is what close wants.
      this.#init.socket.destroy()
    }
    await this.closed
    clearTimeout(timer)
  }

  #openInput(): ChannelInput {
    const { channel, socket, maxWindowBytes = DEFAULT_WINDOW_BYTES } = this.#init
    return new ChannelInput(channel, {
      maxWindowBytes,
      arrived: () => this.#readable?.(),
      exceeded: amount => {
        this.fail(new Error(`the peer sent ${amount} bytes more than the window allows`))
        socket.destroy()
      },
    })
  }

  #listen(): Promise<void> {
    const { channel, socket } = this.#init
    const end = (): void => {
      this.#inputEnded = true
      this.#readable?.()
    }
    channel.once('end', end).once('close', end)
    channel.on('error', (error: Error) => this.fail(error))
    return new Promise(resolve => {
      const gone = (): void => {
        this.#queue.end(this.#failure ?? new SshError('LF_SSH_CLOSED', `session with ${this.peer} is closed`))
        end()
        resolve()
      }
      if (socket.closed) gone()
      else socket.once('close', gone)
    })
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const packet = this.#arrived.read()
      if (packet) yield packet
      else if (this.#inputEnded) break
      else {
        await new Promise<void>(wake => (this.#readable = wake))
        this.#ciphers.install()
      }
    }
    if (this.#failure) throw this.#failure
  }
}
