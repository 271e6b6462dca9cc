import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const packsDir = path.resolve(import.meta.dirname, '../../.logflow/packs')
const { findCompiler, findHeaders } = (await import(
  pathToFileURL(path.resolve(import.meta.dirname, '../../packages/sendfile-native/native/compile.mjs')).href
)) as { readonly findCompiler: () => string | undefined; readonly findHeaders: () => string | undefined }
const canPrebuild = process.platform === 'linux' && findCompiler() !== undefined && findHeaders() !== undefined
if (!canPrebuild)
  console.warn(
    "no Linux with a C++ compiler and Node's headers: that the package brings a binary for this machine was NOT checked",
  )

describe('the packed @logflow/sendfile-native', () => {
  const project = mkdtempSync(path.join(tmpdir(), 'logflow-prebuilt-'))
  const installed = (name: string): string => path.join(project, 'node_modules/@logflow', name)
  afterAll(() => rmSync(project, { recursive: true, force: true }))
  beforeAll(() => {
    if (!existsSync(packsDir)) throw new Error('nothing is packed: run `npm test -- build packages` first')
    for (const name of ['core', 'sendfile-native']) {
      const tarball = readdirSync(packsDir).find(file => new RegExp(`^logflow-${name}-\\d`).test(file))
      mkdirSync(installed(name), { recursive: true })
      execFileSync('tar', ['-xzf', path.join(packsDir, tarball ?? name), '-C', installed(name), '--strip-components=1'])
    }
  })

  it('brings the sources, and a binary for this machine where it was packed with a compiler', () => {
    expect(readdirSync(path.join(installed('sendfile-native'), 'native'))).toContain('build.mjs')
    expect(existsSync(path.join(installed('sendfile-native'), 'build'))).toBe(false)
    if (canPrebuild)
      expect(readdirSync(path.join(installed('sendfile-native'), 'prebuilds'))).toEqual(
        expect.arrayContaining([expect.stringMatching(`^linux-${process.arch}-(gnu|musl)\\.node$`)]),
      )
  })

  it('loads that binary without any compiler', () => {
    const code = `
      import { nativeSupport, openFanout } from '@logflow/sendfile-native'
      const fanout = openFanout()
      console.log(JSON.stringify({ engine: fanout.engine, ...nativeSupport() }))
      await fanout.close()`
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: project,
      env: { PATH: '/nonexistent' },
      encoding: 'utf8',
    })
    const told = JSON.parse(output) as { engine: string; supported: boolean; reason: string }
    if (canPrebuild)
      expect(told).toMatchObject({
        engine: 'native',
        reason: expect.stringMatching(/^loaded prebuilds\/linux-/) as string,
      })
    else expect(told).toMatchObject({ engine: 'javascript', supported: false })
  })
})
