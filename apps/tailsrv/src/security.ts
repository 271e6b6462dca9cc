import { readOption, UsageError, type OptionValues } from '@logflow/cli'
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
  const clientCa = tlsClientCa === undefined ? undefined : readOption('tlsClientCa', tlsClientCa).toString()
  return {
    cert: readOption('tlsCert', tlsCert).toString(),
    key: readOption('tlsKey', tlsKey).toString(),
    clientCa,
  }
}

/** Who may connect; what is not given is not asked. @throws UsageError */
export function allowList({ allow, allowFingerprint, tlsCert }: Options): AllowList {
  if (allowFingerprint.length > 0 && tlsCert === undefined) throw new UsageError('--allow-fingerprint needs --tls-cert')
  return {
    addresses: allow.length > 0 ? allow : undefined,
    fingerprints: allowFingerprint.length > 0 ? allowFingerprint : undefined,
  }
}
