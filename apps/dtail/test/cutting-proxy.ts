import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Cleanup } from '@logflow/testkit'

/** A way to a server that breaks. */
export interface CuttingProxy {
  readonly port: number
  /** Connections that were cut so far. */
  readonly cuts: () => number
  /** Bytes that came from the server so far. */
  readonly passedBytes: () => number
  /** Cuts what is open, now. */
  cut(): void
}

/** Bytes that a connection lives for: so many from the server, or from the client. */
export type Limit = number | { readonly fromClient: number }

/**
 * Passes on what goes to and comes from `port`, and resets connection after connection once so many bytes as `limits`
 * says have passed; the connections behind them live.
 */
export async function cuttingProxy(test: Cleanup, port: number, limits: readonly Limit[] = []): Promise<CuttingProxy> {
  const open = new Set<Socket>()
  const left = [...limits]
  let cuts = 0
  let passedBytes = 0
  const server = createServer(client => {
    const given = left.shift() ?? Infinity
    const [limit, limitUp] = typeof given === 'number' ? [given, Infinity] : [Infinity, given.fromClient]
    const upstream = connect(port, '127.0.0.1')
    const end = (): void => {
      if (open.delete(client)) cuts++
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    open.add(client)
    let passed = 0
    let passedUp = 0
    client.on('data', (bytes: Buffer) => {
      const rest = limitUp - passedUp
      passedUp += bytes.length
      upstream.write(passedUp > limitUp ? bytes.subarray(0, rest) : bytes)
      if (passedUp > limitUp) end()
    })
    client.on('end', () => upstream.end())
    upstream.on('data', (bytes: Buffer) => {
      const rest = limit - passed
      passed += bytes.length
      passedBytes += bytes.length
      client.write(passed > limit ? bytes.subarray(0, rest) : bytes)
      if (passed > limit) end()
    })
    client.on('error', end).on('close', () => {
      open.delete(client)
      upstream.destroy()
    })
    upstream.on('error', end).on('close', () => client.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.onTestFinished(async () => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    passedBytes: () => passedBytes,
    cut: () => {
      for (const socket of open) {
        cuts++
        open.delete(socket)
        socket.resetAndDestroy()
      }
    },
  }
}
