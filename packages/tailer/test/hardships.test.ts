import { describeHistories, type History } from './histories.ts'

/** Among which the system fails: shortest histories that once went wrong, each by the reason that it went wrong for. */
const histories: readonly History[] = [
  {
    says: 'asks again for a copy whose handle was forgotten, and again while it was opened anew',
    profile: { births: false, hears: 'some', batchBytes: 64 },
    steps:
      'rest, write 1, run 18, run 2, copy-begin .1, write 1, stale, truncate, run 12, run 4, run 2, pass 61, run 15, ' +
      'stale, look 9, stale',
  },
  {
    says: 'keeps what a search found when there is no descriptor to ask what it may be a copy of',
    profile: { equalHeads: true, batchBytes: 64, idleMs: 2000 },
    steps: 'write 1, look 20, move .0 .1, reopen, move .0 .1, write 1, run 29, stale, scarce 1, look 4, rest',
  },
  {
    says: 'looks again when a disk went away and came back between two glances at a file that was to be read',
    profile: { batchBytes: 4096, idleMs: 1, tickMs: 4 },
    steps: 'write 1, rest, write 1, run 2, unmount',
  },
  {
    says: 'looks again when a disk was away for the first look at a path only',
    profile: { births: false, hears: 'some', batchBytes: 16, idleMs: 1, tickMs: 4 },
    steps: 'partial, copy-begin .1, crash, move .2 .3, run 11, unmount',
  },
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
  {
    says: 'reads on what was rotated, and written to while its disk was away',
    profile: { idleMs: 1 },
    steps: 'write 1, rest, move .0 .1, write 1, unmount, rest, mount, rest',
  },
  {
    says: 'waits for the copy of what was cut before its disk went away',
    profile: { equalHeads: true, batchBytes: 64, tickMs: 4 },
    steps: 'write 1, run 46, write 1, copy-begin .1, truncate, unmount, rest, mount, rest',
  },
  {
    says: 'does not take the first folder that it saw for home when the disk is mounted only after a restart',
    profile: { idleMs: 1 },
    steps: 'write 1, rest, move .0 .1, ack, write 1, crash, unmount, rest, mount, rest',
  },
  {
    says: 'knows a file that was rotated when its disk is back under another device number',
    profile: { pattern: 'glob', hears: 'nothing', tickMs: 4 },
    steps: 'pass 1000, unmount, mount, move .2 .3, rest',
  },
  {
    says: 'does not count from the folder below what it has opened on a disk that went away meanwhile',
    profile: { hears: 'nothing', batchBytes: 64, idleMs: 2000, tickMs: 4 },
    steps: 'partial, run 9, unmount, mount, rest',
  },
  {
    says: 'lists one folder, not the half of two, when a disk is mounted meanwhile',
    profile: { linked: true },
    steps: 'run 10, crash, unmount, run 3, mount, rest',
  },
  {
    says: 'does not take a file for cut whose handle the server forgot before its disk went away',
    profile: { seeks: true, idleMs: 1 },
    steps: 'write 1, run 4, look 12, move .0 .1, stale, unmount, mount, rest',
  },
  {
    says: 'looks for a file again that was not found as its disk was away, before it takes its copy for all there is',
    profile: { hears: 'some' },
    steps:
      'write 1, move .2 .3, copy-begin .1, run 41, run 2, stale, unmount, mount, truncate, write 1, move .1 .2, move .0 .1, rest',
  },
  {
    says: 'goes on where it was after a restart, when the disk has had another device number before',
    profile: { batchBytes: 64 },
    steps: 'rest, unmount, mount, write 1, rest, ack, crash, rest',
  },
  {
    says: 'tells of what was cut while the copy of what had been there before was awaited',
    profile: { hears: 'nothing', batchBytes: 64, tickMs: 4 },
    steps:
      'write 2, write 6, partial, write 4, write 6, partial, write 3, write 6, rest, truncate, pass 1250, write 1, run 1, ' +
      'unmount, mount, truncate, rest',
  },
  {
    says: 'tells of what its copy had not of a file that was deleted, and whose handle the server forgot',
    profile: { pattern: 'glob', batchBytes: 64, idleMs: 1 },
    steps:
      'write 1, move .2 .3, copy-begin .1, rest, move .0 .1, reopen, write 1, rest, write 1, move .1 .2, run 1, run 21, ' +
      'copy-begin .1, copy-end, write 1, look 11, truncate, remove, stale, rest',
  },
  {
    says: 'keeps what it saw first of a folder that comes back in the middle of a look',
    profile: { births: false, hears: 'nothing', batchBytes: 16 },
    steps: 'run 12, write 1, unmount, pass 1000, run 1, mount, move .0 .1, rest',
  },
  {
    says: 'opens a file again after the server forgot it twice, the second time as it was opened again',
    profile: { equalHeads: true, batchBytes: 64, tickMs: 4 },
    steps:
      'write 1, move .2 .3, move .0 .1, reopen, rest, write 1, move .1 .2, move .0 .1, run 59, create, stale, write 1, ' +
      'run 35, run 4, stale, rest',
  },
  {
    says: 'writes nothing down of the folder below when the disk goes away in the middle of a look',
    steps: 'write 1, run 31, unmount, mount, truncate, write 1, rest, ack, crash, rest',
  },
  {
    says: 'tells as lost what was there when a handle that the server forgot was opened again',
    profile: { batchBytes: 16 },
    steps:
      'reopen, rest, copy-begin .1, move .1 .2, move .0 .1, reopen, write 1, rest, write 2, stale, look 7, truncate, rest',
  },
  {
    says: 'looks again at what it glanced at before the disk went away',
    profile: { pattern: 'glob', idleMs: 2000, tickMs: 4 },
    steps: 'write 1, copy-begin .1, truncate, move .1 .2, unmount, mount, pass 1000, unmount, mount, rest',
  },
  {
    says: 'searches again for a copy when the server forgot a handle that it was just opened with',
    profile: { hears: 'nothing', batchBytes: 64, idleMs: 2000, tickMs: 4 },
    steps: 'write 1, rest, copy-begin .1, write 1, pass 1000, scarce 1, run 6, truncate, run 12, stale, rest',
  },
  {
    says: 'reads late lines of what was rotated away when its disk is back after a crash',
    profile: { batchBytes: 64, idleMs: 1 },
    steps:
      'write 1, mount, run 13, move .0 .1, reopen, write 1, move .0 .1, unmount, rest, ack, write 1, crash, unmount',
  },
  {
    says: 'counts from when it saw a folder first, however late there was a descriptor to list it',
    profile: { births: false, batchBytes: 64, idleMs: 1 },
    steps: 'write 1, unmount, run 1, mount, scarce 2, move .0 .1, run 11, pass 1000, write 1, move .0 .1',
  },
  {
    says: 'takes for old what was there when it saw a folder first, also if that was written last just then',
    profile: { hears: 'some', seeks: true, idleMs: 1 },
    steps: 'write 1, copy-begin .1, truncate, crash, scarce 1, look 4, move .1 .2',
  },
  {
    says: 'takes for old what had been written before it saw a folder first, also where births are not told',
    profile: { births: false, batchBytes: 64, idleMs: 2000, tickMs: 4 },
    steps: 'write 1, copy-begin .1, copy-more, truncate, crash, scarce 1, run 3, move .1 .2',
  },
  {
    says: 'looks again for a missed generation that it opened and did not find while its disk was away',
    profile: { seeks: true, idleMs: 1 },
    steps:
      'partial, run 12, move .0 .1, deaf 4, reopen, move .0 .1, write 1, reopen, run 18, run 4, stale, run 56, unmount',
  },
]

describeHistories('following while the system fails', histories)
