import type { Source } from '@logflow/core'

/** What begins every source id of a fifo. */
export const FIFO_ID = 'fifo:'

/** What begins every source id of a journal. */
export const JOURNAL_ID = 'journal:'

/** Whether it is a fifo, in which nobody can go back. */
export function isFifoSource({ id }: Source): boolean {
  return id.startsWith(FIFO_ID)
}

/** Whether it is the journal, in which a cursor is the place to go on at. */
export function isJournalSource({ id }: Source): boolean {
  return id.startsWith(JOURNAL_ID)
}
