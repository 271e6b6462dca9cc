import { execFile, type ExecFileException } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const bin = path.resolve(import.meta.dirname, '../../node_modules/.bin')
const programs = [
  ...['dtail', 'dcat', 'dgrep', 'dmap', 'dtailhealth', 'dserver', 'tailsrv', 'rrtail'],
  ...['uploader', 'logos', 'devcert', 'receiver', 'grinder', 'narrate', 'console'],
]
const dir = mkdtempSync(path.join(tmpdir(), 'logflow-programs-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

interface Ending {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(program: string, args: readonly string[]): Promise<Ending> {
  return new Promise(resolve => {
    const options = { cwd: dir, env: { PATH: process.env.PATH, HOME: dir }, timeout: 60_000 }
    execFile(path.join(bin, program), args, options, (error: ExecFileException | null, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
}

describe.each(programs)('%s', program => {
  it('answers --help on stdout with usage, options, examples and exit codes', async () => {
    const { code, stdout, stderr } = await run(program, ['--help'])
    expect([code, stderr]).toEqual([0, ''])
    for (const part of [`${program}: `, 'Usage:', 'Options:', 'Examples:', 'Exit codes:'])
      expect(stdout).toContain(part)
    expect(stdout).not.toContain('\u001b')
  })

  it('answers --version with one line', async () => {
    const { code, stdout } = await run(program, ['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^[^\n]*\d+\.\d+[^\n]*\n$/)
  })

  it('ends with 2 and one clear sentence for an unknown option, and names the nearest', async () => {
    const { code, stdout, stderr } = await run(program, ['--versio'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/unknown option --versio; did you mean --?version\?/)
  })

  it('leaves nothing behind when it only answers', () => {
    expect(readdirSync(dir)).toEqual([])
  })
})
