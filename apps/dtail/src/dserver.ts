import { runProgram } from '@logflow/cli'
import { serverFlags } from './flags/server-flags.ts'
import { version, versionText } from './flags/version-text.ts'

process.exitCode = await runProgram(
  {
    name: 'dserver',
    version,
    versionText,
    summary: 'Serves log files of this machine to dtail, dcat, dgrep and dmap over SSH.',
    usage: ['dserver [options]'],
    flags: serverFlags,
    syntax: 'go',
    examples: [
      { run: 'dserver -cfg /etc/dserver/dtail.json', does: 'serves with the permissions of that file' },
      { run: 'dserver -port 2222 -bindAddress 127.0.0.1 -logger stdout', does: 'serves this machine, log on stdout' },
    ],
    exitCodes: { 0: 'stopped', 1: 'failed', 2: 'usage, configuration, or started as root' },
  },
  async run => (await import('./commands/serve.ts')).serve(run),
)
