import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root, stateDir } from './paths.mjs'
import { step } from './progress.mjs'
import { runQuietly } from './run.mjs'

const stampFile = path.join(stateDir, 'installed')

/** `pnpm install` by the lock file, and nothing at all when that is what is installed. */
export async function installWorkspace({ node, pnpm, env }) {
  const stamp = fingerprint()
  const known = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  if (known === stamp && existsSync(path.join(root, 'node_modules/.bin'))) return
  await step('dependencies from the npm registry (only the install script of `node` runs)', async () => {
    // The script of `node` calls npm, which shall not ask the registry about anything else.
    const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' }
    await runQuietly(node, [pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'], {
      env: { ...env, ...quiet },
    })
  })
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(stampFile, stamp)
}

/** Hash of everything that decides what is installed. */
function fingerprint() {
  const manifests = ['packages', 'apps'].flatMap(dir =>
    readdirSync(path.join(root, dir)).map(name => `${dir}/${name}/package.json`),
  )
  const others = ['examples', 'demo', 'tests', 'benchmarks'].map(dir => `${dir}/package.json`)
  const hash = createHash('sha256')
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests, ...others]) {
    const full = path.join(root, file)
    if (existsSync(full)) hash.update(file).update(readFileSync(full))
  }
  return hash.digest('hex')
}
