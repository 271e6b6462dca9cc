/** One form of the text: a word, or a list in parentheses. */
type Form = string | readonly Form[]

/** Value types by name. */
const TYPES: Readonly<Record<string, number>> = { i32: 0x7f, v128: 0x7b }

/** Instructions with one byte of code and nothing but operands. */
const PLAIN: Readonly<Record<string, number>> = {
  return: 0x0f,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_u': 0x4b,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'i32.ctz': 0x68,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.and': 0x71,
  'i32.shl': 0x74,
  'i32.shr_u': 0x76,
}

/** SIMD instructions, which stand behind the prefix FD. */
const SIMD: Readonly<Record<string, number>> = {
  'i8x16.swizzle': 0x0e,
  'i8x16.splat': 0x0f,
  'i8x16.eq': 0x23,
  'v128.and': 0x4e,
  'v128.or': 0x50,
  'v128.any_true': 0x53,
  'i8x16.bitmask': 0x64,
  'i8x16.shr_u': 0x6d,
}

/** Loads and stores: code, and 2 to the power of what they are aligned to at least. */
const MEMORY: Readonly<Record<string, readonly [code: readonly number[], alignment: number]>> = {
  'i32.load': [[0x28], 2],
  'i32.load8_u': [[0x2d], 0],
  'i32.store': [[0x36], 2],
  'v128.load': [[0xfd, 0], 0],
  'v128.store': [[0xfd, 11], 0],
}

const BLOCKS: Readonly<Record<string, number>> = { block: 0x02, loop: 0x03, if: 0x04 }
const BRANCHES: Readonly<Record<string, number>> = { br: 0x0c, br_if: 0x0d }
const LOCALS: Readonly<Record<string, number>> = { 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22 }

const NO_RESULT = 0x40
const END = 0x0b
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/**
 * Translates a module of WebAssembly from its text to its bytes, so that the text is the only source and nobody needs
 * a compiler. It knows what this package writes, no more: one exported memory, one exported function, folded
 * instructions on `i32` and `v128` (WebAssembly 2.0, section 6; every such text is valid for `wat2wasm` as well).
 *
 * @throws TypeError for anything else
 */
export function assembleWat(text: string): Uint8Array<ArrayBuffer> {
  const [memory, func] = readForm(text).slice(1) as [readonly Form[], readonly Form[]]
  const code = new FunctionAssembler()
  const body = code.assemble(func.slice(2))
  const bytes = [
    ...HEADER,
    ...section(1, [0x60, ...vector(code.parameters), ...vector(code.results)]),
    ...section(3, [0]),
    ...section(5, [0, ...unsigned(Number(memory[2]))]),
    ...exported([exportName(memory), 2], [exportName(func), 0]),
    ...section(10, vector(body)),
  ]
  return Uint8Array.from(bytes)
}

/** Words and parentheses; `;;` begins a comment. */
function readForm(text: string): readonly Form[] {
  const outer: Form[][] = []
  let list: Form[] = []
  for (const [token] of text.matchAll(/;;.*|[()]|"[^"]*"|[^\s()";]+/g)) {
    if (token.startsWith(';;')) continue
    if (token === '(') {
      outer.push(list)
      list = []
    } else if (token === ')') {
      const closed = list
      list = outer.pop() ?? []
      list.push(closed)
    } else list.push(token)
  }
  return list[0] as readonly Form[]
}

/** Assembles one function; labels and locals have names in the text and numbers in the code. */
class FunctionAssembler {
  readonly parameters: number[] = []
  readonly results: number[] = []
  readonly #locals = new Map<string, number>()
  readonly #localTypes: number[] = []
  /** Open blocks, the innermost last. */
  readonly #labels: string[] = []
  readonly #code: number[] = []

  assemble(forms: readonly Form[]): number[] {
    for (const form of forms) {
      const [word, ...rest] = form as readonly string[]
      if (word === 'result') this.results.push(typeOf(rest[0]))
      else if (word === 'param') this.#declare(rest, this.parameters)
      else if (word === 'local') this.#declare(rest, this.#localTypes)
      else this.#emit(form)
    }
    const locals = this.#localTypes.flatMap(type => [1, type])
    return [...unsigned(this.#localTypes.length), ...locals, ...this.#code, END]
  }

  #declare([name, type]: readonly string[], types: number[]): void {
    this.#locals.set(name as string, this.#locals.size)
    types.push(typeOf(type))
  }

  #emit(form: Form | undefined): void {
    const [word, ...rest] = form as readonly [string, ...Form[]]
    if (word in BLOCKS) this.#emitBlock(word, rest)
    else if (word in BRANCHES) {
      this.#emitAll(rest.slice(1))
      const depth = this.#labels.length - 1 - this.#labels.lastIndexOf(rest[0] as string)
      this.#code.push(BRANCHES[word] as number, ...unsigned(depth))
    } else if (word in LOCALS) {
      this.#emitAll(rest.slice(1))
      this.#code.push(LOCALS[word] as number, ...unsigned(this.#localIndex(rest[0] as string)))
    } else if (word === 'i32.const') this.#code.push(0x41, ...signed(Number(rest[0])))
    else if (word in MEMORY) this.#emitMemory(word, rest)
    else {
      this.#emitAll(rest)
      this.#code.push(...operation(word))
    }
  }

  #emitAll(forms: readonly Form[]): void {
    for (const form of forms) this.#emit(form)
  }

  /** `(block $label …)`, `(loop $label …)`, `(if condition (then …))`. */
  #emitBlock(word: string, [first, ...rest]: readonly Form[]): void {
    if (word === 'if') this.#emit(first)
    this.#labels.push(word === 'if' ? '' : (first as string))
    this.#code.push(BLOCKS[word] as number, NO_RESULT)
    this.#emitAll(word === 'if' ? (rest[0] as readonly Form[]).slice(1) : rest)
    this.#code.push(END)
    this.#labels.pop()
  }

  #emitMemory(word: string, forms: readonly Form[]): void {
    const [code, alignment] = MEMORY[word] as (typeof MEMORY)[string]
    const offset = typeof forms[0] === 'string' ? Number(forms[0].replace('offset=', '')) : 0
    this.#emitAll(forms.filter(form => typeof form !== 'string'))
    this.#code.push(...code, alignment, ...unsigned(offset))
  }

  #localIndex(name: string): number {
    const index = this.#locals.get(name)
    if (index === undefined) throw new TypeError(`no local ${name}`)
    return index
  }
}

function operation(word: string): readonly number[] {
  const plain = PLAIN[word]
  if (plain !== undefined) return [plain]
  const simd = SIMD[word]
  if (simd === undefined) throw new TypeError(`no instruction ${word}`)
  return [0xfd, ...unsigned(simd)]
}

function typeOf(name: string | undefined): number {
  const type = TYPES[name ?? '']
  if (type === undefined) throw new TypeError(`no type ${name}`)
  return type
}

/** The name in `(export "name")`, the first thing in a memory or function. */
function exportName(form: readonly Form[]): number[] {
  const name = (form[1] as readonly string[])[1] as string
  return vector([...new TextEncoder().encode(name.slice(1, -1))])
}

function exported(...entries: readonly (readonly [name: number[], kind: number])[]): number[] {
  const content = entries.flatMap(([name, kind]) => [...name, kind, 0])
  return [7, ...vector([...unsigned(entries.length), ...content])]
}

/** A section with one entry. */
function section(id: number, entry: readonly number[]): number[] {
  return [id, ...vector([1, ...entry])]
}

function vector(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content]
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80)
  return [...bytes, value]
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const bytes: number[] = []
  for (; value < -64 || value > 63; value >>= 7) bytes.push((value & 0x7f) | 0x80)
  return [...bytes, value & 0x7f]
}
