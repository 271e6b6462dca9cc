import type { ResumeToken } from '@logflow/core'
import { encodeTailsrvReply } from '@logflow/protocol'
import type { Client } from './client.ts'
import type { FileFeed } from './file-feed.ts'
import type { Refusals } from './refusals.ts'

/** Answers a `resume` header: with frames, or with the one that says why there are none. */
export async function resumeOrRefuse(
  feed: FileFeed,
  client: Client,
  { token, refusals }: { readonly token: ResumeToken | 'start' | 'end'; readonly refusals: Refusals },
): Promise<void> {
  const why = await feed.resume(client, token)
  if (why !== undefined) refuseResume(client, why, refusals)
}

/** The last frame: a client that asked for frames is told in a frame. */
export function refuseResume(client: Client, why: string, refusals: Refusals): void {
  refusals.count('resume', { peer: client.address, why })
  client.socket.resume()
  client.sayGoodbye(encodeTailsrvReply({ kind: 'refused', text: why }))
}
