import type { Channel } from 'ssh2'

/**
 * Calls `exceeded` with the excess when the peer sends more than the channel's window allows. ssh2 1.17 takes such data
 * without bound (its issue 1505: it checks for a window of exactly zero only), so one peer could fill our memory.
 */
export function guardWindow(channel: Channel, exceeded: (excessBytes: number) => void): void {
  // `incoming` is private in ssh2; when a later version hides it, the guard does nothing and the test of it fails.
  const { incoming } = channel as unknown as { readonly incoming?: { readonly window: number } }
  if (typeof incoming?.window !== 'number') return
  const push = channel.push.bind(channel)
  channel.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (incoming.window < 0) {
      exceeded(-incoming.window)
      return false
    }
    return push(chunk, encoding)
  }
}
