import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const packsDir = path.join(root, '.logflow/packs')
const nodes = [process.execPath, process.env.LOGFLOW_OLDEST_NODE].filter(node => node !== undefined)
const run = promisify(execFile)

/** The first example of a README, as it would be pasted into a file. */
function example(folder: string): string {
  const readme = readFileSync(path.join(root, 'packages', folder, 'README.md'), 'utf8')
  const match = /## Use\n[\s\S]*?```js\n([\s\S]*?)```/.exec(readme)
  if (match?.[1] === undefined) throw new Error(`packages/${folder}/README.md has no js example under "Use"`)
  return match[1]
}

const libraries = readdirSync(path.join(root, 'packages')).filter(folder => {
  const manifest = JSON.parse(readFileSync(path.join(root, 'packages', folder, 'package.json'), 'utf8')) as {
    private?: boolean
  }
  return manifest.private !== true
})

describe('the packed packages', () => {
  const project = mkdtempSync(path.join(tmpdir(), 'logflow-packed-'))
  afterAll(() => rmSync(project, { recursive: true, force: true }))

  beforeAll(() => {
    if (!existsSync(packsDir)) throw new Error('nothing is packed: run `npm test -- build packages` first')
    const tarballs = readdirSync(packsDir).map(file => path.join(packsDir, file))
    const dependencies = Object.fromEntries(
      tarballs.map(file => [
        `@logflow/${path.basename(file).replace(/^logflow-|-\d[^-]*[.]tgz$/g, '')}`,
        `file:${file}`,
      ]),
    )
    writeFileSync(
      path.join(project, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies, overrides: dependencies }),
    )
    mkdirSync(path.join(project, 'examples'))
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: project,
      stdio: 'pipe',
    })
  }, 110_000)

  it.each(libraries)(
    '@logflow/%s installs into an empty project and its README example runs on every supported Node',
    async folder => {
      const file = path.join(project, 'examples', `${folder}.mjs`)
      writeFileSync(file, example(folder))
      for (const node of nodes) {
        const { stdout } = await run(node, [file], { cwd: project, timeout: 30_000 })
        expect(stdout, `${folder} prints something on ${node}`).not.toBe('')
      }
    },
  )

  it.each(libraries)('@logflow/%s leaves nothing running when it is only imported', async folder => {
    // A timer, socket or thread would keep the process from ending by itself.
    const code = `await import('@logflow/${folder}'); console.log('imported')`
    for (const node of nodes) {
      const { stdout } = await run(node, ['--input-type=module', '--eval', code], { cwd: project, timeout: 10_000 })
      expect(stdout).toBe('imported\n')
    }
  })

  it.each([
    ['errors-only.ts', 'app.log'],
    ['json-tail.ts', 'checkpoint', 'app.log'],
    ['sse-tail.ts', '0', 'app.log'],
  ])('examples/%s runs with the packed packages', async (name, ...args) => {
    writeFileSync(path.join(project, 'app.log'), 'ERROR one\n')
    copyFileSync(path.join(root, 'examples', name), path.join(project, 'examples', name))
    const child = spawn(process.execPath, [path.join('examples', name), ...args], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'close')
    await Promise.race([once(child.stdout, 'data'), ended])
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  it('the programs install as commands and answer --version', async () => {
    const bins = readdirSync(path.join(project, 'node_modules/.bin')).filter(name =>
      existsSync(path.join(root, 'node_modules/.bin', name)),
    )
    expect(bins).toEqual(
      expect.arrayContaining(['dtail', 'dcat', 'dgrep', 'dmap', 'dtailhealth', 'dserver', 'tailsrv', 'rrtail']),
    )
    for (const name of [
      'dcat',
      'tailsrv',
      'rrtail',
      'uploader',
      'receiver',
      'grinder',
      'console',
      'devcert',
      'narrate',
      'logos',
    ]) {
      const { stdout } = await run(process.execPath, [path.join(project, 'node_modules/.bin', name), '--version'], {
        cwd: project,
        timeout: 30_000,
      })
      expect(stdout, name).toMatch(/\d+\.\d+/)
    }
  })
})
