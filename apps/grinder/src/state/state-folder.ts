import { mkdir, realpath } from 'node:fs/promises'
import { lockFolder, type FolderLock } from '@logflow/folder-lock'
import { join } from 'node:path'
import type { Logger } from '@logflow/core'
import { GrinderError } from '../errors.ts'
import { loadCheckpoint, saveCheckpoint, type GrindState } from './checkpoint.ts'
import { EventLog } from './event-log.ts'

/** Options of {@link StateFolder.open}. */
export interface StateFolderOptions {
  readonly rulesId: string
  readonly logger: Logger
}

/**
 * Checkpoint and event log of one grinder. Both change in one step: events are written and synced behind the committed
 * length, then a checkpoint with the new length replaces the old one. A process killed anywhere in between goes on
 * from the old checkpoint and does the same again.
 *
 * Other rules begin an event log of their own and grind the whole store anew; the old log stays for whoever wants it.
 */
export class StateFolder implements AsyncDisposable {
  readonly folder: string
  readonly events: EventLog
  /** What was ground before, `undefined` when everything is to be ground. */
  readonly saved: GrindState | undefined
  readonly #rulesId: string
  readonly #lock: FolderLock

  private constructor(
    folder: string,
    {
      events,
      saved,
      rulesId,
      lock,
    }: { events: EventLog; saved: GrindState | undefined; rulesId: string; lock: FolderLock },
  ) {
    this.folder = folder
    this.events = events
    this.saved = saved
    this.#rulesId = rulesId
    this.#lock = lock
  }

  /** @throws GrinderError `LF_GRINDER_STATE`, `LF_GRINDER_LOCKED` */
  static async open(folder: string, { rulesId, logger }: StateFolderOptions): Promise<StateFolder> {
    const real = await mkdir(folder, { recursive: true })
      .then(() => realpath(folder))
      .catch((cause: unknown) => {
        throw new GrinderError('LF_GRINDER_STATE', `cannot use the state folder ${folder}`, { cause })
      })
    const detail = { folder: real }
    const lock = await lockFolder(real, 'grinder')
    if (!lock) throw new GrinderError('LF_GRINDER_LOCKED', `another grinder works on ${real}`, { detail })
    try {
      const checkpoint = await loadCheckpoint(folder)
      const saved = checkpoint?.rulesId === rulesId ? checkpoint : undefined
      if (checkpoint && !saved) logger.warn({ event: 'rules.changed', from: checkpoint.rulesId, to: rulesId })
      const events = await EventLog.open(join(folder, `events-${rulesId}.pb`), saved?.eventLogBytes ?? 0)
      return new StateFolder(folder, { events, saved, rulesId, lock })
    } catch (error) {
      await lock.close()
      throw error
    }
  }

  /**
   * Makes events and state durable, together or not at all. After an error the same call may be tried again.
   *
   * @throws GrinderError `LF_GRINDER_WRITE`
   */
  async commit(events: Uint8Array, state: GrindState): Promise<void> {
    try {
      const eventLogBytes = await this.events.write(events)
      await saveCheckpoint(this.folder, { version: 1, rulesId: this.#rulesId, eventLogBytes, ...state })
      this.events.commit(eventLogBytes)
    } catch (cause) {
      throw new GrinderError('LF_GRINDER_WRITE', `cannot write to ${this.folder}`, { cause })
    }
  }

  async close(): Promise<void> {
    await this.events.close()
    await this.#lock.close()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
