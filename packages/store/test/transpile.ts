import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const packages = fileURLToPath(new URL('../../', import.meta.url))

/** Puts this package and its neighbours as JavaScript below `folder`/node_modules, for child processes on any Node. */
export async function transpile(folder: string): Promise<void> {
  for (const name of ['core', 'folder-lock', 'store']) {
    const target = join(folder, 'node_modules', '@logflow', name)
    const sources = await readdir(join(packages, name, 'src'), { recursive: true })
    for (const source of sources.filter(path => path.endsWith('.ts') && !path.endsWith('.test.ts'))) {
      const text = await readFile(join(packages, name, 'src', source), 'utf8')
      const path = join(target, source.replace(/ts$/, 'js'))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, ts.transpile(text, options))
    }
    await writeFile(join(target, 'package.json'), JSON.stringify({ type: 'module', exports: './index.js' }))
  }
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
}
