import type { Run } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import type { FolderLock } from '@logflow/folder-lock'
import { RrtailError } from './errors.ts'
import type { flags } from './flags.ts'
import { formatOrigin, type Origin } from './origin.ts'
import { markOutput, passWritten } from './output-mark.ts'
import { Position } from './position.ts'
import type { RemoteItem } from './remote-follow.ts'
import { StateFile } from './state-file.ts'
import { lockState } from './state-lock.ts'
import type { Way } from './way.ts'

const STDOUT_FD = 1

/** Where a place is kept, for us alone. */
interface Keeping {
  readonly state: StateFile
  readonly lock: FolderLock
}

/** Where we are in the remote file, and where that is kept. */
export class Place {
  readonly position: Position
  readonly #keeping: Keeping | undefined
  /** How the file is reached; `undefined` until that is known. */
  way: Way | undefined

  constructor(position: Position, keeping?: Keeping, way?: Way) {
    this.position = position
    this.#keeping = keeping
    this.way = way
  }

  /** An item went out. A place is saved once a second, and at once where another file begins. */
  async reached(item: RemoteItem): Promise<void> {
    if (item.kind !== 'bytes' || this.#keeping?.state.due === true) await this.save()
  }

  async save(): Promise<void> {
    const { position, way } = this
    const state = this.#keeping?.state
    if (state && way) await state.save({ position, way, output: await markOutput(STDOUT_FD) })
  }

  /** Others may go on from the state file. */
  async close(): Promise<void> {
    await this.#keeping?.lock.close()
  }
}

/** The place that `--state` remembers, or the one to begin at. @throws RrtailError `LF_RRTAIL_STATE` */
export async function openPlace(origin: Origin, { options, logger }: Run<typeof flags>): Promise<Place> {
  const { via, startingByte, port } = options
  if (options.state === undefined) return new Place(new Position(startingByte))
  const state = new StateFile(options.state, `${formatOrigin(origin)} ${port ?? ''}`.trimEnd(), systemClock)
  const keeping = { state, lock: await lockState(options.state) }
  const saved = await state.load()
  if (!saved) return new Place(new Position(startingByte), keeping)
  const { position, output, way } = saved
  if (via !== 'auto' && via !== way)
    throw new RrtailError('LF_RRTAIL_STATE', `state file ${options.state} is of a file that was reached by ${way}`)
  const passed = output === undefined ? 0 : await passWritten(position, output, STDOUT_FD)
  logger.info({ event: 'place.loaded', offset: position.offset, passed, way })
  return new Place(position, keeping, way)
}
