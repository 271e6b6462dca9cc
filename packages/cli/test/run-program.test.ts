import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'

const sample = fileURLToPath(new URL('./fixtures/sample.ts', import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const runsTypeScript = major > 22 || (major === 22 && minor >= 18)
const dir = mkdtempSync(join(tmpdir(), 'logflow-cli-'))
afterAll(() => rmSync(dir, { recursive: true }))

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['--conditions=@logflow/source', '--no-warnings', sample, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

const run = (args: readonly string[], env?: Record<string, string>): ReturnType<typeof finish> =>
  finish(start(args, env))
const values = async (args: readonly string[], env?: Record<string, string>): Promise<unknown> =>
  JSON.parse((await run(args, env)).stdout)

// Programs run on Node 22.18 and later; the library itself is also tested on Node 20 by the other files.
describe.runIf(runsTypeScript)('runProgram', () => {
  it('takes an option from flag before environment before file before default', async () => {
    const file = join(dir, 'config.json')
    writeFileSync(file, '{ "port": 3, "maxBytes": "1KiB" }')
    expect(await values([])).toMatchObject({ port: 4321, maxBytes: 65_536, given: [] })
    expect(await values(['--config', file])).toMatchObject({ port: 3, maxBytes: 1024 })
    expect(await values(['--config', file], { SAMPLE_PORT: '2' })).toMatchObject({ port: 2, maxBytes: 1024 })
    expect(await values(['--config', file, '-p', '1'], { SAMPLE_PORT: '2' })).toMatchObject({ port: 1 })
  })

  it('names the nearest option for an unknown flag and the nearest key for an unknown key', async () => {
    const file = join(dir, 'typo.json')
    writeFileSync(file, '{ "prot": 3 }')
    const wrongFlag = await run(['--prot', '1'])
    expect(wrongFlag).toMatchObject({ code: 2, stdout: '' })
    expect(wrongFlag.stderr).toContain('unknown option --prot; did you mean --port?')
    const wrongKey = await run(['--config', file])
    expect(wrongKey.code).toBe(2)
    expect(wrongKey.stderr).toContain('unknown key "prot"; did you mean "port"?')
  })

  it('ends with 2 for a bad value, a surplus operand and a usage error of main', async () => {
    for (const args of [['--port', 'x'], ['--port', '70000'], ['a', 'b', 'c'], ['--act', 'usage'], ['--port']])
      expect(await run(args)).toMatchObject({ code: 2, stdout: '' })
  })

  it('ends with 1 and a stack for a bug', async () => {
    const result = await run(['--act', 'bug'])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('BUG: broken')
  })

  it('answers --help with options, examples and exit codes, and --version with one line', async () => {
    const help = await run(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const part of ['-p, --port PORT', '[default 4321, SAMPLE_PORT]', 'sample --port 1', 'Exit codes:', '64KiB'])
      expect(help.stdout).toContain(part)
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: 'sample 1.2.3\n' })
  })

  it('writes events as JSON lines on stderr, data on stdout', async () => {
    const { stderr } = await run(['--port', '7'])
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'info',
      event: 'sample.started',
      port: 7,
      msg: 'hello',
      program: 'sample',
    })
  })

  it('drains and ends with 0 on SIGTERM', async () => {
    const child = start(['--act', 'wait'])
    const done = finish(child)
    await once(child.stderr as NodeJS.ReadableStream, 'data')
    child.kill('SIGTERM')
    expect(await done).toMatchObject({ code: 0, stdout: 'drained\n' })
  })

  it('goes on after a Ctrl-C that main takes for itself, and drains at the next one', async () => {
    const child = start(['--act', 'ask-first'])
    let log = ''
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const done = finish(child)
    await vi.waitFor(() => expect(log).toContain('sample.waiting'))
    child.kill('SIGINT')
    await vi.waitFor(() => expect(log).toContain('sample.asked'))
    child.kill('SIGINT')
    expect(await done).toMatchObject({ code: 0, stdout: 'drained\n' })
  })

  it('ends with 1 when draining takes longer than the shutdown timeout', async () => {
    const child = start(['--act', 'hang', '--shutdown-timeout', '50ms'])
    const done = finish(child)
    await once(child.stderr as NodeJS.ReadableStream, 'data')
    child.kill('SIGTERM')
    const { code, stderr } = await done
    expect(stderr).toContain('program.shutdown-timed-out')
    expect(code).toBe(1)
  })

  it('ends with 0 when the reader of stdout hangs up', async () => {
    const child = start(['--act', 'flood'])
    const done = finish(child)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.stdout?.destroy()
    expect((await done).code).toBe(0)
  })

  it.runIf(existsSync('/dev/full')).each([['--act', 'flood'], ['--version'], ['--help'], []])(
    'ends with 1 and says so when what it writes is lost: %s %s',
    async (...args) => {
      const full = openSync('/dev/full', 'w')
      const env = { PATH: process.env.PATH }
      const flags = ['--conditions=@logflow/source', '--no-warnings', sample, ...args]
      const child = spawn(process.execPath, flags, { env, stdio: ['ignore', full, 'pipe'] })
      const { code, stderr } = await finish(child).finally(() => closeSync(full))
      expect(code).toBe(1)
      expect(stderr).toContain('sample: cannot write the output: ENOSPC')
    },
  )

  it('shows every option with its origin for --print-config', async () => {
    const { stdout } = await run(['--print-config', '--port', '9'])
    expect(stdout).toContain('port = 9  (flag; --port, SAMPLE_PORT)')
    expect(stdout).toContain('maxBytes = 65536  (default; --max-bytes, SAMPLE_MAX_BYTES)')
  })
})
