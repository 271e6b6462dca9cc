import type { DtailCommand, LedgerCommand } from '@logflow/protocol'

/** What a command is for the ledger that decides when a session is over. */
export function ledgerCommand(command: DtailCommand): LedgerCommand {
  switch (command.kind) {
    case 'read':
      return 'read'
    case 'map':
      return 'query'
    case 'authkey':
    case 'session':
      return 'silent'
    default:
      return 'other'
  }
}
