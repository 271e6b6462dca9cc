import { fstatSync } from 'node:fs'
import { SendfileError } from './errors.ts'
import type { TransferRequest } from './transfer.ts'

/** A request with its range checked; `end` is `undefined` for a follower. */
export interface ResolvedRequest {
  readonly fd: number
  readonly offset: number
  readonly end: number | undefined
  readonly noticesGrowth: boolean
}

/** @throws RangeError on a bad range; SendfileError `LF_SENDFILE_START` when the file is not open */
export function resolveRequest({ fd, offset, mode, end, noticesGrowth = false }: TransferRequest): ResolvedRequest {
  checkOffset('offset', offset)
  if (mode === 'follow') {
    if (end !== undefined) throw new RangeError('a follower has no end; use mode end, or endAt later')
    return { fd, offset, end, noticesGrowth }
  }
  return { fd, offset, end: end === undefined ? sizeOf(fd) : checkOffset('end', end), noticesGrowth: false }
}

/** @throws RangeError unless `value` is an integer from 0 up to 2^53 */
export function checkOffset(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${name} is ${value}, must be an integer from 0 on`)
  return value
}

function sizeOf(fd: number): number {
  try {
    return fstatSync(fd).size
  } catch (cause) {
    throw new SendfileError('LF_SENDFILE_START', 'cannot send from a file that is not open', { cause, detail: { fd } })
  }
}
