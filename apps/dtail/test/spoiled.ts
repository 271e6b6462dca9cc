import type { SshSession } from '@logflow/ssh'

/** A session with some of its abilities replaced. */
export function spoiled(session: SshSession, parts: Partial<SshSession>): SshSession {
  return new Proxy(session, {
    get(target, key) {
      if (key in parts) return parts[key as keyof SshSession]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
