import { platform } from 'node:os'
import { errorText, type DtailLog } from '../output/dtail-log.ts'
import type { AclReader } from './unix-access.ts'

/** What reads access control lists here; where Linux has them and nothing can read them, the log says so. */
export async function openAclReader(log: DtailLog): Promise<AclReader | undefined> {
  if (platform() !== 'linux') return undefined
  const { reader, reason } = await loadReader()
  if (!reader) log.warn('Access control lists cannot be read, so modes decide alone', reason)
  return reader
}

/** The package stays outside the bundle, since it has a binary; a bundle that was copied somewhere goes without it. */
async function loadReader(): Promise<{ readonly reader: AclReader | undefined; readonly reason: string }> {
  try {
    const { accessAclReader, nativeSupport } = await import('@logflow/sendfile-native')
    return { reader: accessAclReader(), reason: nativeSupport().reason }
  } catch (error) {
    return { reader: undefined, reason: errorText(error) }
  }
}
