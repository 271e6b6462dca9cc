#!/usr/bin/env node
// Runs the tests of this package with the addon under AddressSanitizer and UndefinedBehaviorSanitizer: any report of
// theirs ends the run with an error. Needs g++ with its sanitizers, and the checkout.
//
//   node native/sanitize.mjs [arguments of vitest]
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { compile, findHeaders, native } from './compile.mjs'

const addon = join(native, '..', 'build', 'sanitized', 'logflow_sendfile.node')
const compiler = process.env.CXX ?? 'g++'
process.exitCode = main()

function main() {
  const extra = ['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=address,undefined', '-fno-sanitize-recover=all']
  if (!compile({ command: [compiler], headers: findHeaders(), output: addon, extra })) return 1
  const libraries = ['libasan.so', 'libubsan.so'].map(name =>
    spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim(),
  )
  const { status } = spawnSync(
    process.execPath,
    [
      join(native, '../../../node_modules/vitest/vitest.mjs'),
      'run',
      'packages/sendfile-native',
      ...process.argv.slice(2),
    ],
    {
      cwd: join(native, '../../..'),
      stdio: 'inherit',
      env: {
        ...process.env,
        LD_PRELOAD: libraries.join(' '),
        // V8 frees what it allocated at exit as it likes; leaks of descriptors are what the tests look for.
        ASAN_OPTIONS: 'detect_leaks=0:halt_on_error=1:abort_on_error=1',
        UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
        LOGFLOW_SENDFILE_ADDON: addon,
      },
    },
  )
  console.log(status === 0 ? 'no report of a sanitizer' : `ended with ${status}`)
  return status ?? 1
}
