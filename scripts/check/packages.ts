import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { runTool, type Counts } from './run.ts'
import { packAll, packsDir } from './packs.ts'

/** Packs every published package, then asks publint and are-the-types-wrong about what a user would get. */
export async function checkPackages(): Promise<Counts> {
  rmSync(packsDir, { recursive: true, force: true })
  mkdirSync(packsDir, { recursive: true })
  const packs = await packAll()
  const notes: string[] = []
  let failed = 0
  for (const { name, dir, tarball, library } of packs) {
    const problems = [...(await publintProblems(dir, tarball)), ...(library ? await typeProblems(tarball) : [])]
    if (problems.length > 0) failed++
    notes.push(...problems.map(problem => `${name}: ${problem}`))
  }
  return { passed: packs.length - failed, failed, notes }
}

async function publintProblems(dir: string, tarball: string): Promise<string[]> {
  const manifest = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')) as Record<string, unknown>
  const { messages } = await publint({ strict: true, pack: { tarball: Uint8Array.from(readFileSync(tarball)).buffer } })
  return messages.map(message => formatMessage(message, manifest, { color: false }) ?? message.code)
}

async function typeProblems(tarball: string): Promise<string[]> {
  const { code, output } = await runTool('node_modules/@arethetypeswrong/cli/dist/index.js', [
    tarball,
    '--profile',
    'esm-only',
    '--no-color',
    '--no-emoji',
    '--format',
    'ascii',
  ])
  return code === 0 ? [] : [output.trim()]
}
