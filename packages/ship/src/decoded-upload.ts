import type { ServerResponse } from 'node:http'
import type { BatchId } from '@logflow/protocol'

/** A decoded upload: what to store, and how to say that it is stored. */
export interface DecodedUpload {
  readonly id: BatchId
  readonly bytes: Uint8Array
  answer(response: ServerResponse, duplicate: boolean): void
}
