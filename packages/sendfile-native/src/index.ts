/**
 * File to many sockets without copying: Linux sendfile and epoll on threads, JavaScript with the same results elsewhere.
 *
 * @packageDocumentation
 */
export { accessAclReader, type AccessAclReader } from './access-acl.ts'
export { SendfileError, sendfileErrors, type SendfileErrorCode } from './errors.ts'
export type { Fanout } from './fanout.ts'
export { nativeSupport, type NativeSupport } from './native-binding.ts'
export { openFanout, type FanoutOptions } from './open-fanout.ts'
export type {
  AdoptOptions,
  Connection,
  Engine,
  FanoutStats,
  Transfer,
  TransferOutcome,
  TransferRequest,
  TransferResult,
  TransferState,
} from './transfer.ts'
