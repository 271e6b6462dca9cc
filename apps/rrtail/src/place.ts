import type { Run } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import type { flags } from './flags.ts'
import { formatOrigin, type Origin } from './origin.ts'
import { markOutput, passWritten } from './output-mark.ts'
import { Position } from './position.ts'
import type { RemoteItem } from './remote-follow.ts'
import { StateFile } from './state-file.ts'

const STDOUT_FD = 1

/** Where we are in the remote file, and where that is kept. */
export class Place {
  readonly position: Position
  readonly #state: StateFile | undefined

  constructor(position: Position, state: StateFile | undefined) {
    this.position = position
    this.#state = state
  }

  /** An item went out. A place is saved once a second, and at once where another file begins. */
  async reached(item: RemoteItem): Promise<void> {
    if (item.kind !== 'bytes' || this.#state?.due === true) await this.save()
  }

  async save(): Promise<void> {
    await this.#state?.save(this.position, await markOutput(STDOUT_FD))
  }
}

/** The place that `--state` remembers, or the one to begin at. @throws RrtailError `LF_RRTAIL_STATE` */
export async function openPlace(origin: Origin, { options, logger }: Run<typeof flags>): Promise<Place> {
  if (options.state === undefined) return new Place(new Position(options.startingByte), undefined)
  const key = `${options.via} ${options.port ?? ''} ${formatOrigin(origin)}`
  const state = new StateFile(options.state, key, systemClock)
  const saved = await state.load()
  if (!saved) return new Place(new Position(options.startingByte), state)
  const { position, output } = saved
  const passed = output === undefined ? 0 : await passWritten(position, output, STDOUT_FD)
  logger.info({ event: 'place.loaded', offset: position.offset, passed })
  return new Place(position, state)
}
