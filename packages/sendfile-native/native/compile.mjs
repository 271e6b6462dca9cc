// What build.mjs, prebuild.mjs and sanitize.mjs have in common: sources, flags, Node's headers, one run of a compiler.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const native = dirname(fileURLToPath(import.meta.url))

const flags = [
  '-std=c++17',
  '-fPIC',
  '-shared',
  '-pthread',
  '-fvisibility=hidden',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-DNAPI_VERSION=9',
  '-DNODE_GYP_MODULE_NAME=logflow_sendfile',
]

/** The first of the compilers that runs here; CXX names one before all others. */
export function findCompiler() {
  const candidates = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++']
  return candidates.find(name => runs(name))
}

export function runs(command, ...args) {
  return spawnSync(command, [...args, '--version'], { stdio: 'ignore' }).status === 0
}

/**
 * Node's headers travel with Node: beside its bin folder, or in the platform's package of the npm package `node`. Any Node
 * on the PATH will do, since Node-API is the same in all: pnpm, for one, links that npm package without its headers.
 */
export function findHeaders() {
  const platformPackage = `node-${process.platform}-${process.arch}`
  const onPath = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, 'node'))
  const programs = [process.execPath, ...onPath].filter(path => existsSync(path))
  const folders = [...new Set(programs.flatMap(path => [path, realpathSync(path)]))].flatMap(path => {
    const root = dirname(dirname(path))
    return [root, join(root, 'node_modules', platformPackage), join(root, '..', platformPackage)]
  })
  const nodedir = process.env.npm_config_nodedir
  return [...(nodedir ? [nodedir] : []), ...folders]
    .map(folder => join(folder, 'include', 'node'))
    .find(folder => existsSync(join(folder, 'node_api.h')))
}

/** Compiles to `output` unless it is there, made of the same sources in the same way. Whether it is there then. */
export function compile({ command: [compiler, ...prefix], headers, output, extra }) {
  const sources = readdirSync(native)
    .filter(name => /\.(cc|h)$/.test(name))
    .sort()
  const stamp = `${output}.stamp`
  const wanted = fingerprint(sources, [compiler, ...prefix, ...extra])
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true
  mkdirSync(dirname(output), { recursive: true })
  // Compiled beside the place and renamed into it: two builds at once, or a running program, never see half a file.
  const fresh = `${output}.${process.pid}`
  const units = sources.filter(name => name.endsWith('.cc')).map(name => join(native, name))
  const args = [...prefix, ...flags, ...extra, `-I${headers}`, ...units, '-o', fresh]
  const result = spawnSync(compiler, args, { stdio: 'inherit' })
  if (result.status !== 0 || !existsSync(fresh)) {
    rmSync(fresh, { force: true })
    return false
  }
  renameSync(fresh, output)
  writeFileSync(stamp, wanted)
  return true
}

/** Node-API is the same in every version of Node, so neither the headers nor the version take part. */
function fingerprint(sources, command) {
  const hash = createHash('sha256').update(JSON.stringify([command, process.arch, flags]))
  for (const name of sources) hash.update(`\0${name}\0`).update(readFileSync(join(native, name)))
  return hash.digest('hex')
}
