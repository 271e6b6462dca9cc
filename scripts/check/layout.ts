import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root, type Counts } from './run.ts'

const MAX_LINES = 400
const SAYS_NOTHING = /(^|\/)(utils?|common|helpers?|shared|misc|lib|stuff)(\/|$)/
const CODE = /[.](ts|mjs|js|cjs|cc|h|css|html)$/
const PACKAGE_SECTIONS = ['## Install', '## Use', '## What it promises', '## Errors']

/** What no tool off the shelf looks at. */
export async function checkLayout(): Promise<Counts> {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
    .toString()
    .split('\n')
    .filter(file => file !== '' && existsSync(path.join(root, file)))
  const notes = [
    ...files.filter(file => CODE.test(file)).flatMap(tooLong),
    ...files
      .filter(file => SAYS_NOTHING.test(path.dirname(file)))
      .map(file => `${file}: a folder whose name says nothing`),
    ...files.filter(file => /^(packages|apps)\/[^/]+\/package[.]json$/.test(file)).flatMap(readmeOutOfShape),
  ]
  return { passed: notes.length === 0 ? 1 : 0, failed: notes.length === 0 ? 0 : 1, notes }
}

function tooLong(file: string): string[] {
  const lines = readFileSync(path.join(root, file), 'utf8').split('\n').length - 1
  return lines > MAX_LINES ? [`${file}: ${lines} lines, look for the second idea`] : []
}

function readmeOutOfShape(manifestFile: string): string[] {
  const manifest = JSON.parse(readFileSync(path.join(root, manifestFile), 'utf8')) as {
    private?: boolean
    name: string
  }
  if (manifest.private) return []
  const folder = path.dirname(manifestFile)
  const readme = path.join(root, folder, 'README.md')
  if (!existsSync(readme)) return [`${folder}: no README.md`]
  const text = readFileSync(readme, 'utf8')
  const missing = (folder.startsWith('packages/') ? PACKAGE_SECTIONS : ['## Install', '## Use']).filter(
    section => !text.includes(`\n${section}\n`),
  )
  return missing.map(section => `${folder}/README.md: no section ${section}`)
}
