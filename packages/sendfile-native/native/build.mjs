#!/usr/bin/env node
// Compiles the addon to build/logflow_sendfile.node, or says in one line why the JavaScript engine is used instead.
// Exits 0 in both cases, so that no machine fails to install or build; with --strict an error of the compiler is exit 1.
//
//   node native/build.mjs [--strict] [--output FILE]
//
// CXX names the compiler, npm_config_nodedir a directory with include/node.
import { join, resolve } from 'node:path'
import { compile, findCompiler, findHeaders, native } from './compile.mjs'

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
  if (compile({ command: [compiler], headers, output, extra: ['-O2'] })) return 0
  useJavascript(`${compiler} could not compile the addon`)
  return process.argv.includes('--strict') ? 1 : 0
}

function useJavascript(reason) {
  console.log(`@logflow/sendfile-native: ${reason}; the JavaScript engine is used, with the same results`)
  return 0
}
