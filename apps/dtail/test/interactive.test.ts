import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { site, type Site } from './programs.ts'
import { atTerminal } from './terminal.ts'

const common = ['--cfg', 'none', '--user', 'paul', '--trustAllHosts', '--noColor', '--logger', 'stdout']

/** A server with a file to ask about, and the flags that ask it. */
async function asking(
  here: Site,
  name: string,
  text: string,
): Promise<{ readonly path: string; readonly args: string[] }> {
  const path = join(here.folder, name)
  await writeFile(path, text)
  const { port } = await here.serve()
  return { path, args: [...common, '--servers', `127.0.0.1:${port}`, '--files', path] }
}

describe('a client with -interactive-query', () => {
  it('changes the pattern while it follows', async t => {
    const here = await site(t)
    const { path, args } = await asking(here, 'a.log', '')
    const dtail = atTerminal(t, here, 'dtail', [...args, '--plain', '--grep', 'red', '--interactive-query'])
    await expect.poll(() => dtail.shown).toContain('Interactive query control enabled.')
    const writing = setInterval(() => void appendFile(path, 'red 1\nblue 2\n'), 20)
    t.onTestFinished(() => clearInterval(writing))
    await expect.poll(() => dtail.shown).toContain('red 1\n')
    expect(dtail.shown).not.toContain('blue')
    dtail.press(':reload --grep blue\n')
    await expect.poll(() => dtail.shown).toMatch(/reload applied successfully\n[^]*blue 2\nblue 2\n/)
    dtail.press(':quit\n')
    expect(await dtail.ended).toBe(0)
    expect(dtail.shown.split('quitting interactive session')).toHaveLength(2)
  })

  it('changes a query, and stays when all is read', async t => {
    const here = await site(t)
    const { args } = await asking(here, 'a.log', 'x\ny\n')
    const query = 'select count($line) group by $hostname interval 1 logformat generic'
    const dmap = atTerminal(t, here, 'dmap', [...args, '--query', query, '--interactive-query'])
    await expect.poll(() => dmap.shown).toMatch(/count\(\$line\)[^]*\n\s*2\s*\n/)
    dmap.press(`:reload --query "${query.replace('count', 'last')}"\n`)
    await expect.poll(() => dmap.shown).toMatch(/reload applied successfully[^]*last\(\$line\)[^]*\n\s*y\s*\n/)
    dmap.press(':show\n:reload --nonsense\n')
    await expect.poll(() => dmap.shown).toContain('capable=1/1')
    await expect.poll(() => dmap.shown).toContain('interactive query error: -nonsense cannot be changed')
    dmap.press(':quit\n')
    expect(await dmap.ended).toBe(0)
  })

  it('fails without a terminal', async t => {
    const here = await site(t)
    const { args } = await asking(here, 'a.log', '')
    const { code, stderr } = await here.run('dcat', [...args, '--interactive-query', '--control-tty', '/dev/null'])
    expect(code).toBe(1)
    expect(stderr).toContain('Unable to open interactive query control TTY|/dev/null|not a terminal')
  })
})

describe('a client at a terminal', () => {
  it('gives a hint at the first Ctrl-C and ends at the second', async t => {
    const here = await site(t)
    const { path, args } = await asking(here, 'a.log', '')
    const dtail = atTerminal(t, here, 'dtail', args)
    const writing = setInterval(() => void appendFile(path, 'one\n'), 20)
    t.onTestFinished(() => clearInterval(writing))
    await expect.poll(() => dtail.shown).toContain('|one\n')
    dtail.press('\u0003')
    await expect.poll(() => dtail.shown).toContain(' Hint: Hit Ctrl+C again to exit\n Connection stats: connected=1|')
    dtail.press('\u0003')
    expect(await dtail.ended).toBe(0)
  })
})
