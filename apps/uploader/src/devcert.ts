import { runProgram } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags/devcert.ts'

process.exitCode = await runProgram(
  {
    name: 'devcert',
    version: manifest.version,
    summary: 'Makes the key and self-signed certificate of a device or a receiver, once, and shows its fingerprint.',
    usage: ['devcert [options]'],
    flags,
    examples: [
      { run: 'devcert --name router-7 --out /etc/logflow', does: 'makes router-7.key (0600) and router-7.pem' },
      { run: 'devcert --kind server --name receiver --host logs.example.org --out .', does: 'the same for a receiver' },
    ],
    exitCodes: { 0: 'key and certificate are there', 1: 'failed', 2: 'usage', 10: 'the certificate has another name' },
  },
  async run => (await import('./commands/make-certificate.ts')).makeCertificate(run),
)
