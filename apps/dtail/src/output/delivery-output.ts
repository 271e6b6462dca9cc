import type { Delivery } from '@logflow/core'

/** Where everything ends that comes from files, here or far away. */
export interface DeliveryOutput {
  /** In order of coming. `sourceId` is the short name of the source. The promise is the backpressure. */
  deliver(item: Delivery, sourceId: string): Promise<void>
  /** A text of a server, or of whoever reads here. */
  say(text: string, host: string): Promise<void>
}
