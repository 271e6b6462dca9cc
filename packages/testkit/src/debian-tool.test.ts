import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { DEBIAN_TOOL_MS, debianTool } from './debian-tool.ts'

it('takes a program that is installed on this machine', async () => {
  const shell = await debianTool({ program: 'bin/sh', packages: ['dash'] })
  expect(shell?.path).toBe('/bin/sh')
})

it(
  'says aloud what cannot be had, and goes on',
  async () => {
    const nothing = await debianTool({ program: 'usr/bin/no-such-program', packages: ['no-such-package-of-logflow'] })
    expect(nothing).toBeUndefined()
  },
  DEBIAN_TOOL_MS + 30_000,
)

it(
  'runs a downloaded program with the libraries it brought',
  async t => {
    const logrotate = await debianTool({ program: 'usr/sbin/logrotate', packages: ['logrotate', 'libpopt0'] })
    if (!logrotate) return t.skip()
    const { stdout, stderr } = await promisify(execFile)(logrotate.path, ['--version'], { env: logrotate.env })
    expect(stdout + stderr).toContain('logrotate 3.')
  },
  DEBIAN_TOOL_MS + 30_000,
)
