import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { root, stateDir } from './paths.mjs'
import { step } from './progress.mjs'
import { runQuietly } from './run.mjs'

/**
 * The pinned Node and pnpm, fetched as npm packages (a tarball each, no install script) into `.logflow/toolchain`.
 *
 * @returns {Promise<{ node: string, pnpm: string, env: Record<string, string | undefined> }>}
 */
export async function prepareToolchain() {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const pnpmVersion = manifest.packageManager.replace(/^pnpm@/, '')
  const wanted = { pnpm: pnpmVersion, [nodePackage()]: manifest.devDependencies.node }
  const dir = path.join(stateDir, 'toolchain')
  const missing = Object.entries(wanted).filter(([name, version]) => installedVersion(dir, name) !== version)
  if (missing.length > 0)
    await step(`Node ${manifest.devDependencies.node} and pnpm ${pnpmVersion} from the npm registry`, () =>
      installPackages(dir, wanted),
    )
  const node = path.join(dir, 'node_modules', nodePackage(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const pnpm = path.join(dir, 'node_modules/pnpm/bin/pnpm.mjs')
  if (missing.length > 0) await writePnpmCommand(node, pnpm)
  return { node, pnpm, env: environment(node) }
}

/** `.logflow/bin/pnpm`: what turbo, and a person without a pnpm of their own, call. */
async function writePnpmCommand(node, pnpm) {
  const dir = path.join(stateDir, 'bin')
  await mkdir(dir, { recursive: true })
  if (process.platform === 'win32') await writeFile(path.join(dir, 'pnpm.cmd'), `@"${node}" "${pnpm}" %*\r\n`)
  else await writeFile(path.join(dir, 'pnpm'), `#!/bin/sh\nexec '${node}' '${pnpm}' "$@"\n`)
  if (process.platform !== 'win32') await chmod(path.join(dir, 'pnpm'), 0o755)
}

/**
 * Another Node, for the libraries' oldest supported version: the one on the PATH when its major fits, else from the
 * registry.
 *
 * @param {string} version exact, `20.19.0`
 * @returns {Promise<string>} path of the binary
 */
export async function prepareNode(version) {
  const dir = path.join(stateDir, `node-${version}`)
  if (installedVersion(dir, nodePackage()) !== version)
    await step(`Node ${version} from the npm registry`, () => installPackages(dir, { [nodePackage()]: version }))
  return path.join(dir, 'node_modules', nodePackage(), 'bin/node')
}

function nodePackage() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  return `node-${platform}-${process.arch}`
}

function installedVersion(dir, name) {
  const file = path.join(dir, 'node_modules', name, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined
}

async function installPackages(dir, packages) {
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  await writeFile(path.join(dir, 'package.json'), '{ "private": true }\n')
  const specs = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? [process.execPath, process.env.npm_execpath]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm']
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...specs]
  await runQuietly(npm[0], [...npm.slice(1), ...args], { cwd: dir })
}

// How this machine reaches its registry; an npm that runs on the pinned Node would not find it by itself.
const KEPT = /^npm_config_(registry|cafile|ca|proxy|https_proxy|noproxy|strict_ssl|userconfig|globalconfig|cache)$/i

/** The pinned tools first; what npm exports about its own run would only confuse pnpm. */
function environment(node) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => KEPT.test(name) || !/^npm_(config|package|lifecycle)_/i.test(name)),
  )
  const bins = [path.dirname(node), path.join(stateDir, 'bin'), path.join(root, 'node_modules/.bin')]
  return {
    ...env,
    PATH: [...bins, process.env.PATH].join(path.delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  }
}
