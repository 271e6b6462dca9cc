import type { ServerResponse } from 'node:http'
import { encodeEvent } from './event-stream.ts'

/** Options of {@link LiveHub}. */
export interface LiveHubOptions {
  readonly maxClients: number
  /** Bytes that may wait for one client before it misses messages. */
  readonly clientBufferBytes: number
  /** A client that took nothing for this long is gone. @defaultValue 30 s */
  readonly stalledMs?: number
}

/** What the hub did so far. */
export interface LiveHubStats {
  /** Pages connected now. */
  readonly clients: number
  /** Pages turned away because there were too many. */
  readonly refusedClients: number
  /** Pages cut off because they took nothing for too long. */
  readonly stalledClients: number
  /** Lines and events that some page did not get, summed over the pages. */
  readonly missedItems: number
}

interface Client {
  readonly response: ServerResponse
  /** Lines and events left out since the client last heard about it. */
  missed: number
  stall: NodeJS.Timeout | undefined
}

/**
 * One stream to many pages. A page that does not keep up misses messages, is told how many lines that were, and gets
 * the present as soon as it takes data again: memory is bounded by clients times buffer.
 */
export class LiveHub {
  readonly #options: LiveHubOptions
  readonly #clients = new Set<Client>()
  #refusedClients = 0
  #stalledClients = 0
  #missedItems = 0

  constructor(options: LiveHubOptions) {
    this.#options = options
  }

  /** Takes over a response and sends `greeting` first. Answers 503 when there are too many already. */
  add(response: ServerResponse, greeting: string): void {
    if (this.#clients.size >= this.#options.maxClients) {
      this.#refusedClients++
      response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '10' }).end('too many open pages\n')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const client: Client = { response, missed: 0, stall: undefined }
    this.#clients.add(client)
    response.on('drain', () => this.#drained(client))
    response.on('close', () => {
      clearTimeout(client.stall)
      this.#clients.delete(client)
    })
    response.write(greeting)
  }

  /** Sends a message to every page; `items` is how many lines or events a page misses that misses the message. */
  broadcast(name: string, data: string, items = 0): void {
    const bytes = Buffer.from(encodeEvent(name, data))
    for (const client of this.#clients) this.#send(client, bytes, items)
  }

  stats(): LiveHubStats {
    return {
      clients: this.#clients.size,
      refusedClients: this.#refusedClients,
      stalledClients: this.#stalledClients,
      missedItems: this.#missedItems,
    }
  }

  /** Ends every stream. */
  close(): void {
    for (const { response } of this.#clients) response.end()
  }

  #send(client: Client, bytes: Uint8Array, items: number): void {
    const { clientBufferBytes, stalledMs = 30_000 } = this.#options
    if (client.response.writableLength + bytes.length > clientBufferBytes) {
      client.missed += items
      this.#missedItems += items
      client.stall ??= setTimeout(() => {
        this.#stalledClients++
        client.response.destroy()
      }, stalledMs).unref()
      return
    }
    this.#tellMissed(client)
    client.response.write(bytes)
  }

  #drained(client: Client): void {
    clearTimeout(client.stall)
    client.stall = undefined
    this.#tellMissed(client)
  }

  #tellMissed(client: Client): void {
    if (client.missed === 0) return
    client.response.write(encodeEvent('missed', JSON.stringify({ items: client.missed })))
    client.missed = 0
  }
}
