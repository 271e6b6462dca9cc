import { execFile, type ExecFileException } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { DEBIAN_TOOL_MS, debianTool, tempDir, type DebianTool } from '@logflow/testkit'
import { describe, expect, it, type TestContext } from 'vitest'

const apps = path.resolve(import.meta.dirname, '../../apps')

/** What the build put beside the programs, of all apps. */
function built(folder: string): string[] {
  return readdirSync(apps)
    .map(app => path.join(apps, app, 'dist', folder))
    .flatMap(parent => readdirSync(parent).map(name => path.join(parent, name)))
}

interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(tool: DebianTool, args: readonly string[]): Promise<Said> {
  return new Promise(resolve => {
    execFile(tool.path, args, { env: tool.env, timeout: 60_000 }, (error: ExecFileException | null, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
}

/** A test with a program of Debian's, which is got for it; skipped where it cannot be had. */
function itWith(
  wanted: Parameters<typeof debianTool>[0],
  title: string,
  check: (tool: DebianTool, test: TestContext) => Promise<void>,
): void {
  it(
    title,
    async test => {
      const tool = await debianTool(wanted)
      if (!tool) return test.skip()
      await check(tool, test)
    },
    DEBIAN_TOOL_MS + 60_000,
  )
}

describe('manual pages and completions of every program, as they are packed', () => {
  it('there is one of each for all fifteen programs', () => {
    expect(built('man')).toHaveLength(15)
    for (const shell of ['bash', 'zsh', 'fish']) expect(built(`completions/${shell}`)).toHaveLength(15)
  })

  itWith(
    { program: 'usr/bin/groff', packages: ['groff-base'] },
    'groff reads every page without a warning',
    async groff => {
      for (const page of built('man'))
        expect(await run(groff, ['-ww', '-man', '-Tutf8', '-z', page])).toMatchObject({ code: 0, stderr: '' })
    },
  )

  itWith(
    { program: 'usr/bin/mandoc', packages: ['mandoc'] },
    'mandoc has nothing against any page but that they bear no date',
    async mandoc => {
      for (const page of built('man')) {
        const { stdout, stderr } = await run(mandoc, ['-T', 'lint', '-W', 'warning', page])
        const complaints = (stdout + stderr).split('\n').filter(line => line !== '' && !line.includes('missing date'))
        expect(complaints).toEqual([])
      }
    },
  )

  itWith(
    { program: 'bin/bash', packages: ['bash'] },
    'bash takes every script and offers what begins so',
    async bash => {
      const call = 'source "$1"; COMP_WORDS=("$2" --versio); COMP_CWORD=1; "_$2"; echo "${COMPREPLY[@]}"'
      for (const script of built('completions/bash'))
        expect(await run(bash, ['--norc', '-c', call, 'bash', script, path.basename(script)])).toEqual({
          code: 0,
          stdout: '--version\n',
          stderr: '',
        })
    },
  )

  itWith({ program: 'bin/zsh', packages: ['zsh'] }, 'zsh takes every script', async zsh => {
    for (const script of built('completions/zsh'))
      expect(await run(zsh, ['-f', '-n', script])).toMatchObject({ code: 0, stderr: '' })
  })

  itWith(
    { program: 'usr/bin/fish', packages: ['fish', 'fish-common', 'libpcre2-32-0'] },
    'fish takes every script and offers what begins so',
    async (fish, t) => {
      const home = await tempDir(t)
      const own = { ...fish, env: { ...fish.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home } }
      for (const script of built('completions/fish')) {
        const name = path.basename(script, '.fish')
        // Options of the DTail family have one dash, as Go's have.
        const call = `source ${script}; complete -C '${name} -versio'; complete -C '${name} --versio'`
        const { code, stdout, stderr } = await run(own, ['--no-config', '--private', '-c', call])
        expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' })
        expect(stdout).toMatch(/^--?version\t.+\n$/)
      }
    },
  )
})
