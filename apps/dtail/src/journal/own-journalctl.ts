import { findJournalctl } from '@logflow/tailer'

let own: Promise<string | undefined> | undefined

/** Path of `journalctl` along this process's own path, looked for once: every session asks. */
export function ownJournalctl(): Promise<string | undefined> {
  return (own ??= findJournalctl())
}
