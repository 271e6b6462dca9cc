import { readFileSync } from 'node:fs'
import { UsageError, type OptionValues } from '@logflow/cli'
import type { AllowList, ServeTls } from '@logflow/serve'
import type { flags } from './flags.ts'

type Options = OptionValues<typeof flags>

/** The certificates that were named; `undefined` without TLS. @throws UsageError when some are missing or not readable */
export function readTls({ tlsCert, tlsKey, tlsClientCa }: Options): ServeTls | undefined {
  if (tlsCert === undefined && tlsKey === undefined) {
    if (tlsClientCa !== undefined) throw new UsageError('--tls-client-ca needs --tls-cert and --tls-key')
    return undefined
  }
  if (tlsCert === undefined || tlsKey === undefined) throw new UsageError('--tls-cert and --tls-key need each other')
  const clientCa = tlsClientCa === undefined ? undefined : readPem(tlsClientCa)
  return { cert: readPem(tlsCert), key: readPem(tlsKey), clientCa }
}

/** Who may connect; what is not given is not asked. @throws UsageError */
export function allowList({ allow, allowFingerprint, tlsCert }: Options): AllowList {
  if (allowFingerprint.length > 0 && tlsCert === undefined) throw new UsageError('--allow-fingerprint needs --tls-cert')
  return {
    addresses: allow.length > 0 ? allow : undefined,
    fingerprints: allowFingerprint.length > 0 ? allowFingerprint : undefined,
  }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`)
  }
}
