import { connect, type Socket, type TcpNetConnectOpts } from 'node:net'

/** Bytes of one read; all connections of the process read into the same memory, one after the other. */
const READ_BYTES = 512 * 1024

let shared: Buffer | undefined

/** A socket that reads into memory of all. */
export interface LendingSocket {
  readonly socket: Socket
  /**
   * Whoever listens for `data` keeps nothing of it behind the call. Until this says so every chunk is a copy.
   */
  readonly lend: () => void
}

/**
 * Connects. What arrives comes as `data` in as large pieces as it is there, and, once {@link LendingSocket.lend} was
 * called, out of memory that is read into again: Node would make 64 KiB of memory for each piece.
 */
export function connectLending(options: TcpNetConnectOpts): LendingSocket {
  const buffer = (shared ??= Buffer.allocUnsafeSlow(READ_BYTES))
  let lends = false
  /** What came before anybody listened. */
  const early: Buffer[] = []
  const socket = connect({
    ...options,
    onread: {
      buffer,
      callback(size) {
        const bytes = buffer.subarray(0, size)
        if (socket.listenerCount('data') === 0) early.push(Buffer.from(bytes))
        else socket.emit('data', lends ? bytes : Buffer.from(bytes))
        return true
      },
    },
  })
  socket.on('newListener', event => {
    if (event !== 'data' || early.length === 0) return
    queueMicrotask(() => {
      for (const bytes of early.splice(0)) socket.emit('data', bytes)
    })
  })
  return { socket, lend: () => void (lends = true) }
}
