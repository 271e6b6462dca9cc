import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const dir = mkdtempSync(path.join(tmpdir(), 'logflow-kill-'))
const pidsFile = path.join(dir, 'processes/processes.json')
const killed = ['dserver-web-2', 'tailsrv', 'receiver', 'uploader', 'grinder', 'console', 'generator-web-3']

const pids = (): Record<string, number> => JSON.parse(readFileSync(pidsFile, 'utf8')) as Record<string, number>
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const seen = (part: string): Promise<void> =>
  vi.waitFor(() => expect(output).toContain(part), { timeout: 60_000, interval: 50 })

let demo: ChildProcess
let output = ''

beforeAll(() => {
  const flags = ['--conditions=@logflow/source', '--disable-warning=ExperimentalWarning']
  demo = spawn(process.execPath, [...flags, path.join(root, 'demo/main.ts'), '--dir', dir, '--seconds', '2'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [demo.stdout, demo.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
})
afterAll(() => {
  if (demo.exitCode === null) demo.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

describe('the demo', () => {
  it('shows the live pipeline', async () => {
    await seen('pipeline:')
    expect(Object.keys(pids()).sort()).toEqual(expect.arrayContaining([...killed].sort()))
  })

  it.each(killed)('notices that %s was killed, names it, goes on and starts it again', async name => {
    const { [name]: pid, ...others } = pids()
    process.kill(pid as number, 'SIGKILL')
    await seen(`${name} died (SIGKILL); the rest goes on`)
    expect(Object.entries(others).filter(([, other]) => !alive(other))).toEqual([])
    await seen(`${name} is back`)
    await vi.waitFor(() => expect(pids()[name]).not.toBe(pid))
  })

  it('ships and grinds on after all that', async () => {
    const count = (): number => output.split('pipeline:').length
    const before = count()
    await vi.waitFor(() => expect(count()).toBeGreaterThan(before + 1), { interval: 100 })
    const lines = [...output.matchAll(/pipeline: .*?([\d,]+) lines ground/g)].map(match =>
      Number((match[1] as string).replaceAll(',', '')),
    )
    expect(lines.at(-1)).toBeGreaterThan(lines[0] as number)
  })

  it('stops everything within 5 s of Ctrl-C and leaves nothing behind', async () => {
    const running = Object.values(pids())
    const started = performance.now()
    demo.kill('SIGINT')
    const [code] = (await once(demo, 'close')) as [number | null]
    expect(performance.now() - started).toBeLessThan(5000)
    expect(code).toBe(0)
    expect(running.filter(alive)).toEqual([])
    expect(existsSync(pidsFile) ? pids() : {}).toEqual({})
  })
})
