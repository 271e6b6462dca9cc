import { spawn } from 'node:child_process'
import process from 'node:process'
import { root } from './paths.mjs'

/**
 * Runs a command and keeps its output to itself unless it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string | undefined>, cwd?: string }} [options]
 * @returns {Promise<string>} what it printed
 */
export function runQuietly(command, args, { env = process.env, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', chunk => (output += chunk))
    child.stderr.on('data', chunk => (output += chunk))
    child.on('error', cause => reject(new Error(`cannot start ${command}: ${cause.message}`, { cause })))
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output)
      reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? code}\n${output.trim()}`))
    })
  })
}

/**
 * Runs a command with this terminal as its own; the exit code is the answer. Ctrl-C reaches the child by the terminal
 * itself, a SIGTERM to this process is passed on.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<number>}
 */
export function runHere(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' })
    const ignore = () => {}
    const pass = signal => child.kill(signal)
    process.on('SIGINT', ignore)
    process.on('SIGTERM', pass)
    child.on('error', cause => reject(new Error(`cannot start ${command}: ${cause.message}`, { cause })))
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore)
      process.off('SIGTERM', pass)
      resolve(code ?? (signal === null ? 1 : 130))
    })
  })
}
