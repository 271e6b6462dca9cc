import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { debianTool, freePort, type DebianTool } from '@logflow/testkit'

/** How the server is started. */
export interface StockSshdOptions {
  /** A network namespace to run in, see {@link NetworkCell}. */
  readonly namespace?: string
  /** @defaultValue '127.0.0.1' */
  readonly address?: string
}

/**
 * An unchanged OpenSSH server on a port of its own, with its own configuration and keys: the installed one, or the one of
 * Debian's package. As root it gets a mount namespace in which the user and the folder that it insists on exist.
 */
export class StockSshd {
  /** Where its files are; free for the test's own as well. */
  readonly folder = mkdtempSync(join(tmpdir(), 'rrtail-sshd-'))
  readonly port: number
  readonly address: string
  readonly #tool: DebianTool
  /** The command that runs another one where the server shall be. */
  readonly #inside: readonly string[]
  #child: ChildProcess | undefined

  private constructor(tool: DebianTool, inside: readonly string[], at: { address: string; port: number }) {
    this.#tool = tool
    this.#inside = inside
    this.address = at.address
    this.port = at.port
    const { folder } = this
    for (const name of ['host', 'id'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
    copyFileSync(join(folder, 'id.pub'), join(folder, 'authorized_keys'))
    const passwd = readFileSync('/etc/passwd', 'utf8')
    const separation = /^sshd:/m.test(passwd) ? '' : 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n'
    writeFileSync(join(folder, 'passwd'), passwd + separation)
    writeFileSync(
      join(folder, 'sshd_config'),
      [
        `ListenAddress ${this.address}:${this.port}`,
        `HostKey ${folder}/host`,
        `AuthorizedKeysFile ${folder}/authorized_keys`,
        ...['PidFile none', 'StrictModes no', 'UsePAM no', 'PermitRootLogin yes', 'MaxStartups 100'],
        ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'LogLevel VERBOSE', ''],
      ].join('\n'),
    )
    this.route(this.port)
  }

  /** @returns `undefined`, said aloud on stderr, where no OpenSSH server can be had */
  static async start({ namespace, address = '127.0.0.1' }: StockSshdOptions = {}): Promise<StockSshd | undefined> {
    const tool = await debianTool({ program: 'usr/sbin/sshd', packages: ['openssh-server', 'libwrap0'] })
    if (!tool) return undefined
    if (!existsSync('/usr/bin/ssh')) {
      process.stderr.write('NOT CHECKED with a stock sshd: there is no ssh program here\n')
      return undefined
    }
    const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]
    const sshd = new StockSshd(tool, inside, { address, port: await freePort() })
    await sshd.listen()
    return sshd
  }

  /** Options for `ssh` and rrtail: `-F`, and the configuration that knows the server as `web1`. */
  get config(): string {
    return join(this.folder, 'ssh_config')
  }

  /** Lets clients reach it on another port, as through a proxy. */
  route(port: number): void {
    const { address, folder } = this
    const hostKey = readFileSync(join(folder, 'host.pub'), 'utf8')
    writeFileSync(join(folder, 'known_hosts'), `[${address}]:${port} ${hostKey}`)
    const login = [`HostName ${address}`, `Port ${port}`, `User ${userInfo().username}`, `IdentityFile ${folder}/id`]
    const strict = ['IdentitiesOnly yes', 'IdentityAgent none', `UserKnownHostsFile ${folder}/known_hosts`]
    writeFileSync(this.config, ['Host web1', ...login, ...strict, ''].join('\n'))
  }

  /** Starts it, also again after {@link StockSshd.kill}. */
  async listen(): Promise<void> {
    const { folder } = this
    const program = [this.#tool.path, '-D', '-e', '-f', join(folder, 'sshd_config')]
    const script = `mount --bind ${folder}/passwd /etc/passwd && mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec "$@"`
    const own = process.getuid?.() === 0 ? ['unshare', '--mount', 'sh', '-c', script, 'sh', ...program] : program
    const [command = '', ...words] = [...this.#inside, ...own]
    const child = spawn(command, words, { env: this.#tool.env, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    this.#child = child
    let said = ''
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4000)
        if (said.includes('Server listening')) resolve()
      })
      child.on('exit', code => reject(new Error(`sshd ended with ${code}: ${said}`)))
    })
  }

  /** Ends it and every session of it at once. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const sessions = descendantsOf(child.pid)
    const ended = once(child, 'exit')
    for (const pid of [...sessions, child.pid]) killQuietly(pid)
    await ended
  }

  /** Processes that its sessions run now. */
  sessions(): number[] {
    return this.#child?.pid === undefined ? [] : descendantsOf(this.#child.pid)
  }

  /** Ends one session's server processes and leaves the listening one. */
  killSessions(): void {
    for (const pid of this.sessions()) killQuietly(pid)
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

/** All processes below `root`, children after their parents. */
function descendantsOf(root: number): number[] {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = rows.map(row => row.trim().split(/\s+/).map(Number) as [number, number])
  const found = [root]
  for (const parent of found) for (const [pid, ppid] of pairs) if (ppid === parent) found.push(pid)
  return found.slice(1)
}
