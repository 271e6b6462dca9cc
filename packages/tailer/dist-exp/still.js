import { crc32 } from 'zlib'
import { access, stat as stat$1, open as open$1, readFile, rename, unlink } from 'fs/promises'
import { join, delimiter, isAbsolute, dirname, basename, extname } from 'path'
import { LogflowError, systemClock, lineAt, lineOffset, silentLogger, lineBatch, linePieces } from '@logflow/core'
import {
  stat,
  lstat,
  readdir,
  realpath,
  constants,
  open,
  fstatSync,
  fstat,
  read,
  close,
  watch,
  realpathSync,
  statSync,
  lstatSync,
} from 'fs'
import { setImmediate } from 'timers/promises'
import { hash, createHash, randomUUID } from 'crypto'
import { promisify } from 'util'
import { detectCompression, DETECT_BYTES, decompressStream, CompressError } from '@logflow/compress'
import { hostname, tmpdir, platform } from 'os'
import { once } from 'events'
import { setTimeout } from 'timers'
import { Readable, addAbortSignal } from 'stream'

// src/resting/packed-records.ts
var CHUNK_BYTES = 256 * 1024
var HEADER_BYTES = 16
var KEY_AT = 8
var TEXT_AT = 12
var PackedRecords = class {
  #chunks = []
  #liveBytes = 0
  #deadBytes = 0
  #lastNumber = 0
  /** How often places have changed. */
  #moves = 0
  /** What keys and texts take that were not removed. */
  get liveBytes() {
    return this.#liveBytes
  }
  /** Whether more of the memory is dead than alive. */
  get isWasteful() {
    return this.#deadBytes > this.#liveBytes + CHUNK_BYTES
  }
  /** The place of a new record. */
  append(key, text) {
    const size = HEADER_BYTES + key.length + text.length
    let chunk = this.#chunks.at(-1)
    if (!chunk || chunk.taken + size > CHUNK_BYTES) {
      chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, size)), taken: 0 }
      this.#chunks.push(chunk)
    }
    const { bytes, taken: at } = chunk
    bytes.writeDoubleLE(++this.#lastNumber, at)
    bytes.writeUInt32LE(key.length, at + KEY_AT)
    bytes.writeUInt32LE(text.length, at + TEXT_AT)
    bytes.set(key, at + HEADER_BYTES)
    bytes.set(text, at + HEADER_BYTES + key.length)
    chunk.taken = at + size
    this.#liveBytes += size
    return (this.#chunks.length - 1) * CHUNK_BYTES + at
  }
  /** Good until the next call of anything else. */
  key(place) {
    const { bytes, at } = this.#at(place)
    return bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + bytes.readUInt32LE(at + KEY_AT))
  }
  /** Whether the first `length` bytes of `bytes` are the key. */
  hasKey(place, bytes, length) {
    const chunk = this.#chunks[Math.floor(place / CHUNK_BYTES)].bytes
    const at = place % CHUNK_BYTES
    if (chunk.readUInt32LE(at + KEY_AT) !== length) return false
    return chunk.compare(bytes, 0, length, at + HEADER_BYTES, at + HEADER_BYTES + length) === 0
  }
  /** As {@link PackedRecords.key}. */
  text(place) {
    const { bytes, at } = this.#at(place)
    const from = at + HEADER_BYTES + bytes.readUInt32LE(at + KEY_AT)
    return bytes.subarray(from, from + bytes.readUInt32LE(at + TEXT_AT))
  }
  remove(place) {
    const { bytes, at } = this.#at(place)
    bytes.writeDoubleLE(0, at)
    const size = sizeAt(bytes, at)
    this.#liveBytes -= size
    this.#deadBytes += size
  }
  /** Gives up what was removed: every other record has a new place. */
  compact() {
    const [chunks, lastNumber] = [this.#chunks, this.#lastNumber]
    this.#chunks = []
    this.#liveBytes = this.#deadBytes = 0
    this.#moves++
    for (const { bytes, at, number } of recordsIn(chunks)) {
      const keyEnd = at + HEADER_BYTES + bytes.readUInt32LE(at + KEY_AT)
      this.#lastNumber = number - 1
      this.append(bytes.subarray(at + HEADER_BYTES, keyEnd), bytes.subarray(keyEnd, at + sizeAt(bytes, at)))
    }
    this.#lastNumber = lastNumber
  }
  /** Places, in the order in which records were appended; these may come, go and move meanwhile. */
  *places() {
    let [last, moves] = [0, -1]
    while (moves !== this.#moves) {
      moves = this.#moves
      for (const { chunk, at, number } of recordsIn(this.#chunks)) {
        if (number <= last) continue
        last = number
        yield chunk * CHUNK_BYTES + at
        if (moves !== this.#moves) break
      }
    }
  }
  #at(place) {
    const { bytes } = this.#chunks[Math.floor(place / CHUNK_BYTES)]
    return { bytes, at: place % CHUNK_BYTES }
  }
}
function* recordsIn(chunks) {
  for (let chunk = 0; chunk < chunks.length; chunk++) {
    const piece = chunks[chunk]
    for (let at = 0; at < piece.taken; at += sizeAt(piece.bytes, at)) {
      const number = piece.bytes.readDoubleLE(at)
      if (number > 0) yield { chunk, bytes: piece.bytes, at, number }
    }
  }
}
function sizeAt(bytes, at) {
  return HEADER_BYTES + bytes.readUInt32LE(at + KEY_AT) + bytes.readUInt32LE(at + TEXT_AT)
}

// src/resting/packed-texts.ts
var MIN_SLOTS = 16
var FREE = 0
var LEFT = -1
var SEED = Math.floor(Math.random() * 4294967295)
var PackedTexts = class {
  #records = new PackedRecords()
  #slots = new Float64Array(MIN_SLOTS)
  /** Slots that are not free. */
  #taken = 0
  #size = 0
  /** How many texts there are. */
  get size() {
    return this.#size
  }
  /** What keys and texts take, about. */
  get bytes() {
    return this.#records.liveBytes
  }
  /** Keys, in the order in which they were set; they may come and go meanwhile. */
  *keys() {
    for (const place of this.#records.places()) yield this.#records.key(place).toString()
  }
  /** As {@link PackedTexts.keys}, with their texts. */
  *entries() {
    for (const place of this.#records.places()) {
      yield [this.#records.key(place).toString(), this.#records.text(place).toString()]
    }
  }
  has(key) {
    return this.#slotOf(encoded.write(key)) !== -1
  }
  get(key) {
    return this.#textOf(key)?.toString()
  }
  /** Whether the text of a key begins with `start`. */
  beginsWith(key, start) {
    const text = this.#textOf(key)
    return text !== void 0 && text.subarray(0, Buffer.byteLength(start)).toString() === start
  }
  /** Puts `other` in the place of the `end` of a text, both ASCII and of one length. False when it has another end. */
  replaceEnd(key, end, other) {
    const bytes = this.#textOf(key)
    const last = bytes?.subarray(bytes.length - end.length)
    if (last?.toString('latin1') !== end) return false
    last.write(other, 'latin1')
    return true
  }
  set(key, text) {
    this.delete(key)
    if (this.#records.isWasteful) this.#compact()
    if ((this.#taken + 1) * 4 > this.#slots.length * 3) this.#index()
    const [keyBytes, textBytes] = [encoded.encode(key), encodedText.encode(text)]
    this.#slots[this.#freeSlot(keyBytes, keyBytes.length)] = this.#records.append(keyBytes, textBytes) + 1
    this.#taken++
    this.#size++
  }
  delete(key) {
    const slot = this.#slotOf(encoded.write(key))
    if (slot === -1) return false
    this.#records.remove(this.#slots[slot] - 1)
    this.#slots[slot] = LEFT
    if (--this.#size === 0 && this.#records.isWasteful) this.#compact()
    return true
  }
  #textOf(key) {
    const slot = this.#slotOf(encoded.write(key))
    return slot === -1 ? void 0 : this.#records.text(this.#slots[slot] - 1)
  }
  /** Where the place of the encoded key is; -1 when there is none. */
  #slotOf(length) {
    const mask = this.#slots.length - 1
    for (let slot = hashOf(encoded.bytes, length) & mask; ; slot = (slot + 1) & mask) {
      const place = this.#slots[slot]
      if (place === FREE) return -1
      if (place !== LEFT && this.#records.hasKey(place - 1, encoded.bytes, length)) return slot
    }
  }
  #freeSlot(key, length) {
    const mask = this.#slots.length - 1
    let slot = hashOf(key, length) & mask
    while (this.#slots[slot] !== FREE) slot = (slot + 1) & mask
    return slot
  }
  #compact() {
    this.#records.compact()
    this.#index()
  }
  /** Finds every key a slot, with room for as many more. */
  #index() {
    let slots = MIN_SLOTS
    while (slots < this.#size * 2) slots *= 2
    this.#slots = new Float64Array(slots)
    this.#taken = this.#size
    for (const place of this.#records.places()) {
      const key = this.#records.key(place)
      this.#slots[this.#freeSlot(key, key.length)] = place + 1
    }
  }
}
var Encoded = class {
  bytes = Buffer.allocUnsafeSlow(4096)
  /** How long it is, as it lies in {@link Encoded.bytes} until the next call. */
  write(text) {
    if (text.length * 3 > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(text.length * 6)
    return this.bytes.write(text)
  }
  /** Good until the next call. */
  encode(text) {
    const length = this.write(text)
    return this.bytes.subarray(0, length)
  }
}
var encoded = new Encoded()
var encodedText = new Encoded()
function hashOf(bytes, length) {
  let hash2 = SEED
  for (let i = 0; i < length; i++) hash2 = Math.imul(hash2 ^ bytes[i], 16777619)
  return (hash2 ^ (hash2 >>> 15)) >>> 0
}

// src/resting/words.ts
function wordsOf(text, count) {
  const words = []
  let from = 0
  while (words.length < count) {
    const to = text.indexOf(' ', from)
    words.push(text.slice(from, to))
    from = to + 1
  }
  return { words, rest: text.slice(from) }
}

// src/checkpoint/checkpoint-entries.ts
var CheckpointEntries = class {
  #all = new PackedTexts()
  /** Ids of the sources of each path: of thousands of paths most have one. */
  #idsOf = new PackedTexts()
  /** Sources that were completed since they were acknowledged. */
  #completed = /* @__PURE__ */ new Set()
  constructor(entries) {
    for (const entry of entries) this.setLast(entry)
  }
  get(sourceId) {
    const text = this.#all.get(sourceId)
    return text === void 0 ? void 0 : this.#unpack(sourceId, text)
  }
  *values() {
    for (const [sourceId, text] of this.#all.entries()) yield this.#unpack(sourceId, text)
  }
  /** What they take, about. */
  get bytes() {
    return this.#all.bytes
  }
  /** Whether there are any of a path. */
  knows(path) {
    return this.#idsOf.has(path)
  }
  /** Those of one path. */
  of(host, path) {
    const entries = this.#idsAt(path).flatMap(id => this.get(id) ?? [])
    return entries.filter(entry => entry.host === host)
  }
  /** An entry that was acknowledged just now. */
  setLast(entry) {
    const { sourceId, path } = entry
    if (this.#idsAt(path).at(-1) !== sourceId) {
      this.#leavePath(sourceId)
      this.#setIds(path, [...this.#idsAt(path), sourceId])
    }
    this.#completed.delete(sourceId)
    this.#all.set(sourceId, pack(entry))
  }
  /** It was read to its end; its place in the order is what it was. */
  complete(sourceId) {
    if (this.#all.has(sourceId)) this.#completed.add(sourceId)
  }
  delete(sourceId) {
    this.#leavePath(sourceId)
    this.#completed.delete(sourceId)
    this.#all.delete(sourceId)
  }
  #unpack(sourceId, text) {
    const entry = unpack(sourceId, text)
    return this.#completed.has(sourceId) ? { ...entry, complete: true } : entry
  }
  #leavePath(sourceId) {
    const { path } = this.get(sourceId) ?? {}
    if (path === void 0) return
    const ids = this.#idsAt(path)
    const at = ids.lastIndexOf(sourceId)
    if (at !== -1) ids.splice(at, 1)
    this.#setIds(path, ids)
  }
  #idsAt(path) {
    const text = this.#idsOf.get(path)
    return text === void 0 ? [] : JSON.parse(text)
  }
  #setIds(path, ids) {
    if (ids.length === 0) this.#idsOf.delete(path)
    else this.#idsOf.set(path, JSON.stringify(ids))
  }
}
function pack({ host, path, offset, tailHash, atMs, beside = '', complete }) {
  const numbers = [offset, atMs, complete ? 1 : 0, host.length, path.length, tailHash.length]
  return `${numbers.join(' ')} ${host}${path}${tailHash}${beside}`
}
var NUMBERS = 6
function unpack(sourceId, text) {
  const { words, rest } = wordsOf(text, NUMBERS)
  const pathAt = Number(words[3])
  const hashAt = pathAt + Number(words[4])
  const besideAt = hashAt + Number(words[5])
  return {
    sourceId,
    host: rest.slice(0, pathAt),
    path: rest.slice(pathAt, hashAt),
    offset: Number(words[0]),
    tailHash: rest.slice(hashAt, besideAt),
    atMs: Number(words[1]),
    beside: rest.slice(besideAt) || void 0,
    complete: words[2] === '1' || void 0,
  }
}
var CHECKPOINT_HEADER = 'logflow-checkpoint 1\n'
function encodeCheckpointRecord(record) {
  const json = JSON.stringify(record)
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}
`)
}
function decodeCheckpointLog(bytes) {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = /* @__PURE__ */ new Map()
  let [at, records, damaged] = [0, 0, 0]
  for (let end = text.indexOf(10); end !== -1; end = text.indexOf(10, at)) {
    const line = text.toString('utf8', at, end)
    at = end + 1
    if (
      `${line}
` === CHECKPOINT_HEADER
    )
      continue
    const record = parseRecord(line)
    if (!record) damaged++
    else entries.delete(record.sourceId)
    if (record && 'offset' in record) entries.set(record.sourceId, record)
    if (record) records++
  }
  return { entries, records, damaged, validBytes: at }
}
function parseRecord(line) {
  const json = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0')) return void 0
  let value
  try {
    value = JSON.parse(json)
  } catch {
    return void 0
  }
  return isEntry(value) ? value : isForgotten(value) ? value : void 0
}
function isEntry(value) {
  if (typeof value !== 'object' || value === null) return false
  const { sourceId, host, path, offset, tailHash, atMs, beside = '', complete = true } = value
  const texts = [sourceId, host, path, tailHash, beside].every(text => typeof text === 'string')
  return texts && complete === true && Number.isSafeInteger(offset) && offset >= 0 && typeof atMs === 'number'
}
function isForgotten(value) {
  return typeof value === 'object' && value !== null && typeof value.sourceId === 'string'
}
var tailerErrors = {
  LF_TAILER_CHECKPOINT: { retryable: true },
  LF_TAILER_CLOSED: { retryable: false },
  LF_TAILER_GLOB: { retryable: false },
  LF_TAILER_JOURNAL: { retryable: true },
  LF_TAILER_NOT_A_FILE: { retryable: false },
  LF_TAILER_OPEN: { retryable: true },
  LF_TAILER_PACKED: { retryable: false },
  LF_TAILER_READ: { retryable: true },
}
var TailerError = class extends LogflowError {
  name = 'TailerError'
  constructor(code2, message, facts) {
    super(code2, message, { ...facts, ...tailerErrors[code2] })
  }
}
var FolderAway = class extends Error {
  name = 'FolderAway'
}
function systemCode(error) {
  return error instanceof Error ? error.code : void 0
}
function isMissing(error) {
  const code2 = systemCode(error)
  return code2 === 'ENOENT' || code2 === 'ENOTDIR' || code2 === 'ELOOP'
}
function isVanished(error) {
  return isMissing(error) || error instanceof FolderAway || (error instanceof TailerError && isMissing(error.cause))
}
function isPassing(error) {
  const code2 = systemCode(error instanceof TailerError ? error.cause : error)
  return error instanceof FolderAway || code2 === 'EMFILE' || code2 === 'ENFILE' || code2 === 'ESTALE'
}

// src/checkpoint/checkpoint-storage.ts
async function openCheckpointFile(path) {
  return new CheckpointFile(path, await open$1(path, 'a'))
}
var CheckpointFile = class {
  path
  #file
  constructor(path, file) {
    this.path = path
    this.#file = file
  }
  async load() {
    try {
      return await readFile(this.path)
    } catch (error) {
      if (isMissing(error)) return new Uint8Array(0)
      throw error
    }
  }
  truncate(size) {
    return this.#file.truncate(size)
  }
  async append(bytes) {
    await this.#file.appendFile(bytes)
    await this.#file.datasync()
  }
  async replace(bytes) {
    const next = await open$1(`${this.path}.new`, 'w')
    try {
      await next.writeFile(bytes)
      await next.sync()
      await rename(`${this.path}.new`, this.path)
      await syncDirectory(dirname(this.path))
    } catch (error) {
      await next.close()
      throw error
    }
    const old = this.#file
    this.#file = next
    await old.close()
  }
  close() {
    return this.#file.close()
  }
}
async function syncDirectory(path) {
  const directory = await open$1(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

// src/checkpoint/pending-bytes.ts
var FIRST_BYTES = 16 * 1024
var PendingBytes = class {
  #bytes = new Uint8Array(0)
  #size = 0
  add(bytes) {
    const size = this.#size + bytes.length
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(FIRST_BYTES, size * 2))
      larger.set(this.#bytes.subarray(0, this.#size))
      this.#bytes = larger
    }
    this.#bytes.set(bytes, this.#size)
    this.#size = size
  }
  /** Everything that was added since this was called last. */
  take() {
    const taken = this.#bytes.slice(0, this.#size)
    this.#size = 0
    return taken
  }
}

// src/streams/stream-ids.ts
var FIFO_ID = 'fifo:'
var JOURNAL_ID = 'journal:'
function isFifoSource({ id }) {
  return id.startsWith(FIFO_ID)
}
function isJournalSource({ id }) {
  return id.startsWith(JOURNAL_ID)
}

// src/checkpoint/checkpoint.ts
var COMPACT_BYTES = 256 * 1024
var MAX_NOTES = 4096
var MAX_DESCRIBED = 2e5
async function openCheckpoint(place) {
  return Checkpoint.open(place)
}
var Checkpoint = class _Checkpoint {
  /** Where it is kept. */
  path
  /** Records that could not be read when it was opened; their sources go on from an earlier record, or anew. */
  damagedRecords
  #entries
  #complete = /* @__PURE__ */ new Map()
  #beside = /* @__PURE__ */ new Map()
  #notes = /* @__PURE__ */ new Map()
  #storage
  #fileBytes
  /** Whether the last write failed, and may have left a part of what was to be written. */
  #torn = false
  /** Not worth asking before whether the log can be made shorter. */
  #compactBytes = COMPACT_BYTES
  /** Sources whose state, or that nothing is known of them any more, is to be written, in that order. */
  #waiting = /* @__PURE__ */ new Set()
  /** Records of sources that were begun: as such, since thousands of ids would be copied by every collection. */
  #begun = new PendingBytes()
  /** Whether {@link Checkpoint.begin} was called since the last {@link Checkpoint.begun}. */
  #hasBegun = false
  #flushing
  #next
  #closing
  constructor(storage, log) {
    this.path = storage.path
    this.damagedRecords = log.damaged
    this.#entries = new CheckpointEntries(log.entries.values())
    this.#storage = storage
    this.#fileBytes = log.validBytes
  }
  /** See {@link openCheckpoint}. */
  static async open(place) {
    const path = typeof place === 'string' ? place : place.path
    try {
      const storage = typeof place === 'string' ? await openCheckpointFile(place) : place
      try {
        const log = decodeCheckpointLog(await storage.load())
        await storage.truncate(log.validBytes)
        const checkpoint = new _Checkpoint(storage, log)
        if (log.validBytes === 0) await checkpoint.#append(Buffer.from(CHECKPOINT_HEADER))
        return checkpoint
      } catch (error) {
        await storage.close()
        throw error
      }
    } catch (cause) {
      throw new TailerError('LF_TAILER_CHECKPOINT', `cannot open checkpoint ${path}`, { cause, detail: { path } })
    }
  }
  /** How far this source was acknowledged. */
  load(sourceId) {
    return this.#entries.get(sourceId)
  }
  /** Every source that was acknowledged and not forgotten, in the order of their last acknowledgement. */
  entries() {
    return [...this.#entries.values()]
  }
  /** Whether there are entries of a path, of this host or another one. */
  knows(path) {
    return this.#entries.knows(path)
  }
  /** As {@link Checkpoint.entries}, those of one path. */
  entriesOf(host, path) {
    return this.#entries.of(host, path)
  }
  /**
   * Remembers the proof of a delivery that ends at `offset`, until that offset or a later one is acknowledged.
   * {@link follow} calls this; whoever only consumes does not.
   */
  note(sourceId, offset, tailHash) {
    let notes = this.#notes.get(sourceId)
    if (!notes) this.#notes.set(sourceId, (notes = /* @__PURE__ */ new Map()))
    notes.set(offset, tailHash)
    if (notes.size > MAX_NOTES) notes.delete(notes.keys().next().value)
  }
  /** Remembers what lay beside a source when it was opened. {@link follow} calls this. */
  describe(sourceId, beside) {
    this.#beside.delete(sourceId)
    if (this.#entries.get(sourceId)?.beside === beside) return
    this.#beside.set(sourceId, beside)
    if (this.#beside.size > MAX_DESCRIBED) this.#beside.delete(this.#beside.keys().next().value)
  }
  /** A source ended at `offset`: once that is acknowledged nothing of it is missing. {@link follow} calls this. */
  complete(sourceId, offset) {
    this.#complete.set(sourceId, offset)
    if (this.#complete.size > MAX_DESCRIBED) this.#complete.delete(this.#complete.keys().next().value)
    const entry = this.#entries.get(sourceId)
    if (this.#closing || entry?.offset !== offset || entry.complete) return
    this.#entries.complete(sourceId)
    this.#wait(sourceId)
    this.#flush().catch(() => {})
  }
  /**
   * Everything of `source` before `offset` was dealt with for good. Resolves when that is durable; calls that come
   * while a write is under way share the next one. Of a fifo nothing is kept: nobody can go back in it.
   *
   * @throws TailerError `LF_TAILER_CHECKPOINT` when it cannot be written, `LF_TAILER_CLOSED`
   */
  acknowledge(source, offset) {
    if (this.#closing) return rejectedAsClosed()
    if (isFifoSource(source)) return Promise.resolve()
    this.#keep(source, offset, this.#settleNotes(source.id, offset))
    this.#wait(source.id)
    return this.#flush()
  }
  /**
   * A source is read from here on. Writes nothing yet: thousands that are begun together share a few writes.
   * {@link follow} calls this, and waits for {@link Checkpoint.begun} before it delivers anything.
   */
  begin(source, { offset, tailHash }) {
    this.#hasBegun = true
    if (this.#closing) return
    this.#begun.add(encodeCheckpointRecord(this.#keep(source, offset, tailHash)))
  }
  /**
   * Resolves when everything that was begun is durable. A failure is told once.
   *
   * @throws TailerError `LF_TAILER_CHECKPOINT`, `LF_TAILER_CLOSED`
   */
  begun() {
    if (!this.#hasBegun) return Promise.resolve()
    this.#hasBegun = false
    return this.#closing ? rejectedAsClosed() : this.#flush()
  }
  /** Drops what is known of a source, so that it would be read anew. Resolves when that is durable. */
  forget(sourceId) {
    if (this.#closing) return rejectedAsClosed()
    this.#notes.delete(sourceId)
    if (!this.#entries.get(sourceId)) return Promise.resolve()
    this.#entries.delete(sourceId)
    this.#wait(sourceId)
    return this.#flush()
  }
  /** Waits for what is being written, and what was begun. Every call returns the same promise. */
  close() {
    return (this.#closing ??= this.#settled().then(() => this.#storage.close()))
  }
  [Symbol.asyncDispose]() {
    return this.close()
  }
  /** The proof of `offset`, and no notes up to it any more. */
  #settleNotes(sourceId, offset) {
    const notes = this.#notes.get(sourceId)
    if (!notes) return ''
    const tailHash = notes.get(offset) ?? ''
    for (const noted of notes.keys()) if (noted <= offset) notes.delete(noted)
    if (notes.size === 0) this.#notes.delete(sourceId)
    return tailHash
  }
  #keep({ id, host, path }, offset, tailHash) {
    const beside = this.#beside.get(id) ?? this.#entries.get(id)?.beside
    this.#beside.delete(id)
    const complete = this.#complete.get(id) === offset || void 0
    const entry = { sourceId: id, host, path, offset, tailHash, atMs: Date.now(), beside, complete }
    this.#entries.setLast(entry)
    return entry
  }
  /** The last to be acknowledged is the last in order, among the entries and in the log. */
  #wait(sourceId) {
    this.#waiting.delete(sourceId)
    this.#waiting.add(sourceId)
  }
  /** One write at a time; whoever comes meanwhile waits for the one after it. */
  #flush() {
    if (!this.#flushing) return (this.#flushing = this.#write())
    return (this.#next ??= this.#flushing.then(
      () => this.#startNext(),
      () => this.#startNext(),
    ))
  }
  #startNext() {
    this.#next = void 0
    return (this.#flushing = this.#write())
  }
  async #write() {
    const changed = [...this.#waiting].map(sourceId => encodeCheckpointRecord(this.load(sourceId) ?? { sourceId }))
    const records = [this.#begun.take(), ...changed]
    this.#waiting = /* @__PURE__ */ new Set()
    try {
      await this.#append(Buffer.concat(records))
      if (this.#fileBytes >= this.#compactBytes) await this.#compact()
    } catch (cause) {
      throw new TailerError('LF_TAILER_CHECKPOINT', `cannot write checkpoint ${this.path}`, {
        cause,
        detail: { path: this.path },
      })
    } finally {
      if (!this.#next) this.#flushing = void 0
    }
  }
  async #append(bytes) {
    if (this.#torn) await this.#storage.truncate(this.#fileBytes)
    this.#torn = true
    await this.#storage.append(bytes)
    this.#torn = false
    this.#fileBytes += bytes.length
  }
  /** Keeps only what lives. */
  async #compact() {
    this.#compactBytes = Math.max(COMPACT_BYTES, this.#entries.bytes * 4)
    if (this.#compactBytes > this.#fileBytes) return
    const live = Buffer.concat([Buffer.from(CHECKPOINT_HEADER), ...this.entries().map(encodeCheckpointRecord)])
    this.#compactBytes = Math.max(COMPACT_BYTES, live.length * 4)
    if (this.#compactBytes > this.#fileBytes) return
    await this.#storage.replace(live)
    this.#fileBytes = live.length
  }
  async #settled() {
    if (this.#hasBegun) await this.#flush().catch(() => {})
    for (let pending = this.#flushing; pending; pending = this.#flushing) await pending.catch(() => {})
  }
}
function rejectedAsClosed() {
  return Promise.reject(new TailerError('LF_TAILER_CLOSED', 'checkpoint is closed'))
}
var DescriptorHandle = class _DescriptorHandle {
  /** Good until {@link DescriptorHandle.close}. */
  fd
  #far
  #busy = 0
  #closing
  #onRest = () => {}
  constructor(fd, far) {
    this.fd = fd
    this.#far = far
  }
  /** Opens as `open(2)` does, with its flags. With `far` the file may lie on another machine: nothing is asked at once. */
  static open(path, flags, { far = false } = {}) {
    return new Promise((resolve, reject) => {
      open(path, flags, (error, fd) => (error ? reject(error) : resolve(new _DescriptorHandle(fd, far))))
    })
  }
  async stat(options) {
    if (!this.#far && !this.#closing) return fstatSync(this.fd, options)
    return this.#ask(answer => fstat(this.fd, options, answer))
  }
  read(buffer, offset, length, position) {
    return this.#ask(answer => {
      read(this.fd, buffer, offset, length, position, (error, bytesRead) => answer(error, { bytesRead }))
    })
  }
  /** Waits for what was asked before: the number is another file's as soon as it is closed. Once, however often it is called. */
  close() {
    return (this.#closing ??= this.#busy > 0 ? this.#closeAtRest() : this.#closeNow())
  }
  async #closeAtRest() {
    await new Promise(resolve => void (this.#onRest = resolve))
    await this.#closeNow()
  }
  #closeNow() {
    return new Promise((resolve, reject) => close(this.fd, error => (error ? reject(error) : resolve())))
  }
  /** One promise for each question and no function that waits for it: a file that is begun asks dozens. */
  #ask(work) {
    return new Promise((resolve, reject) => {
      if (this.#closing) throw Object.assign(new Error('EBADF: the file is closed'), { code: 'EBADF' })
      work((error, value) => {
        if (error) reject(error)
        else resolve(value)
        if (--this.#busy === 0) this.#onRest()
      })
      this.#busy++
    })
  }
}
var HEAD_BYTES = 1024
var TAIL_BYTES = 256
var VERSION = 'f1'
var ID = /^f1:([0-9a-f]+):([0-9a-f]+):([0-9a-z]+):(\d{1,4}):([0-9a-f]{16})(?:~[0-9a-z]+)?$/
function inodeKeyOf({ dev, ino }) {
  return `${dev.toString(16)}:${ino.toString(16)}`
}
function claimKeyOf({ inodeKey, birthNs }) {
  return `${inodeKey}@${birthNs.toString(36)}`
}
function isSameFile(a, b) {
  if (a.birthNs !== b.birthNs) return false
  return a.inodeKey === b.inodeKey || (a.birthNs !== 0n && inodeOf(a.inodeKey) === inodeOf(b.inodeKey))
}
function inodeOf(inodeKey) {
  return inodeKey.slice(inodeKey.indexOf(':') + 1)
}
function parseClaimKey(key) {
  const [inodeKey = '', birth = ''] = key.split('@')
  return { inodeKey, birthNs: fromBase36(birth) }
}
function factsOf({ inodeKey, birthNs: birthtimeNs, mtimeNs, size }) {
  const [dev, ino] = inodeKey.split(':').map(hex => BigInt(`0x${hex}`))
  return { dev, ino, size: BigInt(size), birthtimeNs, mtimeNs, isFile: () => true }
}
async function identify(handle) {
  return identifyBy(handle, await handle.stat({ bigint: true }))
}
function identifyBy(handle, stat4) {
  return readAt(handle, 0, HEAD_BYTES).then(head => identityOf(stat4, head))
}
function sizeSeen({ head, size }) {
  return head.length < Math.min(HEAD_BYTES, size) ? head.length : Math.max(head.length, size)
}
function identityOf(stat4, head, size = Number(stat4.size)) {
  const inodeKey = inodeKeyOf(stat4)
  const { birthtimeNs: birthNs, mtimeNs } = stat4
  const cut = size > 0 ? size.toString(36) : ''
  const mark = head.length === 0 && (mtimeNs > birthNs || size > 0) ? `~${mtimeNs.toString(36)}${cut}` : ''
  const id = `${VERSION}:${inodeKey}:${birthNs.toString(36)}:${head.length}:${hashBytes(head)}${mark}`
  return { id, inodeKey, head, birthNs, mtimeNs, size }
}
function markedId(id, mark) {
  return `${id.replace(/~.*$/, '')}~${mark}`
}
function parseIdentity(id) {
  const match = ID.exec(id)
  if (!match) return void 0
  const [, device = '', inode = '', birth = '', headBytes = '', headHash = ''] = match
  return { inodeKey: `${device}:${inode}`, birthNs: fromBase36(birth), headBytes: Number(headBytes), headHash }
}
async function hashTail(handle, offset) {
  const length = Math.min(TAIL_BYTES, offset)
  const bytes = await readAt(handle, offset - length, length)
  return bytes.length === length ? formatTailHash(bytes) : void 0
}
function formatTailHash(before, after = new Uint8Array(0)) {
  if (before.length === 0) return ''
  const open5 = after.length === 0 ? '' : `+${Buffer.from(after).toString('base64url')}`
  return `${before.length}:${hashBytes(before)}${open5}`
}
function parseTailHash(tailHash) {
  const match = /^(\d{1,3}):([0-9a-f]+)(?:\+([\w-]+))?$/.exec(tailHash)
  if (!match || Number(match[1]) === 0) return void 0
  const [, before = '0', hash2 = '', open5 = ''] = match
  return { before: Number(before), hash: hash2, open: Buffer.from(open5, 'base64url') }
}
function provesTail(bytes, { before, hash: hash2, open: open5 }) {
  if (bytes.length < before || hashBytes(bytes.subarray(0, before)) !== hash2) return false
  const found2 = bytes.subarray(before, before + open5.length)
  return Buffer.compare(found2, open5.subarray(0, found2.length)) === 0
}
async function hasTailOf(handle, offset, tailHash) {
  const proof = parseTailHash(tailHash)
  if (!proof || proof.before > offset) return false
  return provesTail(await readAt(handle, offset - proof.before, proof.before + proof.open.length), proof)
}
async function resumeTokenAt(handle, sourceId, offset) {
  return { sourceId, offset, tailHash: (await hashTail(handle, offset)) ?? '' }
}
async function provesResumeToken(handle, token) {
  const parsed = parseIdentity(token.sourceId)
  if (!parsed) return false
  const stat4 = await handle.stat({ bigint: true })
  if (!isSameFile(parsed, { inodeKey: inodeKeyOf(stat4), birthNs: stat4.birthtimeNs })) return false
  return holdsContentOf(handle, token)
}
var CUT_OFF = 'cut-off'
function formatCutOff({ offset, tailHash }) {
  return `${CUT_OFF}@${offset}@${tailHash}`
}
function isCutOff(tailHash) {
  return tailHash.startsWith(CUT_OFF)
}
function provableToken({ sourceId, offset, tailHash }) {
  if (!isCutOff(tailHash)) return { sourceId, offset, tailHash }
  const [, cutAt = '0', proof = ''] = tailHash.split('@')
  return { sourceId, offset: Number(cutAt), tailHash: proof }
}
function mayBeginAs(head, { sourceId }) {
  const { headBytes, headHash } = parseIdentity(sourceId) ?? { headBytes: 0, headHash: '' }
  return headBytes === 0 || (head.length >= headBytes && hashBytes(head.subarray(0, headBytes)) === headHash)
}
function maySpeakOf({ inodeKey, birthNs, head }, token) {
  const { sourceId, offset, tailHash } = token
  const parsed = parseIdentity(sourceId)
  if (!parsed || !isSameFile(parsed, { inodeKey, birthNs })) return false
  const { headBytes } = parsed
  if (head.length < Math.min(HEAD_BYTES, Math.max(offset, headBytes)) || !mayBeginAs(head, token)) return false
  const proof = parseTailHash(tailHash)
  if (!proof) return tailHash === '' && (offset === 0 || headBytes > 0)
  if (proof.before > offset) return false
  return offset > head.length || provesTail(head.subarray(offset - proof.before), proof)
}
async function tailOfToken({ handle, identity }, token) {
  if (!maySpeakOf(identity, token)) return void 0
  const { offset, tailHash } = token
  const { head } = identity
  const length = Math.min(TAIL_BYTES, offset)
  if (offset <= head.length) return head.subarray(offset - length, offset)
  const proof = parseTailHash(tailHash)
  const bytes = await readAt(handle, offset - length, length + (proof?.open.length ?? 0))
  const proven = !proof || provesTail(bytes.subarray(length - proof.before), proof)
  return proven && bytes.length >= length ? bytes.subarray(0, length) : void 0
}
async function holdsContentOf(handle, token) {
  return (await holdsHeadOf(handle, token)) && (await holdsTailOf(handle, token))
}
async function holdsHeadOf(handle, { sourceId, offset, tailHash }) {
  const parsed = parseIdentity(sourceId)
  if (!parsed) return false
  const head = await readAt(handle, 0, parsed.headBytes)
  if (head.length === parsed.headBytes) return hashBytes(head) === parsed.headHash
  return head.length >= offset && parseTailHash(tailHash) !== void 0
}
async function holdsTailOf(handle, { sourceId, offset, tailHash }) {
  if (tailHash === '') {
    const proof = offset === 0 || (parseIdentity(sourceId)?.headBytes ?? 0) > 0
    return proof && (await handle.stat({ bigint: true })).size >= offset
  }
  return hasTailOf(handle, offset, tailHash)
}
function readAt(handle, position, size) {
  const bytes = new Uint8Array(size)
  if (size === 0) return Promise.resolve(bytes)
  return handle.read(bytes, 0, size, position).then(({ bytesRead }) => bytes.subarray(0, bytesRead))
}
function hashBytes(bytes) {
  return hash('sha256', bytes, 'hex').slice(0, 16)
}
function fromBase36(text) {
  if (text.startsWith('-')) return -fromBase36(text.slice(1))
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(parseInt(digit, 36))
  return value
}

// src/files/facts.ts
function factsAt(path, fileSystem) {
  if (!fileSystem.statNow) return fileSystem.stat(path).catch(undefinedIfMissing)
  try {
    return Promise.resolve(fileSystem.statNow(path))
  } catch (error) {
    return Promise.reject(error).catch(undefinedIfMissing)
  }
}
function undefinedIfMissing(error) {
  if (!isMissing(error)) throw error
}
var [statLater, lstatLater, readdirLater] = [promisify(stat), promisify(lstat), promisify(readdir)]
var realpathLater = promisify(realpath.native)
var FLAGS = constants.O_RDONLY | constants.O_NONBLOCK
var nodeFileSystem = {
  open: path => DescriptorHandle.open(path, FLAGS),
  stat: async path => found(path, statNow(path)),
  lstat: async path => found(path, lstatSync(path, { bigint: true, throwIfNoEntry: false })),
  glance: path => statSync(path, { throwIfNoEntry: false }),
  statNow,
  readdir: path => readdirLater(path),
  readEntries: path => readdirLater(path, { withFileTypes: true }),
  realpath: async path => realpathSync.native(path),
  watch(path, heard, failed) {
    const watcher = watch(path, { persistent: false }, (kind, name) => heard(kind === 'rename', name))
    watcher.on('error', failed)
    return watcher
  },
}
var farFileSystem = {
  ...nodeFileSystem,
  open: path => DescriptorHandle.open(path, FLAGS, { far: true }),
  stat: path => statLater(path, { bigint: true }),
  lstat: path => lstatLater(path, { bigint: true }),
  statNow: void 0,
  realpath: path => realpathLater(path),
}
function statNow(path) {
  return statSync(path, { bigint: true, throwIfNoEntry: false })
}
function found(path, stats) {
  if (stats) return stats
  throw Object.assign(new Error(`ENOENT: no such file or directory: ${path}`), { code: 'ENOENT', path })
}

// src/follow/rotation.ts
function judgeRotation(held, named) {
  if (!held) return named ? 'born' : 'absent'
  if (held.changed) return 'truncated'
  if (!named) return held.away ? 'away' : 'gone'
  if (claimKeyOf(named) === held.fileKey) return 'same'
  if (held.closed && isSameFile(named, parseClaimKey(held.fileKey))) return 'same'
  return named.size === 0 ? 'pending' : 'replaced'
}
function lookAt(path, fileSystem = nodeFileSystem) {
  return factsAt(path, fileSystem).then(namedFactsOf, cause => {
    throw new TailerError('LF_TAILER_OPEN', `cannot look at ${path}`, { cause, detail: { path } })
  })
}
function namedFactsOf(facts) {
  if (!facts) return void 0
  const { birthtimeNs: birthNs, mtimeNs } = facts
  return { inodeKey: inodeKeyOf(facts), size: Number(facts.size), birthNs, mtimeNs, isFile: facts.isFile() }
}

// src/follow/beginnings.ts
var Beginnings = class {
  #options
  /** Where files ended at the first pause. */
  #ends
  constructor(options) {
    this.#options = options
  }
  /** Whether something that was there when following began is opened later. */
  get paused() {
    return this.#ends !== void 0
  }
  /** What `targets` match and nobody knows is opened later. Written down is where it ends, where that matters. */
  async pause(targets, isTakenUp) {
    if (this.#ends) return
    this.#ends = /* @__PURE__ */ new Map()
    if (this.#options.from !== 'end') return
    for (const { matches } of targets)
      for await (const { prefix, names } of matches())
        for (const name of names) {
          const path = prefix + name
          if (!isTakenUp(path) && !this.#isInCheckpoint(path)) await this.#note(path, this.#ends)
        }
  }
  /** How a path begins that is taken up now; `first`: among those that were there when following began. */
  of(path, first) {
    if (!first || !this.#ends) return Promise.resolve({ first })
    return this.#fromOf(path, this.#ends).then(from => ({ first: false, from }))
  }
  /** What was not there at the pause, or is another file now, is read from its start. */
  async #fromOf(path, ends) {
    const { from, fileSystem } = this.#options
    if (from !== 'end' || this.#isInCheckpoint(path)) return from
    const end = ends.get(path)
    const named = end && (await lookAt(path, fileSystem).catch(() => void 0))
    return named && claimKeyOf(named) === end?.key ? end.size : 'start'
  }
  async #note(path, ends) {
    const named = await lookAt(path, this.#options.fileSystem).catch(() => void 0)
    if (named?.isFile) ends.set(path, { key: claimKeyOf(named), size: named.size })
  }
  #isInCheckpoint(path) {
    const { checkpoint, host } = this.#options
    return checkpoint !== void 0 && checkpoint.entriesOf(host, path).length > 0
  }
}

// src/identity/claims.ts
var Claims = class {
  #owners = new PackedTexts()
  #lastOwner = 0
  /** Another owner than all before. */
  newOwner() {
    return ++this.#lastOwner
  }
  /** Whether `owner` has it now; false when another one does. */
  claim(key, owner) {
    const current = this.ownerOf(key)
    if (current === void 0) this.#owners.set(key, String(owner))
    return current === void 0 || current === owner
  }
  /** Who has it. */
  ownerOf(key) {
    const owner = this.#owners.get(key)
    return owner === void 0 ? void 0 : Number(owner)
  }
  /** Nobody has it any more. */
  release(key) {
    this.#owners.delete(key)
  }
  /** Keys that are claimed. */
  get size() {
    return this.#owners.size
  }
  /** Keeps only what belongs to one of these. */
  prune(alive) {
    for (const key of this.#owners.keys()) if (!alive.has(this.ownerOf(key) ?? 0)) this.#owners.delete(key)
  }
}

// src/files/file-reader.ts
var ROOM_BYTES = 64 * 1024
var ReadBuffer = class {
  /** What one read brings at most, besides the overlap. */
  batchBytes
  #lends
  #lent = []
  #bytes
  /** With `lends`, whoever is handed a buffer has it until {@link ReadBuffer.takeBack}. */
  constructor(batchBytes, { lends = false } = {}) {
    this.batchBytes = batchBytes
    this.#lends = lends
  }
  /** The buffer to read into, from {@link ReadBuffer.start} on. */
  get bytes() {
    return (this.#bytes ??= plain(Buffer.allocUnsafeSlow(this.start + this.batchBytes + TAIL_BYTES)))
  }
  /** Where reading begins. */
  get start() {
    return Math.min(ROOM_BYTES, this.batchBytes)
  }
  /** Somebody owns the buffer now; the next read gets another one. */
  handOver() {
    if (this.#lends && this.#bytes) this.#lent.push(this.#bytes)
    this.#bytes = void 0
  }
  /** What was lent is read into again. */
  takeBack() {
    this.#bytes ??= this.#lent.pop()
    this.#lent.length = 0
  }
}
var FileReader = class {
  #handle
  #buffer
  #mayGrow
  #offset = 0
  /** The last bytes before the offset, as they were read; at most {@link TAIL_BYTES}. */
  #tail = new Uint8Array(0)
  /** What these hash to, while they are not at hand themselves. */
  #tailHash
  /** What is known to follow the offset, although it was not read yet. */
  #ahead = new Uint8Array(0)
  /** `mayGrow`: the file may hold less than it is known to begin with. */
  constructor(handle, buffer, mayGrow = false) {
    this.#handle = handle
    this.#buffer = buffer
    this.#mayGrow = mayGrow
  }
  /** Offset of the next byte. */
  get offset() {
    return this.#offset
  }
  /** Proof of the last bytes before the offset, see `formatTailHash`. */
  get tailHash() {
    return this.#tailHash ?? formatTailHash(this.#tail)
  }
  /** All bytes before the offset, while these are few and at hand. */
  get whole() {
    return this.#tailHash === void 0 && this.#tail.length === this.#offset ? this.#tail : void 0
  }
  /** Whether something is known of what follows the offset, although it was not read yet. */
  get looksAhead() {
    return this.#ahead.length > 0
  }
  /** Goes on at `offset`, which somebody had come to who proves what lies before it. */
  goOn(offset, tailHash) {
    this.#offset = offset
    this.#tailHash = tailHash
  }
  /**
   * Goes on at `offset`, with what lies before it as the proof: `tail`, or as far as the file was seen to begin with
   * `head` that, or what is there now.
   */
  async seek(offset, head, tail2) {
    this.#ahead = head.subarray(offset)
    const from = Math.max(0, offset - TAIL_BYTES)
    const seen = offset <= head.length ? head.slice(from, offset) : void 0
    this.#tail = tail2 ?? seen ?? (await readAt(this.#handle, from, offset - from))
    this.#offset = offset
  }
  /** The file is known to begin so, although nothing of it was read. */
  expect(head) {
    this.#ahead = head.subarray(this.#offset)
  }
  /** Looks whether the bytes around the offset still are those that were read, and seen. */
  async compare() {
    const overlap = this.#overlap
    const position = this.#offset - overlap
    const known = overlap + this.#ahead.length
    const size = position === 0 ? Math.max(known, HEAD_BYTES) : known
    const bytes = await readAt(this.#handle, position, size)
    const found2 = bytes.subarray(0, known)
    const end = position + bytes.length
    if (this.#isTail(found2.subarray(0, overlap)) && this.#continues(found2.subarray(overlap))) {
      return { other: void 0, end }
    }
    const ended = bytes.length < Math.min(size, HEAD_BYTES + 1)
    return { other: { position, bytes: bytes.subarray(0, HEAD_BYTES), ended }, end }
  }
  get #overlap() {
    return this.#tailHash === void 0 ? this.#tail.length : parseInt(this.#tailHash || '0', 10)
  }
  /** Whether these are the bytes before the offset; then they are at hand. */
  #isTail(found2) {
    if (this.#tailHash === void 0) return Buffer.compare(found2, this.#tail) === 0
    if (formatTailHash(found2) !== this.#tailHash) return false
    this.#tail = found2.slice()
    this.#tailHash = void 0
    return true
  }
  /** What follows the offset, at most one buffer of it. */
  async read() {
    const overlap = this.#overlap
    const { bytes: buffer, start, batchBytes } = this.#buffer
    const size = batchBytes + overlap
    const { bytesRead } = await this.#handle.read(buffer, start, size, this.#offset - overlap)
    const found2 = buffer.subarray(start, start + bytesRead)
    const holds = bytesRead >= overlap && this.#isTail(found2.subarray(0, overlap))
    if (!holds || !this.#continues(found2.subarray(overlap))) {
      const [position, ended] = [this.#offset - overlap, bytesRead < size && bytesRead <= HEAD_BYTES]
      return { kind: 'changed', found: { position, bytes: found2.slice(0, HEAD_BYTES), ended } }
    }
    if (bytesRead === overlap) return { kind: 'end' }
    if (this.#ahead.length > 0) this.#ahead = this.#ahead.subarray(bytesRead - overlap)
    this.#tail = found2.slice(Math.max(0, bytesRead - TAIL_BYTES))
    this.#offset += bytesRead - overlap
    return { kind: 'bytes', fresh: { buffer, from: start + overlap, to: start + bytesRead } }
  }
  /** Whether what was found after the offset is what is known to follow it, as far as one read goes. */
  #continues(found2) {
    const size = Math.min(this.#buffer.batchBytes, this.#mayGrow ? found2.length : Infinity)
    return startsWith(found2, this.#ahead.subarray(0, size))
  }
}
function startsWith(bytes, head) {
  return Buffer.compare(bytes.subarray(0, head.length), head) === 0
}
function plain(bytes) {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
function eventOf(generation, event, detail = {}) {
  return { kind: 'event', source: generation.source, event, detail: { offset: generation.offset, ...detail } }
}
function truncationOf(generation, next, to) {
  const { source, offset: from } = generation
  const items = to > from ? [{ kind: 'gap', source, from, to, reason: 'truncated' }] : []
  return [...items, eventOf(generation, 'truncated', next ? { to: next.source.id } : {})]
}
function failedEvent(source, detail) {
  return { kind: 'event', source, event: 'failed', detail }
}
function errorDetail(error) {
  const message = error instanceof Error ? error.message : String(error)
  if (!LogflowError.is(error)) return { message }
  const system = error instanceof TailerError ? error.detail['code'] : void 0
  return { code: error.code, message, ...(typeof system === 'string' ? { system } : {}) }
}

// src/follow/follow-notices.ts
var FollowNotices = class {
  #options
  /** All patterns, as the path of what concerns them all. */
  #all
  #waiting = []
  #overLimit = false
  #unlisted = false
  constructor(patterns, options) {
    this.#options = options
    this.#all = patterns.join(' ')
  }
  get any() {
    return this.#waiting.length > 0
  }
  /** What was not told yet. */
  take() {
    return this.#waiting.splice(0)
  }
  missing(path) {
    this.#tell(path, { code: 'LF_TAILER_OPEN', message: `${path} does not exist yet`, system: 'ENOENT' })
  }
  /** A folder could not be listed, for want of descriptors for one: what is followed goes on, and the next look asks again. */
  unlisted(error) {
    if (!LogflowError.is(error)) throw error
    if (this.#unlisted) return
    this.#unlisted = true
    this.#options.logger.warn({ event: 'discovery.failed', err: error })
    this.#tell(this.#all, errorDetail(error))
  }
  /** Every folder was listed: a failure is told again when it comes back. */
  listed() {
    this.#unlisted = false
  }
  /** Where following begins could not be written down: after a crash it would begin at a later end. */
  unwritten(error) {
    this.#options.logger.warn({ event: 'checkpoint.failed', err: error })
    this.#tell(this.#all, errorDetail(error))
  }
  /** More files match than may be followed. Once. */
  limited(path) {
    if (this.#overLimit) return
    this.#overLimit = true
    const limit = this.#options.maxGlobTargets
    this.#options.logger.warn({ event: 'follow.limited', path, limit })
    this.#tell(path, { code: 'LF_TAILER_GLOB', message: `more than ${limit} files match`, limit })
  }
  #tell(path, detail) {
    this.#waiting.push(failedEvent({ host: this.#options.host, path, id: 'none' }, detail))
  }
}

// src/follow/follow-context.ts
function openingOf(path, { options, buffer, claims, marks, undecided, isCopy }, { owner, ...before }) {
  return {
    path,
    options,
    buffer,
    marks,
    undecided,
    ...before,
    isCopy: opened => isCopy(path, opened),
    claim: key => claims.claim(key, owner),
    isTaken: key => claims.ownerOf(key) !== void 0,
    release: key => claims.release(key),
  }
}

// src/follow/failures.ts
var Failures = class {
  #texts = /* @__PURE__ */ new Map()
  #none
  #logger
  constructor(path, { host, logger }) {
    this.#none = { host, path, id: 'none' }
    this.#logger = logger
  }
  /** Whether anything goes wrong. */
  get any() {
    return this.#texts.size > 0
  }
  /** What to tell about it, which is logged; `undefined` when that was told. */
  tell(doing, error, source = this.#none) {
    const detail = errorDetail(error)
    const text = JSON.stringify(detail)
    if (this.#texts.get(doing) === text) return void 0
    this.#texts.set(doing, text)
    this.#logger.warn({ event: 'source.failed', path: source.path, err: error })
    return failedEvent(source, detail)
  }
  /** It went well this time. */
  clear(doing) {
    this.#texts.delete(doing)
  }
}
function readFailure(path, cause) {
  return new TailerError('LF_TAILER_READ', `cannot read ${path}`, { cause, detail: { path } })
}
function isRotatedName(name, base) {
  if (name === base) return false
  if (name.startsWith(base)) return /^[.\-_~]/.test(name.slice(base.length))
  const extension = extname(base)
  const stem = startOfRotated(base)
  if (extension === '' || !name.startsWith(stem) || !name.endsWith(extension)) return false
  return /^[.\-_]\d/.test(name.slice(stem.length, name.length - extension.length))
}
function startOfRotated(base) {
  return base.slice(0, base.length - extname(base).length)
}
function baseNamesOf(name) {
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  const bases = []
  for (let at = 1; at < name.length; at++) {
    if (!/[.\-_~]/.test(name[at])) continue
    bases.push(name.slice(0, at))
    if (at < stem.length) bases.push(stem.slice(0, at) + extension)
  }
  return bases.filter(base => isRotatedName(name, base))
}

// src/names/listing.ts
var MAX_PASSES = 16
var byNumber = new Intl.Collator('en', { numeric: true })
var AT_ONCE = 1e3
async function listSiblings(place) {
  await place.home?.needHere()
  const listing = await listFolder(place)
  await place.home?.needHere()
  return listing
}
async function listFolder({ path, fileSystem }) {
  let siblings = await listOnce(path, fileSystem)
  let settled = false
  for (let pass = 0; !settled && pass < MAX_PASSES; pass++) {
    const again = await listOnce(path, fileSystem)
    settled = again.length === siblings.length && again.every((sibling, i) => isSame(sibling, siblings[i]))
    siblings = again
  }
  return { siblings: siblings.sort((a, b) => byAge(a, b) || byNumber.compare(b.path, a.path)), settled }
}
async function listOnce(path, fileSystem) {
  const [directory, base] = [dirname(path), basename(path)]
  const found2 = []
  const names = await (fileSystem.namesFrom?.(directory, startOfRotated(base)) ?? fileSystem.readdir(directory))
  const paths = names.filter(other => isRotatedName(other, base)).sort()
  for (const [at, name] of paths.entries()) {
    const other = join(directory, name)
    const sibling = fileSystem.statNow ? factsNow(other, fileSystem.statNow) : await factsOf2(other, fileSystem)
    if (sibling) found2.push(sibling)
    if (at % AT_ONCE === AT_ONCE - 1) await setImmediate()
  }
  return found2
}
function isSame(a, b) {
  return b !== void 0 && a.path === b.path && a.birthNs === b.birthNs && a.inodeKey === b.inodeKey
}
function byAge(a, b) {
  const [left, right] = [beganNs(a), beganNs(b)]
  if (left !== right) return left < right ? -1 : 1
  if (a.packed !== b.packed) return a.packed ? -1 : 1
  return a.mtimeNs === b.mtimeNs ? 0 : a.mtimeNs < b.mtimeNs ? -1 : 1
}
function isOlder(a, b) {
  const [left, right] = [beganNs(a), beganNs(b)]
  return left < right || (left === right && a.packed === true && !b.packed)
}
function beganNs({ birthNs, mtimeNs, packed }) {
  return packed ? mtimeNs : birthNs
}
async function isStill(sibling, { fileSystem }) {
  const now = await factsOf2(sibling.path, fileSystem)
  return now !== void 0 && claimKeyOf(now) === claimKeyOf(sibling)
}
async function factsOf2(path, fileSystem) {
  try {
    return siblingOf(path, await fileSystem.stat(path))
  } catch (error) {
    return undefinedIfMissing2(error)
  }
}
function factsNow(path, statNow2) {
  try {
    const facts = statNow2(path)
    return facts && siblingOf(path, facts)
  } catch (error) {
    return undefinedIfMissing2(error)
  }
}
function undefinedIfMissing2(error) {
  if (!isMissing(error)) throw error
}
function siblingOf(path, facts) {
  if (!facts.isFile()) return void 0
  const { birthtimeNs: birthNs, mtimeNs } = facts
  return { path, inodeKey: inodeKeyOf(facts), birthNs, mtimeNs, size: Number(facts.size) }
}

// src/generation/generation-queue.ts
var MAX_GENERATIONS = 16
var GenerationQueue = class {
  #lingering
  #queue = []
  /** `lingering` has those that were rotated away and may still get late lines. */
  constructor(lingering) {
    this.#lingering = lingering
  }
  /** The one that is read now. */
  get head() {
    return this.#queue[0]
  }
  /** The one that is read after it. */
  get next() {
    return this.#queue[1]
  }
  get newest() {
    return this.#queue.at(-1)
  }
  /** How many are to be read. */
  get length() {
    return this.#queue.length
  }
  get isFull() {
    return this.#queue.length >= MAX_GENERATIONS
  }
  get held() {
    return [...this.#lingering.generations, ...this.#queue]
  }
  takeBack = fileKey => this.#lingering.takeBack(fileKey)
  /** Those that come after one that is to be read. */
  after(generation) {
    return this.#queue.slice(this.#queue.indexOf(generation) + 1)
  }
  /**
   * Adds what was opened: the last one, which has the name, to be read last, but what came before a generation that nobody
   * has begun to read before that. It was not found in time, as the names moved.
   */
  add(opened) {
    if (this.#queue.length === 0) return void this.#queue.push(...opened)
    const waiting2 = new Set(this.#queue.filter(({ announced }) => !announced))
    for (const generation of opened) {
      const isOld = other => waiting2.has(other) && isOlder(generation.identity, other.identity)
      const at = generation === opened.at(-1) ? -1 : this.#queue.findIndex(isOld)
      this.#queue.splice(at === -1 ? this.#queue.length : at, 0, generation)
    }
  }
  /** Puts one that was missed before the first younger one, and in any case before the last, which has the name. */
  insertByBirth(missed) {
    const younger = this.#queue.findIndex(({ identity }) => isOlder(missed.identity, identity))
    this.#queue.splice(younger === -1 ? this.#queue.length - 1 : younger, 0, missed)
  }
  /** These are read instead of the head. */
  replaceHead(...generations) {
    this.#queue.splice(0, 1, ...generations)
  }
  /** The head is done with. */
  shift() {
    this.#queue.shift()
  }
  /** Something may have happened to any that is to be read. */
  stir() {
    for (const generation of this.#queue) generation.stir()
  }
  /** Their disk was away: each is looked for once more, wherever it lies now. */
  comeBack() {
    this.#lingering.restart()
    for (const generation of this.held) if (!generation.comeBack()) generation.stir()
  }
  /**
   * Closes all but the head until it is their turn, where many paths wait beside this one; with `still` also the last one,
   * once it is read. Not what could not be told from another file in its inode, and not what would have to be unpacked again.
   */
  async doze({ still }) {
    if (still && this.length === 1 && this.head?.isRead) await this.head.drowse()
    for (const generation of this.held) {
      const { asleep, copy, identity } = generation
      if (generation === this.head || asleep || copy || identity.packed || identity.birthNs === 0n) continue
      generation.stir()
      await generation.handle.sleep()
    }
  }
  /** Gives all of them up. */
  clear() {
    return [...this.#lingering.clear(), ...this.#queue.splice(0)]
  }
}
var Glance = class {
  #path
  #fileSystem
  #last
  /** `last` is what an earlier one of the same path saw. */
  constructor(path, fileSystem, last) {
    this.#path = path
    this.#fileSystem = fileSystem
    this.#last = last
  }
  /** What was seen, to be compared with {@link glanceAt}. */
  get last() {
    return this.#last
  }
  /** A proper look came after it. What that saw go, or come, may look the same at the next glance as at the last one. */
  hold(isNamed) {
    if (this.#last?.startsWith(FOLDER) === isNamed) this.#last = void 0
  }
  /** True the first time, too. */
  changed() {
    const last = this.#last
    try {
      this.#last = glanceAt(this.#path, this.#fileSystem)
    } catch {
      return true
    }
    return this.#last !== last
  }
}
var FOLDER = '/'
var TIME_PARTS = 4096
function glanceAt(path, fileSystem) {
  const facts = fileSystem.glance(path)
  return facts ? textOf(facts) : FOLDER + textOf(fileSystem.glance(dirname(path)))
}
function textOf(facts) {
  if (!facts) return 'nothing'
  const { ino, dev, size, mtimeMs, ctimeMs } = facts
  return [ino, dev, size, mtimeMs * TIME_PARTS, ctimeMs * TIME_PARTS].map(fact => fact.toString(36)).join(' ')
}

// src/generation/lingering.ts
var CERTAIN_MS = 6e4
var LOOKS = 10
var Lingering = class {
  #entries = []
  #clock
  /** How long one stays after its last byte. */
  ms
  /** `lingerMs` is how long one stays after its last byte. */
  constructor(clock, lingerMs) {
    this.#clock = clock
    this.ms = lingerMs
  }
  /** Oldest first. */
  get generations() {
    return this.#entries.map(({ generation }) => generation)
  }
  /** How many there are. */
  get size() {
    return this.#entries.length
  }
  /** One that is read to its end, and what had its name after it. */
  async add(generation, next) {
    const restedMs = await this.#restedMs(generation, next)
    const quietSinceMs = this.#clock.monotonicMs() - restedMs
    this.#entries.push({ generation, quietSinceMs, lookedMs: quietSinceMs })
  }
  /** For how long it has been quiet under its new name: 0 unless that is so long that no clock can be that wrong. */
  async #restedMs(generation, { identity }) {
    if (identity.birthNs === 0n) return 0
    const facts = await generation.handle.stat({ bigint: true }).catch(() => void 0)
    if (!facts) return 0
    const { mtimeNs } = facts
    const sinceNs = mtimeNs > identity.birthNs ? mtimeNs : identity.birthNs
    const restedMs = this.#clock.now() - Number(sinceNs / 1000000n)
    return restedMs < CERTAIN_MS ? 0 : restedMs
  }
  /** Their folder was away: from now on time counts again. */
  restart() {
    for (const entry of this.#entries) entry.quietSinceMs = this.#clock.monotonicMs()
  }
  /** Gives one up to be read as before: its file has its name back. */
  takeBack(fileKey) {
    const isIt = ({ gone, identity }) => !gone && claimKeyOf(identity) === fileKey
    const at = this.#entries.findIndex(({ generation }) => isIt(generation))
    return at === -1 ? void 0 : this.#entries.splice(at, 1)[0]?.generation
  }
  /**
   * Reads a little of each whose turn it is: hundreds may linger beside one that is busy. While their folder is `away`
   * none is given up: it may be written to when that is back.
   */
  async step(away) {
    const late = []
    const done = []
    for (const entry of [...this.#entries]) {
      const { generation } = entry
      const nowMs = this.#clock.monotonicMs()
      if (nowMs - entry.lookedMs < (generation.asleep ? this.ms : this.ms / LOOKS)) continue
      const step = await generation.step()
      if (step.kind === 'end') entry.lookedMs = nowMs
      if (step.kind === 'bytes') {
        entry.quietSinceMs = nowMs
        late.push({ generation, items: step.items })
      } else if (away && step.kind === 'end') {
        if (nowMs - entry.quietSinceMs >= this.ms) await generation.drowse()
      } else if (step.kind === 'changed' || nowMs - entry.quietSinceMs >= this.ms) {
        this.#entries.splice(this.#entries.indexOf(entry), 1)
        done.push(generation)
      }
    }
    return { late, done }
  }
  /** Gives all of them up. */
  clear() {
    return this.#entries.splice(0).map(({ generation }) => generation)
  }
}
var HomeFolder = class {
  #place
  #home
  #verdict = 'here'
  /** `home` is the text of an earlier one of the same path. */
  constructor(place, home) {
    this.#place = place
    if (home !== void 0) this.#home = parse(home)
  }
  /** As text, for a later one of the same path. */
  get text() {
    return this.#home && `${this.#home.device} ${this.#home.folder}`
  }
  /** What tells it from others; empty when there is none. */
  get folder() {
    return this.#home?.folder ?? ''
  }
  /** Whether it was away when that was last asked. */
  get away() {
    return this.#verdict === 'away'
  }
  /** The folder that is there now is it. Its facts; `undefined` when there is none. */
  settle() {
    return folderOf(this.#place).then(facts => {
      this.#verdict = 'here'
      if (!facts) return this.#settleAbove()
      this.#home = whereaboutsIn(facts)
      return facts
    })
  }
  async #settleAbove() {
    this.#home = await whereaboutsAbove(this.#place)
  }
  /** Asks where it is, unless there is no question as the path names something. */
  look(isNamed) {
    return isNamed && this.#verdict === 'here' ? Promise.resolve('here') : this.#look()
  }
  async #look() {
    await this.isAway()
    const verdict = this.#verdict
    if (verdict === 'back') this.#verdict = 'here'
    return verdict
  }
  /** Whether it is away. Another folder is home from now on when the path names something in it. */
  async isAway() {
    const now = await whereaboutsOf(this.#place)
    const { folder, device } = this.#home ?? now
    const isHome = folder === now.folder || device === now.device || (await this.#isNamedIn(now))
    if (isHome) this.#home = now
    if (!isHome) this.#verdict = 'away'
    else if (this.#verdict === 'away') this.#verdict = 'back'
    return !isHome
  }
  /** What is found, or not found, while it is away is nothing to go by. @throws FolderAway */
  async needHere() {
    if (await this.isAway()) throw new FolderAway(`another disk is where the folder of ${this.#place.path} was`)
  }
  async #isNamedIn({ folder }) {
    const { path, fileSystem } = this.#place
    const named = await lookAt(path, fileSystem)
    return named !== void 0 && (await whereaboutsOf(this.#place)).folder === folder
  }
}
function folderKeyOf({ ino, birthtimeNs }) {
  return `${ino}@${birthtimeNs}`
}
function folderOf({ path, fileSystem }) {
  return factsAt(dirname(path), fileSystem)
}
function whereaboutsOf(place) {
  return folderOf(place).then(folder => (folder ? whereaboutsIn(folder) : whereaboutsAbove(place)))
}
function whereaboutsIn(folder) {
  return { device: String(folder.dev), folder: folderKeyOf(folder) }
}
async function whereaboutsAbove(place) {
  const directory = dirname(place.path)
  for (let above = directory; above !== dirname(above);) {
    above = dirname(above)
    const facts = await factsAt(above, place.fileSystem)
    if (facts) return { device: String(facts.dev), folder: '' }
  }
  return { device: '', folder: '' }
}
function parse(text) {
  const [device = '', folder = ''] = text.split(' ')
  return { device, folder }
}

// src/names/remembered-names.ts
var [TICK_MS, COARSE_MS] = [50, 2e3]
var MAX_FOLDERS = 4
function mayChangeUnseen(mtimeNs, nowMs) {
  const coarseMs = mtimeNs % 1000000000n === 0n ? COARSE_MS : TICK_MS
  return nowMs - Number(mtimeNs / 1000000n) < coarseMs
}
function isSameFolder(a, b) {
  return a !== void 0 && b !== void 0 && a.dev === b.dev && a.ino === b.ino && a.mtimeNs === b.mtimeNs
}
function withRememberedNames(files, clock) {
  const folders = /* @__PURE__ */ new Map()
  const namesIn = async directory => {
    const facts = await files.stat(directory).catch(() => void 0)
    const known = folders.get(directory)
    folders.delete(directory)
    if (known && isSameFolder(known.facts, facts)) {
      folders.set(directory, known)
      return known.names
    }
    const settled = facts && !mayChangeUnseen(facts.mtimeNs, clock.now())
    const names = (await files.readdir(directory)).sort()
    if (settled) folders.set(directory, { facts, names })
    if (folders.size > MAX_FOLDERS) folders.delete(folders.keys().next().value)
    return names
  }
  return {
    open: path => files.open(path),
    stat: path => files.stat(path),
    lstat: path => files.lstat(path),
    glance: path => files.glance(path),
    statNow: files.statNow?.bind(files),
    readdir: path => files.readdir(path),
    namesFrom: async (directory, start) => namesFrom(await namesIn(directory), start),
    readEntries: path => files.readEntries(path),
    realpath: path => files.realpath(path),
    unpack: files.unpack?.bind(files),
    watch: (path, heard, failed) => files.watch(path, heard, failed),
  }
}
function namesFrom(names, start) {
  let [low, high] = [0, names.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (names[middle] < start) low = middle + 1
    else high = middle
  }
  let end = low
  while (names[end]?.startsWith(start)) end++
  return names.slice(low, end)
}

// src/search/horizon.ts
var RECENT_MS = 1000n
var PACKED_MS = 10n
var MAX_KEYS = 64
var NOTHING_SEEN = /* @__PURE__ */ new Set()
var NO_HORIZON = { ns: 0n, seen: /* @__PURE__ */ new Set(), recent: true, packedNs: 0n }
async function lookBeside(place, clock, known) {
  let facts = known ?? (await folderOf(place))
  for (let pass = 1; facts; pass++) {
    const folder = folderKeyOf(facts)
    const { mtimeNs: ns, birthtimeNs } = facts
    const nowMs = BigInt(Math.trunc(clock.now()))
    const recent = nowMs - ns / 1000000n < RECENT_MS
    const lists = recent || birthtimeNs === 0n
    const { siblings } = lists ? await listFolder(place) : { siblings: [] }
    const seen = siblings.filter(({ birthNs, size }) => size > 0 && (birthNs === ns || birthNs === 0n)).map(claimKeyOf)
    const packedNs = laterOf(ns, (nowMs - PACKED_MS) * 1000000n)
    const after = lists ? await folderOf(place) : facts
    if (pass === MAX_PASSES || (after && folderKeyOf(after) === folder))
      return { horizon: { ns, seen: seen.length > 0 ? new Set(seen) : NOTHING_SEEN, recent, packedNs }, folder }
    facts = after
  }
  return { horizon: NO_HORIZON, folder: '' }
}
function formatHorizon({ ns, seen, recent, awaited = NOTHING_SEEN, packedNs }) {
  const first = recent ? ns : ns + 1n
  const keys =
    seen.size + awaited.size === 0 ? [] : [...[...seen].slice(0, MAX_KEYS), ...[...awaited].map(key => `+${key}`)]
  return `${first} ${keys.map(key => `${key} `).join('')}<${packedNs.toString(36)}`
}
function parseHorizon(text, ns) {
  const [first = '', ...keys] = (text ?? '').split(' ')
  if (!/^\d{1,20}$/.test(first)) return { ns, seen: /* @__PURE__ */ new Set(), recent: true, packedNs: ns }
  const packed = keys.find(key => key.startsWith('<'))?.slice(1)
  const packedNs = packed === void 0 ? BigInt(first) : fromBase36(packed)
  const awaited = keys.filter(key => key.startsWith('+')).map(key => withoutDevice(key.slice(1)))
  return {
    ns: BigInt(first),
    seen: new Set(keys.map(withoutDevice)),
    awaited: new Set(awaited),
    recent: true,
    packedNs,
  }
}
function isAsBefore({ recent, ns }, place) {
  return recent ? Promise.resolve(false) : folderOf(place).then(folder => folder?.mtimeNs === ns)
}
async function isAsSearched({ ns, packedNs }, place) {
  return !mayChangeUnseen(ns, Number(packedNs / 1000000n)) && (await folderOf(place))?.mtimeNs === ns
}
async function hasNothingYounger({ ns, awaited }, place) {
  if (awaited && awaited.size > 0) return false
  const folder = await folderOf(place)
  return folder !== void 0 && folder.birthtimeNs !== 0n && folder.mtimeNs < ns
}
function isYounger(sibling, { ns, seen, recent, awaited }) {
  if (isIn(awaited, sibling)) return true
  const { birthNs } = sibling
  if (birthNs === 0n) return sibling.mtimeNs >= ns && !isIn(seen, sibling)
  return birthNs > ns || (birthNs === ns && recent && !isIn(seen, sibling))
}
function isIn(keys, sibling) {
  if (!keys || keys.size === 0) return false
  const key = claimKeyOf(sibling)
  return keys.has(key) || keys.has(withoutDevice(key))
}
function withoutDevice(key) {
  return key.slice(key.indexOf(':') + 1)
}
function packedSince(horizon, ms) {
  return { ...horizon, packedNs: laterOf(horizon.packedNs, BigInt(Math.trunc(ms)) * 1000000n) }
}
function laterOf(a, b) {
  return a > b ? a : b
}

// src/checkpoint/notes.ts
var Notes = class {
  #checkpoint
  constructor(checkpoint) {
    this.#checkpoint = checkpoint
  }
  /**
   * For the next run: what is younger than the last look at the folder, and what comes after this in the queue, is still
   * to be read.
   */
  describe(generation, seen, after) {
    if (!this.#checkpoint) return
    if (after.length === 0) return this.#checkpoint.describe(generation.source.id, formatHorizon(seen))
    const awaited = /* @__PURE__ */ new Set([
      ...(seen.awaited ?? []),
      ...after.map(({ identity }) => claimKeyOf(identity)),
    ])
    const packedNs = after.map(({ identity }) => beganNs(identity)).reduce((a, b) => (b < a ? b : a), seen.packedNs)
    this.#checkpoint.describe(generation.source.id, formatHorizon({ ...seen, awaited, packedNs }))
  }
  /** What was found goes to the items. */
  take(generation, found2, items) {
    for (const [at, item] of found2.entries()) {
      if (item.kind !== 'event') this.#note(generation, item, found2[at + 1])
      items.push(item)
    }
  }
  /** The open last line of a generation that ends. */
  flushed(generation) {
    return this.#last(generation, generation.flush())
  }
  /** What there is of a last line whose rest is awaited. */
  openLine(generation) {
    return this.#last(generation, generation.flush({ goesOn: true }))
  }
  #last(generation, last) {
    if (!last) return []
    this.#note(generation, last)
    return [last]
  }
  /** It was read to its end, which is delivered with this. */
  complete({ source, offset }) {
    this.#checkpoint?.complete(source.id, offset)
  }
  /** How a generation ends for which nothing more is awaited: of a file that is nowhere to be found, or only as a copy, what is known is lost. */
  ended(generation) {
    const { source, gone, copy, knownSize: to } = generation
    const items = this.flushed(generation)
    const from = generation.offset
    if (!(gone || copy) || to <= from) this.#checkpoint?.complete(source.id, from)
    else {
      this.#checkpoint?.note(source.id, to, formatCutOff(generation.token))
      items.push({ kind: 'gap', source, from, to, reason: 'unreadable' })
    }
    return [...items, eventOf(generation, 'ended')]
  }
  /** How a truncated generation ends. An acknowledged gap must not be taken for a place to go on at. */
  cutOff(generation, next, whole = false) {
    const end = whole ? generation.offset : generation.knownSize
    this.#checkpoint?.note(generation.source.id, end, formatCutOff(generation.token))
    return truncationOf(generation, next, end)
  }
  #note(generation, item, next) {
    const end = item.kind === 'gap' ? item.to : item.offset + item.bytes.length
    this.#checkpoint?.note(generation.source.id, end, generation.proofOf(item, next))
  }
}

// src/identity/known-head.ts
var [WHOLE_BYTES, START_BYTES] = [256, 64]
function proofOfHead(head) {
  if (!(head instanceof Uint8Array)) return head
  return { length: head.length, hash: hashBytes(head), start: startOf(head) }
}
function startOf(head) {
  if (!(head instanceof Uint8Array)) return head.start
  return textOf2(head.subarray(0, head.length > WHOLE_BYTES ? START_BYTES : head.length))
}
function headOfId(sourceId, start) {
  const { headBytes: length = 0, headHash: hash2 = '' } = parseIdentity(sourceId) ?? {}
  return start.length === length ? Buffer.from(start, 'latin1') : hash2 === '' ? void 0 : { length, hash: hash2, start }
}
function isHeadOfId(head, sourceId) {
  if (!sourceId.includes(`:${head.length}:`)) return false
  const proof = `:${head.length}:${head instanceof Uint8Array ? hashBytes(head) : head.hash}`
  return sourceId.endsWith(proof) || sourceId.includes(`${proof}~`)
}
function grownHead(head, at, { buffer, from, to }) {
  if (at > head.length || head.length >= Math.min(HEAD_BYTES, at + to - from)) return head
  const bytes = buffer.subarray(from, Math.min(to, from + HEAD_BYTES - at))
  if (head instanceof Uint8Array) return Buffer.concat([head.subarray(0, at), bytes])
  return at <= TAIL_BYTES ? Buffer.concat([buffer.subarray(from - at, from), bytes]) : head
}
function beginsWith(bytes, head) {
  if (bytes.length < head.length) return false
  const start = bytes.subarray(0, head.length)
  return head instanceof Uint8Array ? Buffer.compare(start, head) === 0 : hashBytes(start) === head.hash
}
function beginAlike(head, bytes) {
  if (head.length === 0 || bytes.length === 0) return false
  if (bytes.length >= head.length) return beginsWith(bytes, head)
  if (head instanceof Uint8Array) return Buffer.compare(head.subarray(0, bytes.length), bytes) === 0
  return bytes.length <= head.start.length && textOf2(bytes) === head.start.slice(0, bytes.length)
}
function mayBeginAlike(head, bytes) {
  if (head instanceof Uint8Array || bytes.length >= head.length || head.start === '') return false
  return bytes.length > head.start.length && textOf2(bytes.subarray(0, head.start.length)) === head.start
}
function textOf2(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

// src/identity/copies.ts
function knownOf({ head, offset, token: { tailHash } }) {
  return { head, offset, tailHash }
}
async function compareWith(generation, opened) {
  if (generation.headIsProof && opened.identity.head.length < generation.head.length) generation.stir()
  const holds = await generation.learnHead()
  const copied = await compareWithKnown(knownOf(generation), opened)
  return (copied === 'none' || copied === 'unsure') && !holds ? 'changed' : copied
}
async function compareWithReleased(known, opened) {
  const copied = await compareWithKnown(known, opened)
  return copied === 'rest' && opened.identity.size < known.head.length ? 'part' : copied
}
async function compareWithKnown({ head, offset, tailHash }, { handle, identity }) {
  if (!beginAlike(head, identity.head)) return mayBeginAlike(head, identity.head) ? 'unsure' : 'none'
  if (offset === 0) return 'rest'
  if (identity.size < offset) return 'part'
  return (await hasTailOf(handle, offset, tailHash)) ? 'rest' : 'none'
}

// src/files/drowsy-handle.ts
var NOTHING_READ = { bytesRead: 0 }
var DrowsyHandle = class {
  #reopen
  #handle
  #facts
  #gone = false
  #openedSize
  #openings = 0
  /** Its server does not know the handle any more, and it could not be opened again yet. */
  #forgotten = false
  #inodeKey
  /** Takes the handle over; without one it is asleep. `identity` is that of its file when it was open. */
  constructor(handle, identity, reopen) {
    this.#handle = handle
    this.#facts = factsOf(identity)
    this.#openedSize = identity.size
    this.#inodeKey = identity.inodeKey
    this.#reopen = reopen
  }
  /** Whether no descriptor is open, and none needs to be. */
  get asleep() {
    return this.#handle === void 0 && !this.#forgotten
  }
  /** Whether the file was not found when it was to be opened again. */
  get gone() {
    return this.#gone
  }
  /** The file was seen again: it is to be opened when it is asked something. */
  comeBack() {
    this.#gone = false
  }
  /** Gives the descriptor up until something is asked. */
  sleep() {
    const handle = this.#handle
    this.#handle = void 0
    this.#forgotten = false
    return handle?.close() ?? Promise.resolve()
  }
  /** How often it was opened again. */
  get openings() {
    return this.#openings
  }
  /** Size of the file when it was opened for the last time. */
  get openedSize() {
    return this.#openedSize
  }
  /** Device and inode of the file when it was opened for the last time. */
  get inodeKey() {
    return this.#inodeKey
  }
  /** Opens the file if it has to be; false when it is gone. */
  async wake() {
    if (this.#gone || this.#handle) return !this.#gone
    const opened = await this.#reopen(claimKeyOf({ inodeKey: this.#inodeKey, birthNs: this.#facts.birthtimeNs }))
    this.#handle = opened?.handle
    this.#forgotten = false
    this.#openings++
    this.#openedSize = opened?.size ?? 0
    this.#inodeKey = opened?.inodeKey ?? this.#inodeKey
    this.#gone = opened === void 0
    return !this.#gone
  }
  async stat(options) {
    this.#facts = await this.#ask(handle => handle.stat(options), this.#facts)
    return this.#facts
  }
  read(buffer, offset, length, position) {
    return this.#ask(handle => handle.read(buffer, offset, length, position), NOTHING_READ)
  }
  async close() {
    await this.sleep()
    this.#gone = true
  }
  /** `otherwise` when the file is gone. A handle that its server has forgotten (`ESTALE`) is as good as a closed one. */
  async #ask(question, otherwise) {
    if (this.#gone || (!this.#handle && !(await this.wake()))) return otherwise
    return question(this.#handle).catch(async error => {
      if (systemCode(error) !== 'ESTALE') throw error
      await this.sleep()
      this.#forgotten = true
      return (await this.wake()) ? question(this.#handle) : otherwise
    })
  }
}
var NEWLINE = 10
var LineCutter = class {
  #source
  #maxLineBytes
  #countLines
  #offset
  #line = 1
  #held = []
  #heldBytes = 0
  /** What was delivered last had no newline. */
  #inLine = false
  constructor({ source, offset, maxLineBytes, countLines = true }) {
    this.#source = source
    this.#offset = offset
    this.#maxLineBytes = maxLineBytes
    this.#countLines = countLines
  }
  /** Offset after the last byte that was delivered. */
  get offset() {
    return this.#offset
  }
  /** Bytes of the open line that are held back. */
  get heldBytes() {
    return this.#heldBytes
  }
  /** The open line as far as it is held back. */
  get held() {
    return this.#heldBytes === 0 ? void 0 : new Uint8Array(Buffer.concat(this.#held))
  }
  /** The first bytes of the open line, at most `size`. */
  heldHead(size) {
    const bytes = new Uint8Array(Math.min(size, this.#heldBytes))
    let at = 0
    for (const part of this.#held) {
      if (at === bytes.length) break
      bytes.set(part.subarray(0, bytes.length - at), at)
      at += Math.min(part.length, bytes.length - at)
    }
    return bytes
  }
  /** Number of the next line. */
  get nextLine() {
    return this.#line
  }
  /** Everything before `offset` was read by somebody; `line` begins with `held`. */
  goOn(offset, line, held) {
    this.#offset = offset - (held?.length ?? 0)
    this.#line = line
    if (held) this.#hold(held)
  }
  /** The lines that are whole now. */
  push({ buffer, from, to }) {
    const last = asBuffer(buffer, from, to).lastIndexOf(NEWLINE)
    if (last === -1) {
      this.#hold(buffer.slice(from, to))
      return this.#heldBytes > this.#maxLineBytes ? { batch: this.#emitPieces(), sharesBuffer: false } : void 0
    }
    const end = from + last + 1
    const rest = buffer.slice(end, to)
    const size = this.#heldBytes + end - from
    const sharesBuffer = this.#heldBytes <= from && size * 2 >= buffer.length
    const bytes = sharesBuffer ? buffer.subarray(from - this.#heldBytes, end) : new Uint8Array(size)
    if (!sharesBuffer) bytes.set(buffer.subarray(from, end), this.#heldBytes)
    this.#moveHeld(bytes)
    this.#hold(rest)
    return { batch: this.#emit(bytes), sharesBuffer }
  }
  /** The open line as it is. `goesOn`: its rest is awaited. */
  end({ goesOn = false } = {}) {
    if (this.#heldBytes === 0) return void 0
    const bytes = new Uint8Array(this.#heldBytes)
    this.#moveHeld(bytes)
    return this.#emit(bytes, goesOn)
  }
  /** Goes on at another offset with nothing held: bytes were left out. */
  skipTo(offset) {
    this.#held = []
    this.#heldBytes = 0
    this.#inLine = false
    this.#offset = offset
  }
  /** A line over the limit that is still open: whole pieces go, at least one byte stays for the newline to follow. */
  #emitPieces() {
    const bytes = new Uint8Array(this.#heldBytes)
    this.#moveHeld(bytes)
    const size = Math.floor((bytes.length - 1) / this.#maxLineBytes) * this.#maxLineBytes
    this.#hold(bytes.slice(size))
    return this.#emit(bytes.subarray(0, size))
  }
  #hold(bytes) {
    if (bytes.length === 0) return
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
  }
  /** What is held goes to the start of `into`. */
  #moveHeld(into) {
    let at = 0
    for (const part of this.#held) {
      into.set(part, at)
      at += part.length
    }
    this.#held = []
    this.#heldBytes = 0
  }
  #emit(bytes, goesOn = true) {
    const [source, offset] = [this.#source, this.#offset]
    const place = { begun: this.#inLine, goesOn }
    this.#offset += bytes.length
    this.#inLine = bytes[bytes.length - 1] !== NEWLINE
    if (!this.#countLines) return uncountedBatch({ source, offset, bytes }, this.#maxLineBytes, place)
    const cut = cutLines(bytes, this.#maxLineBytes, place)
    const batch = lineBatch({ source, bytes, offset, firstLine: this.#line, ...cut })
    this.#line += cut.ends.length
    return batch
  }
}
function uncountedBatch({ source, offset, bytes }, maxLineBytes, place) {
  let cut
  return {
    kind: 'lines',
    source,
    offset,
    bytes,
    get ends() {
      return (cut ??= cutLines(bytes, maxLineBytes, place)).ends
    },
    get pieces() {
      return (cut ??= cutLines(bytes, maxLineBytes, place)).pieces
    },
    firstLine: 0,
  }
}
function cutLines(bytes, maxLineBytes, place) {
  const ends = lineEnds(bytes, maxLineBytes)
  const whole = !place.begun && bytes[bytes.length - 1] === NEWLINE && longest <= maxLineBytes
  return { ends, pieces: whole ? void 0 : linePieces(bytes, ends, place) }
}
var scratch = new Uint32Array(4096)
var longest = 0
function lineEnds(bytes, maxLineBytes) {
  const buffer = asBuffer(bytes, 0, bytes.length)
  let count = 0
  let start = 0
  longest = 0
  const add = end => {
    if (count === scratch.length) scratch = grown(scratch)
    scratch[count++] = end
  }
  while (start < bytes.length) {
    const at = buffer.indexOf(NEWLINE, start)
    const content = at === -1 ? bytes.length : at
    if (content - start > longest) longest = content - start
    for (; content - start > maxLineBytes; start += maxLineBytes) add(start + maxLineBytes)
    start = at === -1 ? bytes.length : at + 1
    add(start)
  }
  return scratch.slice(0, count)
}
function grown(from) {
  const to = new Uint32Array(from.length * 2)
  to.set(from)
  return to
}
function asBuffer(bytes, from, to) {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
}

// src/generation/leading-hole.ts
var LeadingHole = class {
  #source
  #cutter
  #mayBe
  constructor(source, cutter, mayBe) {
    this.#source = source
    this.#cutter = cutter
    this.#mayBe = mayBe
  }
  /** Whether what was read so far, if anything, is a hole. */
  get mayBe() {
    return this.#mayBe
  }
  /** What is to be cut into lines of what was read up to `offset`, and the hole before it, once it ends. */
  skip(fresh, offset) {
    if (!this.#mayBe) return { fresh, hole: [] }
    const end = fresh.buffer.subarray(fresh.from, fresh.to).findIndex(byte => byte !== 0)
    if (end === -1) return { fresh: { ...fresh, from: fresh.to }, hole: [] }
    const from = fresh.from + end
    const hole = this.end(offset - (fresh.to - from))
    this.#mayBe = false
    return { fresh: { ...fresh, from }, hole: hole ? [hole] : [] }
  }
  /** The hole, when it ends at `to`. */
  end(to) {
    if (!this.#mayBe || to === 0) return void 0
    this.#mayBe = false
    this.#cutter.skipTo(to)
    return { kind: 'gap', source: this.#source, from: 0, to, reason: 'missed' }
  }
}

// src/generation/generation.ts
var OPEN_LINE_BYTES = 64
var Generation = class _Generation {
  source
  startOffset
  #identity
  /** Whether `opened` was delivered. */
  announced = false
  #stirred = false
  /** What was found in its place: it is over, and this is what the next one begins with. */
  successor
  #perhapsCopied = false
  /** Read from a copy that was made before the file was truncated: it ends with that. */
  copy
  #seenSize
  #knownSize = 0
  handle
  #head
  #reader
  #buffer
  #mayGrow
  #cutter
  #hole
  constructor(init, handle, reader) {
    this.source = init.source
    this.startOffset = init.offset
    this.#identity = init.identity
    this.#head = init.identity.head
    this.#seenSize = sizeSeen(init.identity)
    this.#knownSize = Math.max(init.offset, this.#seenSize)
    this.handle = handle
    this.#reader = reader
    this.#buffer = init.buffer
    this.#cutter = new LineCutter({ source: init.source, offset: init.offset, ...init.cutting })
    this.#hole = new LeadingHole(init.source, this.#cutter, init.mayHaveHole ?? false)
    this.copy = init.copy ?? false
    this.#mayGrow = init.mayGrow ?? false
  }
  /** Takes the handle over; closes it when this fails. */
  static async open(init) {
    const { handle: given, identity, reopen } = init
    const handle = given instanceof DrowsyHandle ? given : new DrowsyHandle(given, identity, reopen)
    try {
      const reader = new FileReader(handle, init.buffer, init.mayGrow)
      await reader.seek(init.offset, init.identity.head, init.tail)
      return new _Generation(init, handle, reader)
    } catch (error) {
      await handle.close()
      throw error
    }
  }
  /** As it was when it gave {@link Generation.rest}; the handle is asleep. */
  static restore(init, resting) {
    const { sourceId, claimKey, mtimeNs, startOffset, offset, tailHash, line, held } = resting
    const head = new Uint8Array(0)
    const identity = { ...parseClaimKey(claimKey), id: sourceId, mtimeNs, head, size: resting.seenSize }
    const handle = new DrowsyHandle(void 0, identity, init.reopen)
    const reader = new FileReader(handle, init.buffer)
    reader.goOn(offset, tailHash)
    const restored = { ...init, handle, identity, offset: startOffset, mayHaveHole: resting.hole }
    const generation = new _Generation(restored, handle, reader)
    generation.announced = resting.announced
    generation.#head = resting.head ?? headOfId(sourceId, resting.headStart) ?? head
    generation.#seenSize = resting.seenSize
    generation.#knownSize = resting.knownSize
    generation.#cutter.goOn(offset, line, held)
    return generation
  }
  /** What is to be kept of it while nothing happens to its file; `undefined` while it is not asleep, or is not read. */
  rest() {
    if (!this.#sleeps || this.gone || this.copy || this.#perhapsCopied || !this.isRead) return void 0
    if (this.#mayGrow || this.successor || this.#reader.looksAhead || (this.#hole.mayBe && this.offset > 0))
      return void 0
    return {
      sourceId: this.source.id,
      claimKey: claimKeyOf(this.identity),
      mtimeNs: this.identity.mtimeNs,
      startOffset: this.startOffset,
      announced: this.announced,
      offset: this.offset,
      tailHash: this.#reader.tailHash,
      head: isHeadOfId(this.#head, this.source.id) ? void 0 : proofOfHead(this.#head),
      headStart: startOf(this.#head),
      line: this.#cutter.nextLine,
      held: this.#cutter.held,
      seenSize: this.#seenSize,
      knownSize: this.#knownSize,
      hole: this.#hole.mayBe,
    }
  }
  /** What it was when it was first seen, and the device that its file has now. */
  get identity() {
    const { inodeKey } = this.handle
    if (inodeKey !== this.#identity.inodeKey) this.#identity = { ...this.#identity, inodeKey }
    return this.#identity
  }
  /** Offset after the last byte that was read. */
  get offset() {
    return this.#reader.offset
  }
  /** Offset after the last byte that was delivered: before an open last line. */
  get deliveredOffset() {
    return this.#cutter.offset
  }
  /**
   * How much is known to have been in it: the largest size that was seen, and after which its bytes were still those
   * that were read. A size alone may be that of another content already.
   */
  get knownSize() {
    return this.#knownSize
  }
  /** The file was seen with this size; proves the size seen before that, when it was not read since. */
  async see(size) {
    if (this.#seenSize > this.#knownSize) await this.holds()
    this.#note(size)
  }
  /** It has this size. One that has become smaller was cut: of what was there before nobody may have read a byte. */
  #note(size) {
    if (size > this.#seenSize || this.#head.length === 0) this.#seenSize = size
  }
  /**
   * The file was cut, and is `size` bytes long now: a larger size that was seen can only have been its own. Of what nobody
   * read a byte of, a copy may yet be found that nobody knows for one: nothing is said to be lost.
   */
  settleSize(size) {
    if (size < this.#seenSize && this.#head.length > 0) this.#knownSize = Math.max(this.#knownSize, this.#seenSize)
  }
  /** Whether all that was seen of it is read. */
  get isRead() {
    return this.offset >= this.#seenSize
  }
  /** Whether its descriptor is closed. */
  get asleep() {
    return this.handle.asleep
  }
  /** Closes the descriptor until something is heard of the file, if nothing is to be seen. */
  drowse() {
    return this.#stirred ? Promise.resolve() : this.handle.sleep()
  }
  /** Something may have happened to the file: the next step looks, and it stays open until then. */
  stir() {
    this.#stirred = true
  }
  get #sleeps() {
    return this.handle.asleep && !this.#stirred
  }
  /** Deleted while its handle was closed: nothing can be asked of it. */
  get gone() {
    return this.handle.gone
  }
  /** A file that was not found may be there again, as after a mount: it is looked for once more. Whether it was not. */
  comeBack() {
    if (!this.gone) return false
    this.handle.comeBack()
    this.stir()
    return true
  }
  /** Opens it again, where that has to be; what it was then is seen before it is read. */
  async #wake() {
    if (!this.handle.asleep) return
    if (await this.handle.wake()) this.#note(this.handle.openedSize)
  }
  /** Whether the bytes before the offset, or at 0 those of its head, are still there. */
  async holds() {
    if (this.successor) return false
    if (this.#sleeps || this.gone) return true
    await this.#wake()
    if (this.offset === 0) return this.learnHead()
    const seen = this.#seenSize
    const { other, end } = await this.#reader.compare()
    if (this.gone) return true
    this.successor = other
    if (!other) this.know(Math.max(seen, end))
    return !other
  }
  /** So much was in it, as another reader of it knows. */
  know(size) {
    if (size > this.#knownSize) this.#knownSize = size
    if (size > this.#seenSize) this.#seenSize = size
  }
  /** The first bytes of it, as far as they were seen; at most {@link HEAD_BYTES}. */
  get head() {
    return this.#head
  }
  /** Whether only the proof of its first bytes is at hand. */
  get headIsProof() {
    return !(this.#head instanceof Uint8Array)
  }
  /** Reads again what was given up of its head. False when that is not there any more. */
  async #recallHead() {
    if (!this.headIsProof || this.#sleeps || this.gone) return true
    const head = this.#reader.whole?.slice(0, this.#head.length) ?? (await readAt(this.handle, 0, this.#head.length))
    if (this.gone) return true
    if (!beginsWith(head, this.#head)) {
      this.successor = { position: 0, bytes: head, ended: false }
      return false
    }
    this.#head = head
    return true
  }
  /** Looks at the first bytes of what nobody has read yet, so that a copy of it is known once it is cut. False when it is cut. */
  async learnHead() {
    if (this.successor) return false
    if (this.gone) return true
    if (this.offset > 0) return (await this.holds()) && (await this.#recallHead())
    const head = await readAt(this.handle, 0, HEAD_BYTES)
    if (this.gone) return true
    if (!this.#isHead(head)) {
      this.successor = { position: 0, bytes: head, ended: head.length < HEAD_BYTES }
      return false
    }
    if (head.length === 0) return !this.#endsAt(0)
    if (head.length < this.#head.length) return true
    this.#perhapsCopied = false
    if (this.#head.length === 0 || head.length < HEAD_BYTES) this.#seenSize = Math.min(this.#seenSize, head.length)
    this.#head = head
    this.#reader.expect(head)
    this.know(head.length)
    return true
  }
  /** What was taken for a generation that had been missed may have been a copy of it, of which nothing was known. */
  get perhapsCopied() {
    return this.#perhapsCopied
  }
  /** Generations that were missed are taken up: one is a copy of this if it was written and cut and nobody saw it. */
  async doubtIfCut() {
    if (this.#head.length > 0) return
    const { mtimeNs } = await this.handle.stat({ bigint: true })
    if (mtimeNs !== this.identity.mtimeNs) this.#perhapsCopied = true
  }
  /** What was read last, as a token that another file can be held against. */
  get token() {
    return { sourceId: this.source.id, offset: this.offset, tailHash: this.#reader.tailHash }
  }
  /** Reads on. Bytes that complete no line give no items. */
  async step() {
    if (this.successor) return { kind: 'changed' }
    if (this.#sleeps || this.gone) return { kind: 'end' }
    await this.#wake()
    const { openings } = this.handle
    const result = await this.#reader.read()
    this.#stirred = false
    if (this.gone) return { kind: 'end' }
    if (result.kind !== 'bytes') return this.#stop(result)
    if (this.handle.openings !== openings) this.#note(this.handle.openedSize)
    const isFull = this.#noteRead(result.fresh) >= this.#buffer.batchBytes
    if (isFull) await this.size().catch(() => {})
    const { fresh, hole } = this.#hole.skip(result.fresh, this.offset)
    const cut = fresh.to > fresh.from ? this.#cutter.push(fresh) : void 0
    if (cut?.sharesBuffer) this.#buffer.handOver()
    return { kind: 'bytes', items: cut ? [...hole, cut.batch] : hole }
  }
  /** What was read says this of head and size. Gives how much it was. */
  #noteRead(fresh) {
    const bytes = fresh.to - fresh.from
    const isFirst = bytes === this.offset && this.#head.length === 0
    this.#perhapsCopied = false
    this.#head = grownHead(this.#head, this.offset - bytes, fresh)
    if (isFirst || bytes < this.#buffer.batchBytes) this.#seenSize = Math.min(this.#seenSize, this.offset)
    this.#knownSize = Math.max(this.copy ? this.#knownSize : 0, this.#seenSize, this.offset)
    return bytes
  }
  /** There is nothing to read on: nothing yet, or for good. */
  #stop(result) {
    if (result.kind === 'changed') this.successor = result.found
    return { kind: result.kind === 'changed' || this.#endsAt(this.offset) ? 'changed' : 'end' }
  }
  /** Whether these first bytes are those that are known, as far as they go. */
  #isHead(bytes) {
    if (this.#mayGrow && bytes.length < this.#head.length) return bytes.length === 0 || beginAlike(this.#head, bytes)
    return beginsWith(bytes, this.#head)
  }
  /** It ends at `size`: what ends there was never longer, unless nothing of it was seen but a larger size. True when it was cut. */
  #endsAt(size) {
    if (size > 0 || this.#seenSize === 0) {
      this.#seenSize = Math.min(this.#seenSize, size)
      return false
    }
    this.successor = { position: 0, bytes: new Uint8Array(0), ended: true }
    return true
  }
  /** Whether the beginning of a line is held back. */
  get holdsLine() {
    return this.#cutter.heldBytes > 0
  }
  /** What is held back, as a last line without its newline; or the hole that nothing came after. */
  flush(options) {
    return this.#hole.end(this.offset) ?? this.#cutter.end(options)
  }
  /** Size now. */
  async size() {
    const size = Number((await this.handle.stat({ bigint: true })).size)
    this.#note(size)
    return size
  }
  close() {
    return this.handle.close()
  }
  /**
   * Proof of the place where `item` ends: of what was read last when all of it was delivered, else of the item, or of the
   * hole that a gap tells, and of what follows: the open line, or `next`.
   */
  proofOf(item, next) {
    const end = item.kind === 'gap' ? item.to : item.offset + item.bytes.length
    const held = this.#cutter.offset === end ? this.#cutter.heldHead(OPEN_LINE_BYTES) : new Uint8Array(0)
    if (this.offset === end) return this.#reader.tailHash
    if (item.kind === 'lines') return formatTailHash(item.bytes.subarray(-TAIL_BYTES), held)
    const after = next?.kind === 'lines' ? next.bytes.subarray(0, OPEN_LINE_BYTES) : held
    return formatTailHash(new Uint8Array(Math.min(TAIL_BYTES, end)), after)
  }
}

// src/files/open-file.ts
async function openRegularFile(path, fileSystem) {
  let handle
  try {
    handle = await fileSystem.open(path)
    const stat4 = await handle.stat({ bigint: true })
    if (stat4.isFile()) return { handle, stat: stat4, openedPath: path }
  } catch (cause) {
    await handle?.close()
    const code2 = systemCode(cause)
    throw new TailerError('LF_TAILER_OPEN', `cannot open ${path}`, { cause, detail: { path, code: code2 } })
  }
  await handle.close()
  throw new TailerError('LF_TAILER_NOT_A_FILE', `${path} is not a regular file`, { detail: { path } })
}
async function openIfThere(path, fileSystem) {
  try {
    return await openRegularFile(path, fileSystem)
  } catch (error) {
    if (isVanished(error)) return void 0
    throw error
  }
}
function openAdmitted(path, admit, fileSystem) {
  return admit ? openIfAdmitted(path, admit, fileSystem) : openRegularFile(path, fileSystem)
}
async function openIfAdmitted(path, admit, fileSystem) {
  const openedPath = await admit(path)
  const opened = await openRegularFile(openedPath, fileSystem)
  try {
    const named = await fileSystem.stat(openedPath)
    const same = (await admit(path)) === openedPath && inodeKeyOf(opened.stat) === inodeKeyOf(named)
    if (same) return opened
  } catch (error) {
    await opened.handle.close()
    throw error
  }
  await opened.handle.close()
  throw new TailerError('LF_TAILER_OPEN', `${path} changed while it was opened`, { detail: { path } })
}

// src/follow/turns.ts
var Turns = class {
  #last = Promise.resolve()
  #waiting = 0
  /** Whether nothing is being done, or waits to be. */
  get idle() {
    return this.#waiting === 0
  }
  /** Does `work` when all that came before is done. Errors are the caller's, and do not stop the next. */
  take(work) {
    const result = this.#last.then(work)
    this.#waiting++
    const done = () => void this.#waiting--
    this.#last = result.then(done, done)
    return result
  }
}
var CHUNK_BYTES2 = 64 * 1024
function unpacked(packed, format, fileSystem) {
  const chunks = chunksOf(packed)
  return fileSystem?.unpack?.(chunks, format) ?? decompressStream(chunks, { format, lend: true })
}
async function unpackedHead(chunks, bytes) {
  const head = []
  let length = 0
  try {
    for await (const chunk of chunks) {
      head.push(chunk.slice(0, bytes - length))
      length += chunk.length
      if (length >= bytes) break
    }
  } catch {}
  return Buffer.concat(head)
}
async function* chunksOf(handle) {
  for (let at = 0; ;) {
    const chunk = await readAt(handle, at, CHUNK_BYTES2)
    if (chunk.length > 0) yield chunk
    if (chunk.length < CHUNK_BYTES2) return
    at += chunk.length
  }
}

// src/files/unpacked-handle.ts
var KEPT_BYTES = 64 * 1024
var MAX_UNPACKING = 16
var unpacking = /* @__PURE__ */ new Set()
var UnpackedHandle = class _UnpackedHandle {
  #packed
  #chunks
  #turns = new Turns()
  #running
  #head = new Uint8Array(0)
  /** What was unpacked last, and the offset where it begins. */
  #last = { at: 0, bytes: this.#head }
  #size = 0
  constructor(packed, chunks) {
    this.#packed = packed
    this.#chunks = chunks
  }
  /**
   * Unpacks everything once, which tells the size and that nothing is missing. Takes the handle over when that went well.
   *
   * @throws CompressError `LF_COMPRESS_TRUNCATED` when it is perhaps still being written, `LF_COMPRESS_CORRUPT`
   */
  static async open(packed, format, fileSystem) {
    const handle = new _UnpackedHandle(packed, () => unpacked(packed, format, fileSystem))
    for await (const chunk of handle.#chunks()) handle.#take(chunk)
    handle.#size = handle.#end
    handle.#forgetAllBut(KEPT_BYTES)
    return handle
  }
  /** The first bytes of the content, at most {@link HEAD_BYTES}. */
  get head() {
    return this.#head
  }
  /** Length of the content. */
  get size() {
    return this.#size
  }
  async stat(options) {
    const { dev, ino, birthtimeNs, mtimeNs } = await this.#packed.stat(options)
    return { dev, ino, birthtimeNs, mtimeNs, size: BigInt(this.#size), isFile: () => true }
  }
  read(buffer, offset, length, position) {
    return this.#turns.take(async () => {
      const end = Math.min(this.#size, position + length)
      let at = position
      while (at < end) {
        const bytes = this.#bytesAt(at).subarray(0, end - at)
        buffer.set(bytes, offset + at - position)
        at += bytes.length
        if (bytes.length === 0) await this.#goOnTo(at)
      }
      if (!this.#running) this.#forgetAllBut(KEPT_BYTES)
      return { bytesRead: Math.max(0, at - position) }
    })
  }
  close() {
    return this.#turns.take(async () => {
      await this.#pause()
      await this.#packed.close()
    })
  }
  get #end() {
    return this.#last.at + this.#last.bytes.length
  }
  /** What is at hand from an offset on. */
  #bytesAt(at) {
    if (at < this.#head.length) return this.#head.subarray(at)
    return at < this.#last.at ? this.#head.subarray(0, 0) : this.#last.bytes.subarray(at - this.#last.at)
  }
  /** Unpacks the next chunk on the way to an offset. */
  async #goOnTo(at) {
    if (!this.#running || at < this.#last.at) {
      await this.#pause()
      this.#last = { at: 0, bytes: new Uint8Array(0) }
      this.#running = this.#chunks()[Symbol.asyncIterator]()
      unpacking.add(this)
      for (const [other] of unpacking.entries()) {
        if (unpacking.size <= MAX_UNPACKING) break
        unpacking.delete(other)
        other.#turns.take(() => other.#pause()).catch(() => {})
      }
    }
    const next = await this.#running.next()
    if (next.done) throw new RangeError(`a packed file held ${this.#size} bytes and holds ${this.#end} now`)
    this.#take(next.value)
    if (this.#end >= this.#size) await this.#pause()
  }
  #take(chunk) {
    const { bytes } = this.#last
    if (this.#head.length < HEAD_BYTES && this.#end === this.#head.length) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD_BYTES - this.#head.length)])
    }
    const kept = bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES))
    this.#last = { at: this.#end - kept.length, bytes: Buffer.concat([kept, chunk]) }
  }
  #forgetAllBut(length) {
    const { at, bytes } = this.#last
    if (bytes.length > length) this.#last = { at: at + bytes.length - length, bytes: bytes.slice(-length) }
  }
  async #pause() {
    const running = this.#running
    this.#running = void 0
    unpacking.delete(this)
    await running?.return?.()
  }
}

// src/search/sibling-content.ts
var SMALL_BYTES = 64n * 1024n
async function openContent(path, fileSystem, mayBe) {
  const opened = await openSibling(path, fileSystem)
  if (!opened) return { kind: 'gone' }
  const { handle, stat: stat4, format } = opened
  if (format === 'none') return { kind: 'open', opened: { handle, identity: await identifyBy(handle, stat4) } }
  let content
  const whole = async () => (content ??= await unpack2(opened, format, fileSystem))
  const head = async () =>
    stat4.size > SMALL_BYTES ? unpackedHead(unpacked(handle, format, fileSystem), HEAD_BYTES) : headOf(await whole())
  let wanted = false
  try {
    wanted = await mayBe({ stat: stat4, head })
    return wanted ? await whole() : { kind: 'other' }
  } finally {
    if (!wanted || content?.kind !== 'open') await handle.close()
  }
}
function headOf(content) {
  if (content.kind === 'open') return content.opened.identity.head
  return content.kind === 'unfinished' ? content.identity.head : new Uint8Array(0)
}
async function openSibling(path, fileSystem) {
  const opened = await openIfThere(path, fileSystem).catch(error => {
    if (isPassing(error)) throw error
  })
  if (!opened) return void 0
  try {
    return { ...opened, format: detectCompression(await readAt(opened.handle, 0, DETECT_BYTES)) }
  } catch (error) {
    await opened.handle.close()
    throw error
  }
}
async function unpack2({ handle: packed, stat: stat4 }, format, fileSystem) {
  try {
    const handle = await UnpackedHandle.open(packed, format, fileSystem)
    const identity = { ...identityOf(stat4, handle.head, handle.size), packed: true }
    return { kind: 'open', opened: { handle, identity } }
  } catch (error) {
    if (!(error instanceof CompressError)) throw error
    const head = await unpackedHead(unpacked(packed, format, fileSystem), HEAD_BYTES)
    return { kind: 'unfinished', identity: { ...identityOf(stat4, head), packed: true } }
  }
}

// src/identity/taken-files.ts
var MAX_OPENED = 1e4
function rememberOpened({ opened }, identity) {
  opened.add(claimKeyOf(identity))
  if (opened.size > MAX_OPENED) opened.delete(opened.values().next().value)
}
function leaveCopy({ opened, parts }, identity, size) {
  opened.delete(claimKeyOf(identity))
  parts.set(claimKeyOf(identity), size)
}
function notePart({ identity }, part, { parts }) {
  if (part && !identity.packed) parts.set(claimKeyOf(identity), identity.size)
  else parts.delete(claimKeyOf(identity))
  if (parts.size > MAX_OPENED) parts.delete(parts.keys().next().value)
}
function hasGrown(sibling, { parts }) {
  const size = parts.get(claimKeyOf(sibling))
  return size !== void 0 && size !== sibling.size
}
function isPart(copied, { identity }, { parts }) {
  return copied === 'part' || (copied === 'unsure' && parts.has(claimKeyOf(identity)))
}

// src/search/missed.ts
async function findMissed(range, base) {
  const found2 = []
  try {
    let seen = 'moving'
    for (let pass = 0; seen === 'moving' && pass < MAX_PASSES; pass++) seen = await findOnce(range, base, found2)
    if (seen === 'changed') range.leftOut?.postpone()
    else range.leftOut?.settle(seen === 'moving')
    return found2
  } catch (error) {
    await giveBack(found2, base)
    throw error
  }
}
function inOrderOfBirth(generations) {
  return [...generations].sort((a, b) => byAge(a.identity, b.identity))
}
async function giveBack(found2, base) {
  for (const generation of found2) {
    base.release(claimKeyOf(generation.identity))
    base.opened.delete(claimKeyOf(generation.identity))
    await generation.close()
  }
}
async function findOnce(range, base, found2) {
  const listing = await listSiblings(base)
  let { settled } = listing
  for (const sibling of listing.siblings) {
    if (!mayBeMissed(sibling, range, base)) continue
    if (range.prove && !(await range.prove())) return 'changed'
    const content = await contentOf(sibling, { ...range, found: [...(range.found ?? []), ...found2] }, base)
    if (content.kind === 'gone') settled &&= await isStill(sibling, base)
    if (content.kind !== 'open') continue
    const { opened } = content
    const same = claimKeyOf(opened.identity) === claimKeyOf(sibling)
    let generation
    try {
      if (same) generation = await takeMissed(opened, range, base)
      if (generation) found2.push(generation)
    } finally {
      if (!generation) await opened.handle.close()
    }
    settled &&= same && !generation
  }
  return settled ? 'still' : 'moving'
}
function mayBeMissed(sibling, { isNew, leftOut }, base) {
  if (!isNew(sibling) || (base.isTaken(claimKeyOf(sibling)) && !hasGrown(sibling, base))) return false
  if (sibling.size === 0) leftOut?.noteEmpty(sibling)
  return sibling.size > 0
}
async function contentOf(sibling, range, base) {
  const { packedNs = 0n, held, found: found2 = [], leftOut } = range
  const unread = [...held, ...found2].filter(({ offset }) => offset === 0)
  const isUnread = begun => {
    const may = begun !== void 0 && unread.some(({ head }) => beginAlike(head, begun))
    if (may) leftOut?.noteUnread()
    return may
  }
  if (isUnread(base.packed.headOf(sibling))) return { kind: 'other' }
  if (base.packed.isUnchanged(sibling) && base.packed.await(sibling)) {
    leftOut?.noteUnread()
    return { kind: 'other' }
  }
  const content = await openContent(sibling.path, base.fileSystem, async ({ stat: stat4, head }) => {
    const { mtimeNs, birthtimeNs: birthNs, size } = stat4
    const file = { inodeKey: inodeKeyOf(stat4), birthNs, mtimeNs, size: Number(size) }
    if (mtimeNs < packedNs) base.claim(claimKeyOf(file))
    if (mtimeNs < packedNs || unread.length === 0) return mtimeNs >= packedNs
    const begun = await head()
    if (!isUnread(begun)) return true
    base.packed.noteHead(file, begun)
    return false
  })
  if (content.kind !== 'unfinished') return content
  const { identity } = content
  if (base.packed.await(identity)) leftOut?.noteUnread()
  else if (base.claim(claimKeyOf(identity)) && !isKnownHead(identity.head, range)) base.packed.giveUp(sibling, identity)
  return content
}
function isKnownHead(head, { held, found: found2 = [], released = [], tokens = [] }) {
  if ([...held, ...found2, ...released].some(known => beginAlike(known.head, head))) return true
  return tokens.some(token => token.offset > 0 && mayBeginAs(head, token))
}
async function takeMissed(opened, range, base) {
  const { handle, identity } = opened
  const held = range.held.filter(({ head }) => !identity.packed || mayBegin(head, identity.head))
  const copied = await copiedBy(opened, { ...range, held }, base)
  if (copied === 'unread') range.leftOut?.noteUnread()
  if (copied === 'unread' || !base.claim(claimKeyOf(identity))) return void 0
  notePart(opened, copied === 'part', base)
  if (copied !== 'no' || identity.size === 0) return void 0
  const generation = await Generation.open({ ...base, handle, source: base.names.of(identity), identity, offset: 0 })
  rememberOpened(base, identity)
  return generation
}
function mayBegin(head, begun) {
  return head.length === 0 || beginAlike(head, begun) || mayBeginAlike(head, begun)
}
async function copiedBy(opened, range, taken) {
  const known = await copiedByKnown(opened, range, taken)
  if (known === 'rest') return 'yes'
  let part = known === 'part'
  for (const generation of range.held) {
    const copied = await compareWith(generation, opened)
    if (copied === 'changed' && range.leftOut) return 'unread'
    if (copied === 'rest') return generation.offset === 0 ? 'unread' : 'yes'
    part ||= isPart(copied, opened, taken)
  }
  return part ? 'part' : 'no'
}
async function copiedByKnown(opened, { released = [], tokens = [] }, taken) {
  for (const token of tokens) if (token.offset > 0 && (await holdsContentOf(opened.handle, token))) return 'rest'
  let part = false
  for (const known of released) {
    const copied = await compareWithReleased(known, opened)
    if (copied === 'rest') return 'rest'
    part ||= isPart(copied, opened, taken)
  }
  return part ? 'part' : 'none'
}

// src/search/doubted-generations.ts
var DoubtedGenerations = class {
  #base
  #generations = []
  constructor(base) {
    this.#base = base
  }
  /** Whether there is one. */
  get any() {
    return this.#generations.length > 0
  }
  /** As they were found. */
  get all() {
    return this.#generations
  }
  /** Takes them over. */
  add(generations) {
    for (const { identity } of generations) this.#base.opened.delete(claimKeyOf(identity))
    this.#generations.push(...generations)
  }
  /** Those that are no copies, as is known now. Those that are copies are given up; all are kept where one cannot be asked. */
  async ask(range) {
    const missed = []
    const unasked = this.#generations.splice(0)
    try {
      for (let generation = unasked[0]; generation; unasked.shift(), generation = unasked[0]) {
        const opened = await openedOf(generation)
        const copied = await copiedBy(opened, range, this.#base)
        if (copied === 'unread') this.add([generation])
        if (copied === 'no') {
          rememberOpened(this.#base, generation.identity)
          missed.push(generation)
        }
        if (copied === 'part') notePart(opened, true, this.#base)
        if (copied === 'yes' || copied === 'part') await generation.close()
      }
      return missed
    } catch (error) {
      this.add([...missed, ...unasked])
      throw error
    }
  }
  /** One that `proves` says yes to; the caller has to close it. */
  async take(proves) {
    for (const [at, generation] of this.#generations.entries()) {
      const opened = await openedOf(generation)
      if (!(await proves(opened))) continue
      this.#generations.splice(at, 1)
      return opened
    }
    return void 0
  }
  /** Gives all of them up. */
  async close() {
    for (const generation of this.#generations.splice(0)) await generation.close()
  }
}
async function openedOf({ handle, identity }) {
  return { handle, identity: { ...(await identify(handle)), packed: identity.packed === true } }
}

// src/generation/hold-all.ts
async function holdAll(held) {
  for (const generation of held) {
    generation.stir()
    if (!(await generation.learnHead())) return false
  }
  return true
}
async function learnHeads(held) {
  for (const generation of held) if (!(await generation.learnHead())) return false
  return true
}
function provenOnce(held) {
  let proven
  return () => (proven ??= learnHeads(held))
}

// src/search/left-out.ts
var MAX_EMPTY = 64
var NO_KEYS = /* @__PURE__ */ new Set()
var LeftOut = class {
  #settled = false
  #unread = false
  #before
  #found
  /** `before` is what the search before it left: of one that fails that is still so. */
  constructor(before) {
    this.#before = before?.empty
  }
  /** The search is through; `moving` when names moved all the time, so that something may not have been found. */
  settle(moving) {
    this.#settled = !moving
    this.#before = void 0
  }
  /** Nothing was searched for, and nothing moved: something has to be read first. */
  postpone() {
    this.#settled = this.#unread = true
  }
  /** Something may be a copy of what nobody has read yet, or is not whole yet. */
  noteUnread() {
    this.#unread = true
  }
  /** An empty file: it may be a copy that is only being made. */
  noteEmpty(sibling) {
    this.#unread = true
    this.#found ??= /* @__PURE__ */ new Set()
    if (this.#found.size < MAX_EMPTY) this.#found.add(claimKeyOf(sibling))
  }
  /** Whether something may not have been found. */
  get moving() {
    return !this.#settled
  }
  /** Whether there is something to search for again. */
  get any() {
    return this.#unread || !this.#settled
  }
  /** Claim keys of the empty files. */
  get empty() {
    return this.#before ?? this.#found ?? NO_KEYS
  }
}
var NOTHING_LEFT_OUT = new LeftOut()
NOTHING_LEFT_OUT.settle(false)

// src/follow/opening.ts
var NOTHING = { generations: [], notices: [] }
var MOVING = { ...NOTHING, again: true }

// src/search/packed-siblings.ts
var WRITING_MS = 1e4
var MAX_UNFINISHED = 1e3
var PackedSiblings = class {
  #clock
  #of
  /** Since when each is as it is. */
  #unfinished
  /** How each of those begins that is to be asked about again. */
  #heads
  #notices = []
  constructor(clock, { host, path }) {
    this.#clock = clock
    this.#of = { host, path }
  }
  /** Whether one that could not be unpacked is still as it was then, so that it need not be opened again. */
  isUnchanged(packed) {
    return this.#unfinished?.has(keyOf(packed)) === true
  }
  /** It cannot be unpacked. Whether it may be being written. */
  await(packed) {
    const key = keyOf(packed)
    const nowMs = this.#clock.monotonicMs()
    const unfinished = (this.#unfinished ??= /* @__PURE__ */ new Map())
    const sinceMs = unfinished.get(key) ?? nowMs
    unfinished.set(key, sinceMs)
    if (unfinished.size > MAX_UNFINISHED) unfinished.delete(unfinished.keys().next().value)
    return nowMs - sinceMs < WRITING_MS
  }
  /** How what is packed in a file begins, if that was noted and nothing was written to it since. */
  headOf(packed) {
    return this.#heads?.get(keyOf(packed))
  }
  /** Notes how what is packed in a file begins, which need not be opened for that again. */
  noteHead(packed, head) {
    const heads = (this.#heads ??= /* @__PURE__ */ new Map())
    heads.set(keyOf(packed), head)
    if (heads.size > MAX_UNFINISHED) heads.delete(heads.keys().next().value)
  }
  /** Nobody has had what is in it, and nobody can. */
  giveUp({ path }, { id, size }) {
    const message = `what is packed in ${path} cannot be read`
    const detail = { code: 'LF_TAILER_PACKED', message, packedBytes: size }
    this.#notices.push(failedEvent({ ...this.#of, id }, detail))
  }
  /** What is to be told, once. */
  takeNotices() {
    const notices = this.#notices
    if (notices.length > 0) this.#notices = []
    return notices
  }
}
function keyOf(file) {
  return `${claimKeyOf(file)} ${file.mtimeNs} ${file.size}`
}

// src/search/patience.ts
var PATIENCE_MS = 1e4
var Patience = class {
  #clock
  #sinceMs
  constructor(clock) {
    this.#clock = clock
  }
  /** Whether to wait on, for what is still `awaited` or not. */
  waits(awaited) {
    const nowMs = this.#clock.monotonicMs()
    this.#sinceMs = awaited ? (this.#sinceMs ?? nowMs) : void 0
    return this.#sinceMs !== void 0 && nowMs - this.#sinceMs < PATIENCE_MS
  }
}

// src/search/postponed-file.ts
var PostponedFile = class {
  #base
  #isCopy
  #handle
  /** `isCopy` is asked again and again, until it is known. */
  constructor(base, isCopy) {
    this.#base = base
    this.#isCopy = isCopy
  }
  /** Whether there is one. */
  get waits() {
    return this.#handle !== void 0
  }
  /** Takes the handle over, where there is none yet. Whether it did. */
  hold(handle) {
    if (this.#handle) return false
    this.#handle = handle
    return true
  }
  /** The file, once it is known to be no copy, and nobody's; of its path then. */
  ask() {
    return this.#handle ? this.#ask(this.#handle) : Promise.resolve(void 0)
  }
  async #ask(handle) {
    const identity = await identify(handle).catch(error => this.#giveUp(error))
    const verdict = this.#base.isTaken(claimKeyOf(identity)) ? 'yes' : await this.#isCopy({ handle, identity })
    if (verdict === 'later') return void 0
    const isOurs = verdict === 'no' && this.#base.claim(claimKeyOf(identity))
    this.#release(handle)
    if (!isOurs) {
      await handle.close()
      return void 0
    }
    const source = this.#base.names.of(identity)
    return Generation.open({ ...this.#base, handle, identity, source, offset: 0 })
  }
  /** Gives it up. */
  async close() {
    const handle = this.#handle
    if (!handle) return
    this.#release(handle)
    await handle.close()
  }
  /** What cannot be asked any more is found again under its name, if it has one. */
  async #giveUp(error) {
    await this.close()
    throw error
  }
  #release(handle) {
    this.#handle = void 0
    this.#base.undecided.decide(handle)
  }
}

// src/search/find-sibling.ts
async function findByToken(token, base) {
  const identity = parseIdentity(token.sourceId)
  if (!identity || (identity.headBytes === 0 && token.tailHash === '')) return void 0
  const isInode = sibling => isSameFile(sibling, identity)
  const proves = async ({ handle, identity: { size } }) => size >= token.offset && (await holdsContentOf(handle, token))
  const mayBe = async packed => {
    const head = await packed.head()
    return head.length < HEAD_BYTES || mayBeginAs(head, token)
  }
  return findSibling(base, { likely: isInode, mayBe, proves })
}
async function findByKey(key, base) {
  const wanted = parseClaimKey(key)
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const { siblings, settled } = await listSiblings(base)
    const sibling = siblings.find(other => isSameFile(other, wanted))
    const content = sibling && (await openContent(sibling.path, base.fileSystem, async () => true))
    const opened = content?.kind === 'open' ? content.opened : void 0
    if (opened && isSameFile(opened.identity, wanted)) return opened
    await opened?.handle.close()
    if (sibling ? !opened && (await isStill(sibling, base)) : settled) break
  }
  return void 0
}
async function findSibling(base, { likely, mayBe, proves }) {
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const listing = await listSiblings(base)
    const siblings = listing.siblings.reverse()
    let { settled } = listing
    const others = siblings.filter(other => !likely(other)).sort((a, b) => b.size - a.size)
    for (const sibling of [...siblings.filter(likely), ...others]) {
      const content = await openContent(sibling.path, base.fileSystem, mayBe)
      if (content.kind === 'gone') settled &&= await isStill(sibling, base)
      if (content.kind !== 'open') continue
      const { opened } = content
      const same = claimKeyOf(opened.identity) === claimKeyOf(sibling)
      const inTurn = same || !likely(sibling) || likely(opened.identity)
      if (inTurn && (await proves(opened)) && base.claim(claimKeyOf(opened.identity))) return opened
      settled &&= same
      await opened.handle.close()
    }
    if (settled) return void 0
  }
  return 'moving'
}
async function findUndecided(base, proves) {
  let found2
  for (const handle of await base.undecided.beside(base.path)) {
    const opened = { handle, identity: await identify(handle) }
    if (!found2 && (await proves(opened)) && base.claim(claimKeyOf(opened.identity))) found2 = opened
    else await handle.close()
  }
  return found2
}

// src/checkpoint/resume.ts
var MAX_OPEN = 16
async function resumeGenerations(checkpoint, file, patience) {
  const known = checkpoint.entriesOf(file.host, file.path).reverse()
  const [newest, ...older] = known
  if (!newest) return void 0
  if ('handle' in file) {
    for (const entry of known) {
      const generation = await openProven(file, entry)
      if (!generation) continue
      const missing = missingAfter(entry, known)
      const nothing = await hasNothingYounger(missing.horizon, file)
      return { rest: [], next: generation, notices: [], proven: true, ...(!nothing && { missing }) }
    }
  }
  return resumeRotated(file, [newest, ...older], patience)
}
async function resumeRotated(file, known, patience) {
  const [newest] = known
  const open5 = known.filter(({ complete, tailHash }) => !complete && !isCutOff(tailHash))
  const [entry = newest] = open5
  const left = await findLeft([...open5.slice(1, MAX_OPEN).toReversed(), entry], file, patience)
  if (left === 'moving') return 'moving'
  const old = sourceOf(entry)
  const identity = parseIdentity(entry.sourceId)
  const named = 'handle' in file ? file : void 0
  const truncated = named !== void 0 && identity !== void 0 && isSameFile(identity, named.identity)
  const now = truncated ? await identifyAgain(named, entry) : named
  const rest = []
  for (const { entry: known2, found: found2 } of left) {
    const cut = truncated && known2 === entry
    rest.push(await Generation.open({ ...file, ...found2, source: sourceOf(known2), offset: known2.offset, copy: cut }))
  }
  const isThere = left.at(-1)?.entry === entry
  const next = now && (await begin(truncated ? { ...now, source: now.names.another(now.identity) } : now, 0))
  const missing = missingAfter(entry, known)
  return {
    rest,
    next,
    notices: isThere ? [] : tellLost(entry, old, named && (truncated ? 'truncated' : 'rotated')),
    missing,
    proven: false,
  }
}
function tellLost({ offset, path, tailHash, complete }, source, event) {
  if (isCutOff(tailHash) || complete) return []
  const message = `what followed byte ${offset} of ${path} was not found`
  const told = [failedEvent(source, { message, offset })]
  if (event) told.push({ kind: 'event', source, event, detail: { offset } })
  return told
}
async function findLeft(entries, base, patience) {
  const left = []
  let moving = false
  try {
    for (const entry of entries) {
      const found2 = await findByToken(entry, base)
      moving ||= found2 === 'moving'
      if (found2 && found2 !== 'moving') left.push({ entry, found: found2 })
    }
  } catch (error) {
    await closeLeft(left, base)
    throw error
  }
  if (!patience.waits(moving)) return left
  await closeLeft(left, base)
  return 'moving'
}
async function closeLeft(left, base) {
  for (const { found: found2 } of left) {
    base.release(claimKeyOf(found2.identity))
    await found2.handle.close()
  }
}
function sourceOf({ host, path, sourceId }) {
  return { host, path, id: sourceId }
}
async function identifyAgain(file, entry) {
  return maySpeakOf(file.identity, entry) ? { ...file, identity: await identify(file.handle) } : file
}
function missingAfter(entry, known) {
  const identity = parseIdentity(entry.sourceId)
  const beside = parseHorizon(entry.beside, identity?.birthNs ?? 0n)
  const own = identity ? [claimKeyOf(identity)] : []
  const horizon = { ...beside, awaited: /* @__PURE__ */ new Set([...(beside.awaited ?? []), ...own]) }
  const isNew = file => isYounger(file, horizon) || (!!identity && isSameFile(identity, file))
  return { horizon, isNew, tokens: known.slice(0, MAX_OPEN).map(provableToken) }
}
async function openProven(file, token) {
  const tail2 = await tailOfToken(file, token)
  return tail2 && begin({ ...file, source: { ...file.source, id: token.sourceId } }, token.offset, tail2)
}
function begin({ handle, reopen, source, identity, buffer, cutting }, offset, tail2) {
  return Generation.open({ handle, reopen, source, identity, buffer, cutting, offset, tail: tail2 })
}
async function beginNew(checkpoint, file, { from, seen }) {
  const { size } = file.identity
  const start = from === 'start' ? 0 : Math.min(size, from === 'end' ? size : from)
  const generation = await begin(file, start)
  if (!checkpoint || from === 'start') return generation
  checkpoint.describe(generation.source.id, formatHorizon(seen))
  checkpoint.begin(generation.source, generation.token)
  return generation
}

// src/identity/released-contents.ts
var MAX_RELEASED = 16
var ReleasedContents = class {
  #contents
  constructor(resting = []) {
    this.#contents = [...resting]
  }
  /** The last ones, youngest first. */
  get all() {
    return this.#contents
  }
  /**
   * Remembers how far a generation was read, and after it its copy, which has the same source. The one that is forgotten
   * for it, if any.
   */
  remember(generation, atMs) {
    const content = { ...knownOf(generation), ...generation.token, atMs }
    const known = this.#contents.findIndex(({ sourceId }) => sourceId === content.sourceId)
    if (known !== -1 && this.#contents[known].offset > content.offset) return void 0
    if (known !== -1) this.#contents.splice(known, 1)
    this.#contents.unshift(content)
    return this.#contents.length > MAX_RELEASED ? this.#contents.pop() : void 0
  }
  /** The generation that an opened file is, to be read on, if it was let go. */
  async takeBack(file) {
    for (const { sourceId, offset, tailHash } of this.#contents) {
      const generation = offset > 0 ? await openProven(file, { sourceId, offset, tailHash }) : void 0
      if (generation) return generation
    }
    return void 0
  }
  /** What is to be kept while nothing happens. */
  rest() {
    if (this.#contents.length === 0) return void 0
    return this.#contents.map(known => ({ ...known, head: proofOfHead(known.head) }))
  }
}
async function openAgain(key, base, admit) {
  const { path } = base
  try {
    const { handle, stat: stat4 } = await openAdmitted(path, admit, base.fileSystem)
    if (isSameFile({ inodeKey: inodeKeyOf(stat4), birthNs: stat4.birthtimeNs }, parseClaimKey(key)))
      return { handle, size: Number(stat4.size), inodeKey: inodeKeyOf(stat4) }
    await handle.close()
  } catch (error) {
    if (!isVanished(error)) throw error
  }
  try {
    for (const name of [basename(path), ...baseNamesOf(basename(path))]) {
      const found2 = await findByKey(key, { ...base, path: join(dirname(path), name) })
      if (found2) return { handle: found2.handle, size: found2.identity.size, inodeKey: found2.identity.inodeKey }
    }
  } catch (error) {
    if (!(error instanceof FolderAway)) throw error
  }
  return void 0
}

// src/identity/source-names.ts
var SourceNames = class {
  #place
  #marks
  constructor(place, marks) {
    this.#place = place
    this.#marks = marks
  }
  /** As which a file is read. An empty one has nothing that tells it from what its inode held before. */
  of(identity) {
    return identity.head.length === 0 ? this.another(identity) : { ...this.#place, id: identity.id }
  }
  /** As which a file is read that was cut: the inode is the same, and the head may be. */
  another({ id }) {
    return { ...this.#place, id: markedId(id, this.#marks.next()) }
  }
}

// src/search/first-look.ts
var FirstLook = class {
  #place
  #clock
  #folders = /* @__PURE__ */ new Map()
  constructor(place, clock) {
    this.#place = place
    this.#clock = clock
  }
  /**
   * What counts from now on; `last` is what did, `folder` the key of the folder that is there, empty when there is none, and
   * `facts` its facts, where they were asked for a moment ago.
   */
  async look(last, folder, facts) {
    const known = folder === '' ? last : this.#folders.get(folder)
    if (known) return known
    if (last && this.#folders.size === 0) return last
    const seen = await lookBeside(this.#place, this.#clock, facts)
    if (seen.folder === '') return seen.horizon
    const horizon = this.#folders.get(seen.folder) ?? seen.horizon
    this.#folders.set(seen.folder, horizon)
    return horizon
  }
  /** Whether the folder is the one whose first look gave `horizon`, and nothing in it has changed since. */
  isStill({ ns, recent }) {
    if (recent) return Promise.resolve(false)
    return folderOf(this.#place).then(folder => {
      return folder?.mtimeNs === ns && this.#folders.get(folderKeyOf(folder))?.ns === ns
    })
  }
}

// src/search/surroundings.ts
var Surroundings = class {
  /** Whether it is there. */
  home
  #place
  #clock
  #firstLook
  #horizon
  #seen
  /** The folder when it was last searched. */
  #searched
  constructor(place, clock, resting) {
    this.#place = place
    this.#clock = clock
    this.home = new HomeFolder(place, resting?.home)
    this.#firstLook = new FirstLook(place, clock)
    this.#horizon = resting?.horizon
    this.#seen = resting?.seen ?? NO_HORIZON
    this.#searched = resting?.searched
  }
  rest() {
    return { horizon: this.#horizon, seen: this.#seen, searched: this.#searched, home: this.home.text }
  }
  /** What is younger came since the path is followed; `undefined` before the first look. */
  get horizon() {
    return this.#horizon
  }
  /** The folder is known as it was then: what is younger is still to be found. */
  get seen() {
    return this.#seen
  }
  /** Nothing was opened yet: the folder that is there is home, and what lies there older, unless `counts` is false. */
  async lookFirst(counts) {
    const facts = await this.home.settle()
    if (counts) await this.#lookAt(this.home.folder, facts)
  }
  /** Something was opened, perhaps in another folder than the one that was looked at before. */
  async lookOnceMore() {
    if (!(await this.home.isAway())) await this.#lookAt(this.home.folder)
  }
  async #lookAt(folder, facts) {
    const before = this.#horizon
    this.#horizon = await this.#firstLook.look(before, folder, facts)
    if (this.#horizon !== before) this.#seen = this.#horizon
  }
  /** Whether everything is as it was when that was looked at. One question, as thousands of files ask it. */
  isAsFirstSeen() {
    return this.#horizon ? this.#firstLook.isStill(this.#horizon) : Promise.resolve(false)
  }
  /** What is younger than `horizon` came since the path was followed before. */
  goBackTo(horizon) {
    this.#horizon = this.#seen = horizon
  }
  /** What is younger than `horizon` is to be found; what was known of the folder is. */
  countFrom(horizon) {
    this.#horizon = horizon
  }
  /** What is packed and was last written before `ms` since 1970 is not new. */
  packedSince(ms) {
    if (this.#horizon) this.#horizon = packedSince(this.#horizon, ms)
  }
  /** Whether names may have changed since this was last asked. */
  async changed() {
    const last = this.#searched
    if (last ? await isAsSearched(last, this.#place) : await this.#isAsFirst()) return false
    if (await this.home.isAway()) return false
    const { horizon, folder } = await lookBeside(this.#place, this.#clock)
    if (folder !== this.home.folder) return false
    this.#searched = horizon
    return true
  }
  async #isAsFirst() {
    return this.#horizon !== void 0 && (await isAsBefore(this.#horizon, this.#place))
  }
  /** What was found there has been taken up. */
  settle() {
    this.#seen = this.#searched ?? this.#horizon ?? NO_HORIZON
  }
}

// src/follow/path-opener.ts
var PathOpener = class {
  #init
  #base
  #surroundings
  #released
  /** Missed generations that may be copies of what is not open yet. */
  doubted
  #from
  /** Something of the path was given to be read: what the checkpoint says of it from then on is of this run. */
  #begun
  /** What the last run left was looked for while the path named nothing. */
  #askedForRest = false
  #missing
  #postponed
  #leftOut = NOTHING_LEFT_OUT
  #patience
  /** How long a copy, or what the last run left, is searched for among names that move. */
  copyPatience
  /** What had the name at the first look. */
  #firstKey
  /** `resting` is what an earlier one of the same path gave. */
  constructor(init, resting) {
    const { path, options, buffer, claim, isTaken, release, undecided } = init
    this.#init = init
    const { host, fileSystem } = options
    const cutting = { maxLineBytes: options.maxLineBytes, countLines: !options.raw }
    const opened = new Set(resting?.opened)
    const parts = new Map(resting?.parts)
    const packed = new PackedSiblings(options.clock, { host, path })
    const names = new SourceNames({ host, path }, init.marks)
    const reopen = key => openAgain(key, this.#base, options.admit)
    const shared = { claim, isTaken, release, undecided }
    this.#surroundings = new Surroundings({ path, fileSystem }, options.clock, resting)
    const { home } = this.#surroundings
    this.#base = { path, host, names, fileSystem, home, buffer, cutting, reopen, ...shared, opened, parts, packed }
    this.doubted = new DoubtedGenerations(this.#base)
    this.#postponed = new PostponedFile(this.#base, opened2 => this.#isCopy(opened2))
    this.#patience = new Patience(options.clock)
    this.copyPatience = new Patience(options.clock)
    this.#released = new ReleasedContents(resting?.released ?? init.released)
    this.#from = resting?.from ?? init.from ?? (init.first ? options.from : 'start')
    this.#begun = resting !== void 0
    this.#firstKey = resting?.firstKey
    this.#missing = resting?.missing
  }
  /** What is to be kept of it while nothing happens to the path; `undefined` while something is still to be seen. */
  rest() {
    if (this.unread) return void 0
    return {
      ...this.#surroundings.rest(),
      first: this.#init.first,
      from: this.#from,
      firstKey: this.#firstKey,
      released: this.#released.rest(),
      opened: this.#base.opened.size > 0 ? this.#base.opened : void 0,
      parts: this.#base.parts.size > 0 ? this.#base.parts : void 0,
      missing: this.#missing,
    }
  }
  /** A generation that went to rest. It is opened again when it is asked something, wherever its file lies then. */
  restore({ generation }) {
    const { host, path, buffer, cutting, reopen } = this.#base
    const source = { host, path, id: generation.sourceId }
    return Generation.restore({ reopen, source, buffer, cutting }, generation)
  }
  /** Whether names moved while they were searched last, so that something may not have been found. */
  get moves() {
    return this.#leftOut.moving
  }
  /** Whether the last search left out what may be needed yet. */
  get unread() {
    return this.#leftOut.any || this.doubts
  }
  /** The folder is known as it was then: what is younger is still to be found, and what was empty. */
  get seen() {
    const { seen } = this.#surroundings
    const { empty } = this.#leftOut
    return empty.size > 0 ? { ...seen, awaited: empty } : seen
  }
  /**
   * Whether the next file should wait for another search, so that what came before it is read before it: names moved
   * while the folder was searched. Not for ever, as they may never stop.
   */
  looksAgain() {
    return this.#patience.waits(this.moves)
  }
  /** What the last searches found has been taken up. What is to be told of what they found. */
  settled() {
    this.#surroundings.settle()
    return this.#base.packed.takeNotices()
  }
  /** A copy was read. One that ends before what it was taken for did may yet become a copy of something else. */
  leave(copy) {
    this.remember(copy)
    if (copy.offset < copy.knownSize) leaveCopy(this.#base, copy.identity, copy.offset)
  }
  /** What was read of generations that are not open any more. */
  get released() {
    return this.#released.all
  }
  /** What every generation of this path is opened with. */
  get base() {
    return this.#base
  }
  /** To be called before a look at the path: until something was opened, what lies beside it is older than that. */
  lookBeside() {
    if (this.#hasBegun && this.#surroundings.horizon) return Promise.resolve()
    return this.#surroundings.lookFirst(this.#missing === void 0)
  }
  /** What the first look saw is followed, whatever name it has when it is opened. */
  noteFirst(named) {
    if (this.#firstKey === void 0) this.#firstKey = named && this.#from !== 'end' ? claimKeyOf(named) : 'nothing'
  }
  /**
   * Opens what the path names now, unless it is what is held, or another path's. Missed generations come first; with a
   * checkpoint, what was left of the last run comes first of all.
   *
   * @throws TailerError `LF_TAILER_OPEN`, `LF_TAILER_NOT_A_FILE`, `LF_TAILER_CHECKPOINT`; whatever `admit` throws
   */
  async openNamed(held) {
    const { path, options } = this.#init
    const awaited = await this.#postponed.ask()
    if (awaited) return this.#give({ generations: [awaited], notices: [] })
    const { undecided } = this.#base
    const open5 = () => openAdmitted(path, options.admit, options.fileSystem)
    const { handle, stat: stat4, openedPath } = await undecided.open(path, open5)
    let claimed
    try {
      const identity = await identifyBy(handle, stat4)
      const key = claimKeyOf(identity)
      const isHeld = held.newest !== void 0 && claimKeyOf(held.newest.identity) === key
      const verdict = isHeld ? 'yes' : await this.#isCopy({ handle, identity })
      if (verdict === 'later' && this.#postponed.hold(handle)) return NOTHING
      const fresh = !this.#base.isTaken(key)
      const isOurs = verdict === 'no' && this.#base.claim(key)
      if (isOurs && fresh) claimed = key
      undecided.decide(handle)
      if (!isOurs) {
        await handle.close()
        return NOTHING
      }
      const source = this.#base.names.of(identity)
      const opened = await this.#begin(this.#openedFile({ handle, source, identity }), held)
      if (opened === 'moving') {
        if (claimed !== void 0) this.#base.release(claimed)
        await handle.close()
        return MOVING
      }
      this.#from = 'start'
      return this.#give({ ...opened, openedPath })
    } catch (error) {
      undecided.decide(handle)
      if (claimed !== void 0) this.#base.release(claimed)
      await handle.close().catch(() => {})
      throw error
    }
  }
  /**
   * The path names nothing. With a checkpoint, the file that had the name may lie beside it, or may yet come back, as on a
   * disk that is mounted later: asked until it is found, or the path names something else; again when the folder `changed`.
   */
  async openRest(changed) {
    this.#from = 'start'
    const { checkpoint } = this.#init.options
    if (this.#hasBegun || !checkpoint || (this.#askedForRest && !changed)) return NOTHING
    this.#askedForRest = true
    const opened = await this.#resume(checkpoint, this.#base, [])
    if (opened === 'moving') return MOVING
    return opened && opened.generations.length > 0 ? this.#give(opened) : NOTHING
  }
  /** Remembers how far a file was read: one that was moved away may be moved back, one that was cut has copies. */
  remember(generation) {
    const forgotten = this.#released.remember(generation, this.#init.options.clock.now())
    if (forgotten) this.#surroundings.packedSince(forgotten.atMs)
  }
  /** Generations that nobody has had yet, and what was copied away before truncations. */
  async findMissed(held) {
    const awaited = await this.#postponed.ask()
    const missed = await this.#findMissed(awaited ? [...held, awaited] : held)
    return this.#give({ generations: awaited ? inOrderOfBirth([...missed, awaited]) : missed }).generations
  }
  /** Generations that had the name and gave it away while nothing has it now. Asked only when the folder `changed`. */
  async findPassed(held, changed) {
    const awaited = await this.#postponed.ask()
    const search = awaited === void 0 && (changed || this.doubts)
    const generations = awaited ? [awaited] : search ? await this.#findMissed(held) : []
    return this.#give({ generations }).generations
  }
  /** Whether names beside the path may have changed since this was last asked. */
  async folderChanged() {
    const changed = await this.#surroundings.changed()
    if (this.#surroundings.home.away) await this.lookBeside()
    return changed
  }
  /** Whether it is still to be seen what something is that was found. */
  get doubts() {
    return this.doubted.any || this.#postponed.waits
  }
  /** Whether something was given to be read, or is held until it is known what it is. */
  get #hasBegun() {
    return this.#begun || this.doubted.any
  }
  #give(opened) {
    this.#begun ||= opened.generations.length > 0
    return opened
  }
  /** Closes what nobody was given. */
  async close() {
    await this.doubted.close()
    await this.#postponed.close()
  }
  /** Field by field: what is spread costs kilobytes each time, which thousands of files notice. */
  #openedFile({ handle, source, identity }) {
    const { path, host, names, fileSystem, home, buffer, cutting, opened, parts, packed } = this.#base
    const { claim, isTaken, release, undecided, reopen } = this.#base
    const known = { path, host, names, fileSystem, home, buffer, cutting, opened, parts, packed }
    return Object.assign(known, { claim, isTaken, release, undecided, reopen, handle, source, identity })
  }
  async #begin(file, { held, takeBack }) {
    const lingering = takeBack(claimKeyOf(file.identity))
    if (lingering) {
      await file.handle.close()
      return { generations: [lingering], notices: [] }
    }
    const back = this.#released.all.length > 0 ? await this.#released.takeBack(file) : void 0
    if (back) return { generations: [back], notices: [] }
    const { checkpoint } = this.#init.options
    if (checkpoint?.knows(file.path) && !this.#hasBegun) {
      const resumed = await this.#resume(checkpoint, file, held)
      if (resumed) return resumed
    }
    const named = await beginNew(checkpoint, file, { from: this.#from, seen: this.#surroundings.seen })
    const isUntouched = !this.doubts && !this.#missing && (await this.#surroundings.isAsFirstSeen())
    if (isUntouched) this.#leftOut = NOTHING_LEFT_OUT
    const missed = isUntouched ? [] : await this.#findMissedNow(held, { rest: [], next: named })
    return { generations: [...missed, named], notices: [] }
  }
  /** What the last run left, then what came and went since, then what has the name; asked again while names move. */
  async #resume(checkpoint, file, held) {
    const resumed = await resumeGenerations(checkpoint, file, this.copyPatience)
    if (resumed === 'moving') this.#leftOut = new LeftOut(this.#leftOut)
    if (!resumed || resumed === 'moving') return resumed
    const { rest, next, notices } = resumed
    const { horizon } = this.#surroundings
    this.#missing = resumed.missing
    if (this.#missing) this.#surroundings.goBackTo(this.#missing.horizon)
    const missed = this.#missing ? await this.#findMissedNow(held, resumed) : []
    if (resumed.proven && !this.unread) {
      this.#missing = void 0
      this.#surroundings.countFrom(horizon)
    }
    return { generations: [...rest, ...missed, ...(next ? [next] : [])], notices }
  }
  /**
   * What was missed besides what is being opened. Without a descriptor to spare, or when the folder has gone away, that is
   * left for another search: what is open is kept, as its content may be cut before there is one again.
   */
  async #findMissedNow(held, { rest, next }) {
    try {
      return await this.#findMissed([...held, ...rest, ...(next ? [next] : [])])
    } catch (error) {
      if (isPassing(error)) return []
      await giveBack(rest, this.#base)
      await next?.close()
      throw error
    }
  }
  async #findMissed(held) {
    if (!this.#hasBegun && !this.#missing) await this.#surroundings.lookOnceMore()
    const range = await this.#rangeToSearch()
    if (!range) return []
    const before = this.#leftOut
    const leftOut = (this.#leftOut = new LeftOut(before))
    const prove = provenOnce(held)
    const unread = held.filter(({ offset, isRead }) => offset === 0 || !isRead)
    if (!(await learnHeads(unread)) || (this.doubted.any && !(await prove()))) {
      leftOut.postpone()
      return []
    }
    const known = { ...range, held, prove, released: this.#released.all, leftOut }
    const missed = await this.doubted.ask(known)
    try {
      const found2 = [...missed, ...this.doubted.all]
      missed.push(...(await findMissed({ ...known, found: found2 }, this.#base)))
      return missed.length > 0 && (await this.#areKnown(held)) ? inOrderOfBirth(missed.splice(0)) : []
    } finally {
      this.doubted.add(missed)
    }
  }
  /** Whether what has the name, and what it holds now, is open: what else was found may only copy it. */
  async #areKnown(held) {
    if (!(await holdAll(held)) || !(await this.isNamedOneOf(held))) return false
    for (const generation of held) await generation.doubtIfCut()
    return true
  }
  /** What is searched for; `undefined` when nothing came since the first look. */
  async #rangeToSearch() {
    const { horizon } = this.#surroundings
    const missing = this.#missing
    if (!horizon) return void 0
    if (!this.doubts && !missing && (await isAsBefore(horizon, this.#base))) {
      this.#leftOut = NOTHING_LEFT_OUT
      return void 0
    }
    const isNew = sibling =>
      isYounger(sibling, horizon) || claimKeyOf(sibling) === this.#firstKey || missing?.isNew(sibling) === true
    return { isNew, packedNs: horizon.packedNs, tokens: missing?.tokens }
  }
  #isCopy(opened) {
    const { first, isCopy } = this.#init
    return first && !this.#hasBegun ? Promise.resolve('no') : isCopy(opened)
  }
  /** Whether what the path names, if anything, is one of those that are open. */
  async isNamedOneOf(held) {
    const named = await lookAt(this.#base.path, this.#base.fileSystem)
    const generation = held.find(({ identity }) => named && claimKeyOf(identity) === claimKeyOf(named))
    if (named) await generation?.see(named.size)
    return !named || generation !== void 0
  }
}

// src/follow/quiet.ts
var STILL_MS = 5e3
var Quiet = class {
  #clock
  #idleMs
  #sinceMs
  #goneSinceMs
  #sawEnd
  #grewMs = -Infinity
  #hurried = false
  /** Last write, as the file system has it, ns since 1970. */
  mtimeNs
  /** `idleMs` is what counts as long, 0: nothing does. `resting` is what an earlier one of the same path gave. */
  constructor({ clock, idleMs }, resting) {
    this.#clock = clock
    this.#idleMs = idleMs
    this.#sinceMs = clock.monotonicMs()
    this.mtimeNs = resting?.mtimeNs ?? -1n
    this.#sawEnd = resting !== void 0
  }
  /** Whether nothing was written for long. */
  get isLong() {
    if (this.#idleMs === 0) return false
    if (this.#hurried) return true
    const quietMs = this.#clock.monotonicMs() - this.#sinceMs
    return quietMs >= this.#idleMs || this.#clock.now() - Number(this.mtimeNs / 1000000n) >= this.#idleMs
  }
  /** Whether the path named nothing when it was last looked at. */
  get isGone() {
    return this.#goneSinceMs !== void 0
  }
  /** A file was opened, which was last written then. */
  begin(mtimeNs) {
    this.mtimeNs = mtimeNs
    this.end()
  }
  /** Something was read just now, or is to be. */
  end() {
    this.#sinceMs = this.#clock.monotonicMs()
    this.#hurried = false
    if (this.#sawEnd) this.#grewMs = this.#sinceMs
  }
  /** Whether everything was read once. */
  get sawEnd() {
    return this.#sawEnd
  }
  /** Everything is read: what comes now was written meanwhile. */
  noteEnd() {
    this.#sawEnd = true
  }
  /** For how long nothing was written that was awaited; what was there when it was found does not count. */
  get stillMs() {
    return this.#clock.monotonicMs() - this.#grewMs
  }
  /** Whether so little is awaited that it is better closed, where others wait to be opened. */
  get still() {
    return this.stillMs >= STILL_MS
  }
  /** Until something comes it counts as quiet for long. */
  hurry() {
    this.#hurried = true
  }
  /** The path names nothing, or something again. Whether it is gone only now. */
  noteGone(gone) {
    const was = this.isGone
    this.#goneSinceMs = gone ? (this.#goneSinceMs ?? this.#clock.monotonicMs()) : void 0
    return gone && !was
  }
  /** For how long it had been quiet at `nowMs`. */
  msAt(nowMs) {
    return nowMs - this.#sinceMs
  }
  /** For how long it had been quiet and gone at `nowMs`. */
  goneMsAt(nowMs) {
    return Math.min(this.msAt(nowMs), nowMs - (this.#goneSinceMs ?? nowMs))
  }
}

// src/follow/standing.ts
var Standing = class {
  /** What lies beside the path is to be searched once more, although the folder is as it was. */
  rescan = false
  #init
  constructor(init) {
    this.#init = init
  }
  /** What a look at the path says of what is held for it. */
  async judge(named) {
    const { queue } = this.#init
    const where = await this.#lookHome(named !== void 0)
    const { newest } = queue
    const facts = { changed: false, away: where === 'away' }
    const held = newest && { fileKey: claimKeyOf(newest.identity), closed: newest.asleep, ...facts }
    const verdict = judgeRotation(held, named)
    if (verdict !== 'same' && verdict !== 'away') queue.stir()
    return verdict
  }
  /** The path names what was opened last: whether there is something to be read of it. */
  async noticeGrowth(newest, { size, mtimeNs }) {
    if (newest.gone) return
    const { quiet, wake } = this.#init
    if (size !== newest.offset) await newest.see(size)
    if (size !== newest.offset || mtimeNs !== quiet.mtimeNs) {
      newest.stir()
      wake()
    }
    quiet.mtimeNs = mtimeNs
  }
  /** Whether what was not found is gone: its folder is there, and was when it was looked for. */
  async isHere() {
    return (await this.#lookHome(false)) === 'here'
  }
  #lookHome(isNamed) {
    const { queue, quiet, home, wake } = this.#init
    return home.look(isNamed).then(where => {
      if (where !== 'back') return where
      quiet.noteGone(false)
      queue.comeBack()
      wake()
      return where
    })
  }
  /** A search is to be begun again: at once where names moved, with the next look where the folder is away. */
  searchAgain() {
    if (!this.#init.home.away) this.#init.wake()
  }
  /** Whether time alone brings something about. */
  get waits() {
    const { queue, home } = this.#init
    return this.#lingers || (home.away && queue.head?.asleep === false)
  }
  /** Whether a look may find something to do although nothing changed. */
  get asks() {
    return this.waits || this.rescan || this.mayDrowse
  }
  /** Whether it is closed and nothing of it is awaited: what is written to it is heard of. */
  get rests() {
    const { queue } = this.#init
    return queue.length === 1 && queue.head?.asleep === true && !this.waits && !this.rescan
  }
  /** Nothing was written for long, and everything is read: the descriptor is better used elsewhere. */
  get mayDrowse() {
    const { queue, quiet, home, lingering, clock } = this.#init
    if (!queue.head?.isRead || queue.head.asleep || this.#lingers || this.rescan) return false
    return quiet.isLong || (home.away && quiet.msAt(clock.monotonicMs()) >= lingering.ms)
  }
  get #lingers() {
    const { queue, lingering, quiet } = this.#init
    return lingering.size > 0 || queue.length > 1 || quiet.isGone
  }
}

// src/search/claim-copy.ts
async function claimCopy(opened, { held, released = [], writtenMs }, base) {
  const { identity } = opened
  const claimed = copied => {
    if (!base.claim(claimKeyOf(identity))) return 'no'
    notePart(opened, copied !== 'rest', base)
    return 'yes'
  }
  if (identity.size === 0) return held.length > 0 ? 'yes' : 'no'
  for (const generation of held) {
    const copied = await compareWith(generation, opened)
    if (copied === 'changed') return 'later'
    if (copied === 'rest' || isPart(copied, opened, base)) return generation.offset === 0 ? 'later' : claimed(copied)
  }
  for (const known of released) {
    const copied = await compareWithReleased(known, opened)
    if (copied === 'rest') return claimed(copied)
    if (isPart(copied, opened, base))
      return Number(identity.mtimeNs / 1000000n) >= writtenMs ? 'later' : claimed(copied)
  }
  return 'no'
}

// src/search/found-copy.ts
async function findCopy(head, base, { copy, doubted }) {
  const proves = async opened => (await compareWithKnown(knownOf(head), opened)) === 'rest'
  const wanted = {
    // A smaller one may be a copy of something else that is being made; of two the longer one is rather this one's.
    likely: ({ size }) => size >= head.head.length,
    mayBe: async packed => beginAlike(head.head, await packed.head()),
    proves,
  }
  const beside = await findSibling(base, wanted).catch(unlessAway)
  if (beside === 'away') return { kind: 'away' }
  const moving = beside === 'moving'
  const found2 = (moving ? void 0 : beside) ?? (await doubted.take(proves)) ?? (await findUndecided(base, proves))
  if (!found2) return { kind: moving ? 'moving' : 'none' }
  const { handle, identity } = found2
  if (base.opened.has(claimKeyOf(identity))) {
    await handle.close()
    return { kind: 'delivered' }
  }
  const { source, deliveredOffset: offset } = head
  const expected = { ...identity, head: longerOf(identity.head, head.head) }
  const generation = await Generation.open({ ...base, handle, identity: expected, source, offset, copy, mayGrow: true })
  rememberOpened(base, identity)
  return { kind: 'copy', generation }
}
function unlessAway(error) {
  if (error instanceof FolderAway) return 'away'
  throw error
}
function longerOf(head, known) {
  return known instanceof Uint8Array && known.length > head.length ? known : head
}

// src/search/truncation.ts
async function afterTruncation(head, opener, held) {
  const { identity, size } = await identifyNext(head)
  const source = opener.base.names.another(identity)
  const init = { ...opener.base, handle: head.handle, source, identity, offset: 0, mayHaveHole: true }
  const next = await Generation.open(init)
  const found2 = await findCopy(head, opener.base, { copy: true, doubted: opener.doubted })
  if (found2.kind === 'away' || opener.copyPatience.waits(found2.kind === 'moving')) return void 0
  opener.remember(head)
  const missed = await findOthers([...held.filter(generation => generation !== head), next], opener, found2)
  const unseen = found2.kind !== 'copy' && found2.kind !== 'delivered' && head.head.length === 0
  const own = unseen ? missed.at(-1) : void 0
  const copy = found2.kind === 'copy' ? found2.generation : own && (await asCopyOf(head, own, opener))
  const sure = (found2.kind === 'none' || found2.kind === 'copy') && !own && missed.length === 0 && !opener.unread
  if (sure) head.settleSize(size)
  if (copy) {
    copy.announced = head.announced
    copy.know(head.knownSize)
  }
  const delivered = found2.kind === 'delivered' || head.perhapsCopied
  return { copy, delivered, missed: missed.filter(other => other !== own), next }
}
async function findOthers(held, opener, found2) {
  try {
    return await opener.findMissed(held)
  } catch (error) {
    if (found2.kind === 'copy') await giveBack([found2.generation], opener.base)
    throw error
  }
}
async function identifyNext(head) {
  const { handle, successor } = head
  const stat4 = await handle.stat({ bigint: true })
  const size = Number(stat4.size)
  if (successor?.position !== 0) {
    const identity = await identifyBy(handle, stat4)
    head.successor = { position: 0, bytes: identity.head, ended: identity.head.length < HEAD_BYTES }
    return { identity, size }
  }
  const { bytes, ended } = successor
  return { identity: identityOf(stat4, bytes, bytes.length), size: ended ? bytes.length : Math.max(size, bytes.length) }
}
async function afterDeletion(head, { base, doubted, copyPatience }) {
  const found2 = await findCopy(head, base, { copy: true, doubted })
  if (found2.kind === 'away' || copyPatience.waits(found2.kind === 'moving')) return 'moving'
  if (found2.kind !== 'copy') return void 0
  found2.generation.announced = head.announced
  found2.generation.know(head.knownSize)
  return found2.generation
}
function asCopyOf({ source }, { handle, identity }, opener) {
  return Generation.open({ ...opener.base, handle, identity, source, offset: 0, copy: true })
}

// src/follow/followed-file.ts
var FollowedFile = class {
  path
  quiet
  /** As which it claims what it reads. */
  owner
  #context
  #opener
  #queue
  #lingering
  #standing
  #glance
  #notes
  #turns = new Turns()
  /** What was told of the path since it was last looked at. */
  #heard = 'nothing'
  #failures
  #notices = []
  #closed = false
  /** `first`: it is taken up as following begins. `resting` is what an earlier one of the same path gave. */
  constructor(path, context, { first, from, resting, gone }) {
    this.path = path
    this.#context = context
    const { options } = context
    this.owner = resting?.owner ?? gone?.owner ?? context.claims.newOwner()
    this.#opener = new PathOpener(
      openingOf(path, context, { owner: this.owner, first, from, released: gone?.released }),
      resting?.opener,
    )
    this.quiet = new Quiet(options, resting)
    this.#notes = new Notes(options.checkpoint)
    this.#failures = new Failures(path, options)
    this.#glance = new Glance(path, options.fileSystem, resting?.glance)
    this.#lingering = new Lingering(options.clock, options.lingerMs)
    this.#queue = new GenerationQueue(this.#lingering)
    const [queue, lingering, quiet, { home }] = [this.#queue, this.#lingering, this.quiet, this.#opener.base]
    const wake = () => context.wake(this)
    this.#standing = new Standing({ queue, lingering, quiet, home, clock: options.clock, wake })
    if (resting) this.#queue.add([this.#opener.restore(resting)])
  }
  /** What is to be kept of it while nothing happens; it is of no use any more then. `undefined` while something does. */
  rest() {
    if (!this.#turns.idle || !this.rests || this.#closed || this.#heard !== 'nothing') return void 0
    if (this.#notices.length > 0 || this.#failures.any || !this.#context.options.watch) return void 0
    const generation = this.#queue.head?.rest()
    const opener = generation && this.#opener.rest()
    const glance = this.#glance.last
    if (!opener || glance === void 0) return void 0
    this.#closed = true
    return { owner: this.owner, generation, opener, mtimeNs: this.quiet.mtimeNs, glance }
  }
  /** Whether nothing is held for this path. */
  get idle() {
    return this.#queue.held.length === 0 && !this.#opener.doubts
  }
  get released() {
    return this.#opener.released
  }
  /** Whether the last look, or the last read, failed. */
  get failed() {
    return this.#failures.any
  }
  /** Whether a file is a copy of what is read here, as copytruncate makes one; if so it is this file's from now on. */
  claimCopy(opened) {
    return this.#turns.take(async () => {
      this.#queue.stir()
      const { held } = this.#queue
      const writtenMs = this.#context.options.clock.now() - this.#lingering.ms
      const verdict = await claimCopy(opened, { held, released: this.#opener.released, writtenMs }, this.#opener.base)
      return verdict === 'no' && !(await this.#opener.isNamedOneOf(held)) ? 'later' : verdict
    })
  }
  /** Looks at the path; wakes the reader when there is something to do. */
  observe() {
    return this.#turns.take(async () => {
      await this.#observe()
      const { away } = this.#opener.base.home
      if ((!away && this.#queue.newest?.comeBack()) || this.#standing.waits) this.#context.wake(this)
      if (this.#context.mustSpare()) await this.#queue.doze(this.quiet)
    })
  }
  /** Whether a look is worth its price: a quick question that most of thousands of files answer with no. */
  mayHaveChanged() {
    return this.#glance.changed() || this.#standing.asks || this.#failures.any
  }
  /** Whether it is closed and nothing of it is awaited: what is written to it is heard of. */
  get rests() {
    return this.#standing.rests
  }
  /** Whether time alone brings something about. */
  get waits() {
    return this.#standing.waits
  }
  /** Reads a little: at most one batch of each generation that has something. Wakes itself when more is likely. */
  step() {
    return this.#turns.take(() => this.#step())
  }
  /** What is held back of open last lines, as they are. */
  flush() {
    return this.#turns.take(async () => this.#queue.held.flatMap(generation => this.#notes.flushed(generation)))
  }
  /** Closes every handle. */
  close() {
    this.#closed = true
    return this.#turns.take(() => this.#close())
  }
  /** Closes it if nothing is held for the path by then; says whether it did. */
  closeIfIdle() {
    return this.#turns.take(async () => {
      this.#closed ||= this.idle
      if (this.#closed) await this.#close()
      return this.#closed
    })
  }
  async #close() {
    for (const generation of this.#queue.clear()) await generation.close()
    await this.#opener.close()
  }
  async #observe() {
    if (this.#closed) return
    this.#heard = 'nothing'
    try {
      await this.#opener.lookBeside()
      if (this.#context.options.watch) this.#glance.changed()
      const named = await lookAt(this.path, this.#context.options.fileSystem)
      this.#glance.hold(named !== void 0)
      this.#opener.noteFirst(named)
      const owner = named && this.#context.claims.ownerOf(claimKeyOf(named))
      const again = this.#standing.rescan
      this.#standing.rescan &&= this.#queue.isFull
      await this.#settle(owner === void 0 || owner === this.owner ? named : void 0, again)
      this.#notices.push(...this.#opener.settled())
      if (this.#notices.length > 0) this.#context.wake(this)
      if (this.#opener.unread || this.#queue.newest?.gone) this.#standing.rescan = true
      if (this.#standing.mayDrowse) await this.#queue.head?.drowse()
      this.#failures.clear('look')
    } catch (error) {
      this.#standing.rescan = true
      if (!isVanished(error)) this.#fail('look', error)
    }
  }
  /** Brings what is held in line with what the path names; `again`: searches, although the folder is as it was. */
  async #settle(named, again) {
    const { newest } = this.#queue
    const verdict = await this.#standing.judge(named)
    let gone = verdict === 'gone'
    switch (verdict) {
      case 'born':
      case 'pending':
      case 'replaced':
        if (!this.#queue.isFull) gone = !(await this.#openNamed()) && newest !== void 0
        break
      case 'same':
        await this.#standing.noticeGrowth(newest, named)
        if (again || (await this.#opener.folderChanged())) await this.#openMissed(newest)
        break
      case 'gone':
      case 'absent':
      case 'truncated':
        await this.#takeUpPassed(again)
        break
    }
    if (this.quiet.noteGone(gone)) this.#context.wake(this)
  }
  /** The name is free: generations may have had it since the last look. */
  async #takeUpPassed(again) {
    if (this.#queue.isFull) return
    const changed = again || (await this.#opener.folderChanged())
    if (this.#queue.length === 0) this.#takeUp(await this.#opener.openRest(changed))
    this.#takeUp({ generations: await this.#opener.findPassed(this.#queue.held, changed) })
  }
  /** Whether there was anything to open. */
  async #openNamed() {
    const rotated = !this.idle
    const opened = await this.#opener.openNamed(this.#queue)
    this.#standing.rescan = rotated && opened.generations.length > 0
    this.#takeUp(opened)
    if (opened.openedPath !== void 0) await this.#context.listenTo(this.path, opened.openedPath)
    return opened.generations.length > 0
  }
  /** A folder in motion may have been listed without some of its files: looks once more. */
  async #openMissed(newest) {
    if (this.#queue.isFull && !this.#opener.moves) return void (this.#standing.rescan = true)
    if (newest === this.#queue.head && !(await newest.holds())) return this.#restart(newest, this.#notices)
    for (const generation of await this.#opener.findMissed(this.#queue.held)) {
      this.#queue.insertByBirth(generation)
      this.#describe([generation])
      this.#context.wake(this)
    }
  }
  #takeUp({ generations, notices = [], again = false }) {
    this.#notices.push(...notices)
    this.#queue.add(generations)
    if (generations.length > 0) this.quiet.begin(generations.at(-1).identity.mtimeNs)
    this.#describe(generations)
    if (again || generations.length + notices.length > 0) this.#context.wake(this)
  }
  #describe(generations) {
    for (const generation of generations)
      this.#notes.describe(generation, this.#opener.seen, this.#queue.after(generation))
  }
  async #step() {
    if (this.#closed) return []
    const items = this.#notices.splice(0)
    const { head } = this.#queue
    try {
      const later2 = head?.announced === false && this.#opener.looksAgain()
      if (later2) this.#standing.searchAgain()
      await (!head || later2 ? this.#observe() : this.#readHead(head, items))
      await this.#readLingering(items)
      if (this.#context.mustSpare()) await this.#queue.doze(this.quiet)
      this.#failures.clear('read')
    } catch (cause) {
      this.#fail('read', readFailure(this.path, cause))
    }
    return items
  }
  async #readHead(head, items) {
    const askedMs = this.#context.options.clock.monotonicMs()
    const step = await head.step()
    if (!head.announced && step.kind !== 'changed') {
      head.announced = true
      items.push({ kind: 'event', source: head.source, event: 'opened', detail: { offset: head.startOffset } })
    }
    switch (step.kind) {
      case 'bytes':
        this.quiet.end()
        this.#notes.take(head, step.items, items)
        return this.#context.wake(this)
      case 'changed':
        return this.#restart(head, items)
      case 'end':
        if (!this.#queue.next) this.quiet.noteEnd()
        if (this.#context.options.partialLines && head.holdsLine) items.push(...this.#notes.openLine(head))
        return this.#atEnd(head, items, askedMs)
    }
  }
  /** Everything of the head is read, as of `nowMs`: goes on to the next generation when it is time. */
  async #atEnd(head, items, nowMs) {
    if (head.gone && !(await this.#standing.isHere())) return void (this.#standing.rescan = true)
    const copy = head.gone ? await afterDeletion(head, this.#opener) : void 0
    if (copy === 'moving') return this.#standing.searchAgain()
    if (copy) {
      this.#context.wake(this)
      this.#queue.replaceHead(copy)
      return this.#release(head)
    }
    const { next } = this.#queue
    if (!next) {
      await this.#observe()
      if (this.quiet.isGone && this.quiet.goneMsAt(nowMs) >= this.#lingering.ms) await this.#letGo(head, items)
      return
    }
    if (head.copy) return this.#leaveCopy(head, items)
    const early = this.#queue.length === 2 && this.quiet.msAt(nowMs) < this.#lingering.ms
    if (early && next.knownSize === 0 && (await next.size()) === 0) return
    items.push(...this.#notes.flushed(head), eventOf(head, 'rotated', { to: next.source.id }))
    this.#notes.complete(head)
    this.#queue.shift()
    this.#context.wake(this)
    await this.#lingering.add(head, next)
  }
  /** The copy that was made before a truncation is read: now the truncation is told. */
  async #leaveCopy(copy, items) {
    items.push(...this.#notes.flushed(copy), ...this.#notes.cutOff(copy, this.#queue.next))
    this.#queue.shift()
    this.#context.wake(this)
    this.#opener.leave(copy)
    await copy.close()
  }
  /** The name is gone and its file has been quiet: the handle would only keep the disk full. */
  async #letGo(head, items) {
    this.quiet.noteGone(false)
    items.push(...this.#notes.ended(head))
    this.#queue.shift()
    await this.#release(head)
  }
  async #release(generation) {
    this.#opener.remember(generation)
    if (generation.identity.birthNs === 0n) this.#context.claims.release(claimKeyOf(generation.identity))
    await generation.close()
  }
  /** The file was truncated, and may have grown again: what is left of the old content, then a new generation. */
  async #restart(head, items) {
    if (head.copy) return this.#leaveCopy(head, items)
    const after = await afterTruncation(head, this.#opener, this.#queue.held)
    if (!after) return this.#standing.searchAgain()
    const { copy, delivered, missed, next } = after
    const { offset } = head
    this.#context.options.logger.info({ event: 'source.truncated', path: this.path, offset, copy: copy !== void 0 })
    if (!copy && (!delivered || head.announced)) {
      items.push(...this.#notes.flushed(head), ...this.#notes.cutOff(head, next, delivered))
    }
    this.#queue.replaceHead(...(copy ? [copy] : []), ...missed, next)
    this.#describe([...missed, next])
    this.#context.wake(this)
  }
  async #readLingering(items) {
    const { late, done } = await this.#lingering.step(this.#opener.base.home.away)
    for (const found2 of late) this.#notes.take(found2.generation, found2.items, items)
    if (late.length > 0) this.#context.wake(this)
    for (const generation of done) {
      items.push(...this.#notes.ended(generation))
      await this.#release(generation)
    }
  }
  /** Tells of a failure once, until it changes or goes away. */
  #fail(doing, error) {
    const told = this.#failures.tell(doing, error, this.#queue.newest?.source)
    if (told) this.#takeUp({ generations: [], notices: [told] })
  }
  /** Something may have happened to the path, or, `renamed`, to what it names. */
  hear(renamed) {
    if (renamed && this.#heard !== 'rename') this.observe().catch(() => {})
    if (this.#heard !== 'rename') this.#heard = renamed ? 'rename' : 'growth'
    this.#context.wake(this)
  }
}

// src/resting/resting-record.ts
function packResting({ opener, owner, generation, mtimeNs }) {
  const { first, from, home, firstKey, released, opened, parts } = opener
  const horizons = [opener.horizon, opener.seen, opener.searched]
  const moments = horizons.map(horizon => horizon?.packedNs.toString(36) ?? '')
  const alike = new Set(moments.filter(moment => moment !== '')).size === 1
  const common = {
    first,
    from,
    home,
    looks: horizons.map(horizon => (horizon ? withoutMoment(horizon) : null)),
  }
  const own = { owner, generation, mtimeNs, firstKey, released, opened, parts }
  return {
    common: JSON.stringify(common, toJson),
    self: packSelf({ ...own, moments: alike ? moments[1] : moments.join(',') }),
    announced: generation.announced,
  }
}
function unpackResting(texts, missing) {
  const { owner, generation, mtimeNs, moments, ...files } = unpackSelf(texts)
  const { looks, ...common } = JSON.parse(texts.common, fromJson)
  const all = moments.split(',')
  const [horizon, seen, searched] = looks.map((look, i) =>
    look ? { ...look, packedNs: fromBase36(all[i] ?? all[0]) } : void 0,
  )
  const opener = { ...common, horizon, seen, searched, ...files, missing }
  return { owner, generation, mtimeNs, opener }
}
function withoutMoment({ ns, seen, recent, awaited }) {
  return { ns, seen, recent, awaited }
}
function packSelf({ owner, mtimeNs, generation, firstKey, moments, ...files }) {
  const { sourceId, startOffset, claimKey, offset, seenSize, knownSize, head, held, headStart } = generation
  const mtime = mtimeNs.toString(36)
  const bornMtime = generation.mtimeNs === mtimeNs ? '' : generation.mtimeNs.toString(36)
  const isPlain = !head && !held && Object.values(files).every(value => value === void 0)
  const odd = { head, held: held && Buffer.from(held).toString('latin1'), ...files }
  return [
    sourceId,
    startOffset,
    otherThan(offset, startOffset),
    otherThan(seenSize, offset),
    otherThan(knownSize, offset),
    owner,
    mtime,
    bornMtime,
    isClaimOf(sourceId, claimKey) ? '' : claimKey,
    firstKey === void 0 ? NO_KEY : otherThan(firstKey, claimKey),
    generation.tailHash,
    generation.line,
    generation.hole ? HOLE : '',
    moments,
    headStart.length,
    `${headStart}${isPlain ? '' : JSON.stringify(odd, toJson)}`,
  ].join(' ')
}
function unpackSelf({ self, announced }) {
  const { words, rest } = wordsOf(self, WORDS)
  const [sourceId, start, at, seen, known, owner, mtime, bornMtime, claim, first, tailHash, line, hole] = words
  const [moments, headLength] = words.slice(13)
  const claimKey = claim || claimKeyIn(sourceId)
  const offset = Number(at || start)
  const headStart = rest.slice(0, Number(headLength))
  const odd = rest.length > headStart.length ? JSON.parse(rest.slice(headStart.length), fromJson) : {}
  const { head, held, ...files } = odd
  const generation = {
    sourceId,
    claimKey,
    mtimeNs: fromBase36(bornMtime || mtime),
    startOffset: Number(start),
    announced,
    offset,
    tailHash,
    head,
    headStart,
    line: Number(line),
    held: held === void 0 ? void 0 : new Uint8Array(Buffer.from(held, 'latin1')),
    seenSize: Number(seen || offset),
    knownSize: Number(known || offset),
    hole: hole === HOLE,
  }
  const firstKey = first === NO_KEY ? void 0 : first || claimKey
  const own = { owner: Number(owner), mtimeNs: fromBase36(mtime), moments }
  return { ...own, generation, firstKey, ...NOTHING_ODD, ...files }
}
function unpackSource(text) {
  const { words } = wordsOf(text, 2)
  return { sourceId: words[0], startOffset: Number(words[1]) }
}
var WORDS = 15
var NO_KEY = '-'
var HOLE = 'hole'
var NOTHING_ODD = { released: void 0, opened: void 0, parts: void 0 }
function otherThan(value, other) {
  return value === other ? '' : value
}
function isClaimOf(sourceId, claimKey) {
  return sourceId.startsWith(`f1:${claimKey.replace('@', ':')}:`)
}
function claimKeyIn(sourceId) {
  const [, device, inode, birth] = sourceId.split(':')
  return `${device}:${inode}@${birth}`
}
function toJson(_key, value) {
  if (typeof value === 'bigint') return { $n: value.toString(36) }
  if (value instanceof Set) return { $s: [...value] }
  if (value instanceof Map) return { $m: [...value] }
  return value
}
function fromJson(_key, value) {
  if (typeof value !== 'object' || value === null) return value
  if ('$n' in value) return fromBase36(value.$n)
  if ('$s' in value) return new Set(value.$s)
  if ('$m' in value) return new Map(value.$m)
  return value
}

// src/resting/shared-texts.ts
var SharedTexts = class {
  #texts = []
  #users = []
  #numbers = /* @__PURE__ */ new Map()
  #free = []
  /** The number of a text, until it is left as often as it was taken. */
  take(text) {
    const known = this.#numbers.get(text)
    const number = known ?? this.#free.pop() ?? this.#texts.length
    this.#users[number] = known === void 0 ? 1 : this.#users[number] + 1
    this.#texts[number] = text
    this.#numbers.set(text, number)
    return number
  }
  get(number) {
    return this.#texts[number]
  }
  leave(number) {
    const users = this.#users[number] - 1
    this.#users[number] = users
    if (users > 0) return
    this.#numbers.delete(this.get(number))
    this.#texts[number] = void 0
    this.#free.push(number)
  }
}

// src/resting/resting-files.ts
var [TOLD, UNTOLD] = ['+', '-']
var RestingFiles = class {
  #packed = new PackedTexts()
  #common = new SharedTexts()
  /** Few, of which not all can be packed: what a restart has still to find beside them. */
  #missing = /* @__PURE__ */ new Map()
  #untold = 0
  get size() {
    return this.#packed.size
  }
  /** Paths, in the order in which they came to rest; they may come and go meanwhile. */
  paths() {
    return this.#packed.keys()
  }
  has(path) {
    return this.#packed.has(path)
  }
  get(path) {
    const text = this.#packed.get(path)
    if (text === void 0) return void 0
    const { glance, common, self, announced } = linesOf(text)
    const texts = { common: this.#common.get(common), self, announced }
    return { glance, ...unpackResting(texts, this.#missing.get(path)) }
  }
  /** As which source it is read, and from where: what is told of each of thousands at once. */
  sourceOf(path) {
    const text = this.#packed.get(path)
    return text === void 0 ? void 0 : unpackSource(linesOf(text).self)
  }
  /** Whether a glance at the path gives something else now. */
  sees(path, glance) {
    return this.#packed.beginsWith(
      path,
      `${glance}
`,
    )
  }
  set(path, { glance, ...file }) {
    this.delete(path)
    const { missing } = file.opener
    if (missing) this.#missing.set(path, missing)
    const { common, self, announced } = packResting(file)
    this.#packed.set(
      path,
      `${glance}
${this.#common.take(common)}
${self}${announced ? TOLD : UNTOLD}`,
    )
    if (!announced) this.#untold++
  }
  delete(path) {
    const text = this.#packed.get(path)
    if (text === void 0) return
    const { common, announced } = linesOf(text)
    this.#common.leave(common)
    if (!announced) this.#untold--
    this.#packed.delete(path)
    this.#missing.delete(path)
  }
  /** Of how many nobody was told that they are followed. */
  get unannounced() {
    return this.#untold
  }
  /** Paths of which nobody was told that they are followed: whoever gets one tells it. */
  *takeUnannounced() {
    for (const path of this.#packed.keys()) {
      if (this.#untold === 0) return
      if (!this.#packed.replaceEnd(path, UNTOLD, TOLD)) continue
      this.#untold--
      yield path
    }
  }
}
function linesOf(text) {
  const first = text.indexOf('\n')
  const second = text.indexOf('\n', first + 1)
  const common = Number(text.slice(first + 1, second))
  return { glance: text.slice(0, first), common, self: text.slice(second + 1, -1), announced: text.endsWith(TOLD) }
}

// src/follow/followed-files.ts
var MAX_GONE = 1e3
var OPEN_FILES = 32
var RESTING = 300
var RECONCILE_MS = 6e4
var RETRY_MS = 1e3
var FollowedFiles = class {
  #context
  #watch
  #awake = /* @__PURE__ */ new Map()
  #resting = new RestingFiles()
  #gone = /* @__PURE__ */ new Map()
  #folders = /* @__PURE__ */ new Map()
  /** What paths link to, of those that are links. */
  #targets = /* @__PURE__ */ new Map()
  #round
  /** Until then it is not asked again who may be laid to rest. */
  #noSurplusMs = -Infinity
  constructor(context, watch2) {
    this.#context = context
    this.#watch = watch2
  }
  /** How many there are. */
  get size() {
    return this.#awake.size + this.#resting.size
  }
  /** How many of them are at rest. */
  get resting() {
    return this.#resting.size
  }
  /** Of the files at rest one in so many is looked at each time: each at least every {@link RECONCILE_MS}. */
  get restingShare() {
    if (!this.#watch.complete) return 1
    const looks = Math.ceil(RECONCILE_MS / this.#context.options.pollMs)
    return Math.max(1, Math.min(looks, Math.ceil(this.size / RESTING)))
  }
  /** Those that are awake; they may come and go while they are looked at. */
  get awake() {
    return this.#awake.values()
  }
  /** The owners of claims, see `Claims`. */
  get owners() {
    const owners = new Set([...this.#awake.values()].map(({ owner }) => owner))
    for (const path of this.#resting.paths()) owners.add(this.#resting.get(path)?.owner ?? 0)
    return owners
  }
  has(path) {
    return this.#awake.has(path) || this.#resting.has(path)
  }
  /** What was read of a path that was given up as its name was gone. */
  goneOf(path) {
    return this.#gone.get(path)
  }
  /** A path that is followed from now on. */
  add(path, begin2) {
    const file = new FollowedFile(path, this.#context, { ...begin2, gone: this.#gone.get(path) })
    this.#gone.delete(path)
    this.#awake.set(path, file)
    this.#listen(path, path)
    return file
  }
  /** A path that is followed from now on and at rest: `record` is asked for what is kept of it once its folder is heard. Whether there was anything. */
  addResting(path, record) {
    this.#listen(path, path)
    const resting = record()
    if (resting) this.#resting.set(path, resting)
    else this.#unlisten(path, path)
    return resting !== void 0
  }
  /** It is not followed any more. */
  delete(path) {
    this.#rememberGone(path)
    this.#forgetAwake(path)
    this.#unlisten(path, path)
    const target = this.#targets.get(path)
    if (target !== void 0) this.#unlisten(path, target)
    this.#targets.delete(path)
  }
  #rememberGone(path) {
    const { owner, released = [] } = this.#awake.get(path) ?? {}
    if (owner === void 0 || released.length === 0) return
    this.#gone.set(path, { owner, released })
    if (this.#gone.size > MAX_GONE) this.#gone.delete(this.#gone.keys().next().value)
  }
  /** Hears of what a path links to, now that it was opened, from now on, and of no earlier target. */
  listenTo(path, openedPath) {
    const target = this.#context.options.fileSystem.realpath(openedPath)
    return target.then(
      found2 => this.#listenAt(path, found2),
      () => this.#listenAt(path, openedPath),
      // moved on already
    )
  }
  #listenAt(path, target) {
    const last = this.#targets.get(path)
    if (target === last || target === path || !this.has(path)) return
    this.#targets.set(path, target)
    this.#listen(path, target)
    if (last !== void 0) this.#unlisten(path, last)
  }
  /** The file that is followed under this path, awake from now on. */
  wake(path) {
    const resting = this.#resting.get(path)
    if (!resting) return this.#awake.get(path)
    const file = new FollowedFile(path, this.#context, { first: resting.opener.first, resting })
    this.#awake.set(path, file)
    this.#resting.delete(path)
    return file
  }
  /** Keeps only a record of a file to which nothing happens. Whether it did. */
  rest(file) {
    const { path } = file
    const resting = this.#awake.get(path) === file ? file.rest() : void 0
    if (!resting) return false
    this.#resting.set(path, resting)
    this.#forgetAwake(path)
    return true
  }
  /** Whether more may be open than need be. Without watching nobody would tell of those that are at rest. */
  get crowded() {
    return this.#awake.size > OPEN_FILES && this.#context.options.watch
  }
  /**
   * Whether descriptors may run out, so that what waits for its turn is better closed, although it may be removed then
   * before it is read. Where following `begins` that is so early: what waits there had not been held before either.
   */
  mustSpare(begins) {
    return this.#awake.size > (begins ? OPEN_FILES / 2 : OPEN_FILES * 8)
  }
  /** Where more are open than need be, lays to rest some that have not grown for the longest time, after `tries` at most. */
  async restSurplus(tries) {
    const { clock, from } = this.#context.options
    if (!this.crowded || clock.monotonicMs() < this.#noSurplusMs) return []
    const open5 = [...this.#awake.values()].filter(
      ({ idle, failed, rests, waits }) => !idle && !failed && !rests && !waits,
    )
    const isStill2 = ({ quiet }) => quiet.still && (from !== 'start' || quiet.sawEnd)
    const still = open5.toReversed().filter(isStill2)
    still.sort((a, b) => b.quiet.stillMs - a.quiet.stillMs)
    const rested = []
    for (const file of still.slice(0, tries)) {
      if (open5.length - rested.length <= OPEN_FILES) break
      file.quiet.hurry()
      await file.observe()
      if (this.rest(file)) rested.push(file)
    }
    if (open5.length > OPEN_FILES * 4 && rested.length === 0) this.#noSurplusMs = clock.monotonicMs() + RETRY_MS
    return rested
  }
  /** A map from which thousands were deleted keeps them in memory, until all of the heap is looked through. */
  #forgetAwake(path) {
    this.#awake.delete(path)
    if (this.#awake.size === 0) this.#awake = /* @__PURE__ */ new Map()
  }
  /** Whether somebody is to be told of files that went to rest at once. */
  get hasAnnouncements() {
    return this.#resting.unannounced > 0
  }
  /** What somebody is to be told of files that went to rest at once. One that awakes tells it itself. */
  *announcements() {
    const { host } = this.#context.options
    for (const path of this.#resting.takeUnannounced()) {
      const opened = this.#resting.sourceOf(path)
      if (!opened) continue
      const source = { host, path, id: opened.sourceId }
      yield { kind: 'event', source, event: 'opened', detail: { offset: opened.startOffset } }
    }
  }
  /** Wakes those that changed of the next `count` files at rest; after the last one it is the first one's turn. */
  *changed(count) {
    for (let asked = 0; asked < count; asked++) {
      const next = (this.#round ??= this.#resting.paths()).next()
      if (next.done) {
        this.#round = void 0
        return
      }
      const file = this.#isAsSeen(next.value) ? void 0 : this.wake(next.value)
      if (file) yield file
    }
  }
  #isAsSeen(path) {
    try {
      return this.#resting.sees(path, glanceAt(path, this.#context.options.fileSystem))
    } catch {
      return false
    }
  }
  /** Wakes all that hold the beginning of a line. */
  wakeHolding() {
    for (const path of [...this.#resting.paths()]) if (this.#resting.get(path)?.generation.held) this.wake(path)
  }
  #listen(path, place) {
    const directory = dirname(place)
    const folder = this.#folder(directory)
    folder.files++
    const name = basename(place)
    if (join(directory, name) === path) return
    const paths = folder.others.get(name) ?? /* @__PURE__ */ new Set()
    folder.others.set(name, paths.add(path))
  }
  #unlisten(path, place) {
    const [directory, name] = [dirname(place), basename(place)]
    const folder = this.#folder(directory)
    const paths = folder.others.get(name)
    paths?.delete(path)
    if (paths?.size === 0) folder.others.delete(name)
    if (--folder.files > 0) return
    folder.end()
    this.#folders.delete(directory)
  }
  #folder(directory) {
    let folder = this.#folders.get(directory)
    if (folder) return folder
    const end = this.#watch.addDirectory(directory, (renamed, name) => this.#hear(directory, renamed, name))
    folder = { files: 0, end, others: /* @__PURE__ */ new Map() }
    this.#folders.set(directory, folder)
    return folder
  }
  /** A name that the system does not tell may be any of the folder. */
  #hear(directory, renamed, name) {
    const others = this.#folders.get(directory)?.others
    const paths = name === null ? this.#allIn(directory, others) : [join(directory, name), ...(others?.get(name) ?? [])]
    for (const path of paths) this.wake(path)?.hear(renamed)
  }
  #allIn(directory, others) {
    const paths = [...this.#awake.keys(), ...this.#resting.paths()].filter(path => dirname(path) === directory)
    return [...paths, ...[...(others?.values() ?? [])].flatMap(all => [...all])]
  }
}

// src/names/glob-pattern.ts
function hasMagic(pattern) {
  return /[*?[\\]/.test(pattern) && /[*?[]/.test(pattern.replace(/\\./g, ''))
}
function matchesGlob(pattern, path) {
  const segments = pattern.split('/').filter(segment => segment !== '')
  const names = path.split('/').filter(name => name !== '')
  if (segments.length !== names.length || pattern.startsWith('/') !== path.startsWith('/')) return false
  return segments.every((segment, i) => compileGlob(segment)(names[i]))
}
function unescapeGlob(pattern) {
  return pattern.replace(/\\(.)/g, '$1')
}
function compileGlob(segment) {
  const tokens = parse2(segment)
  return name => {
    let at = 0
    let token = 0
    let starAt = -1
    let starToken = -1
    while (at < name.length) {
      const test = tokens[token]
      const character = name.codePointAt(at)
      if (test === 'star') {
        starAt = at
        starToken = token++
      } else if (test?.(character)) {
        at += unitsOf(character)
        token++
      } else if (starToken !== -1) {
        starAt += unitsOf(name.codePointAt(starAt))
        at = starAt
        token = starToken + 1
      } else return false
    }
    while (tokens[token] === 'star') token++
    return token === tokens.length
  }
}
function unitsOf(character) {
  return character > 65535 ? 2 : 1
}
function parse2(segment) {
  const tokens = []
  const characters = Array.from(segment)
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]
    if (character === '*') {
      if (tokens.at(-1) !== 'star') tokens.push('star')
    } else if (character === '?') tokens.push(() => true)
    else if (character === '[') {
      const { test, next } = parseClass(characters, i + 1, segment)
      tokens.push(test)
      i = next
    } else {
      const literal = code(character === '\\' ? characters[++i] : character, segment)
      tokens.push(found2 => found2 === literal)
    }
  }
  return tokens
}
function parseClass(characters, from, segment) {
  const ranges = []
  const negated = characters[from] === '^'
  let i = negated ? from + 1 : from
  const one = () => {
    if (characters[i] === '-' || characters[i] === ']') throw malformed(segment)
    return code(characters[i] === '\\' ? characters[++i] : characters[i], segment)
  }
  for (; characters[i] !== ']' || ranges.length === 0; i++) {
    const low = one()
    let high = low
    if (characters[i + 1] === '-') {
      i += 2
      high = one()
    }
    ranges.push([low, high])
  }
  return { test: found2 => ranges.some(([low, high]) => found2 >= low && found2 <= high) !== negated, next: i }
}
function code(character, segment) {
  if (character === void 0) throw malformed(segment)
  return character.codePointAt(0)
}
function malformed(segment) {
  return new TailerError('LF_TAILER_GLOB', `pattern is not well-formed: ${JSON.stringify(segment)}`, {
    detail: { pattern: segment },
  })
}

// src/journal/journal-unit.ts
var PREFIX = 'journal:'
var WHOLE_JOURNAL = ''
function isJournal(name) {
  return name.startsWith(PREFIX)
}
function unitOf(name) {
  const unit = name.slice(PREFIX.length)
  return unit.startsWith('-') || /[\s\u0000-\u001f\u007f-\u009f]/.test(unit) ? void 0 : unit
}
async function expandGlob(pattern, { globstar = false, fileSystem = nodeFileSystem } = {}) {
  const list = listerOf(fileSystem)
  const found2 = []
  for await (const { prefix, names } of matchesOf(pattern, { globstar, fileSystem, list })) {
    for (const name of names) found2.push(prefix + name)
  }
  return found2
}
async function* matchesOf(pattern, matching) {
  if (!hasMagic(pattern)) {
    const path = unescapeGlob(pattern)
    if (await exists(path, matching.fileSystem)) yield { prefix: '', names: [path] }
    return
  }
  const segments = pattern.split('/').filter(segment => segment !== '')
  yield* matchesBelow(pattern.startsWith('/') ? '/' : '', segments, matching)
}
async function* matchesBelow(parent, [segment = '', ...rest], matching) {
  const { globstar, fileSystem, list } = matching
  const last = rest.length === 0
  if (globstar && segment === '**') {
    const found2 = await descend(parent, { files: last, fileSystem })
    if (last) yield { prefix: '', names: found2 }
    else for (const directory of found2) yield* matchesBelow(directory, rest, matching)
  } else if (!hasMagic(segment)) {
    const path = under(parent, unescapeGlob(segment))
    if (!last) yield* matchesBelow(path, rest, matching)
    else if (await exists(path, fileSystem)) yield { prefix: '', names: [path] }
  } else {
    const at = { prefix: prefixOf(parent), names: await list(parent, compileGlob(segment)) }
    if (last) yield at
    else for (const name of at.names) yield* matchesBelow(at.prefix + name, rest, matching)
  }
}
async function descend(parent, options, found2 = []) {
  const { files, fileSystem } = options
  if (!files) found2.push(parent)
  let entries
  try {
    entries = [...(await fileSystem.readEntries(parent === '' ? '.' : parent))]
  } catch (error) {
    ignoreUnreadable(error)
    return found2
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = under(parent, entry.name)
    if (files) found2.push(path)
    if (entry.isDirectory()) await descend(path, options, found2)
  }
  return found2
}
function listerOf(fileSystem) {
  return async (directory, matches) => {
    try {
      return (await fileSystem.readdir(directory === '' ? '.' : directory)).filter(matches).sort()
    } catch (error) {
      ignoreUnreadable(error)
      return []
    }
  }
}
function ignoreUnreadable(error) {
  const code2 = systemCode(error)
  if (isMissing(error) || code2 === 'EACCES' || code2 === 'EPERM') return
  throw new TailerError('LF_TAILER_OPEN', 'cannot list a directory', { cause: error, detail: { code: code2 } })
}
async function exists(path, fileSystem) {
  try {
    await fileSystem.lstat(path)
    return true
  } catch {
    return false
  }
}
function under(parent, name) {
  return parent === '' ? name : join(parent, name)
}
function prefixOf(directory) {
  return under(directory, 'x').slice(0, -1)
}

// src/resting/packed-names.ts
var PackedNames = class _PackedNames {
  length
  #text
  constructor(names) {
    this.length = names.length
    this.#text = names.join('/')
  }
  *[Symbol.iterator]() {
    for (let left = this.length, from = 0; left > 0; left--) {
      const end = left === 1 ? this.#text.length : this.#text.indexOf('/', from)
      yield this.#text.slice(from, end)
      from = end + 1
    }
  }
  /** Those that `test` is true of. */
  filter(test) {
    const left = []
    for (const name of this) if (test(name)) left.push(name)
    return new _PackedNames(left)
  }
}

// src/names/remembered-folders.ts
var RELIST_MS = 6e5
var RememberedFolders = class {
  #init
  #folders = /* @__PURE__ */ new Map()
  constructor(init) {
    this.#init = init
  }
  /** How many folders are asked for their last change. */
  get size() {
    return this.#folders.size
  }
  /** Folder by folder what may be new. @throws TailerError `LF_TAILER_GLOB`, `LF_TAILER_OPEN` when one cannot be listed */
  async *matches() {
    const { pattern, fileSystem, isKnown } = this.#init
    const asked = /* @__PURE__ */ new Map()
    const list = async (directory, matches) => {
      const folder = await this.#ask(directory, matches)
      if (folder.facts) asked.set(directory, folder)
      return folder.names
    }
    for await (const at of matchesOf(pattern, { globstar: false, fileSystem, list })) yield at
    for (const [directory, folder] of asked) {
      const prefix = prefixOf(directory)
      folder.names = folder.names.filter(name => !isKnown(prefix + name))
    }
    this.#folders = asked
  }
  async #ask(directory, matches) {
    const { fileSystem, clock } = this.#init
    const known = this.#folders.get(directory)
    const nowMs = clock.monotonicMs()
    const facts = await fileSystem.stat(directory === '' ? '.' : directory).catch(() => void 0)
    if (known && nowMs - known.listedMs < RELIST_MS && isSameFolder(known.facts, facts)) return known
    const settled = facts && !mayChangeUnseen(facts.mtimeNs, clock.now())
    const names = new PackedNames(await listerOf(fileSystem)(directory, matches))
    return { facts: settled ? facts : void 0, listedMs: nowMs, names }
  }
}

// src/names/pattern-target.ts
function targetOf(pattern, options, isKnown) {
  if (!hasMagic(pattern)) {
    const names = [unescapeGlob(pattern)]
    return { pattern, sure: true, matches: () => [{ prefix: '', names }] }
  }
  const { fileSystem, globstar, watch: watch2, clock } = options
  if (!watch2 || (globstar && pattern.includes('**'))) {
    const matching = { globstar, fileSystem, list: listerOf(fileSystem) }
    return { pattern, sure: false, matches: () => matchesOf(pattern, matching) }
  }
  const folders = new RememberedFolders({ pattern, fileSystem, clock, isKnown })
  return { pattern, sure: false, matches: () => folders.matches() }
}

// src/identity/marks.ts
var Marks = class {
  #clock
  #given = 0
  constructor(clock) {
    this.#clock = clock
  }
  /** Another one, in base 36: the time in ms, and two digits that count. */
  next() {
    const count = this.#given++ % 36 ** 2
    return `${this.#clock.now().toString(36)}${count.toString(36).padStart(2, '0')}`
  }
}
var MAX_FOLDERS2 = 1e4
function withLastingDevices(files) {
  const devices = new Devices()
  const stat4 = async path => {
    const facts = await files.stat(path)
    if (devices.asksForFolder(path, facts)) {
      const folder = await files.stat(dirname(path)).catch(() => void 0)
      devices.noteFile(path, facts, folder)
    }
    return devices.lasting(facts)
  }
  const ask = files.statNow?.bind(files)
  const statNow2 = path => {
    const facts = ask?.(path)
    if (facts && devices.asksForFolder(path, facts)) devices.noteFile(path, facts, ask?.(dirname(path)))
    return facts && devices.lasting(facts)
  }
  return {
    open: async path => devices.lastingHandle(await files.open(path)),
    stat: stat4,
    lstat: async path => devices.lasting(await files.lstat(path)),
    glance: path => files.glance(path),
    statNow: ask && statNow2,
    readdir: path => files.readdir(path),
    namesFrom: files.namesFrom?.bind(files),
    readEntries: path => files.readEntries(path),
    realpath: path => files.realpath(path),
    unpack: files.unpack?.bind(files),
    watch: (path, heard, failed) => files.watch(path, heard, failed),
  }
}
var Devices = class {
  /** By path, and what tells a folder from another one that has its name. */
  #folders = /* @__PURE__ */ new Map()
  #known = /* @__PURE__ */ new Set()
  /** The folder that was seen last. */
  #last
  /** The first number of those that have another one. */
  #first = /* @__PURE__ */ new Map()
  /** Takes note of what was seen; whether it is a file on a device that nothing is known of, so that its folder has to say. */
  asksForFolder(path, facts) {
    if (!facts.isFile()) this.#note(path, facts)
    return !this.#known.has(facts.dev)
  }
  /** A file whose folder had to say. One that is on another device than its folder is what a link leads to. */
  noteFile(path, { dev }, folder) {
    if (folder) this.#note(dirname(path), folder)
    this.#known.add(dev)
  }
  /** A folder was seen: what is on its device is what was, when it was seen before. */
  #note(path, folder) {
    const { dev, ino, birthtimeNs } = folder
    const last = this.#last
    if (last?.path === path && last.dev === dev && last.ino === ino && last.birthtimeNs === birthtimeNs) return
    this.#last = { path, dev, ino, birthtimeNs }
    this.#known.add(dev)
    if (birthtimeNs === 0n) return
    const key = `${path}
${folderKeyOf(folder)}`
    const now = this.#first.get(dev) ?? dev
    const before = this.#folders.get(key) ?? now
    if (before !== now) this.#first.set(dev, before)
    this.#folders.set(key, before)
    if (this.#folders.size > MAX_FOLDERS2) this.#folders.delete(this.#folders.keys().next().value)
  }
  lasting(facts) {
    const first = this.#first.get(facts.dev)
    return first === void 0 ? facts : Object.create(facts, { dev: { value: first } })
  }
  lastingHandle(handle) {
    if (this.#first.size === 0) return handle
    return {
      stat: async options => this.lasting(await handle.stat(options)),
      read: (buffer, offset, length, position) => handle.read(buffer, offset, length, position),
      close: () => handle.close(),
    }
  }
}

// src/options.ts
function resolveTailerOptions(options) {
  return {
    host: options.host ?? hostname(),
    batchBytes: inRange('batchBytes', options.batchBytes ?? 256 * 1024, 1, 64 * 1024 * 1024),
    maxLineBytes: inRange('maxLineBytes', options.maxLineBytes ?? 1024 * 1024, 1, 1024 * 1024 * 1024),
    maxGlobTargets: inRange('maxGlobTargets', options.maxGlobTargets ?? 1e5, 1, Number.MAX_SAFE_INTEGER),
    globstar: options.globstar ?? false,
    admit: options.admit,
    logger: options.logger ?? silentLogger,
    signal: options.signal,
  }
}
function resolveFollowOptions(options) {
  return {
    ...resolveTailerOptions({ ...options, batchBytes: options.batchBytes ?? (options.raw ? 1024 * 1024 : void 0) }),
    from: placeOf(options),
    checkpoint: options.checkpoint,
    pollMs: inRange('pollMs', options.pollMs ?? 1e3, 1, 864e5),
    watch: options.watch ?? true,
    lingerMs: inRange('lingerMs', options.lingerMs ?? 5e3, 0, 864e5),
    idleMs: inRange('idleMs', options.idleMs ?? 6e4, 0, Number.MAX_SAFE_INTEGER),
    discover: options.discover ?? true,
    partialLines: options.partialLines ?? false,
    raw: options.raw ?? false,
    streams: options.streams ?? options.fileSystem === void 0,
    journalctl: options.journalctl,
    once: options.once ?? false,
    clock: options.clock ?? systemClock,
    fileSystem: filesOf(options),
  }
}
function placeOf({ from = 'end' }) {
  return typeof from === 'number' ? inRange('from', from, 0, Number.MAX_SAFE_INTEGER) : from
}
function filesOf({ watch: watch2 = true, clock = systemClock, fileSystem }) {
  const files = withLastingDevices(fileSystem ?? (watch2 ? nodeFileSystem : farFileSystem))
  return watch2 ? withRememberedNames(files, clock) : files
}
function inRange(name, value, low, high) {
  if (!(value >= low && value <= high)) throw new RangeError(`${name} is ${value}, must be in ${low}..${high}`)
  return value
}
var MANY = 300
var StillFiles = class {
  #context
  #files
  #folder
  constructor(context, files) {
    this.#context = context
    this.#files = files
  }
  /** Whether it did; else the path is to be begun like any other. `named` is what it named a moment ago. */
  async takeUp(path, named) {
    if (this.#files.size < MANY || !this.#mayBeStill(path, named)) return false
    try {
      return await this.#takeUp(path)
    } catch {
      return false
    }
  }
  #mayBeStill(path, { size, mtimeNs }) {
    const { from, watch: watch2, admit, checkpoint, clock, idleMs } = this.#context.options
    if (from !== 'end' || !watch2 || admit || idleMs === 0 || size === 0) return false
    if (clock.now() - Number(mtimeNs / 1000000n) < idleMs) return false
    return checkpoint?.knows(path) !== true && this.#files.goneOf(path) === void 0
  }
  /** What was seen counts when at the end everything looks as it did at the beginning. */
  async #takeUp(path) {
    const { fileSystem } = this.#context.options
    const folder = await this.#folderOf(path)
    if (!folder) return false
    const glance = glanceAt(path, fileSystem)
    if ((await fileSystem.realpath(path)) !== path) return false
    const content = await this.#read(path)
    if (!content || !(await folder.surroundings.isAsFirstSeen())) return false
    return this.#files.addResting(path, () => {
      const isStill2 = glanceAt(path, fileSystem) === glance
      return isStill2 ? this.#claim(path, { content, folder, glance }) : void 0
    })
  }
  /** The folder of a path; `undefined` when it changed just now, so that each path has to look what lies beside it. */
  async #folderOf(path) {
    const directory = dirname(path)
    const known = this.#folder
    if (known?.directory === directory && (await known.surroundings.isAsFirstSeen())) return known
    const { fileSystem, clock } = this.#context.options
    const surroundings = new Surroundings({ path, fileSystem }, clock)
    await surroundings.lookFirst(true)
    surroundings.settle()
    if (!(await surroundings.isAsFirstSeen())) return void 0
    const nothing = { released: void 0, opened: void 0, parts: void 0, missing: void 0 }
    const opener = {
      ...{ ...surroundings.rest(), first: true, from: 'start', firstKey: 'nothing' },
      ...nothing,
    }
    return (this.#folder = { directory, surroundings, opener, beside: formatHorizon(surroundings.seen) })
  }
  /** Head and tail of what the path names; `undefined` when that is not all there. */
  async #read(path) {
    const handle = await this.#context.options.fileSystem.open(path)
    try {
      const stat4 = await handle.stat({ bigint: true })
      const size = Number(stat4.size)
      const [headSize, tailSize] = [Math.min(HEAD_BYTES, size), Math.min(TAIL_BYTES, size)]
      const head = await readAt(handle, 0, HEAD_BYTES)
      const isWhole = size <= HEAD_BYTES
      const tail2 = isWhole ? head.subarray(-TAIL_BYTES) : await readAt(handle, size - tailSize, tailSize)
      if (!stat4.isFile() || head.length !== headSize || tail2.length !== tailSize) return void 0
      return { identity: identityOf(stat4, head), tailHash: formatTailHash(tail2) }
    } finally {
      await handle.close()
    }
  }
  /** The record of a file that nobody else reads. */
  #claim(path, { content, folder, glance }) {
    const { claims, options } = this.#context
    const { id: sourceId, size, mtimeNs, head } = content.identity
    const claimKey = claimKeyOf(content.identity)
    if (claims.ownerOf(claimKey) !== void 0) return void 0
    const owner = claims.newOwner()
    claims.claim(claimKey, owner)
    const { tailHash } = content
    options.checkpoint?.describe(sourceId, folder.beside)
    options.checkpoint?.begin({ host: options.host, path, id: sourceId }, { sourceId, offset: size, tailHash })
    const generation = {
      ...{ sourceId, claimKey, mtimeNs, tailHash, announced: false, line: 1, held: void 0, hole: false },
      ...{ startOffset: size, offset: size, seenSize: size, knownSize: size },
      ...{ head: void 0, headStart: startOf(head) },
    }
    return { owner, generation, opener: folder.opener, mtimeNs, glance }
  }
}

// src/journal/cursor.ts
function formatCursor(cursor) {
  return cursor
    .split(';')
    .map(part => part.replace('=', ''))
    .join(':')
}
function parseCursor(text) {
  if (!/^[a-z][0-9a-f]+(?::[a-z][0-9a-f]+)+$/.test(text)) return void 0
  return text
    .split(':')
    .map(part => `${part.slice(0, 1)}=${part.slice(1)}`)
    .join(';')
}
function isSameEntry(cursor, other) {
  const facts = text =>
    text
      .split(';')
      .filter(part => !/^[si]=/.test(part))
      .join(';')
  return facts(cursor) === facts(other)
}
function cursorOf(line) {
  try {
    const cursor = JSON.parse(Buffer.from(line).toString())?.['__CURSOR']
    return typeof cursor === 'string' ? cursor : void 0
  } catch {
    return void 0
  }
}
async function findJournalctl(path) {
  const { env } = await import('process')
  for (const folder of (path ?? env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const candidate = join(folder, 'journalctl')
    try {
      await access(candidate, constants.X_OK)
      if ((await stat$1(candidate)).isFile()) return candidate
    } catch {
      continue
    }
  }
  return void 0
}
var NEWLINE2 = 10
var JournalEntries = class {
  #source
  #options
  #cutter
  /** Of the last entry that was delivered whole; the next run begins with it. */
  cursor
  /** What has come of the first entry of a run, as long as it is not whole. */
  #first
  #proves = false
  /** Whether the checkpoint knows it. */
  resumed
  /** Goes on where the checkpoint says. */
  constructor(source, options) {
    this.#source = source
    this.#options = options
    this.#cutter = new LineCutter({ source, offset: 0, maxLineBytes: options.maxLineBytes })
    const entry = options.checkpoint?.load(source.id)
    this.resumed = entry !== void 0
    if (!entry) return
    this.cursor = parseCursor(entry.tailHash)
    this.#cutter.skipTo(entry.offset)
  }
  get offset() {
    return this.#cutter.offset
  }
  /** A new run; what is held of an entry comes again. `proves`: one that lacks the entry at the cursor tells a loss. */
  begin({ proves }) {
    this.#cutter.skipTo(this.#cutter.offset)
    this.#first = this.cursor === void 0 ? void 0 : []
    this.#proves = proves
  }
  /** Whole entries. The one at the cursor was delivered before. */
  *push(chunk) {
    const end = this.#first ? chunk.indexOf(NEWLINE2) + 1 : 0
    this.#first?.push(end === 0 ? chunk : chunk.subarray(0, end))
    if (this.#first && end === 0) return
    const rest = chunk.subarray(end)
    const fresh = this.#first ? Buffer.concat([...this.#newFirst(), rest]) : rest
    if (this.#first && fresh.length > rest.length) yield* this.end()
    this.#first = void 0
    const buffer = new Uint8Array(fresh.buffer, fresh.byteOffset, fresh.byteLength)
    const batch = buffer.length > 0 ? this.#cutter.push({ buffer, from: 0, to: buffer.length })?.batch : void 0
    if (!batch) return
    this.#note(batch)
    yield batch
  }
  /** The run is over. That the entry at the cursor was not in it is told. */
  *end() {
    if (!this.#first || !this.#proves) return
    const message = 'the journal does not hold the last entry that was read; others may have been removed with it'
    yield failedEvent(this.#source, { code: 'LF_TAILER_JOURNAL', message, offset: this.offset })
  }
  /** The first entry of a run, unless it is the one at the cursor. */
  #newFirst() {
    const line = Buffer.concat(this.#first ?? [])
    const cursor = cursorOf(line)
    const known = cursor !== void 0 && this.cursor !== void 0 && isSameEntry(cursor, this.cursor)
    return known ? [] : [line]
  }
  /** An entry that comes in pieces is delivered again, as a whole, to whoever goes on in it. */
  #note(batch) {
    this.cursor = cursorOf(lineAt(batch, batch.ends.length - 1)) ?? this.cursor
    if (this.cursor === void 0) return
    this.#options.checkpoint?.note(batch.source.id, this.offset, formatCursor(this.cursor))
  }
}
var STOP_MS = 200
async function startJournalctl({ program, args, onComplaint }) {
  const { spawn } = await import('child_process')
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  exited.catch(() => {})
  const complaints = passOn(child.stderr, onComplaint)
  complaints.catch(() => {})
  const ended = (async () => {
    const [code2] = await exited
    await complaints
    if (code2 !== 0) throw new Error(`journalctl failed: exit status ${code2 ?? 'unknown'}`)
  })()
  ended.catch(() => {})
  return {
    stdout: child.stdout,
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === void 0) return
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref()
      await exited.catch(() => {})
    },
  }
}
async function* runJournalctl({ signal, ...run }) {
  signal.throwIfAborted()
  const journalctl = await startJournalctl(run)
  const stop = () => void journalctl.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    signal.throwIfAborted()
    for await (const chunk of journalctl.stdout) yield chunk
    await journalctl.ended.finally(() => signal.throwIfAborted())
  } finally {
    signal.removeEventListener('abort', stop)
    await journalctl.stop()
  }
}
async function passOn(stderr, onComplaint) {
  const { createInterface } = await import('readline')
  for await (const line of createInterface({ input: stderr })) await onComplaint(line)
}

// src/journal/follow-journal.ts
var FORMAT = ['--output=json', '--all', '--quiet', '--no-pager']
var [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1e3, 3e4]
async function* followJournal(name, options, signal) {
  const source = { host: options.host, path: name, id: await sourceIdOf(name, options.host) }
  const journal = new Journal(source, options, signal)
  const failures = new Failures(name, options)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const offset = journal.offset
    try {
      yield* journal.deliveries()
      if (options.once) return
    } catch (error) {
      signal.throwIfAborted()
      if (journal.offset > offset) failures.clear('read')
      const told = failures.tell('read', error, source)
      if (told) yield told
      if (options.once) return
    }
    if (journal.offset > offset) pauseMs = FIRST_PAUSE_MS
    await options.clock.sleep(pauseMs, { signal })
  }
}
var Journal = class {
  #source
  #options
  #signal
  #entries
  #opened = false
  #complaint = ''
  constructor(source, options, signal) {
    this.#source = source
    this.#options = options
    this.#signal = signal
    this.#entries = new JournalEntries(source, options)
  }
  /** Offset after the last entry that was delivered. */
  get offset() {
    return this.#entries.offset
  }
  /** What is there, then what comes. Ends, or throws, when `journalctl` does. */
  async *deliveries() {
    const unit = unitOf(this.#source.path)
    if (unit === void 0) throw journalError(`${JSON.stringify(this.#source.path)} names no unit`)
    const program = this.#options.journalctl ?? (await findJournalctl())
    if (program === void 0) throw journalError('journalctl is not in PATH')
    const args = [...FORMAT, ...(unit === WHOLE_JOURNAL ? [] : [`--unit=${unit}`])]
    if (!this.#opened && !this.#entries.resumed && this.#options.from === 'end') await this.#beginAtEnd(program, args)
    if (!this.#opened) yield this.#event('opened')
    this.#opened = true
    yield* this.#run(program, args, { proves: true })
    if (this.#options.once) return yield this.#event('ended')
    yield* this.#run(program, [...args, '--follow'], { proves: false })
    throw journalError('journalctl ended')
  }
  /** From the entry at the cursor on. */
  async *#run(program, args, { proves }) {
    const { cursor } = this.#entries
    const begin2 = cursor === void 0 ? [] : [`--cursor=${cursor}`]
    this.#entries.begin({ proves })
    const chunks = this.#journalctl(program, [...args, '--no-tail', ...begin2])
    for await (const chunk of chunks) yield* this.#entries.push(chunk)
    yield* this.#entries.end()
  }
  /** What is there now is not wanted: only where it ends. */
  async #beginAtEnd(program, args) {
    const parts = []
    for await (const chunk of this.#journalctl(program, [...args, '--lines=1'])) parts.push(chunk)
    const cursor = cursorOf(Buffer.concat(parts))
    if (cursor === void 0) return
    this.#entries.cursor = cursor
    this.#options.checkpoint?.begin(this.#source, {
      ...{ sourceId: this.#source.id, offset: 0, tailHash: formatCursor(cursor) },
    })
    await this.#options.checkpoint?.begun()
  }
  async *#journalctl(program, args) {
    const onComplaint = async line => {
      this.#options.logger.warn({ event: 'journal.complained', path: this.#source.path, line })
      this.#complaint = line
    }
    try {
      yield* runJournalctl({ program, args, signal: this.#signal, onComplaint })
    } catch (cause) {
      this.#signal.throwIfAborted()
      const said = this.#complaint === '' ? '' : `: ${this.#complaint}`
      throw journalError(`${cause instanceof Error ? cause.message : String(cause)}${said}`, cause)
    }
  }
  #event(event) {
    return { kind: 'event', source: this.#source, event, detail: { offset: this.offset } }
  }
}
async function sourceIdOf(name, host) {
  const machine = await readFile('/etc/machine-id', 'utf8').catch(() => host)
  return JOURNAL_ID + createHash('sha256').update(`${machine.trim()}\0${name}`).digest('hex').slice(0, 16)
}
function journalError(message, cause) {
  return new TailerError('LF_TAILER_JOURNAL', message, cause === void 0 ? {} : { cause })
}
var openLater = promisify(open)
var FLAGS2 = constants.O_RDONLY | constants.O_NONBLOCK
async function namesFifo(path, inodeKey) {
  const facts = await stat$1(path, { bigint: true }).catch(() => void 0)
  return facts?.isFIFO() === true && (inodeKey === void 0 || inodeKeyOf(facts) === inodeKey)
}
async function openFifo(path, options, signal) {
  const openedPath = (await options.admit?.(path)) ?? path
  const kept = await openAt(openedPath)
  try {
    const inodeKey = inodeKeyOf(await kept.stat({ bigint: true }))
    const same = !options.admit || (await options.admit(path)) === openedPath
    if (!same || !(await namesFifo(openedPath, inodeKey)))
      throw new TailerError('LF_TAILER_OPEN', `${path} changed while it was opened`, { detail: { path } })
    const id = `${FIFO_ID}${inodeKey}:${Date.now().toString(36)}`
    return { inodeKey, deliveries: deliveriesOf({ host: options.host, path, id }, kept, options, signal) }
  } catch (error) {
    await kept.close()
    throw error
  }
}
async function* deliveriesOf(source, kept, options, signal) {
  const cutter = new LineCutter({ source, offset: 0, maxLineBytes: options.maxLineBytes })
  const tell2 = event => ({
    ...{ kind: 'event', source, event, detail: { offset: cutter.offset } },
  })
  try {
    yield tell2('opened')
    for (let opened = true; ;) {
      for await (const chunk of options.once ? waiting(kept, options.batchBytes) : written(kept, source.path, signal)) {
        if (!opened) yield tell2('opened')
        opened = true
        const buffer = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        const cut = cutter.push({ buffer, from: 0, to: buffer.length })
        if (cut) yield cut.batch
        const open5 = options.partialLines ? cutter.end({ goesOn: true }) : void 0
        if (open5) yield open5
      }
      const last = cutter.end()
      if (last) yield last
      if (opened && cutter.offset > 0) yield tell2('ended')
      if (options.once) return
      opened = false
    }
  } catch (error) {
    signal.throwIfAborted()
    throw readFailure(source.path, error)
  } finally {
    await kept.close()
  }
}
async function* written(kept, path, signal) {
  const fd = await openLater(platform() === 'linux' ? `/proc/self/fd/${kept.fd}` : path, FLAGS2)
  const { Socket } = await import('net')
  const socket = new Socket({ fd, readable: true, writable: false })
  for await (const chunk of addAbortSignal(signal, socket)) yield chunk
}
async function* waiting(kept, batchBytes) {
  for (;;) {
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(batchBytes).buffer)
    const { bytesRead } = await kept.read(bytes, 0, bytes.length, -1).catch(error => {
      if (systemCode(error) === 'EAGAIN') return { bytesRead: 0 }
      throw error
    })
    if (bytesRead === 0) return
    yield bytes.subarray(0, bytesRead)
  }
}
async function openAt(path) {
  try {
    return await DescriptorHandle.open(path, FLAGS2)
  } catch (cause) {
    const detail = { path, code: systemCode(cause) }
    throw new TailerError('LF_TAILER_OPEN', `cannot open ${path}`, { cause, detail })
  }
}

// src/streams/followed-stream.ts
var FollowedStream = class {
  #deliveries
  #stopped
  #wake
  #item
  #asked
  #over = false
  #error
  /** `stopped` ends the deliveries where they wait; `wake` is called when there is something to take. */
  constructor(deliveries, stopped, wake) {
    this.#deliveries = deliveries
    this.#stopped = stopped
    this.#wake = wake
    this.#asked = this.#ask()
  }
  /** Whether nothing comes any more, and all was taken. */
  get over() {
    return this.#over
  }
  /** Why it is over, unless it ended. */
  get error() {
    return this.#error
  }
  /** Whether something can be taken. */
  get ready() {
    return this.#item !== void 0
  }
  /** The delivery that came; the next one is asked for. */
  take() {
    const item = this.#item
    this.#item = void 0
    if (item) this.#asked = this.#ask()
    return item
  }
  /** Ends it. Resolves when it holds nothing any more. */
  async close() {
    this.#item = void 0
    this.#stopped.abort()
    await this.#asked
    await this.#deliveries.return?.()
  }
  async #ask() {
    try {
      const { value, done } = await this.#deliveries.next()
      if (done === true) this.#over = true
      else this.#item = value
    } catch (error) {
      this.#over = true
      if (!this.#stopped.signal.aborted) this.#error = error
    }
    this.#wake()
  }
}

// src/streams/followed-streams.ts
var FollowedStreams = class {
  #options
  #wake
  #names
  #journals = []
  #fifos = /* @__PURE__ */ new Set()
  #notices = []
  /** `journals` are names as `journal:<unit>`. */
  constructor(journals, options, wake) {
    this.#names = journals
    this.#options = options
    this.#wake = wake
  }
  /** Takes up the journals. */
  begin() {
    for (const name of this.#names) {
      const stopped = new AbortController()
      const deliveries = followJournal(name, this.#options, stopped.signal)
      this.#journals.push(new FollowedStream(deliveries, stopped, this.#wake))
    }
  }
  /** Whether a path is that of a fifo that is followed. */
  has(path) {
    return [...this.#fifos].some(fifo => fifo.path === path && fifo.quietSinceMs === void 0)
  }
  /** Takes up the fifo that the path names; false when there is none, or it may not be read. */
  async takeUpFifo(path) {
    if (!this.#options.streams || !(await namesFifo(path))) return false
    const stopped = new AbortController()
    try {
      const { inodeKey, deliveries } = await openFifo(path, this.#options, stopped.signal)
      const stream = new FollowedStream(deliveries, stopped, this.#wake)
      this.#fifos.add({ path, inodeKey, stream, quietSinceMs: void 0 })
      return true
    } catch {
      return false
    }
  }
  /** Whether something can be handed out now. */
  get ready() {
    return this.#notices.length > 0 || this.#all().some(stream => stream.ready)
  }
  /** Whether something of what was there when following began is still to come. */
  get pending() {
    return this.#all().some(stream => !stream.over)
  }
  /** What came, at most one delivery of each. */
  *step() {
    yield* this.#notices.splice(0)
    for (const fifo of this.#fifos) {
      const item = fifo.stream.take()
      if (item && fifo.quietSinceMs !== void 0) fifo.quietSinceMs = this.#options.clock.monotonicMs()
      if (item) yield item
    }
    for (const journal of this.#journals) {
      const item = journal.take()
      if (item) yield item
    }
  }
  /** Every `pollMs`: leaves the fifos that nobody can open any more, once their writers have left or say nothing. */
  async look() {
    for (const fifo of this.#fifos) {
      const { path, inodeKey, stream } = fifo
      if (stream.error !== void 0) this.#tellBroken(path, stream.error)
      const nowMs = this.#options.clock.monotonicMs()
      if (await namesFifo(path, inodeKey)) fifo.quietSinceMs = void 0
      else fifo.quietSinceMs ??= nowMs
      const left = fifo.quietSinceMs !== void 0 && nowMs - fifo.quietSinceMs >= this.#options.lingerMs
      if (stream.ready || (!left && !stream.over)) continue
      this.#fifos.delete(fifo)
      await stream.close()
    }
  }
  async close() {
    for (const stream of this.#all()) await stream.close()
  }
  #all() {
    return [...this.#journals, ...[...this.#fifos].map(({ stream }) => stream)]
  }
  #tellBroken(path, error) {
    this.#notices.push(failedEvent({ host: this.#options.host, path, id: 'none' }, errorDetail(error)))
    this.#wake()
  }
}

// src/files/shared-handle.ts
var SharedHandle = class _SharedHandle {
  #handle
  #holders
  #closed = false
  /** Takes the handle over. */
  constructor(handle, holders = { count: 0 }) {
    this.#handle = handle
    this.#holders = holders
    holders.count++
  }
  /** The same for somebody else, who has to close it too. */
  share() {
    return new _SharedHandle(this.#handle, this.#holders)
  }
  stat(options) {
    return this.#handle.stat(options)
  }
  read(buffer, offset, length, position) {
    return this.#handle.read(buffer, offset, length, position)
  }
  close() {
    const isLast = !this.#closed && --this.#holders.count === 0
    this.#closed = true
    return isLast ? this.#handle.close() : Promise.resolve()
  }
}

// src/files/undecided-files.ts
var UndecidedFiles = class {
  #files = /* @__PURE__ */ new Set()
  /** Opens what `path` names; from now on it is undecided, until {@link UndecidedFiles.decide}. */
  async open(path, open5) {
    const opening = open5()
    const undecided = { path, opening }
    this.#files.add(undecided)
    try {
      const opened = await opening
      const handle = (undecided.handle = new SharedHandle(opened.handle))
      return Object.assign(opened, { handle })
    } catch (error) {
      this.#files.delete(undecided)
      throw error
    }
  }
  /** It is known what a file is. */
  decide(handle) {
    for (const undecided of this.#files) if (undecided.handle === handle) this.#files.delete(undecided)
  }
  /** Those that have a rotated name of `path`; each is to be closed. */
  async beside(path) {
    const near = [...this.#files].filter(other => isBeside(other.path, path))
    await Promise.allSettled(near.map(({ opening }) => opening))
    return near.flatMap(undecided => (this.#files.has(undecided) && undecided.handle?.share()) || [])
  }
}
function isBeside(other, path) {
  return dirname(other) === dirname(path) && isRotatedName(basename(other), basename(path))
}

// src/follow/wakeup.ts
var Wakeup = class {
  #set = false
  #waiter
  /** Ends the wait, or the next one. */
  wake() {
    this.#set = true
    this.#waiter?.()
  }
  /** Resolves when woken, or after `ms` when that is given. Rejects with the signal's reason. */
  async wait(ms, clock, signal) {
    signal?.throwIfAborted()
    const ended = new AbortController()
    if (!this.#set) {
      if (ms !== void 0)
        clock.sleep(ms, { signal: ended.signal }).then(
          () => this.#waiter?.(),
          () => {},
        )
      await new Promise((resolve, reject) => {
        const abort = () => reject(signal?.reason)
        signal?.addEventListener('abort', abort, { once: true, signal: ended.signal })
        this.#waiter = resolve
      }).finally(() => {
        this.#waiter = void 0
        ended.abort('woken')
      })
    }
    this.#set = false
  }
}
var DirectoryWatch = class {
  #directories = /* @__PURE__ */ new Map()
  #onFailure
  #enabled
  #fileSystem
  /** `onFailure` is told once for every directory that cannot be watched (missing, out of watches): poll it. */
  constructor(onFailure, { enabled = true, fileSystem = nodeFileSystem } = {}) {
    this.#onFailure = onFailure
    this.#fileSystem = fileSystem
    this.#enabled = enabled
  }
  /** Listens for one path. The returned function stops it. */
  add(path, listener) {
    const name = basename(path)
    const directory = this.#directory(dirname(path))
    const listeners = directory.names.get(name) ?? /* @__PURE__ */ new Set()
    directory.names.set(name, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) directory.names.delete(name)
      this.#release(dirname(path), directory)
    }
  }
  /** Listens for every name in a directory. The returned function stops it. */
  addDirectory(path, listener) {
    const directory = this.#directory(path)
    directory.all.add(listener)
    return () => {
      directory.all.delete(listener)
      this.#release(path, directory)
    }
  }
  /** Whether every directory that somebody listens to is watched. */
  get complete() {
    for (const { watcher } of this.#directories.values()) if (!watcher) return false
    return this.#enabled
  }
  /** Tries again where watching failed, or where another directory has taken the name. */
  retry() {
    for (const [path, directory] of this.#directories) {
      if (directory.watcher && directory.inode === this.#inodeOf(path)) continue
      directory.watcher?.close()
      this.#watch(path, directory)
    }
  }
  /** Stops everything at once. */
  close() {
    for (const directory of [...this.#directories.keys()]) this.#drop(directory)
  }
  #directory(path) {
    let directory = this.#directories.get(path)
    if (directory) return directory
    const names = /* @__PURE__ */ new Map()
    directory = { watcher: void 0, inode: void 0, failed: false, names, all: /* @__PURE__ */ new Set() }
    this.#directories.set(path, directory)
    this.#watch(path, directory)
    return directory
  }
  #release(path, { names, all }) {
    if (names.size === 0 && all.size === 0) this.#drop(path)
  }
  #watch(directory, entry) {
    if (!this.#enabled) return
    const fail = error => {
      entry.watcher?.close()
      entry.watcher = void 0
      if (!entry.failed) this.#onFailure(directory, error)
      entry.failed = true
    }
    try {
      entry.inode = this.#inodeOf(directory)
      entry.watcher = this.#fileSystem.watch(directory, (renamed, name) => tell(entry, renamed, name), fail)
      entry.failed = false
    } catch (error) {
      fail(error)
    }
  }
  #inodeOf(path) {
    return this.#fileSystem.glance(path)?.ino
  }
  #drop(directory) {
    this.#directories.get(directory)?.watcher?.close()
    this.#directories.delete(directory)
  }
}
function tell({ names, all }, renamed, name) {
  const lists = name === null ? [...names.values()] : [names.get(name)]
  const listeners = lists.flatMap(list => [...(list ?? [])])
  for (const listener of [...all]) listener(renamed, name)
  for (const listener of listeners) listener(renamed)
}

// src/follow/follow.ts
function follow(paths, options = {}) {
  const group = new FollowGroup(typeof paths === 'string' ? [paths] : paths, resolveFollowOptions(options))
  const items = group.deliveries()
  return {
    next: () => items.next(),
    // A generator alone would end only after the wait it is in, which may be for ever.
    return: () => {
      group.stop()
      return items.return()
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
function tail(paths, options = {}) {
  return follow(paths, { ...options, from: 'end' })
}
var HOT_MS = 5
var BEGUN_TOGETHER = 128
var SURPLUS = 32
var WAITING = 48
var GLANCES = 250
var PRUNE_CLAIMS = 1e4
var FollowGroup = class {
  #patterns
  #targets
  #options
  #context
  #watch
  #files
  #streams
  #ready = /* @__PURE__ */ new Set()
  #wakeup = new Wakeup()
  #stopped = new AbortController()
  #notices
  #discoverNow = false
  /** What was there when following began is still being taken up. */
  #beginning
  /** Whether every pattern's folder tells of new names. */
  #hearsOfNames = false
  #discoveries = { begun: 0, ended: 0 }
  #beginnings
  #stillFiles
  /** Files that may copy what the next discovery finds, and how many discoveries had begun when that was thought. */
  #postponed = /* @__PURE__ */ new Map()
  #deliveredMs = -Infinity
  constructor(patterns, options) {
    this.#options = options
    const journals = options.streams ? patterns.filter(isJournal) : []
    this.#patterns = patterns.filter(pattern => !journals.includes(pattern))
    this.#streams = new FollowedStreams(journals, options, () => this.#wakeup.wake())
    this.#notices = new FollowNotices(this.#patterns, options)
    this.#watch = new DirectoryWatch(
      (path, error) => {
        options.logger.warn({ event: 'directory.unwatched', path, pollMs: options.pollMs, err: error })
      },
      { enabled: options.watch, fileSystem: options.fileSystem },
    )
    this.#context = {
      options,
      buffer: new ReadBuffer(options.batchBytes, { lends: options.raw }),
      claims: new Claims(),
      marks: new Marks(options.clock),
      undecided: new UndecidedFiles(),
      isCopy: (path, opened) => this.#isCopy(path, opened),
      mustSpare: () => this.#files.mustSpare(this.#beginning !== void 0),
      listenTo: (path, openedPath) => this.#files.listenTo(path, openedPath),
      wake: file => {
        this.#ready.add(file)
        this.#wakeup.wake()
      },
    }
    this.#beginnings = new Beginnings(options)
    this.#files = new FollowedFiles(this.#context, this.#watch)
    this.#stillFiles = new StillFiles(this.#context, this.#files)
    this.#targets = this.#patterns.map(pattern => targetOf(pattern, options, path => this.#isTakenUp(path)))
  }
  /** Everything, until the end; closes every handle then. */
  async *deliveries() {
    const { signal } = this.#options
    try {
      signal?.throwIfAborted()
      this.#streams.begin()
      await this.#begin()
      if (this.#options.discover) this.#watchPatterns()
      this.#lookAgain().catch(() => {})
      for (;;) {
        yield* this.#notices.take()
        yield* this.#files.announcements()
        for (const file of [...this.#ready]) {
          this.#takeReady(file)
          for (const item of await file.step()) {
            this.#deliveredMs = this.#options.clock.monotonicMs()
            yield item
            signal?.throwIfAborted()
          }
          this.#context.buffer.takeBack()
          this.#layToRest(file)
        }
        for (const item of this.#streams.step()) {
          this.#deliveredMs = this.#options.clock.monotonicMs()
          yield item
          signal?.throwIfAborted()
        }
        if (this.#files.crowded) await this.#restSurplus(SURPLUS)
        if (this.#beginning && !this.#isFull) await this.#begin()
        else if (await this.#rest()) break
      }
      this.#files.wakeHolding()
      for (const file of this.#files.awake) yield* await file.flush()
    } finally {
      await this.#close()
    }
  }
  /** Ends the deliveries at the next step, also while they wait. */
  stop() {
    this.#stopped.abort()
    this.#wakeup.wake()
  }
  /** Between two rounds: waits when nothing is ready. True when it is over. */
  async #rest() {
    const { signal, once: once2, clock } = this.#options
    signal?.throwIfAborted()
    if (this.#discoverNow && !this.#beginning) await this.#discover().catch(error => this.#notices.unlisted(error))
    if (this.#stopped.signal.aborted) return true
    if (this.#ready.size > 0 || this.#notices.any || this.#files.hasAnnouncements) return false
    if (this.#streams.ready) return false
    if (once2 && !this.#streams.pending) return true
    await this.#wakeup.wait(void 0, clock, signal)
    const sinceMs = clock.monotonicMs() - this.#deliveredMs
    if (sinceMs < HOT_MS) await clock.sleep(HOT_MS - sinceMs, { signal: this.#stopped.signal }).catch(() => {})
    return this.#stopped.signal.aborted
  }
  async #close() {
    this.stop()
    this.#watch.close()
    await this.#streams.close()
    for (const file of this.#files.awake) await file.close()
  }
  /** Looks at everything every `pollMs`, also while the consumer is busy: a rotation does not wait for it. */
  async #lookAgain() {
    const { clock, pollMs, discover, watch: watch2 } = this.#options
    for (let look = 0; ; look++) {
      await clock.sleep(pollMs, { signal: this.#stopped.signal })
      this.#watch.retry()
      await this.#streams.look()
      const share = this.#files.restingShare
      let asked = 0
      for (const file of this.#files.awake) {
        if (!watch2 || file.mayHaveChanged()) await file.observe()
        this.#layToRest(file)
        if (++asked % GLANCES === 0) await setImmediate()
      }
      for (let left = Math.ceil(this.#files.resting / share); left > 0; left -= GLANCES) {
        for (const file of this.#files.changed(Math.min(left, GLANCES))) await file.observe()
        await setImmediate()
      }
      if (this.#files.crowded) await this.#restSurplus(GLANCES)
      if (discover && (!this.#hearsOfNames || look % share === 0)) this.#discoverNow = true
      if (this.#discoverNow || this.#ready.size > 0) this.#wakeup.wake()
    }
  }
  /** A set from which thousands were deleted keeps them in memory, until all of the heap is looked through. */
  #takeReady(file) {
    this.#ready.delete(file)
    if (this.#ready.size === 0) this.#ready = /* @__PURE__ */ new Set()
  }
  /** Keeps little of a file to which nothing happens. */
  #layToRest(file) {
    if (!this.#ready.has(file)) this.#files.rest(file)
  }
  #watchPatterns() {
    this.#hearsOfNames = true
    for (const pattern of this.#patterns) {
      const directory = dirname(pattern)
      if (hasMagic(directory)) this.#hearsOfNames = false
      if (!hasMagic(pattern) || hasMagic(directory)) continue
      this.#watch.addDirectory(unescapeGlob(directory), renamed => {
        if (!renamed) return
        this.#discoverNow = true
        this.#wakeup.wake()
      })
    }
  }
  /** Takes up what is there when following begins, or goes on with that. */
  async #begin() {
    this.#beginning ??= this.#discovery(true)
    if ((await this.#beginning.next()).done) this.#beginning = void 0
  }
  /** Takes up what came since. */
  async #discover() {
    for await (const _ of this.#discovery(false));
    await this.#forgetGone()
  }
  /** Whether so many files wait to be read that no more are opened. */
  get #isFull() {
    return this.#files.crowded && this.#ready.size > (this.#options.from === 'start' ? WAITING / 4 : WAITING)
  }
  async #restSurplus(tries) {
    for (const file of await this.#files.restSurplus(tries)) this.#takeReady(file)
  }
  /** Takes up what the patterns match and is not followed yet. Pauses when it is full. */
  async *#discovery(first) {
    this.#discoverNow = false
    this.#discoveries.begun++
    for (const { pattern, sure, matches } of this.#targets) {
      let found2 = sure
      for await (const { prefix, names } of matches()) {
        found2 ||= names.length > 0
        const fresh = () => [...names].filter(name => !this.#isTakenUp(prefix + name))
        const inOrder = first ? names : fresh().sort((a, b) => a.length - b.length)
        let begun = 0
        for (const name of inOrder) {
          await this.#takeUp(prefix + name, { first, sure })
          if (++begun % BEGUN_TOGETHER === 0) await this.#writeBegun()
          if (this.#files.crowded) await this.#restSurplus(SURPLUS)
          if (!first || !this.#isFull) continue
          await this.#beginnings.pause(this.#targets, path => this.#isTakenUp(path))
          await this.#writeBegun()
          yield
        }
      }
      if (first && !found2) this.#notices.missing(pattern)
    }
    await this.#writeBegun()
    this.#discoveries.ended++
    this.#notices.listed()
  }
  #isTakenUp(path) {
    return this.#files.has(path) || this.#streams.has(path)
  }
  async #takeUp(path, { first, sure }) {
    if (this.#isTakenUp(path)) return
    const named = sure ? void 0 : await lookAt(path, this.#options.fileSystem).catch(() => void 0)
    if (!sure && !this.#isOfItsOwn(path, named)) return
    if (this.#files.size >= this.#options.maxGlobTargets) return this.#notices.limited(path)
    if (first && named && !this.#beginnings.paused && (await this.#stillFiles.takeUp(path, named))) return
    const file = this.#files.add(path, await this.#beginnings.of(path, first))
    await file.observe()
    if (sure && file.idle && (await this.#takeUpFifo(file))) return
    if (first && sure && file.idle && !file.failed) this.#notices.missing(path)
    if (this.#files.rest(file)) this.#takeReady(file)
  }
  /** Whether there is a file that is neither a rotated one under its new name, nor a link to one that is followed. */
  #isOfItsOwn(path, named) {
    if (!named?.isFile) return false
    const owner = this.#context.claims.ownerOf(claimKeyOf(named))
    return owner === void 0 || owner === this.#files.goneOf(path)?.owner
  }
  /** A fifo where a file was awaited: it is read as a stream. */
  async #takeUpFifo(file) {
    if (!(await this.#streams.takeUpFifo(file.path))) return false
    await file.close()
    this.#files.delete(file.path)
    return true
  }
  /** Whether a new file only holds what another one here was read to, as copytruncate makes it. */
  async #isCopy(path, opened) {
    const bases = baseNamesOf(basename(path)).map(base => join(dirname(path), base))
    let news = false
    for (const base of bases) {
      const file = this.#files.wake(base)
      if (!file) news ||= this.#isNews(base)
      const verdict = await file?.claimCopy(opened)
      if (verdict && verdict !== 'no') return verdict
    }
    return news && this.#postpones(opened) ? 'later' : 'no'
  }
  /** Whether something may have to be taken up at a path that is not followed. */
  #isNews(path) {
    return this.#options.discover && this.#options.fileSystem.glance(path) !== void 0
  }
  /** Whether what a file is, is to be asked again after the next discovery. */
  #postpones({ identity }) {
    const key = claimKeyOf(identity)
    const since = this.#postponed.get(key)
    if (since !== void 0 && this.#discoveries.ended > since) return !this.#postponed.delete(key)
    this.#postponed.set(key, since ?? this.#discoveries.begun)
    this.#discoverNow = true
    this.#wakeup.wake()
    return true
  }
  async #writeBegun() {
    await this.#options.checkpoint?.begun().catch(error => this.#notices.unwritten(error))
  }
  /** Files that a wildcard found, that are gone and read, need no entry. */
  async #forgetGone() {
    const literal = new Set(this.#patterns.filter(pattern => !hasMagic(pattern)).map(unescapeGlob))
    for (const file of this.#files.awake) {
      const { path } = file
      if (!file.idle) continue
      if (literal.has(path)) await this.#takeUpFifo(file)
      if (literal.has(path) || (await lookAt(path, this.#options.fileSystem).catch(errorDetail))) continue
      if (await file.closeIfIdle()) this.#files.delete(path)
    }
    if (this.#context.claims.size > PRUNE_CLAIMS + this.#files.size * 4) {
      this.#context.claims.prune(this.#files.owners)
    }
  }
}
var MAX_UNPACKED_BYTES = 4 * 1024 ** 3
var unpackedBytes = 0
async function unpackFile(packed, format) {
  const path = join(tmpdir(), `logflow-unpacked-${randomUUID()}`)
  let size = 0
  const release = () => void (unpackedBytes -= size)
  const output = await open$1(path, 'wx+', 384)
  let handle
  try {
    handle = await DescriptorHandle.open(path, constants.O_RDONLY)
    await unlink(path)
    for await (const chunk of unpacked(packed, format)) {
      size += chunk.length
      unpackedBytes += chunk.length
      if (unpackedBytes > MAX_UNPACKED_BYTES) throw new RangeError('too much is unpacked')
      await output.writeFile(chunk)
    }
  } catch {
    release()
    await handle?.close()
    return void 0
  } finally {
    await output.close()
  }
  const opened = handle
  let closing
  return { handle: opened, size, close: () => (closing ??= opened.close().finally(release)) }
}

// src/reading/earlier-sibling.ts
var PACKED_NAME = /\.(gz|zst|z)$/i
var EarlierSibling = class _EarlierSibling {
  /** Of the content, but for its size: of a packed file its inode, and the head of what it holds. */
  identity
  path
  #handle
  #format
  #unpacked
  constructor(path, handle, identity, format) {
    this.path = path
    this.#handle = handle
    this.identity = identity
    this.#format = format
  }
  /** All there are, oldest first. Of a file and its packed copy, which is perhaps being made, the file. */
  static async openAll(path) {
    const opened = []
    const { siblings: listed } = await listSiblings({ path, fileSystem: nodeFileSystem })
    const names = new Set(listed.map(sibling => sibling.path))
    for (const sibling of listed) {
      if (names.has(sibling.path.replace(PACKED_NAME, '')) && PACKED_NAME.test(sibling.path)) continue
      const file = await openIfThere(sibling.path, nodeFileSystem).catch(() => void 0)
      if (!file) continue
      const { handle, stat: stat4 } = file
      if (opened.some(({ identity: identity2 }) => identity2.inodeKey === inodeKeyOf(stat4))) {
        await handle.close()
        continue
      }
      const format = detectCompression(await readAt(handle, 0, DETECT_BYTES))
      const identity =
        format === 'none'
          ? await identifyBy(handle, stat4)
          : identityOf(stat4, await unpackedHead(unpacked(handle, format), HEAD_BYTES))
      opened.push(new _EarlierSibling(sibling.path, handle, identity, format))
    }
    return opened.some(({ packed }) => packed) ? opened.sort(byLastWrite) : opened
  }
  get packed() {
    return this.#format !== 'none'
  }
  /** Whether it holds what the reader of a token had, by content alone. A packed file is unpacked only if it begins so. */
  async holds(token) {
    const known = parseIdentity(token.sourceId)
    if (!known || (token.tailHash === '' && known.headBytes === 0)) return false
    if (this.packed) {
      const { head } = this.identity
      const begins = head.length >= known.headBytes && hashBytes(head.subarray(0, known.headBytes)) === known.headHash
      if (!begins) return false
    }
    const content = await this.content()
    if (content && content.size >= token.offset && (await holdsContentOf(content.handle, token))) return true
    await this.#forgetUnpacked()
    return false
  }
  /** Its content by offset; `undefined` when it cannot be unpacked. */
  async content() {
    if (!this.packed) return { handle: this.#handle, size: this.identity.size }
    return (this.#unpacked ??= unpackFile(this.#handle, this.#format))
  }
  /** Whether it is the very file that a token speaks of. */
  async isOf(token) {
    return !this.packed && (await provesResumeToken(this.#handle, token))
  }
  async close() {
    await this.#handle.close()
    await this.#forgetUnpacked()
  }
  async #forgetUnpacked() {
    const unpacked2 = this.#unpacked
    this.#unpacked = void 0
    await (await unpacked2)?.close()
  }
}
function byLastWrite(a, b) {
  const [left, right] = [a.identity.mtimeNs, b.identity.mtimeNs]
  if (left !== right) return left < right ? -1 : 1
  return b.path.localeCompare(a.path, 'en', { numeric: true })
}

// src/reading/earlier-files.ts
async function tokenOfOpenFile({ fd, sourceId, offset }) {
  const tail2 = new Uint8Array(Math.min(TAIL_BYTES, offset))
  const { bytesRead } = await promisify(read)(fd, tail2, 0, tail2.length, offset - tail2.length)
  return { sourceId, offset, tailHash: bytesRead === tail2.length ? formatTailHash(tail2) : '' }
}
async function earlierFiles(path, token, current) {
  if (await provesResumeToken(current, token)) return []
  const now = await identifyBy(current, await current.stat({ bigint: true }))
  const siblings = await EarlierSibling.openAll(path)
  let files = []
  try {
    files = await filesFrom(siblings, token, now)
  } finally {
    const kept = new Set(files.map(({ sibling }) => sibling))
    await Promise.all(siblings.filter(other => !kept.has(other)).map(other => other.close()))
  }
  return files.length === 0 ? void 0 : files.map(({ file }) => file)
}
async function filesFrom(siblings, token, now) {
  const wanted = await wantedOf(siblings, token, now)
  const files = []
  for (const sibling of wanted) {
    const content = await sibling.content()
    if (!content) return []
    const sourceId = files.length === 0 ? token.sourceId : sibling.identity.id
    const file = { fd: content.handle.fd, sourceId, size: content.size, close: () => sibling.close() }
    files.push({ sibling, file })
  }
  return files
}
async function wantedOf(siblings, token, now) {
  const found2 = await indexOfToken(siblings, token)
  if (found2 === -1) return []
  const known = parseIdentity(token.sourceId)
  const cut = known?.inodeKey === now.inodeKey && known.birthNs === now.birthNs
  return siblings.filter(
    ({ identity, packed }, at) =>
      at === found2 ||
      (at > found2 && identity.inodeKey !== now.inodeKey && (cut || packed || identity.birthNs <= now.birthNs)),
  )
}
async function indexOfToken(siblings, token) {
  for (const [at, sibling] of siblings.entries()) if (await sibling.isOf(token)) return at
  for (let at = siblings.length - 1; at >= 0; at--) if (await siblings[at]?.holds(token)) return at
  return -1
}

// src/reading/growing-file.ts
async function openGrowingFile(path, options = {}) {
  const wakeup = new Wakeup()
  const watch2 = new DirectoryWatch(() => {})
  watch2.add(path, () => wakeup.wake())
  try {
    const generation = await openGeneration(path, options, wakeup)
    return new WatchedFile(path, generation, { options, wakeup, watch: watch2 })
  } catch (error) {
    watch2.close()
    throw error
  }
}
async function openGeneration(path, options, wakeup) {
  const { signal, wait = false, pollMs = 1e3, clock = systemClock } = options
  for (;;) {
    signal?.throwIfAborted()
    const opened = await openIfThere(path, nodeFileSystem)
    if (opened) return { handle: opened.handle, identity: await identifyBy(opened.handle, opened.stat) }
    if (!wait) throw new TailerError('LF_TAILER_OPEN', `${path} does not exist`, { detail: { path, code: 'ENOENT' } })
    await wakeup.wait(pollMs, clock, signal)
  }
}
var WatchedFile = class {
  path
  #options
  #wakeup
  #watch
  #earlier = /* @__PURE__ */ new Map()
  #abort = new AbortController()
  #handle
  #fileKey
  #size
  #source
  #generations = 0
  #tail = new Uint8Array(0)
  #gone = false
  #closing
  constructor(path, { handle, identity }, { options, wakeup, watch: watch2 }) {
    this.path = path
    this.#options = options
    this.#wakeup = wakeup
    this.#watch = watch2
    this.#handle = handle
    this.#fileKey = claimKeyOf(identity)
    this.#size = identity.size
    this.#source = { host: options.host ?? hostname(), path, id: identity.id }
  }
  get fd() {
    return this.#handle.fd
  }
  get size() {
    return this.#size
  }
  get source() {
    return this.#source
  }
  async *changes() {
    const { pollMs = 1e3, clock = systemClock, followName = false } = this.#options
    const signal = this.#options.signal
      ? AbortSignal.any([this.#options.signal, this.#abort.signal])
      : this.#abort.signal
    if (this.#tail.length === 0) await this.#rememberTail()
    while (!this.#closing) {
      this.#options.signal?.throwIfAborted()
      const change = await this.#look(followName)
      if (change) yield change
      if (change?.kind === 'gone' && !followName) return
      if (change) continue
      try {
        await this.#wakeup.wait(pollMs, clock, signal)
      } catch (error) {
        if (this.#closing) return
        throw error
      }
    }
  }
  async release(fd) {
    const handle = this.#earlier.get(fd)
    this.#earlier.delete(fd)
    await handle?.close()
  }
  tokenAt(place) {
    return tokenOfOpenFile(place)
  }
  since(token) {
    return earlierFiles(this.path, token, this.#handle)
  }
  close() {
    return (this.#closing ??= this.#close())
  }
  [Symbol.asyncDispose]() {
    return this.close()
  }
  async #close() {
    this.#abort.abort()
    this.#watch.close()
    for (const fd of [...this.#earlier.keys()]) await this.release(fd)
    await this.#handle.close()
  }
  /** The next change there is to tell, one at a time: growth of the old file before its rotation. */
  async #look(followName) {
    const named = await lookAt(this.path)
    const size = Number((await this.#handle.stat({ bigint: true })).size)
    if (size < this.#size || !(await this.#tailHolds())) return this.#truncated(size)
    if (size > this.#size) return this.#resized('grew', size)
    const verdict = judgeRotation({ fileKey: this.#fileKey, changed: false }, named)
    switch (verdict) {
      case 'replaced':
      case 'pending':
        return followName ? this.#rotate() : this.#goneOnce()
      case 'gone':
        return this.#goneOnce()
      default:
        this.#gone = false
        return void 0
    }
  }
  async #rotate() {
    const opened = await openIfThere(this.path, nodeFileSystem)
    if (!opened) return void 0
    const { handle } = opened
    const identity = await identifyBy(handle, opened.stat)
    if (claimKeyOf(identity) === this.#fileKey) {
      await handle.close()
      return void 0
    }
    this.#earlier.set(this.#handle.fd, this.#handle)
    this.#handle = handle
    this.#fileKey = claimKeyOf(identity)
    this.#source = { ...this.#source, id: identity.id }
    this.#gone = false
    return this.#resized('rotated', identity.size)
  }
  async #truncated(size) {
    const { id } = await identify(this.#handle)
    this.#source = { ...this.#source, id: `${id}~${(++this.#generations).toString(36)}${Date.now().toString(36)}` }
    return this.#resized('truncated', size)
  }
  async #resized(kind, size) {
    this.#size = size
    await this.#rememberTail()
    return { kind, size }
  }
  #goneOnce() {
    if (this.#gone) return void 0
    this.#gone = true
    return { kind: 'gone', size: this.#size }
  }
  async #rememberTail() {
    const size = Math.min(TAIL_BYTES, this.#size)
    this.#tail = await readAt(this.#handle, this.#size - size, size)
  }
  async #tailHolds() {
    const tail2 = await readAt(this.#handle, this.#size - this.#tail.length, this.#tail.length)
    return Buffer.compare(tail2, this.#tail) === 0
  }
}
function toNodeStream(deliveries, onOther = () => {}) {
  const items = deliveries[Symbol.asyncIterator]()
  return readableOf(items, {
    objectMode: false,
    chunksOf: item => (item.kind === 'lines' ? [item.bytes] : (onOther(item), [])),
    // A generator that waits ends only after its wait: nobody waits for that.
    end: () => void items.return?.()?.then(void 0, () => {}),
  })
}
function readableOf(items, { objectMode, chunksOf: chunksOf2, end }) {
  const pull = async stream => {
    for (let pushed = false; !pushed && !stream.destroyed;) {
      const next = await items.next()
      if (next.done === true) return void stream.push(null)
      for (const chunk of chunksOf2(next.value)) pushed = (stream.push(chunk), true)
    }
  }
  return new Readable({
    objectMode,
    read() {
      pull(this).catch(error => this.destroy(error instanceof Error ? error : new Error(String(error))))
    },
    destroy(error, closed) {
      Promise.resolve(end()).then(
        () => closed(error),
        () => closed(error),
      )
    },
  })
}

// src/lines/block-cutter.ts
var NEWLINE3 = 10
var BlockCutter = class {
  #options
  /** The open line in the pieces that came, which are joined when its end has come: a long one is copied twice, no more. */
  #pieces = []
  #heldBytes = 0
  #offset = 0
  #line = 1
  constructor(options) {
    this.#options = options
  }
  /** Offset after the last byte that was delivered. */
  get offset() {
    return this.#offset
  }
  /** Number of the next line; pieces count as lines. 1 when lines are not counted. */
  get nextLine() {
    return this.#line
  }
  /** The lines that are whole now, and pieces of one that is too long. They share memory with what is pushed. */
  push({ buffer, from, to }) {
    const { maxLineBytes } = this.#options
    if (to - from <= maxLineBytes) return this.#push({ buffer, from, to })
    const blocks = []
    for (let at = from; at < to; at += maxLineBytes) {
      blocks.push(...this.#push({ buffer, from: at, to: Math.min(at + maxLineBytes, to) }))
    }
    return blocks
  }
  /** No more than the longest line: only the first one, which was open before, can be too long. */
  #push({ buffer, from, to }) {
    const fresh = asBuffer2(buffer, from, to)
    const first = fresh.indexOf(NEWLINE3)
    const content = this.#heldBytes + (first === -1 ? fresh.length : first)
    if (content > this.#options.maxLineBytes) return this.#cutLong(Buffer.concat([...this.#pieces, fresh]), content)
    const last = first === -1 ? -1 : fresh.lastIndexOf(NEWLINE3)
    if (last === -1) {
      this.#hold(Buffer.from(fresh))
      return []
    }
    const whole = this.#withHeld({ buffer, from, to: from + last + 1 })
    this.#drop()
    this.#hold(Buffer.from(fresh.subarray(last + 1)))
    return [this.#emit(whole, false)]
  }
  /** The open line as it is. */
  end() {
    const rest = Buffer.concat(this.#pieces)
    this.#drop()
    return rest.length > 0 ? this.#emit(rest, false) : void 0
  }
  /** `content` bytes of the first line are there and are too many. */
  #cutLong(bytes, content) {
    const { maxLineBytes } = this.#options
    const blocks = []
    let at = 0
    for (; content - at > maxLineBytes; at += maxLineBytes) {
      blocks.push(this.#emit(bytes.subarray(at, at + maxLineBytes), true))
    }
    this.#drop()
    return [...blocks, ...this.#push({ buffer: bytes, from: at, to: bytes.length })]
  }
  /** What is held goes in front, where there is room. */
  #withHeld({ buffer, from, to }) {
    let start = from - this.#heldBytes
    if (start < 0) return Buffer.concat([...this.#pieces, asBuffer2(buffer, from, to)])
    for (const piece of this.#pieces) {
      buffer.set(piece, start)
      start += piece.length
    }
    return asBuffer2(buffer, from - this.#heldBytes, to)
  }
  #hold(piece) {
    if (piece.length > 0) this.#pieces.push(piece)
    this.#heldBytes += piece.length
  }
  #drop() {
    this.#pieces = []
    this.#heldBytes = 0
  }
  #emit(bytes, cut) {
    const { source, countLines } = this.#options
    const [offset, firstLine] = [this.#offset, countLines ? this.#line : 0]
    this.#offset += bytes.length
    if (countLines) this.#line += countLineEnds(bytes)
    return { kind: 'block', source, offset, firstLine, bytes: plain2(bytes), cut }
  }
}
function countLineEnds(bytes) {
  let count = bytes.length > 0 && bytes.at(-1) !== NEWLINE3 ? 1 : 0
  for (let at = bytes.indexOf(NEWLINE3); at !== -1; at = bytes.indexOf(NEWLINE3, at + 1)) count++
  return count
}
function asBuffer2(bytes, from, to) {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
}
function plain2(bytes) {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

// src/reading/read.ts
var MIN_BATCH_BYTES = 4096
async function* read3(paths, options = {}) {
  const resolved = resolveTailerOptions(options)
  let left = resolved.maxGlobTargets
  for (const pattern of typeof paths === 'string' ? [paths] : paths) {
    resolved.signal?.throwIfAborted()
    const targets = await expandForReading(pattern, resolved)
    if ('kind' in targets) {
      yield targets
      continue
    }
    for (const path of targets.slice(0, left)) yield* readFile3(path, resolved, batchesOf(resolved, options))
    if (targets.length > left) {
      const detail = { code: 'LF_TAILER_GLOB', limit: resolved.maxGlobTargets, matched: targets.length }
      yield failedEvent(unknownSource(pattern, resolved), detail)
    }
    left = Math.max(0, left - targets.length)
  }
}
async function expandForReading(pattern, options) {
  try {
    const targets = await expandGlob(pattern, options)
    if (targets.length > 0) return targets
    return failedEvent(unknownSource(pattern, options), {
      code: 'LF_TAILER_OPEN',
      message: `nothing matches ${pattern}`,
    })
  } catch (error) {
    return failedEvent(unknownSource(pattern, options), errorDetail(error))
  }
}
function readBlocks(path, { countLines = true, buffers = newPair, ...options } = {}) {
  const resolved = resolveTailerOptions(options)
  const { batchBytes, maxLineBytes } = resolved
  if (maxLineBytes < batchBytes) {
    throw new RangeError(`maxLineBytes is ${maxLineBytes}, must be no less than batchBytes, ${batchBytes}`)
  }
  return readFile3(path, resolved, {
    createCutter: source => new BlockCutter({ source, maxLineBytes, countLines }),
    createBuffers: size => takeTurns(buffers(size)),
    lend: true,
  })
}
function batchesOf({ maxLineBytes }, { span }) {
  return {
    span,
    createCutter: (source, offset) =>
      new BatchCutter(new LineCutter({ source, offset, maxLineBytes }), { counted: offset === 0 }),
    createBuffers: newBuffers,
  }
}
var BatchCutter = class {
  #cutter
  #counted
  constructor(cutter, { counted }) {
    this.#cutter = cutter
    this.#counted = counted
  }
  get offset() {
    return this.#cutter.offset
  }
  get nextLine() {
    return this.#cutter.nextLine
  }
  push(fresh) {
    const cut = this.#cutter.push(fresh)
    return cut ? [this.#numbered(cut.batch)] : []
  }
  end() {
    const last = this.#cutter.end()
    return last && this.#numbered(last)
  }
  /** Nobody knows the number of a line before which lines were left out. */
  #numbered(batch) {
    return this.#counted ? batch : { ...batch, firstLine: 0 }
  }
}
async function* readFile3(path, options, cutting) {
  let handle
  let source = unknownSource(path, options)
  try {
    options.signal?.throwIfAborted()
    handle = (await openAdmitted(path, options.admit, nodeFileSystem)).handle
    const { id, size } = await identify(handle)
    source = { ...source, id }
    yield* readOpened({ handle, source, size }, options, cutting)
  } catch (error) {
    options.signal?.throwIfAborted()
    options.logger.warn({ event: 'source.failed', path, err: error })
    yield failedEvent(source, errorDetail(error))
  } finally {
    await handle?.close()
  }
}
async function* readOpened({ handle, source, size }, options, { createCutter, createBuffers, lend, span }) {
  const format = detectCompression(await readAt(handle, 0, DETECT_BYTES))
  yield { kind: 'event', source, event: 'opened', detail: { size, format } }
  const whole = { from: 0, to: Infinity }
  const bytesAt = (position, length) => readAt(handle, position, length)
  const part = format === 'none' && span ? ((await span({ source, size, bytesAt })) ?? whole) : whole
  const cutter = createCutter(source, part.from)
  const end = format === 'none' ? Math.min(size, part.to) : 0
  try {
    const batchBytes = Math.min(options.batchBytes, Math.max(MIN_BATCH_BYTES, size + 1))
    for await (const chunk of openChunks(
      handle,
      { ...part, format, createBuffers, lend },
      { ...options, batchBytes },
    )) {
      options.signal?.throwIfAborted()
      yield* cutter.push(chunk)
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    yield* endOf(cutter, source, end, 'unreadable')
    throw error
  }
  yield* endOf(cutter, source, end, 'truncated')
  yield { kind: 'event', source, event: 'ended', detail: { offset: cutter.offset, lines: cutter.nextLine - 1 } }
}
function* endOf(cutter, source, size, reason) {
  const last = cutter.end()
  if (last) yield last
  if (cutter.offset < size) yield { kind: 'gap', source, from: cutter.offset, to: size, reason }
}
function openChunks(handle, { format, createBuffers, lend, ...part }, { batchBytes, signal }) {
  if (format !== 'none') return unfolded(fileChunks(handle, part, batchBytes, newBuffers), { format, lend, signal })
  return fileChunks(handle, part, batchBytes, createBuffers)
}
async function* unfolded(raw, options) {
  async function* chunks() {
    for await (const { buffer, from, to } of raw) yield buffer.subarray(from, to)
  }
  for await (const buffer of decompressStream(chunks(), options)) {
    yield { buffer, from: 0, to: buffer.length }
  }
}
async function* fileChunks(handle, part, batchBytes, createBuffers) {
  const from = Math.min(ROOM_BYTES, batchBytes)
  const nextBuffer = createBuffers(from + batchBytes)
  let position = part.from
  const next = async () => {
    const buffer = nextBuffer()
    const room = buffer.subarray(0, from + Math.min(batchBytes, part.to - position))
    const { bytesRead } = await readChunk(handle, room, from, position)
    position += bytesRead
    return { buffer, from, to: from + bytesRead }
  }
  let pending = next()
  try {
    for (;;) {
      const chunk = await pending
      if (chunk.to === chunk.from) return
      pending = next()
      pending.catch(() => {})
      yield chunk
    }
  } finally {
    await pending.catch(() => {})
  }
}
function newBuffer(size) {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
}
function newBuffers(size) {
  return () => newBuffer(size)
}
function newPair(size) {
  return [newBuffer(size), newBuffer(size)]
}
function takeTurns(buffers) {
  let turn = 0
  return () => buffers[turn++ & 1]
}
async function readChunk(handle, buffer, from, position) {
  try {
    return await handle.read(buffer, from, buffer.length - from, position)
  } catch (cause) {
    const detail = { offset: position, code: systemCode(cause) }
    throw new TailerError('LF_TAILER_READ', `cannot read on at byte ${position}`, { cause, detail })
  }
}
function unknownSource(path, { host }) {
  return { host, path, id: 'none' }
}
function resumeTokenAfter(item) {
  if (item.kind === 'event' || isFifoSource(item.source)) return void 0
  const sourceId = item.source.id
  if (item.kind === 'gap') return { sourceId, offset: item.to, tailHash: '' }
  if (item.ends.length === 0) return void 0
  if (!item.offsets) {
    return { sourceId, offset: item.offset + item.bytes.length, tailHash: proofOf(item, item.bytes) }
  }
  const last = item.ends.length - 1
  const line = lineAt(item, last)
  return {
    sourceId,
    offset: lineOffset(item, last) + line.length,
    tailHash: proofOf(item, line),
  }
}
function proofOf(batch, bytes) {
  if (!isJournalSource(batch.source)) return formatTailHash(bytes.subarray(-TAIL_BYTES))
  const cursor = cursorOf(lineAt(batch, batch.ends.length - 1))
  return cursor === void 0 ? '' : formatCursor(cursor)
}
async function* readStream(chunks, { path = '-', host = hostname(), id, maxLineBytes = 1024 * 1024, signal } = {}) {
  signal?.throwIfAborted()
  const source = { host, path, id: id ?? `stream:${Date.now().toString(36)}` }
  const cutter = new LineCutter({ source, offset: 0, maxLineBytes })
  yield { kind: 'event', source, event: 'opened' }
  for await (const chunk of chunks) {
    signal?.throwIfAborted()
    const buffer = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const cut = cutter.push({ buffer, from: 0, to: buffer.length })
    if (cut) yield cut.batch
  }
  const last = cutter.end()
  if (last) yield last
  yield { kind: 'event', source, event: 'ended', detail: { offset: cutter.offset, lines: cutter.nextLine - 1 } }
}
async function* readStdin(options = {}) {
  const { stdin } = await import('process')
  yield* readStream(stdin, options)
}

// src/reading/tail-stream.ts
function tailStream(paths, { as = 'bytes', ...options } = {}) {
  const deliveries = follow(paths, options)
  return readableOf(deliveries, {
    objectMode: as === 'lines',
    chunksOf: item => (item.kind !== 'lines' ? [] : as === 'bytes' ? [item.bytes] : textLines(item)),
    // Ends the wait for the next line, too.
    end: async () => deliveries.return?.(),
  })
}
function* textLines({ bytes, ends }) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = 0
  for (const end of ends) {
    yield buffer.toString('utf8', start, buffer[end - 1] === 10 ? end - 1 : end)
    start = end
  }
}

export {
  Checkpoint,
  DescriptorHandle,
  HEAD_BYTES,
  TAIL_BYTES,
  TailerError,
  expandGlob,
  findJournalctl,
  follow,
  formatTailHash,
  hashTail,
  identify,
  isJournal,
  matchesGlob,
  nodeFileSystem,
  openCheckpoint,
  openGrowingFile,
  provesResumeToken,
  read3 as read,
  readBlocks,
  readStdin,
  readStream,
  resumeTokenAfter,
  resumeTokenAt,
  runJournalctl,
  tail,
  tailStream,
  tailerErrors,
  toNodeStream,
  unitOf,
}
//# sourceMappingURL=index.js.map
//# sourceMappingURL=index.js.map
