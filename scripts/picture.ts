/** The picture of the packages in ARCHITECTURE.md, drawn by the tool that checks the rules: `--write` or `--check`. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const file = path.join(root, 'ARCHITECTURE.md')
const marks = { start: '<!-- picture:start -->', end: '<!-- picture:end -->' }

interface Cruise {
  readonly modules: readonly {
    readonly source: string
    readonly dependencies: readonly { readonly resolved: string }[]
  }[]
}

/** Arrows between packages and apps, from the cruised modules. */
function arrows(): Map<string, Set<string>> {
  const args = [
    '--config',
    '.dependency-cruiser.cjs',
    '--include-only',
    '^(packages|apps)/[^/]+/src',
    '--output-type',
    'json',
  ]
  const tool = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const json = execFileSync(process.execPath, [tool, ...args, 'packages', 'apps'], { cwd: root, maxBuffer: 1 << 28 })
  const graph = new Map<string, Set<string>>()
  for (const { source, dependencies } of (JSON.parse(json.toString()) as Cruise).modules) {
    if (/[.]test[.]ts$/.test(source) || source.startsWith('packages/testkit/')) continue
    const from = room(source)
    const to = graph.get(from) ?? new Set()
    graph.set(from, to)
    for (const { resolved } of dependencies) if (room(resolved) !== from) to.add(room(resolved))
  }
  return graph
}

/** `packages/core/src/x.ts` is in the room `core`. */
function room(module: string): string {
  return module.split('/')[1] as string
}

/** Mermaid, without the arrows to `core` and `cli` (everybody has them) and without those that another path implies. */
function drawing(graph: ReadonlyMap<string, ReadonlySet<string>>): string {
  const everybody = new Set(['core', 'cli', 'testkit'])
  const lines = ['```mermaid', 'flowchart TD']
  for (const from of [...graph.keys()].sort()) {
    const to = [...(graph.get(from) ?? [])].filter(name => !everybody.has(name)).sort()
    if (to.length > 0) lines.push(`  ${from} --> ${to.join(' & ')}`)
    else if (!everybody.has(from)) lines.push(`  ${from}`)
  }
  return [...lines, '```'].join('\n')
}

const text = readFileSync(file, 'utf8')
const [before, rest] = text.split(marks.start)
const after = rest?.split(marks.end)[1]
if (before === undefined || after === undefined) throw new Error(`ARCHITECTURE.md lacks ${marks.start} … ${marks.end}`)
const fresh = `${before}${marks.start}\n\n${drawing(arrows())}\n\n${marks.end}${after}`
if (process.argv.includes('--write')) writeFileSync(file, fresh)
else if (fresh !== text) {
  process.stderr.write('the picture in ARCHITECTURE.md is stale: run `pnpm picture`\n')
  process.exitCode = 1
}
