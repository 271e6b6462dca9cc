import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { MapAnswer } from './dmap-answer.ts'
import type { MapCase } from './dmap-cases.ts'

/** The user `nobody`: the originals refuse to run as root. */
const NOBODY = 65_534
const AT_A_TIME = 8

/** Asks a dmap program, each case in a folder of its own, some at a time: it mostly waits. */
export async function programAnswers(program: string, cases: readonly MapCase[]): Promise<readonly MapAnswer[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'logflow-dmap-'))
  chmodSync(folder, 0o777)
  const answers: MapAnswer[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < cases.length; index = next++)
      answers[index] = await askOne(program, cases[index] as MapCase, path.join(folder, String(index)))
  }
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, work))
    return answers
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** On a machine that is slow there are reports on the way; the last one is the answer. */
function lastReport(stdout: string, query: string): string {
  return stdout.slice(Math.max(0, stdout.lastIndexOf(`${query}\n`)))
}

async function askOne(program: string, { query, log }: MapCase, cwd: string): Promise<MapAnswer> {
  mkdirSync(cwd)
  chmodSync(cwd, 0o777)
  writeFileSync(path.join(cwd, 'in.log'), log)
  const args = ['--plain', '--cfg', 'none', '--logLevel', 'fatal', '--files', 'in.log', '--query', query]
  const options = {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, DTAIL_HOSTNAME_OVERRIDE: 'earth' },
    timeout: 30_000,
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  }
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(program, args, options, (error, output) => (error ? reject(error) : resolve(output)))
  })
  const outfile = path.join(cwd, 'OUT')
  return { stdout: lastReport(stdout, query), outfile: existsSync(outfile) ? readFileSync(outfile, 'utf8') : undefined }
}
