import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** The text of every test below a folder. */
async function testsBelow(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.test.ts'))
  return (await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))).join('\n')
}

it('names a test that is there in every row of COMPLAINTS.md', async () => {
  const rows = (await readFile(join(ROOT, 'COMPLAINTS.md'), 'utf8'))
    .split('\n')
    .filter(line => /^\| (?!-|reported)/.test(line))
  const tests = (await testsBelow(join(ROOT, 'test'))) + (await testsBelow(join(ROOT, 'src')))
  const named = rows.map(row =>
    [...(row.split(' | ').at(-1) ?? '').matchAll(/_([^_]+)_/g)].map(([, title]) => title ?? ''),
  )
  expect(rows.length).toBeGreaterThan(20)
  for (const [at, titles] of named.entries()) {
    expect(titles.length > 0 || /proof|torture/.test(rows[at] ?? ''), rows[at]).toBe(true)
  }
  expect(named.flat().filter(title => !tests.includes(title))).toEqual([])
})
