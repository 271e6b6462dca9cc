#!/usr/bin/env node
// Makes the binaries that travel in the package: prebuilds/<platform>-<arch>-<libc>.node, one file each, which need
// nothing of the target but its C library.
//
//   node native/prebuild.mjs [--strict] [TARGET]...     all targets without one; `host` is this machine's
//
// Zig (https://ziglang.org, also `pip install ziglang`) makes every target on any machine, against the oldest glibc that
// Node itself runs on. It is looked for as ZIG, `zig` and `python3 -m ziglang`. Without it the compilers of the machine
// make what they can, against its own glibc. What could not be made is said aloud; with --strict it is exit 1.
import { join } from 'node:path'
import { compile, findCompiler, findHeaders, native, runs } from './compile.mjs'

/** The glibc of Node 20's own binaries. */
const OLDEST_GLIBC = '2.28'
const targets = {
  'linux-x64-gnu': { zig: `x86_64-linux-gnu.${OLDEST_GLIBC}`, cross: 'x86_64-linux-gnu-g++' },
  'linux-x64-musl': { zig: 'x86_64-linux-musl', cross: 'x86_64-linux-musl-g++' },
  'linux-arm64-gnu': { zig: `aarch64-linux-gnu.${OLDEST_GLIBC}`, cross: 'aarch64-linux-gnu-g++' },
  'linux-arm64-musl': { zig: 'aarch64-linux-musl', cross: 'aarch64-linux-musl-g++' },
}
const host = `${process.platform}-${process.arch}-${isMusl() ? 'musl' : 'gnu'}`

process.exitCode = main()

function main() {
  const strict = process.argv.includes('--strict')
  const asked = process.argv.slice(2).filter(argument => argument !== '--strict')
  const wanted = (asked.length > 0 ? asked : Object.keys(targets)).map(name => (name === 'host' ? host : name))
  const missing = wanted.filter(name => !prebuild(name))
  return strict && missing.length > 0 ? 1 : 0
}

function prebuild(name) {
  const say = text => console.log(`@logflow/sendfile-native: ${name}: ${text}`)
  const target = targets[name]
  if (!target) return say('no such target; the JavaScript engine is used there')
  const headers = findHeaders()
  if (!headers) return say('not made: no headers of Node found (set npm_config_nodedir)')
  const command = compilerFor(name, target)
  if (!command) return say(`not made: neither zig nor ${target.cross} is here`)
  // Zig brings a C++ library of its own and links it in; the others are told to.
  const whole = command.includes('-target') ? [] : ['-static-libstdc++', '-static-libgcc']
  const output = join(native, '..', 'prebuilds', `${name}.node`)
  const made = compile({ command, headers, output, extra: ['-O2', '-s', ...whole] })
  say(made ? `made with ${command.join(' ')}` : `not made: ${command[0]} could not compile it`)
  return made
}

/** `undefined` where nothing here can make the target. */
function compilerFor(name, { zig, cross }) {
  const zigs = [process.env.ZIG ? [process.env.ZIG] : ['zig'], ['python3', '-m', 'ziglang']]
  const found = zigs.find(([command, ...args]) => spawnsZig(command, args))
  if (found) return [...found, 'c++', '-target', zig]
  if (runs(cross)) return [cross]
  const compiler = name === host ? findCompiler() : undefined
  return compiler && [compiler]
}

function spawnsZig(command, args) {
  return runs(command, ...args, 'c++')
}

function isMusl() {
  return process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime
}
