import { SendfileError } from './errors.ts'
import type { Fanout } from './fanout.ts'
import { JavascriptFanout } from './javascript-fanout.ts'
import { DEFAULT_BUFFER_BYTES } from './limits.ts'
import { nativeBinding, nativeSupport } from './native-binding.ts'
import { NativeFanout } from './native-fanout.ts'
import type { Engine } from './transfer.ts'

/** Options of {@link openFanout}. */
export interface FanoutOptions {
  /** `auto` takes the native engine where {@link nativeSupport} says yes. @defaultValue `auto` */
  readonly engine?: 'auto' | Engine
  /** Memory for buffers of transfers that go through JavaScript, at least 256 KiB. @defaultValue 64 MiB */
  readonly bufferBytes?: number
}

/**
 * Opens a fanout. The native engine has one thread per core, at most two, for all fanouts of a Node environment (main thread or worker).
 *
 * @throws SendfileError `LF_SENDFILE_UNSUPPORTED` when `native` is asked for where it cannot be
 */
export function openFanout({ engine = 'auto', bufferBytes = DEFAULT_BUFFER_BYTES }: FanoutOptions = {}): Fanout {
  if (engine === 'javascript') return new JavascriptFanout(bufferBytes)
  const binding = nativeBinding()
  if (binding) return new NativeFanout(binding, bufferBytes)
  if (engine === 'auto') return new JavascriptFanout(bufferBytes)
  throw new SendfileError('LF_SENDFILE_UNSUPPORTED', `no native engine: ${nativeSupport().reason}`)
}
