import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Cleanup, Random } from '@logflow/testkit'

/** A way to a server that breaks. */
export interface CuttingProxy {
  readonly port: number
  /** Connections that were cut so far. */
  readonly cuts: () => number
  /** Bytes that came from the server so far. */
  readonly passedBytes: () => number
  /** Resets what is open, now. */
  cut(): void
}

/**
 * What a connection lives for.
 *
 * - so many bytes from the server: every one of them reaches the client, and then the end
 * - `fromServer`: that many, and then a reset, which takes with it whatever is still on its way; what the client got of
 *   them depends on who is faster
 * - `fromClient`: so many bytes to the server, and then a reset
 */
export type Limit = number | { readonly fromServer: number } | { readonly fromClient: number }

/** A number of bytes for a {@link Limit} that small and large numbers are equally likely for. */
export function someBytes(random: Random, low: number, high: number): number {
  return Math.floor(low * (high / low) ** random.next())
}

/** Options of {@link cuttingProxy}. */
export interface CuttingProxyOptions {
  /** Done as soon as a connection was cut; whoever connects again waits for the end of it. */
  readonly onCut?: () => Promise<unknown>
}

/** Passes on what goes to and comes from `port`, and cuts connection after connection as `limits` say; the others live. */
export async function cuttingProxy(
  test: Cleanup,
  port: number,
  limits: readonly Limit[] = [],
  { onCut = async () => {} }: CuttingProxyOptions = {},
): Promise<CuttingProxy> {
  const open = new Set<Link>()
  const left = [...limits]
  let cuts = 0
  let passedBytes = 0
  let repaired: Promise<unknown> = Promise.resolve()
  const server = createServer(client => {
    client.on('error', () => {}) // the client may leave while it waits
    void repaired.then(() => {
      const link: Link = new Link(client, connect(port, '127.0.0.1'), {
        limit: left.shift(),
        passed: bytes => (passedBytes += bytes),
        wasCut: () => {
          open.delete(link)
          cuts++
          repaired = repaired.then(onCut)
        },
      })
      open.add(link)
      client.on('close', () => open.delete(link))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.onTestFinished(async () => {
    server.close()
    for (const link of open) link.destroy()
    await repaired
  })
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    passedBytes: () => passedBytes,
    cut: () => {
      for (const link of open) link.reset()
    },
  }
}

interface LinkInit {
  readonly limit: Limit | undefined
  readonly passed: (bytes: number) => void
  readonly wasCut: () => void
}

/** One connection of a client, and the one to the server behind it. */
class Link {
  readonly #client: Socket
  readonly #upstream: Socket
  readonly #init: LinkInit
  #wasCut = false

  constructor(client: Socket, upstream: Socket, init: LinkInit) {
    this.#client = client
    this.#upstream = upstream
    this.#init = init
    const { down, up } = bytesOf(init.limit)
    const reset = (): void => this.reset()
    pump(upstream, client, {
      limit: down,
      passed: init.passed,
      atLimit: typeof init.limit === 'number' ? () => this.#end() : reset,
    })
    pump(client, upstream, { limit: up, passed: () => {}, atLimit: reset })
    client.on('error', () => this.destroy()).on('end', () => upstream.end())
    client.on('close', () => upstream.destroy())
    upstream.on('error', () => client.resetAndDestroy()).on('close', () => client.end())
  }

  /** Now, with whatever is still on its way. */
  reset(): void {
    this.#cut()
    this.#client.resetAndDestroy()
    this.#upstream.resetAndDestroy()
  }

  destroy(): void {
    this.#client.destroy()
    this.#upstream.destroy()
  }

  /** Behind everything that was passed on. */
  #end(): void {
    this.#cut()
    this.#client.end()
    this.#upstream.resetAndDestroy()
  }

  #cut(): void {
    if (!this.#wasCut) this.#init.wasCut()
    this.#wasCut = true
  }
}

function bytesOf(limit: Limit = Infinity): { readonly down: number; readonly up: number } {
  if (typeof limit === 'number') return { down: limit, up: Infinity }
  return 'fromServer' in limit ? { down: limit.fromServer, up: Infinity } : { down: Infinity, up: limit.fromClient }
}

interface PumpOptions {
  readonly limit: number
  readonly passed: (bytes: number) => void
  readonly atLimit: () => void
}

/** Passes on `limit` bytes at most. */
function pump(from: Socket, to: Socket, { limit, passed, atLimit }: PumpOptions): void {
  let sum = 0
  from.on('data', (bytes: Buffer) => {
    const rest = limit - sum
    sum += bytes.length
    passed(bytes.length)
    if (rest < 0) return
    to.write(bytes.length > rest ? bytes.subarray(0, rest) : bytes)
    if (bytes.length > rest) atLimit()
  })
}
