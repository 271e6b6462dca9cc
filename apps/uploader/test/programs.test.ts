import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deviceName } from '../src/device-name.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logflow-uploader-'))
})
afterEach(() => rm(folder, { recursive: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of this app from its source. */
async function run(
  program: string,
  args: readonly string[],
  {
    input = '',
    env = {},
    onOutput = () => {},
  }: { input?: string; env?: NodeJS.ProcessEnv; onOutput?: (pid: number, text: string) => void } = {},
): Promise<Ended> {
  const source = fileURLToPath(new URL(`../src/${program}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@logflow/source', source, ...args], {
    env: { ...process.env, ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    stdout += text
    onOutput(child.pid as number, stdout)
    if (input === '') child.stdin.end()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  if (input !== '') child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

describe('devcert', () => {
  const make = (...args: string[]): Promise<Ended> => run('devcert', ['--name', 'router-7', '--out', folder, ...args])
  const both = (): Promise<string[]> =>
    Promise.all(['key', 'pem'].map(suffix => readFile(join(folder, `router-7.${suffix}`), 'utf8')))

  it('makes a key for its owner alone and a certificate, once, and anew with --force', async () => {
    const first = await make()
    expect(first.code).toBe(0)
    expect(first.stdout).toMatch(/^fingerprint256: ([0-9A-F]{2}:){31}[0-9A-F]{2}$/m)
    expect((await stat(join(folder, 'router-7.key'))).mode & 0o777).toBe(0o600)
    const made = await both()
    expect((await make()).stdout).toBe(first.stdout)
    expect(await both()).toEqual(made)
    expect((await make('--force')).code).toBe(0)
    const anew = await both()
    expect(anew[0]).not.toBe(made[0])
    expect(anew[1]).not.toBe(made[1])
  })

  it('ends with 10 when the certificate has another name', async () => {
    await make()
    const env = { KEYFILE: join(folder, 'router-7.key'), CERTFILE: join(folder, 'router-7.pem') }
    const { code, stderr } = await run('devcert', ['--name', 'other'], { env })
    expect(code).toBe(10)
    expect(stderr).toContain("is for 'router-7', expected 'other'")
  })

  it('completes what a crash between the two renames left', async () => {
    await make()
    const [key = '', cert = ''] = await both()
    await make('--force')
    await writeFile(join(folder, 'router-7.key'), key)
    await writeFile(join(folder, 'router-7.pem.new'), cert)
    expect((await make()).code).toBe(0)
    expect(await both()).toEqual([key, cert])
  })

  it('does not accept a key that belongs to another certificate', async () => {
    await make()
    const old = join(folder, 'router-7.pem')
    await rename(old, `${old}.old`)
    await make('--force')
    await rename(`${old}.old`, old)
    const { code, stderr } = await make()
    expect(code).toBe(1)
    expect(stderr).toContain('does not belong')
  })

  it('refuses a name that is no file name', async () => {
    expect((await run('devcert', ['--name', '../x', '--out', folder])).code).toBe(2)
  })
})

describe('deviceName', () => {
  it('has three fields, whatever hyphens and dots the host name has', () => {
    expect(deviceName('my-host.lab.example.org')).toBe('f88fca-Linux-myhost_lab')
    expect(deviceName('host')).toBe('f88fca-Linux-host')
  })
})

describe('logos', () => {
  const env = { LOGOS_DEBUG: '1' }

  it('writes lines to stdout when debugging, and flushes the last at the end of input', async () => {
    const { code, stdout, stderr } = await run('logos', ['my_fac'], { env, input: 'a\nE: b' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '<7>myfac: a\n<3>myfac: E: b\n' })
    expect(stderr).toContain('want=')
  })

  it.each([
    [[], 99],
    [['a', '600', '86400', 'x'], 99],
    [['___'], 1],
    [['fac', '599'], 6],
    [['fac', '-5'], 6],
    [['fac', '600', '86399'], 6],
  ])('%j ends with %i', async (args, code) => {
    expect((await run('logos', args, { env, input: 'x\n' })).code).toBe(code)
  })

  it('takes what is no number for the default', async () => {
    expect((await run('logos', ['fac', 'abc', '0'], { env, input: 'x\n' })).stdout).toBe('<7>fac: x\n')
  })
})
