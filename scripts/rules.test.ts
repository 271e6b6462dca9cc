import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const dirs: string[] = []
afterEach(() => dirs.splice(0).forEach(dir => rmSync(dir, { recursive: true })))

/** Runs the project's rules over a small tree: file to what it imports. */
function violations(tree: Readonly<Record<string, string>>): string[] {
  const dir = mkdtempSync(path.join(tmpdir(), 'logflow-rules-'))
  dirs.push(dir)
  cpSync(path.join(root, 'tsconfig.base.json'), path.join(dir, 'tsconfig.base.json'))
  for (const [file, code] of Object.entries(tree)) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true })
    writeFileSync(path.join(dir, file), `${code}\nexport const here = 1\n`)
  }
  for (const kind of ['packages', 'apps']) mkdirSync(path.join(dir, kind), { recursive: true })
  const tool = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const config = path.join(root, '.dependency-cruiser.cjs')
  const { stdout } = spawnSync(
    process.execPath,
    [tool, '--config', config, '--output-type', 'json', 'packages', 'apps'],
    { cwd: dir },
  )
  const { summary } = JSON.parse(stdout.toString()) as { summary: { violations: { rule: { name: string } }[] } }
  return [...new Set(summary.violations.map(violation => violation.rule.name))].sort()
}

const index = (name: string, kind = 'packages'): string => `${kind}/${name}/src/index.ts`
const from = (name: string): string => `import '../../${name}/src/index.ts'`

describe('the dependency rules', () => {
  it('accept arrows that point down', () => {
    const tree = {
      [index('core')]: '',
      [index('record')]: from('core'),
      [index('query')]: from('record'),
      [index('tailer')]: from('core'),
    }
    expect(violations(tree)).toEqual([])
  })

  it.each([
    ['contract-never-looks-up', { [index('core')]: from('tailer'), [index('tailer')]: '' }],
    ['codec-never-looks-up', { [index('protocol')]: from('ssh'), [index('ssh')]: '' }],
    ['adapter-never-looks-up', { [index('ssh')]: from('serve'), [index('serve')]: '' }],
    ['engines-do-not-know-each-other', { [index('ship')]: from('tailer'), [index('tailer')]: '' }],
    ['adapters-do-not-know-each-other', { [index('match')]: from('compress'), [index('compress')]: '' }],
    ['codecs-do-not-know-each-other', { [index('protocol')]: from('query'), [index('query')]: '' }],
    ['codecs-are-pure', { [index('protocol')]: "import 'node:fs'" }],
    ['apps-are-leaves', { [index('dtail', 'apps')]: from('tailsrv'), [index('tailsrv', 'apps')]: '' }],
    [
      'only-through-the-front-door',
      { [index('tailer')]: "import '../../core/src/channel.ts'", 'packages/core/src/channel.ts': '' },
    ],
    ['no-cycles', { [index('core')]: "import './a.ts'", 'packages/core/src/a.ts': "import './index.ts'" }],
  ])('name a wrong import: %s', (rule, tree) => {
    expect(violations(tree as unknown as Record<string, string>)).toContain(rule)
  })
})
