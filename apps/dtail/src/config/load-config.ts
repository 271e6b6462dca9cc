import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '@logflow/cli'
import { defaultConfig } from './dtail-config.ts'
import { parseConfig, type ParsedConfig } from './parse-config.ts'

/**
 * The configuration that `-cfg` names: `none` for the defaults, a path that must be readable, or nothing for
 * `~/.config/dtail/dtail.conf` or `~/.dtail.conf`, whichever is there first.
 *
 * @throws CliError `LF_CLI_CONFIG`
 */
export async function loadConfig(given: string): Promise<ParsedConfig> {
  const none: ParsedConfig = { config: defaultConfig, warnings: [], notes: [] }
  if (given.toLowerCase() === 'none') return none
  const paths = given === '' ? [join(homedir(), '.config/dtail/dtail.conf'), join(homedir(), '.dtail.conf')] : [given]
  for (const path of paths) {
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (cause) {
      if (given === '' && (cause as NodeJS.ErrnoException).code === 'ENOENT') continue
      throw new CliError('LF_CLI_CONFIG', `Unable to read config file: ${path}: ${(cause as Error).message}`, { cause })
    }
    return parseConfig(text, path)
  }
  return none
}

/** `~/` as the shell would read it. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
}
