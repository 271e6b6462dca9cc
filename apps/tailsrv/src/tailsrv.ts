import { runProgram } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags.ts'

process.exitCode = await runProgram(
  {
    name: 'tailsrv',
    version: manifest.version,
    summary: 'Serves a growing file, or a directory of files, to many readers, each from its own offset.',
    usage: ['tailsrv [options] FILE', 'tailsrv [options] [DIRECTORY]'],
    flags,
    operands: {
      name: 'PATH',
      help: 'File to serve, which may come later, or a directory (default: this one).',
      max: 1,
    },
    examples: [
      { run: 'tailsrv -p 4321 /var/log/app.log', does: 'serves one file; read it with: echo 0 | nc HOST 4321' },
      { run: 'tailsrv --follow-name /var/log/nginx/access.log', does: 'keeps streaming across log rotation' },
      { run: 'tailsrv /var/log', does: 'serves a directory: echo list | nc HOST 4321' },
      {
        run: 'tailsrv --status-port 9321 app.log',
        does: 'curl localhost:9321/metrics shows readers, bytes and refusals',
      },
      {
        run: 'tailsrv --tls-cert srv.pem --tls-key srv.key --tls-client-ca ca.pem app.log',
        does: 'encrypts, and asks clients for a certificate; read it with: openssl s_client',
      },
      {
        run: 'tailsrv --allow 10.0.0.0/8 --max-clients-per-address 100 app.log',
        does: 'serves one network, in bounds',
      },
    ],
    exitCodes: { 0: 'stopped, or the file was moved or deleted', 1: 'failed', 2: 'usage or configuration' },
  },
  async run => (await import('./commands/serve.ts')).serve(run),
)
