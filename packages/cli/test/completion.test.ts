import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const sample = fileURLToPath(new URL('./fixtures/sample.ts', import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const runsTypeScript = major > 22 || (major === 22 && minor >= 18)
const hasBash = spawnSync('bash', ['--version']).status === 0
const hasGroff = spawnSync('groff', ['--version']).status === 0
if (!hasBash) console.warn('not checked: completion in bash, which is not there')
if (!hasGroff) console.warn('not checked: the manual page in groff, which is not there')

const dir = mkdtempSync(join(tmpdir(), 'logflow-cli-completion-'))
afterAll(() => rmSync(dir, { recursive: true }))

function show(...args: readonly string[]): string {
  const node = ['--conditions=@logflow/source', '--no-warnings', sample, ...args]
  return execFileSync(process.execPath, node, { encoding: 'utf8' })
}

describe.runIf(runsTypeScript && hasBash)('the completion of bash', () => {
  const script = join(dir, 'sample.bash')
  beforeAll(() => {
    writeFileSync(script, show('--completion', 'bash'))
    mkdirSync(join(dir, 'work/folder'), { recursive: true })
    writeFileSync(join(dir, 'work/file one.log'), '')
  })

  /** What bash offers for the last of `words`, as it splits them. */
  function offered(...words: readonly string[]): string[] {
    const call =
      'source "$1"; shift; COMP_WORDS=(sample "$@"); COMP_CWORD=$#; _sample; printf "%s\\n" "${COMPREPLY[@]}"'
    const options = { cwd: join(dir, 'work'), encoding: 'utf8' } as const
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', call, 'bash', script, ...words], options)
    expect(stderr).toBe('')
    return stdout.split('\n').filter(line => line !== '')
  }

  it('offers the options that begin so, hidden ones left out', () => {
    expect(offered('--ma')).toEqual(['--max-bytes', '--man'])
    expect(offered('-')).toContain('-p')
    expect(offered('-')).toContain('--way')
  })

  it('offers the choices of an option, behind a blank and behind the equals sign that bash makes a word of', () => {
    expect(offered('--way', '')).toEqual(['fast', 'slow'])
    expect(offered('--way', 's')).toEqual(['slow'])
    expect(offered('--way', '=')).toEqual(['fast', 'slow'])
    expect(offered('--way', '=', 'f')).toEqual(['fast'])
  })

  it('offers files, folders, the next file of a list, and nothing where anything may stand', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['file one.log', 'folder']))
    expect(offered('--state', '')).toEqual(['folder'])
    expect(offered('--inputs', 'a.log,fi')).toEqual(['a.log,file one.log'])
    expect(offered('--port', '')).toEqual([])
  })
})

describe.runIf(runsTypeScript)('completion of other shells', () => {
  it('escapes what means something to zsh and to fish', () => {
    expect(show('--completion', 'zsh')).toContain(`'--way=[It'\\''s \\[how\\]\\: which way.]:WAY:(fast slow)'`)
    expect(show('--completion', 'fish')).toContain(
      `complete -c sample -l way -x -a 'fast slow' -d 'It\\'s [how]: which way.'`,
    )
  })

  it('ends with 2 for a shell that is not known', () => {
    const args = ['--conditions=@logflow/source', '--no-warnings', sample, '--completion', 'csh']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toContain('completion: csh is not one of bash, zsh, fish')
  })
})

describe.runIf(runsTypeScript)('the manual page', () => {
  it('says what the help says', () => {
    const page = show('--man')
    for (const part of ['.TH "SAMPLE" 1', '\\fB\\-p\\fR, \\fB\\-\\-port\\fR \\fIPORT\\fR', '.SH "EXIT STATUS"'])
      expect(page).toContain(part)
    expect(page).toContain('SAMPLE_PORT')
  })

  it.runIf(hasGroff)('is roff without a warning', () => {
    const groff = spawnSync('groff', ['-ww', '-man', '-Tutf8', '-z'], { input: show('--man'), encoding: 'utf8' })
    expect({ status: groff.status, stderr: groff.stderr }).toEqual({ status: 0, stderr: '' })
  })
})
