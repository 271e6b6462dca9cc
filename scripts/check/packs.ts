import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root, runTool } from './run.ts'

/** Where the tarballs of the published packages lie. */
export const packsDir: string = path.join(root, '.logflow/packs')

/** A package as a user would download it. */
export interface Pack {
  readonly name: string
  readonly dir: string
  readonly tarball: string
  readonly library: boolean
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
}

/** Packs everything that is published, with the manifest that publishing would write. */
export async function packAll(): Promise<readonly Pack[]> {
  const packs: Pack[] = []
  for (const kind of ['packages', 'apps']) {
    for (const folder of readdirSync(path.join(root, kind))) {
      const dir = path.join(root, kind, folder)
      const manifest = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')) as Manifest
      if (manifest.private) continue
      const { code, output } = await runTool('.logflow/toolchain/node_modules/pnpm/bin/pnpm.mjs', [
        '--dir',
        dir,
        'pack',
        '--pack-destination',
        packsDir,
      ])
      if (code !== 0) throw new Error(`cannot pack ${manifest.name}\n${output}`)
      packs.push({
        name: manifest.name,
        dir,
        tarball: path.join(packsDir, `logflow-${folder}-${manifest.version}.tgz`),
        library: kind === 'packages',
      })
    }
  }
  return packs
}
