import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir, type Cleanup } from '../../../testkit/src/index.ts'
import { describe, expect, it } from 'vitest'
import { findJournalctl } from './find-journalctl.ts'
import { isJournal, unitOf } from './journal-unit.ts'
import { runJournalctl } from './run-journalctl.ts'

describe('unitOf', () => {
  it('takes names of units and nothing that is one to the eye only', () => {
    expect(isJournal('journal:a.service')).toBe(true)
    expect(isJournal('/var/log/journal:a')).toBe(false)
    expect(unitOf('journal:a@b-c.service')).toBe('a@b-c.service')
    expect(unitOf('journal:')).toBe('')
    for (const unit of ['-x', '--file=/etc/shadow', 'a b', 'a\tb', 'a\n', 'a\u0000', 'a\u0085', 'a\u00a0b'])
      expect(unitOf(`journal:${unit}`)).toBeUndefined()
  })
})

describe('findJournalctl', () => {
  it('finds a program, not a folder, not a file that cannot run, and not relative to anything', async t => {
    const folder = await tempDir(t)
    await mkdir(join(folder, 'a/journalctl'), { recursive: true })
    await mkdir(join(folder, 'b'))
    await writeFile(join(folder, 'b/journalctl'), '#!/bin/sh\n')
    expect(await findJournalctl(`${folder}/a:${folder}/b:${folder}/none`)).toBeUndefined()
    await chmod(join(folder, 'b/journalctl'), 0o755)
    expect(await findJournalctl(`:.:${folder}/a:${folder}/b`)).toBe(join(folder, 'b/journalctl'))
  })
})

/** Runs a shell script in the place of journalctl and collects what it writes. */
async function run(test: Cleanup, script: string, options: { readonly signal?: AbortSignal } = {}) {
  const program = join(await tempDir(test), 'journalctl')
  await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const complaints: string[] = []
  const onComplaint = async (line: string): Promise<void> => void complaints.push(line)
  const signal = options.signal ?? AbortSignal.timeout(10_000)
  const chunks = runJournalctl({ program, args: ['-u', 'a b; echo c'], signal, onComplaint })
  return { chunks, complaints }
}

describe('runJournalctl', () => {
  it('passes arguments as they are, and what is written on both sides', async t => {
    const { chunks, complaints } = await run(t, 'echo "$#:$2"; echo one >&2; echo two >&2')
    const parts: Uint8Array[] = []
    for await (const chunk of chunks) parts.push(chunk)
    expect(Buffer.concat(parts).toString()).toBe('2:a b; echo c\n')
    expect(complaints).toEqual(['one', 'two'])
  })

  it('fails when the program does, or cannot be started', async t => {
    const { chunks } = await run(t, 'exit 3')
    await expect(chunks.next()).rejects.toThrow('journalctl failed: exit status 3')
    const onComplaint = async (): Promise<void> => {}
    const missing = runJournalctl({ program: '/none', args: [], signal: AbortSignal.timeout(5000), onComplaint })
    await expect(missing.next()).rejects.toThrow('ENOENT')
  })

  it('ends a program that would go on, even one that does not want to', async t => {
    const { chunks } = await run(t, 'trap "" TERM; echo $$; while :; do sleep 0.05; done')
    const first = await chunks.next()
    const pid = Number(Buffer.from(first.value as Uint8Array).toString())
    await chunks.return()
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('ends with the reason of the signal', async t => {
    const stopping = new AbortController()
    const { chunks } = await run(t, 'echo on; exec sleep 60', { signal: stopping.signal })
    await chunks.next()
    const next = chunks.next()
    stopping.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
  })
})
