import { describeHistories, type History } from './histories.ts'

/** Among which the system fails: shortest histories that once went wrong, each by the reason that it went wrong for. */
const histories: readonly History[] = [
  {
    says: 'gives up its claim to a file when the search beside it found no descriptor',
    profile: { hears: 'some', seeks: true, idleMs: 2000, tickMs: 4 },
    steps: 'write 1, run 11, scarce 1, run 2, move .0 .1, rest',
  },
  {
    says: 'searches again when a search found no descriptor, although the folder does not change',
    profile: { batchBytes: 16, idleMs: 2000, tickMs: 4 },
    steps: 'write 1, run 10, scarce 3, look 10, move .0 .1, rest',
  },
  {
    says: 'opens a missed generation again whose handle the server has forgotten',
    profile: { hears: 'some', batchBytes: 64, idleMs: 1, tickMs: 4 },
    steps: 'rest, write 1, move .0 .1, reopen, write 1, move .1 .2, copy-begin .1, truncate, run 31, stale, rest',
  },
  {
    says: 'opens the file of a path again whose handle the server has forgotten',
    profile: { equalHeads: true, seeks: true, idleMs: 1, tickMs: 4 },
    steps: 'write 1, look 15, stale, rest',
  },
  {
    says: 'keeps what it has read when it cannot be asked what is left',
    profile: { batchBytes: 16 },
    steps:
      'write 1, write 1, truncate, look 5, partial, write 1, look 31, truncate, partial, stale, move .2 .3, run 6, stale, rest',
  },
  {
    says: 'keeps what it has opened when the search beside it finds no descriptor',
    profile: { hears: 'some', batchBytes: 64, tickMs: 4 },
    steps: 'scarce 2, write 1, copy-begin .1, copy-more, run 27, scarce 1, truncate, look 1, rest',
  },
  {
    says: 'finds a copy again when the search for what else was copied found no descriptor',
    profile: { seeks: true, tickMs: 4 },
    steps:
      'write 1, rest, truncate, write 1, run 3, move .2 .3, copy-begin .1, truncate, move .1 .2, copy-begin .1, ' +
      'run 1, run 52, scarce 1, run 2, rest',
  },
  {
    says: 'does not turn in circles when a file that was not found is there again',
    profile: { linked: true, idleMs: 1, tickMs: 4 },
    steps: 'write 2, rest, write 2, unmount, run 4, mount, rest, write 1, rest',
  },
  {
    says: 'goes on where it was below a pattern when a disk is mounted again, also under another device number',
    profile: { pattern: 'glob', idleMs: 1, tickMs: 4 },
    steps: 'write 2, rest, unmount, pass 5000, pass 5000, rest, mount, rest, write 1, rest',
  },
  {
    says: 'goes on where it was when a disk is mounted only after a restart',
    profile: { tickMs: 4 },
    steps: 'write 2, rest, ack, unmount, crash, rest, mount, rest, write 1, rest',
  },
]

describeHistories('following while the system fails', histories)
