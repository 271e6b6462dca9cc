import { canCompress, compress } from '@logflow/compress'
import type { NativePacking, NativeTerms, PackedFrames } from '@logflow/protocol'

/** Smaller writes are not worth packing. */
const MIN_BYTES = 1024
/** How long the link is looked at before it is judged. */
const LOOK_MS = 400
/** A link that takes less than this, while we wait for it, gains from packing: zstd makes 250 to 500 MB/s of one core. */
const SLOW_BYTES_PER_MS = 25_000
/** Share of the time that is spent waiting for a link that is too slow, and for one that is not. */
const WAITING = 0.5
const NOT_WAITING = 0.1

/**
 * Packs what goes over a slow link, and nothing else: as long as the other side takes data as fast as it is read here,
 * packing would only cost time.
 */
export class FramePacker {
  readonly #packing: NativePacking | undefined
  readonly #always: boolean
  readonly #nowMs: () => number
  #packs: boolean
  #lookedSinceMs: number
  #waitedMs = 0
  #sentBytes = 0

  constructor({ packings = [], packAlways = false }: NativeTerms, nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
    this.#lookedSinceMs = nowMs()
    this.#packing = packings.find(packing => canCompress(packing))
    this.#always = packAlways
    this.#packs = packAlways && this.#packing !== undefined
  }

  /** Whether what comes next is packed. */
  get packs(): boolean {
    return this.#packs
  }

  /** The frames in `parts` in one, or `undefined` when they shall go as they are. */
  async pack(parts: readonly Uint8Array[]): Promise<PackedFrames | undefined> {
    const rawBytes = parts.reduce((sum, part) => sum + part.length, 0)
    if (!this.#packs || !this.#packing || rawBytes < MIN_BYTES) return undefined
    const raw = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)
    const bytes = await compress(raw, { format: this.#packing, level: 1 })
    return bytes.length < rawBytes ? { kind: 'packed', packing: this.#packing, rawBytes, bytes } : undefined
  }

  /** So many bytes were handed over, for which somebody waited so long. */
  sent(bytes: number, waitedMs: number): void {
    const nowMs = this.#nowMs()
    this.#waitedMs += waitedMs
    this.#sentBytes += bytes
    const lookedMs = nowMs - this.#lookedSinceMs
    if (lookedMs < LOOK_MS || this.#always || !this.#packing) return
    const waited = this.#waitedMs / lookedMs
    if (waited > WAITING && this.#sentBytes / lookedMs < SLOW_BYTES_PER_MS) this.#packs = true
    else if (waited < NOT_WAITING) this.#packs = false
    this.#lookedSinceMs = nowMs
    this.#waitedMs = 0
    this.#sentBytes = 0
  }
}
