import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A program of the system that a test needs as its real peer, e.g. a stock `sshd`. */
export interface DebianTool {
  /** Absolute path of the program. */
  readonly path: string
  /** Environment to start it with: the machine's own, and where its libraries lie. */
  readonly env: NodeJS.ProcessEnv
}

/** What {@link debianTool} looks for. */
export interface DebianToolOptions {
  /** The program below a root, e.g. `usr/sbin/sshd`; a copy that is installed on this machine is taken first. */
  readonly program: string
  /** The Debian packages that carry it and the libraries it brings. */
  readonly packages: readonly string[]
}

/** For looking, all downloads together: a slower network is as good as none. Tests have to give it this time. */
export const DEBIAN_TOOL_MS: number = 90_000

const looked = new Map<string, Promise<DebianTool | undefined>>()

/**
 * A stock program from Debian's packages, for tests that need a real peer: the installed one, or one downloaded and
 * unpacked (never installed, no root needed) below `.logflow/tools` of the checkout.
 *
 * @returns `undefined` where neither is possible (no Debian, no network); the reason is printed on stderr. A test is
 *   skipped then (`return t.skip()`), so that it counts as one that did not apply here instead of as passed.
 */
export function debianTool(options: DebianToolOptions): Promise<DebianTool | undefined> {
  const known = looked.get(options.program)
  const found = known ?? lookFor(options)
  looked.set(options.program, found)
  return found
}

async function lookFor({ program, packages }: DebianToolOptions): Promise<DebianTool | undefined> {
  const installed = join('/', program)
  if (await exists(installed)) return { path: installed, env: process.env }
  const tools = fileURLToPath(new URL('../../../.logflow/tools/', import.meta.url))
  const root = join(tools, packages.join('+'))
  try {
    if (!(await exists(join(root, program)))) await unpack(tools, root, packages)
    return { path: join(root, program), env: { ...process.env, LD_LIBRARY_PATH: libraryPath(root) } }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    process.stderr.write(`NOT CHECKED with a stock /${program}: ${packages.join(', ')} cannot be had here: ${reason}\n`)
    return undefined
  }
}

/** Downloads into a folder of its own and renames it when whole, so that parallel tests meet only complete tools. */
async function unpack(tools: string, root: string, packages: readonly string[]): Promise<void> {
  await mkdir(tools, { recursive: true })
  const scratch = await mkdtemp(join(tools, 'download-'))
  const bounded = { cwd: scratch, signal: AbortSignal.timeout(DEBIAN_TOOL_MS) }
  try {
    await run('apt-get', ['download', ...packages], bounded).catch(async () => {
      const own = await ownLists(scratch)
      await run('apt-get', [...own, 'update'], bounded)
      await run('apt-get', [...own, 'download', ...packages], bounded)
    })
    const archives = (await readdir(scratch)).filter(name => name.endsWith('.deb'))
    for (const archive of archives) await run('dpkg-deb', ['--extract', archive, 'root'], bounded)
    await rename(join(scratch, 'root'), root).catch(async (error: unknown) => {
      if (!(await exists(root))) throw error
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Options that keep apt's lists in `scratch`: those of the machine need root, and one reader at a time. */
async function ownLists(scratch: string): Promise<readonly string[]> {
  const [lists, cache] = [join(scratch, 'lists'), join(scratch, 'cache')]
  for (const folder of [join(lists, 'partial'), join(cache, 'archives/partial')])
    await mkdir(folder, { recursive: true })
  const options = [`Dir::State::Lists=${lists}`, `Dir::Cache=${cache}`, 'Debug::NoLocking=1', 'APT::Sandbox::User=']
  return options.flatMap(option => ['-o', option])
}

function libraryPath(root: string): string {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  const own = ['lib', 'usr/lib'].map(folder => join(root, folder, triplet))
  const inherited = process.env['LD_LIBRARY_PATH']
  return (inherited === undefined || inherited === '' ? own : [...own, inherited]).join(delimiter)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
