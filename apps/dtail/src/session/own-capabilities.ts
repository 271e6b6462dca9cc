import { CAPABILITY_JOURNAL, CAPABILITY_NATIVE, CAPABILITY_QUANTILES, CAPABILITY_QUERY_UPDATE } from '@logflow/protocol'
import { testMode } from '../config/test-mode.ts'
import { ownJournalctl } from '../journal/own-journalctl.ts'
import type { ServerContext } from './server-context.ts'

/** What our server says that the fork's does not: it understands AUTHKEY, which a client cannot know otherwise. */
const CAPABILITY_AUTHKEY = 'authkey-v1'

/** What a session says first of all: the extensions that its client may use. */
export async function ownCapabilities(context: ServerContext): Promise<readonly string[]> {
  const program = await (context.findJournalctl ?? ownJournalctl)()
  const journal = program === undefined ? [] : [CAPABILITY_JOURNAL]
  // The tests of the original are about its own protocol: lines are cut there, for one.
  const native = testMode() ? [] : [CAPABILITY_NATIVE]
  return [CAPABILITY_AUTHKEY, CAPABILITY_QUERY_UPDATE, ...native, CAPABILITY_QUANTILES, ...journal]
}
