import type { Clock } from '@logflow/core'
import type { ServerConfig } from '../config/dtail-config.ts'
import type { DtailLog } from '../output/dtail-log.ts'
import type { AuthKeyStore } from './auth-key-store.ts'
import type { findJournalctl } from '@logflow/tailer'
import { Limiter } from '../limiter.ts'
import { localAccounts, type Accounts } from './account.ts'
import { OpenSessions } from './open-sessions.ts'
import { PermissionRules } from './permissions.ts'
import type { AclReader } from './unix-access.ts'

/** What all sessions of one server share. */
export interface ServerContext {
  readonly hostname: string
  readonly config: ServerConfig
  readonly log: DtailLog
  readonly clock: Clock
  /** Places for files that are read to their end. */
  readonly cats: Limiter
  /** Places for files that are followed. */
  readonly tails: Limiter
  /** Absent when the feature is off. */
  readonly authKeys?: AuthKeyStore | undefined
  /** Path of `journalctl`, where there is one. @defaultValue the one in PATH */
  readonly findJournalctl?: typeof findJournalctl
  readonly accounts: Accounts
  /** Absent where access control lists cannot be read. */
  readonly readAcl?: AclReader | undefined
  readonly sessions: OpenSessions
  readonly rulesOf: (user: string) => PermissionRules
}

/** A context over `config`. */
export function createServerContext(
  init: Pick<ServerContext, 'hostname' | 'config' | 'log' | 'clock' | 'authKeys' | 'findJournalctl'> &
    Partial<Pick<ServerContext, 'accounts' | 'readAcl'>>,
): ServerContext {
  const { MaxConcurrentCats, MaxConcurrentTails, MaxConnectionsPerUser, Permissions } = init.config
  const compiled = new Map<string, PermissionRules>()
  return {
    accounts: localAccounts(),
    ...init,
    cats: new Limiter(MaxConcurrentCats),
    tails: new Limiter(MaxConcurrentTails),
    sessions: new OpenSessions(MaxConnectionsPerUser),
    rulesOf(user) {
      const own = Object.hasOwn(Permissions.Users, user) ? Permissions.Users[user] : undefined
      const owner = own ? `user ${user}` : 'default'
      let rules = compiled.get(owner)
      if (!rules) compiled.set(owner, (rules = new PermissionRules(own ?? Permissions.Default)))
      return rules
    },
  }
}
