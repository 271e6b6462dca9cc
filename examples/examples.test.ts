import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'

const dir = mkdtempSync(path.join(tmpdir(), 'logflow-examples-'))
afterAll(() => rmSync(dir, { recursive: true }))

describe('examples/errors-only.ts', () => {
  it('prints errors with file and offset, through a rotation', async () => {
    const log = path.join(dir, 'app.log')
    writeFileSync(log, 'INFO one\nERROR two\n')
    const script = path.join(import.meta.dirname, 'errors-only.ts')
    // With the built libraries, as somebody else would use them.
    const child = spawn(process.execPath, [script, path.join(dir, '*.log')], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await vi.waitFor(() => expect(output).toContain(`${log}@9: ERROR two\n`), { timeout: 10_000 })
    renameSync(log, `${log}.1`)
    writeFileSync(log, 'FATAL three\n')
    appendFileSync(log, 'INFO four\n')
    await vi.waitFor(() => expect(output).toContain(`${log}@0: FATAL three\n`), { timeout: 10_000 })
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(output).not.toContain('INFO')
  })
})
