#!/usr/bin/env node
// Compiles the addon to build/logflow_sendfile.node, or says in one line why the JavaScript engine is used instead.
// Exits 0 in both cases, so that no machine fails to install or build; with --strict an error of the compiler is exit 1.
//
//   node native/build.mjs [--strict] [--output FILE]
//
// CXX names the compiler, npm_config_nodedir a directory with include/node.
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
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const native = dirname(fileURLToPath(import.meta.url))
const flags = [
  '-std=c++17',
  '-O2',
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

process.exitCode = main()

function main() {
  const at = process.argv.indexOf('--output')
  const output = resolve(
    at === -1 ? join(native, '..', 'build', 'logflow_sendfile.node') : (process.argv[at + 1] ?? ''),
  )
  if (process.platform !== 'linux') return useJavascript(`sendfile and epoll need Linux, this is ${process.platform}`)
  const compiler = findCompiler()
  if (!compiler) return useJavascript('no C++ compiler found (c++, g++ or clang++; set CXX to name one)')
  const headers = findHeaders()
  if (!headers) return useJavascript('no headers of Node found (set npm_config_nodedir)')
  return compile({ compiler, headers, output })
}

function useJavascript(reason) {
  console.log(`@logflow/sendfile-native: ${reason}; the JavaScript engine is used, with the same results`)
  return 0
}

function findCompiler() {
  const candidates = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++']
  return candidates.find(name => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
}

/** Node's headers travel with Node: beside its bin folder, or in the platform's package of the npm package `node`. */
function findHeaders() {
  const platformPackage = `node-${process.platform}-${process.arch}`
  const folders = [...new Set([process.execPath, realpathSync(process.execPath)])].flatMap(path => {
    const root = dirname(dirname(path))
    return [root, join(root, 'node_modules', platformPackage), join(root, '..', platformPackage)]
  })
  const nodedir = process.env.npm_config_nodedir
  return [...(nodedir ? [nodedir] : []), ...folders]
    .map(folder => join(folder, 'include', 'node'))
    .find(folder => existsSync(join(folder, 'node_api.h')))
}

function compile({ compiler, headers, output }) {
  const sources = readdirSync(native)
    .filter(name => /\.(cc|h)$/.test(name))
    .sort()
  const stamp = `${output}.stamp`
  const wanted = fingerprint(sources, compiler)
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 0
  mkdirSync(dirname(output), { recursive: true })
  // Compiled beside the place and renamed into it: two builds at once, or a running program, never see half a file.
  const fresh = `${output}.${process.pid}`
  const units = sources.filter(name => name.endsWith('.cc')).map(name => join(native, name))
  const result = spawnSync(compiler, [...flags, `-I${headers}`, ...units, '-o', fresh], { stdio: 'inherit' })
  if (result.status !== 0 || !existsSync(fresh)) {
    rmSync(fresh, { force: true })
    useJavascript(`${compiler} could not compile the addon`)
    return process.argv.includes('--strict') ? 1 : 0
  }
  renameSync(fresh, output)
  writeFileSync(stamp, wanted)
  return 0
}

/** Node-API is the same in every version of Node, so neither the headers nor the version take part. */
function fingerprint(sources, compiler) {
  const hash = createHash('sha256').update(JSON.stringify([compiler, process.arch, flags]))
  for (const name of sources) hash.update(`\0${name}\0`).update(readFileSync(join(native, name)))
  return hash.digest('hex')
}
