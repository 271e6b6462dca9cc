/** One form of the text: a word, or a list in parentheses. */
type Form = string | readonly Form[]

/** Value types by name. */
const TYPES: Readonly<Record<string, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b }

/** Instructions with one byte of code and nothing but operands. */
const PLAIN: Readonly<Record<string, number>> = {
  return: 0x0f,
  select: 0x1b,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.gt_u': 0x4b,
  'i32.le_u': 0x4d,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'i64.eqz': 0x50,
  'i64.eq': 0x51,
  'i32.clz': 0x67,
  'i32.ctz': 0x68,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_u': 0x76,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.mul': 0x7e,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.xor': 0x85,
  'i64.shl': 0x86,
  'i64.shr_u': 0x88,
  'f64.neg': 0x9a,
  'f64.div': 0xa3,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_u': 0xad,
  'f64.convert_i64_u': 0xba,
}

/** SIMD instructions, which stand behind the prefix FD. */
const SIMD: Readonly<Record<string, number>> = {
  'i8x16.swizzle': 0x0e,
  'i8x16.splat': 0x0f,
  'i8x16.eq': 0x23,
  'v128.and': 0x4e,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'v128.any_true': 0x53,
  'i8x16.bitmask': 0x64,
  'i8x16.shr_u': 0x6d,
}

/** Loads and stores: code, and 2 to the power of what they are aligned to at least. */
const MEMORY: Readonly<Record<string, readonly [code: readonly number[], alignment: number]>> = {
  'i32.load': [[0x28], 2],
  'i64.load': [[0x29], 0],
  'f64.load': [[0x2b], 0],
  'i32.load8_u': [[0x2d], 0],
  'i32.store': [[0x36], 2],
  'f64.store': [[0x39], 0],
  'i32.store8': [[0x3a], 0],
  'v128.load': [[0xfd, 0], 0],
  'v128.store': [[0xfd, 11], 0],
}

const BLOCKS: Readonly<Record<string, number>> = { block: 0x02, loop: 0x03, if: 0x04 }
const BRANCHES: Readonly<Record<string, number>> = { br: 0x0c, br_if: 0x0d }
const LOCALS: Readonly<Record<string, number>> = { 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22 }

const NO_RESULT = 0x40
const ELSE = 0x05
const END = 0x0b
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const MEMORY_KIND = 2

/**
 * Translates a module of WebAssembly from its text to its bytes, so that the text is the only source and nobody needs
 * a compiler. It knows what our packages write, no more: one memory, exported or imported, functions, folded
 * instructions (WebAssembly 2.0, section 6; every such text is valid for `wat2wasm` as well).
 *
 * @throws TypeError for anything else
 */
export function assembleWat(text: string): Uint8Array<ArrayBuffer> {
  const [memory, ...functions] = readForm(text).slice(1) as (readonly Form[])[]
  if (!memory || functions.some(([word]) => word !== 'func')) throw new TypeError('a memory and functions are wanted')
  const names = functions.map(([, name]) => (typeof name === 'string' ? name : ''))
  const code = functions.map(form => {
    const assembler = new FunctionAssembler(names)
    return { form, assembler, body: assembler.assemble(form) }
  })
  const exports = code.flatMap(({ form }, index) => exportsOf(form).map(name => [name, 0, index] as const))
  const imports = memory[0] === 'import'
  const bytes = [
    ...HEADER,
    ...section(
      1,
      code.map(({ assembler }) => [0x60, ...vector(assembler.parameters), ...vector(assembler.results)]),
    ),
    ...(imports ? section(2, [importOf(memory)]) : []),
    ...section(
      3,
      code.map((_, index) => unsigned(index)),
    ),
    ...(imports ? [] : section(5, [[0, ...unsigned(Number(memory[2]))]])),
    ...section(
      7,
      [...exportsOf(memory).map(name => [name, MEMORY_KIND, 0] as const), ...exports].map(([name, kind, index]) => [
        ...vector(name),
        kind,
        ...unsigned(index),
      ]),
    ),
    ...section(
      10,
      code.map(({ body }) => vector(body)),
    ),
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

/** Assembles one function; labels, locals and functions have names in the text and numbers in the code. */
class FunctionAssembler {
  readonly parameters: number[] = []
  readonly results: number[] = []
  readonly #functions: readonly string[]
  readonly #locals = new Map<string, number>()
  readonly #localTypes: number[] = []
  /** Open blocks, the innermost last. */
  readonly #labels: string[] = []
  readonly #code: number[] = []

  constructor(functions: readonly string[]) {
    this.#functions = functions
  }

  assemble(forms: readonly Form[]): number[] {
    for (const form of forms) {
      if (typeof form === 'string') continue
      const [word, ...rest] = form as readonly string[]
      if (word === 'export') continue
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
    } else if (word === 'call') {
      this.#emitAll(rest.slice(1))
      this.#code.push(0x10, ...unsigned(this.#functionIndex(rest[0] as string)))
    } else if (word === 'i32.const') this.#code.push(0x41, ...signed(BigInt(rest[0] as string)))
    else if (word === 'i64.const') this.#code.push(0x42, ...signed(BigInt.asIntN(64, BigInt(rest[0] as string))))
    else if (word in MEMORY) this.#emitMemory(word, rest)
    else {
      this.#emitAll(rest)
      this.#code.push(...operation(word))
    }
  }

  #emitAll(forms: readonly Form[]): void {
    for (const form of forms) this.#emit(form)
  }

  /** `(block $label …)`, `(loop $label …)`, `(if condition (then …) (else …))`. */
  #emitBlock(word: string, [first, ...rest]: readonly Form[]): void {
    if (word === 'if') this.#emit(first)
    this.#labels.push(word === 'if' ? '' : (first as string))
    this.#code.push(BLOCKS[word] as number, NO_RESULT)
    if (word === 'if') {
      const [then, otherwise] = rest as (readonly Form[])[]
      this.#emitAll((then ?? []).slice(1))
      if (otherwise) {
        this.#code.push(ELSE)
        this.#emitAll(otherwise.slice(1))
      }
    } else this.#emitAll(rest)
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

  #functionIndex(name: string): number {
    const index = this.#functions.indexOf(name)
    if (index === -1) throw new TypeError(`no function ${name}`)
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

/** The name in `(export "name")`, when the memory or function has one. */
function exportsOf(form: readonly Form[]): (readonly number[])[] {
  return form.filter(part => part[0] === 'export').map(part => utf8((part as readonly string[])[1] as string))
}

/** `(import "module" "name" (memory pages))`. */
function importOf([, module, name, memory]: readonly Form[]): number[] {
  const pages = Number((memory as readonly string[])[1])
  return [...vector(utf8(module as string)), ...vector(utf8(name as string)), MEMORY_KIND, 0, ...unsigned(pages)]
}

/** A string with its quotes. */
function utf8(quoted: string): readonly number[] {
  return [...new TextEncoder().encode(quoted.slice(1, -1))]
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  return [id, ...vector([...unsigned(entries.length), ...entries.flat()])]
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
function signed(value: bigint): number[] {
  const bytes: number[] = []
  for (; value < -64n || value > 63n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80)
  return [...bytes, Number(value & 0x7fn)]
}
