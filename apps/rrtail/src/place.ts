import type { Run } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import { RrtailError } from './errors.ts'
import type { flags } from './flags.ts'
import { formatOrigin, type Origin } from './origin.ts'
import { markOutput, passWritten } from './output-mark.ts'
import { Position } from './position.ts'
import type { RemoteItem } from './remote-follow.ts'
import { StateFile } from './state-file.ts'
import type { Way } from './way.ts'

const STDOUT_FD = 1

/** Where we are in the remote file, and where that is kept. */
export class Place {
  readonly position: Position
  readonly #state: StateFile | undefined
  /** How the file is reached; `undefined` until that is known. */
  way: Way | undefined

  constructor(position: Position, state?: StateFile, way?: Way) {
    this.position = position
    this.#state = state
    this.way = way
  }

  /** An item went out. A place is saved once a second, and at once where another file begins. */
  async reached(item: RemoteItem): Promise<void> {
    if (item.kind !== 'bytes' || this.#state?.due === true) await this.save()
  }

  async save(): Promise<void> {
    const { position, way } = this
    if (this.#state && way) await this.#state.save({ position, way, output: await markOutput(STDOUT_FD) })
  }
}

/** The place that `--state` remembers, or the one to begin at. @throws RrtailError `LF_RRTAIL_STATE` */
export async function openPlace(origin: Origin, { options, logger }: Run<typeof flags>): Promise<Place> {
  const { via, startingByte, port } = options
  if (options.state === undefined) return new Place(new Position(startingByte))
  const state = new StateFile(options.state, `${formatOrigin(origin)} ${port ?? ''}`.trimEnd(), systemClock)
  const saved = await state.load()
  if (!saved) return new Place(new Position(startingByte), state)
  const { position, output, way } = saved
  if (via !== 'auto' && via !== way)
    throw new RrtailError('LF_RRTAIL_STATE', `state file ${options.state} is of a file that was reached by ${way}`)
  const passed = output === undefined ? 0 : await passWritten(position, output, STDOUT_FD)
  logger.info({ event: 'place.loaded', offset: position.offset, passed, way })
  return new Place(position, state, way)
}
