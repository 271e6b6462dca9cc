import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { UsageError, type Run } from '@logflow/cli'
import { readCertificate, writeCertificate, type CertificatePair } from '../certificate-files.ts'
import { deviceName } from '../device-name.ts'
import type { flags } from '../flags/devcert.ts'

type DevcertRun = Run<typeof flags>
type DevcertOptions = DevcertRun['options']

/** The certificate has another common name than it should. */
const EXIT_NAME_DIFFERS = 10
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const DAY_MS = 86_400_000

/** Makes key and certificate unless they are there, then shows what is there. */
export async function makeCertificate({ options, stdout, stderr }: DevcertRun): Promise<number> {
  const name = options.name ?? deviceName(hostname())
  if (!NAME.test(name)) throw new UsageError(`${name} is no name: 1 to 64 letters, digits, dots, hyphens, underscores`)
  const paths = {
    keyPath: options.keyFile ?? join(options.out, `${name}.key`),
    certPath: options.certFile ?? join(options.out, `${name}.pem`),
  }
  if (options.force || !(await readCertificate(paths))) {
    await stderr.write(`Generating cert for '${name}'\n`)
    await writeCertificate(paths, await generatePair(name, options))
  }
  const certificate = await readCertificate(paths)
  if (!certificate) throw new Error('BUG: the certificate that was written is not there')
  const facts = [
    ['subject', certificate.subject],
    ['fingerprint256', certificate.fingerprint256],
    ['valid to', certificate.validTo],
    ['key', paths.keyPath],
    ['certificate', paths.certPath],
  ]
  await stdout.write(`${facts.map(row => row.join(': ')).join('\n')}\n${certificate.toString()}`)
  const actual = certificate.toLegacyObject().subject.CN
  if (actual === name) return 0
  await stderr.write(
    `devcert: the certificate is for '${String(actual)}', expected '${name}'. Servers might not accept it; --force makes a new one.\n`,
  )
  return EXIT_NAME_DIFFERS
}

async function generatePair(name: string, { kind, keyType, days, host }: DevcertOptions): Promise<CertificatePair> {
  const server = kind === 'server'
  const hosts = host.length > 0 ? host : ['localhost', '127.0.0.1', '::1']
  const altNames = (server ? hosts : [name]).map(value =>
    isIP(value) ? ({ type: 7, ip: value } as const) : ({ type: 2, value } as const),
  )
  const now = Date.now()
  const pair = await generate([{ name: 'commonName', value: name }], {
    keyType,
    keySize: 2048,
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS), // devices without a set clock live in the past
    notAfterDate: new Date(now + days * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: server, clientAuth: !server },
      { name: 'subjectAltName', altNames },
    ],
  })
  return { key: unixLines(pair.private), cert: unixLines(pair.cert) }
}

function unixLines(pem: string): string {
  return `${pem.replaceAll('\r\n', '\n').trimEnd()}\n`
}
