import type { ModelContent } from './model-content.ts'
import { ModelFileSystem, type ModelInode } from './model-file-system.ts'
import type { RotationProfile } from './rotation-schedule.ts'

const DIRECTORY = '/log'
/** Steps that need the names of files. */
const NAMING = new Set(['reopen', 'create', 'remove', 'move', 'switch', 'copy-begin', 'pack', 'pack-begin', 'pack-end'])
/** What the name of a packed file ends with. */
const PACKED = '.gz'

/** The writer and the rotator of a schedule, and the files they work on. Steps that make no sense now do nothing. */
export class RotationWorld {
  readonly files: ModelFileSystem
  /** What is followed. */
  readonly path: string
  readonly #profile: RotationProfile
  #writer: { readonly inode: ModelInode; position: number } | undefined
  #copying: { readonly from: ModelInode; readonly to: ModelInode; readonly content: ModelContent } | undefined
  /** What was copied last, until it is cut: who copies keeps it open till then. */
  #copied: ModelInode | undefined
  #packing: { readonly from: ModelInode; readonly to: ModelInode; readonly name: string } | undefined
  #rest = ''
  #lines = 0
  /** Somebody follows: what lies beside the path is packed only from then on. */
  followed = false

  constructor(profile: RotationProfile) {
    this.#profile = profile
    this.files = new ModelFileSystem(profile)
    this.path = `${DIRECTORY}/${profile.linked ? 'current' : 'app.log'}`
    if (profile.linked) this.files.link(`${DIRECTORY}/file-1`, this.path)
    // What was rotated away before anybody followed.
    this.files.write(this.files.create(`${this.path}.1`), this.#line(), 0)
    this.files.rename(`${this.path}.1`, `${this.path}.2`)
  }

  /** Contents that a reader of the path has to find: under the path, and under the names that rotation gives. */
  get live(): ModelContent[] {
    const names = [0, 1, 2, 3, 4].flatMap(at => [this.#name(`.${at}`), `${this.#name(`.${at}`)}${PACKED}`])
    return names.flatMap(name => this.files.find(name)?.content ?? [])
  }

  /** A writer that still has a rotated file open gives it up, as the one that rotates asks it to in time. */
  moveOn(): void {
    if (!this.#writer || this.files.unmounted || this.#writer.inode === this.files.find(this.path)) return
    this.files.release(this.#writer.inode)
    this.#writer = undefined
  }

  /** The content that the path names. */
  get named(): ModelContent | undefined {
    return this.files.find(this.path)?.content
  }

  /** Does a step; false when it is none of the writer's or rotator's. */
  apply(step: string): boolean {
    const [word = '', first = '', second = ''] = step.split(' ')
    if (this.files.unmounted && NAMING.has(word)) return true
    switch (word) {
      case 'write':
        this.#write(Number(first))
        return true
      case 'partial':
        this.#writePart()
        return true
      case 'reopen':
        this.#reopen()
        return true
      case 'create':
        this.files.create(this.path)
        return true
      case 'remove':
        this.files.unlink(this.path)
        return true
      case 'move':
        this.#move(this.#name(first), this.#name(second))
        return true
      case 'switch':
        this.#switch(first)
        return true
      default:
        return (
          this.#applyCopying(word, first) || this.#applyPacking(word, this.#name(first)) || this.#applyMounting(word)
        )
    }
  }

  #applyMounting(word: string): boolean {
    if (word === 'unmount') this.files.unmount()
    else if (word === 'mount') this.files.mount()
    else return false
    return true
  }

  #applyPacking(word: string, name: string): boolean {
    switch (word) {
      case 'pack':
        this.#beginPacking(name)
        this.#endPacking()
        return true
      case 'pack-begin':
        this.#beginPacking(name)
        return true
      case 'pack-end':
        this.#endPacking()
        return true
      default:
        return false
    }
  }

  #applyCopying(word: string, to: string): boolean {
    switch (word) {
      case 'copy-begin':
        this.#beginCopy(this.#name(to))
        return true
      case 'copy-more':
        this.#copy(0.5)
        return true
      case 'copy-end':
        this.#copy(1)
        this.#endCopy()
        return true
      case 'truncate': {
        // No rotator cuts a file before its copy is whole.
        this.#copy(1)
        this.#endCopy()
        const inode = this.files.unmounted ? this.#copied : this.files.find(this.path)
        if (inode) this.files.truncate(inode)
        this.#leaveCopied()
        return true
      }
      default:
        return false
    }
  }

  /** A rotated file has one name, packed or not. */
  #move(from: string, to: string): void {
    this.#endPacking()
    const isPacked = this.files.entry(from) === undefined
    if (isPacked && !this.files.entry(`${from}${PACKED}`)) return
    this.files.unlink(isPacked ? to : `${to}${PACKED}`)
    if (isPacked) this.files.rename(`${from}${PACKED}`, `${to}${PACKED}`)
    else this.files.rename(from, to)
  }

  #beginPacking(name: string): void {
    this.#endPacking()
    const from = this.files.find(name)
    // Nobody packs what is being written, or copied.
    const busy = from === undefined || from === this.#writer?.inode || from === this.#copying?.to
    if (busy || !this.followed || from.content.origin.old || from.content.size === 0) return
    this.files.unlink(`${name}${PACKED}`)
    const to = this.files.create(`${name}${PACKED}`, from.content)
    this.files.pack(from, to, 0.5)
    this.files.hold(from)
    this.#packing = { from, to, name }
  }

  #endPacking(): void {
    if (!this.#packing) return
    const { from, to, name } = this.#packing
    this.#packing = undefined
    this.files.pack(from, to)
    if (this.files.find(name) === from) this.files.unlink(name)
    this.files.release(from)
  }

  #name(suffix: string): string {
    return suffix === '.0' ? this.path : `${this.path}${suffix}`
  }

  #line(): Uint8Array {
    const number = this.#lines++
    return Buffer.from(`${number.toString(36).padStart(4, '0')}:${'x'.repeat(number % 7)}\n`)
  }

  #reopen(): void {
    if (this.#writer) this.files.release(this.#writer.inode)
    const inode = this.files.create(this.path)
    this.files.hold(inode)
    this.#writer = { inode, position: inode.content.size }
  }

  #write(lines: number): void {
    const parts: Uint8Array[] = [Buffer.from(this.#rest)]
    this.#rest = ''
    for (let i = 0; i < lines; i++) parts.push(this.#line())
    this.#put(Buffer.concat(parts))
  }

  #writePart(): void {
    const line = Buffer.from(this.#line()).toString('latin1')
    this.#put(Buffer.from(this.#rest + line.slice(0, 5)))
    this.#rest = line.slice(5)
  }

  #put(bytes: Uint8Array): void {
    if (!this.#writer) {
      if (this.files.unmounted) return
      this.#reopen()
    }
    const writer = this.#writer as { readonly inode: ModelInode; position: number }
    const { inode } = writer
    const at = this.#profile.seeks ? writer.position : inode.content.size
    const head = this.#profile.equalHeads && inode.content.size === 0 && at === 0 ? 'head of file\n' : ''
    const whole = Buffer.concat([Buffer.from(head), bytes])
    this.files.write(inode, whole, at)
    writer.position = at + whole.length
  }

  #switch(to: string): void {
    if (!this.#profile.linked) return
    const target = `${DIRECTORY}/file-${to}`
    this.files.create(target)
    this.files.link(target, this.path)
  }

  #beginCopy(to: string): void {
    this.#endCopy()
    const from = this.files.find(this.path)
    if (!from) return
    this.files.unlink(to)
    const copy = this.files.create(to, from.content)
    this.files.hold(from)
    this.files.hold(copy)
    this.#copying = { from, to: copy, content: from.content }
    this.#leaveCopied()
    this.files.hold(from)
    this.#copied = from
  }

  #leaveCopied(): void {
    if (this.#copied) this.files.release(this.#copied)
    this.#copied = undefined
  }

  #copy(share: number): void {
    if (!this.#copying) return
    const { from, to, content } = this.#copying
    // A copy of what has been cut meanwhile would mix two contents; no rotator does that.
    if (from.content !== content) return
    const at = to.content.size
    const end = at + Math.ceil((content.size - at) * share)
    if (end > at) this.files.write(to, content.bytes.slice(at, end), at)
  }

  #endCopy(): void {
    if (!this.#copying) return
    this.files.release(this.#copying.from)
    this.files.release(this.#copying.to)
    this.#copying = undefined
  }
}
