import { describeHistories, type History } from './histories.ts'

/** Shortest histories that once went wrong, each by the reason that it went wrong for. */
const histories: readonly History[] = [
  {
    says: 'tells of what was seen of a file beyond the copy that was made of it',
    profile: { pattern: 'glob', tickMs: 4, equalHeads: true, batchBytes: 64, idleMs: 1 },
    steps:
      'reopen, look 11, write 2, write 4, look 7, move .2 .3, run 3, run 7, run 5, copy-begin .1, copy-end, write 1, ' +
      'run 39, truncate',
  },
  {
    says: 'looks after a second crash for what a file held that was cut before the first',
    profile: { hears: 'some', equalHeads: true, idleMs: 1 },
    steps:
      'write 1, move .2 .3, rest, copy-begin .1, truncate, ack, crash, move .1 .2, move .0 .1, write 1, reopen, ' +
      'write 1, run 3, run 22, truncate, write 1, run 38, truncate, run 9, ack, crash',
  },
  {
    says: 'does not take the beginning of a copy for one of what was let go while it may yet grow',
    profile: { pattern: 'glob', tickMs: 4, batchBytes: 64 },
    steps:
      'write 1, run 27, copy-begin .1, remove, rest, partial, run 1, copy-begin .1, copy-more, run 13, write 1, truncate',
  },
  {
    says: 'does not take what it acknowledged itself for what an earlier run left',
    profile: { hears: 'some' },
    steps: 'write 1, run 8, move .0 .1, run 55, create, write 1, ack',
  },
  {
    says: 'does not take a size for that of bytes which it saw later',
    profile: { births: false, tickMs: 4, batchBytes: 16 },
    steps:
      'write 1, write 2, run 23, write 2, remove, write 3, run 26, reopen, look 25, write 3, move .2 .3, ' +
      'copy-begin .1, run 8, truncate, write 2, look 1, truncate',
  },
  {
    says: 'gives the contents of an empty file other ids also when it was at rest between',
    profile: { tickMs: 4, batchBytes: 16, idleMs: 1 },
    steps: 'write 1, truncate, crash, run 16, write 1, look 10, truncate, run 28, write 1',
  },
  {
    says: 'finds a copy that has lost its name while it was not known of what it is one',
    profile: { equalHeads: true, batchBytes: 64 },
    steps:
      'write 1, copy-begin .1, truncate, remove, reopen, move .2 .3, run 8, move .1 .2, run 13, move .0 .1, reopen, ' +
      'write 2, copy-begin .1, copy-end, run 38, truncate, write 1, copy-begin .1, run 1, truncate',
  },
  {
    says: 'gives an empty file another id than what its inode held before a crash',
    profile: { tickMs: 4, batchBytes: 64, idleMs: 2000 },
    steps: 'run 23, reopen, run 5, write 1, run 8, crash, truncate, rest, write 1',
  },
  {
    says: 'takes the longer one of two short copies',
    profile: { births: false, hears: 'nothing' },
    steps:
      'write 1, copy-begin .1, copy-end, look 2, write 1, run 6, look 3, truncate, partial, move .1 .2, ' +
      'copy-begin .1, copy-more',
  },
  {
    says: 'remembers the first bytes that it saw of a file in whichever look',
    profile: { births: false, tickMs: 4, batchBytes: 16, idleMs: 1 },
    steps:
      'write 1, look 24, look 6, truncate, move .0 .1, reopen, move .2 .3, move .1 .2, move .0 .1, reopen, ' +
      'move .2 .3, run 18, write 1, run 7, truncate',
  },
  {
    says: 'awaits after a crash what had been an empty file beside the path',
    profile: { idleMs: 2000 },
    steps: 'write 1, run 11, truncate, remove, write 1, reopen, move .0 .1, run 34, run 31, ack, crash, write 1',
  },
  {
    says: 'does not take a copy that is being made for that of another open line',
    profile: { hears: 'nothing', equalHeads: true, batchBytes: 64, idleMs: 1 },
    steps: 'partial, run 2, run 14, ack, truncate, write 2, crash, copy-begin .1, copy-more',
  },
  {
    says: 'does not read again what it read from a copy, when that is packed',
    profile: { tickMs: 4, seeks: true },
    steps: 'reopen, look 11, write 1, run 8, copy-begin .1, truncate, rest, write 1, pack .1',
  },
  {
    says: 'finds what a copy holds that is packed, and longer so than what it holds',
    profile: { hears: 'nothing', batchBytes: 16 },
    steps: 'write 1, copy-begin .1, copy-end, write 1, run 11, truncate, write 2, pack .1',
  },
  {
    says: 'knows what a file begins with that was cut before a crash, and is cut again while it is compared',
    profile: { batchBytes: 64, idleMs: 2000 },
    steps: 'write 1, rest, ack, truncate, look 13, write 2, rest, truncate, ack, write 1, crash, run 10, truncate',
  },
  {
    says: 'asks nothing of a file that it goes on with after a crash before it is read',
    profile: { batchBytes: 64, idleMs: 1 },
    steps:
      'create, rest, write 1, rest, ack, crash, move .2 .3, pass 1249, run 7, run 2, copy-begin .1, truncate, write 1, ' +
      'look 7, truncate',
  },
  {
    says: 'does not take a copy that is being made for the whole one whose name it got',
    profile: { tickMs: 4, hears: 'nothing', equalHeads: true, batchBytes: 64, idleMs: 2000 },
    steps: 'write 2, move .2 .3, run 10, copy-begin .1, truncate, run 9, write 1, move .1 .2, copy-begin .1, copy-more',
  },
  {
    says: 'tells what was read of a content that was cut before anybody knew that it had begun',
    profile: { tickMs: 4, hears: 'nothing', idleMs: 2000 },
    steps: 'write 1, run 23, look 2, pass 1250, truncate, partial, run 3, truncate',
  },
  {
    says: 'does not take a copy that is being made for that of a file which begins alike',
    profile: { tickMs: 4, hears: 'some', batchBytes: 16 },
    steps: 'write 1, run 6, run 2, look 2, truncate, partial, copy-begin .1, copy-more, look 31, copy-end',
  },
  {
    says: 'asks again about the beginning of a copy once it has grown',
    profile: { equalHeads: true, batchBytes: 64 },
    steps:
      'write 1, run 35, move .2 .3, run 6, move .0 .1, reopen, write 1, copy-begin .1, copy-more, run 18, truncate',
  },
  {
    says: 'knows the copy of what was read before a crash also when it appears later',
    profile: { births: false, seeks: true },
    steps: 'write 1, copy-begin .1, rest, ack, crash, remove, look 30, truncate',
  },
  {
    says: 'waits for what has the name before it reads a copy of it, also after a crash',
    steps: 'write 1, run 32, ack, crash, move .0 .1, look 11, reopen, write 1, copy-begin .1, copy-more',
  },
  {
    says: 'finds a file that was empty when following went on after a crash',
    profile: { hears: 'some', batchBytes: 16, idleMs: 2000 },
    steps: 'write 1, rest, ack, crash, remove, reopen, move .0 .1, look 47, write 1',
  },
  {
    says: 'goes on after a hole that was acknowledged',
    profile: { seeks: true, idleMs: 1 },
    steps: 'write 1, rest, truncate, ack, run 7, partial, rest, ack, crash, copy-begin .1, run 20, truncate',
  },
  {
    says: 'tells by the open line which of two files with equal whole lines it had come to',
    profile: { births: false, equalHeads: true, batchBytes: 64 },
    steps: 'reopen, rest, partial, rest, ack, crash, remove, reopen, write 1, copy-begin .1, truncate',
  },
  {
    says: 'reads a file that was cut and has its old size again before it closes it',
    profile: { hears: 'nothing', idleMs: 1 },
    steps: 'write 1, truncate, pass 1, pass 1000, write 6, write 1, run 18, truncate, write 7',
  },
  {
    says: 'gives out the open line of a file whose name only a copy has',
    profile: { pattern: 'glob', hears: 'nothing', batchBytes: 64 },
    steps: 'partial, move .0 .1, reopen, rest, copy-begin .1',
  },
  {
    says: 'tells sources apart that are cut between two crashes',
    profile: { batchBytes: 16 },
    steps: 'write 1, rest, ack, crash, truncate, rest, write 1, look 4, crash, truncate, run 5, write 1',
  },
  {
    says: 'knows how much there was when a file is cut while it is looked at after a crash',
    profile: { hears: 'nothing', idleMs: 2000 },
    steps: 'write 1, run 17, ack, rest, crash, run 4, write 1, run 3, truncate',
  },
  {
    says: 'does not take a new file in a reused inode for one that lingers',
    profile: { tickMs: 4, hears: 'some', seeks: true, idleMs: 2000 },
    steps:
      'write 1, run 40, remove, pass 2497, write 1, look 41, run 1, move .0 .1, reopen, run 4, partial, move .0 .1',
  },
  {
    says: 'reads what was copied from a content that came and went before a crash',
    profile: { tickMs: 4, hears: 'some', batchBytes: 16 },
    steps: 'reopen, rest, write 1, truncate, write 1, copy-begin .1, truncate, write 1, run 3, ack, crash',
  },
  {
    says: 'looks at what is asleep before it takes the copy of it for something else',
    profile: { births: false, hears: 'nothing', idleMs: 1 },
    steps: 'write 1, rest, pass 1000, run 1, truncate, write 1, copy-begin .1, copy-more',
  },
  {
    says: 'takes no size that another content had for that of the one that it reads',
    profile: { tickMs: 4, batchBytes: 16, idleMs: 1 },
    steps: 'reopen, run 42, pass 1000, write 4, run 1, truncate, rest, write 2, run 1, run 1, truncate',
  },
  {
    says: 'reads a copy that it had to wait with although its name was taken meanwhile',
    profile: { pattern: 'glob', tickMs: 4, hears: 'nothing', idleMs: 2000 },
    steps:
      'write 1, copy-begin .1, truncate, move .1 .2, pass 1250, run 4, pass 1000, write 1, copy-begin .1, truncate, move .1 .2',
  },
  {
    says: 'knows a copy whose original was deleted and forgotten',
    profile: { pattern: 'glob', batchBytes: 16 },
    steps: 'write 1, copy-begin .1, copy-end, run 19, remove, rest, move .1 .2',
  },
  {
    says: 'knows a copy of the beginning of what was read once before and is at rest',
    profile: { pattern: 'glob', tickMs: 4, equalHeads: true, seeks: true, idleMs: 2000 },
    steps: 'write 6, write 5, copy-begin .1, run 12, copy-more, write 2, rest, copy-end, write 1, rest, truncate',
  },
  {
    says: 'is not asked for what a search saw in passing of a file that loses its last name',
    profile: { pattern: 'glob', tickMs: 4, idleMs: 1 },
    steps:
      'write 1, rest, write 1, move .0 .1, reopen, write 1, write 1, write 1, move .2 .3, move .1 .2, look 11, run 29, move .0 .1, move .2 .3, move .1 .2, look 2, move .2 .3',
  },
  {
    says: 'waits for what is just being taken up before it reads a copy of it',
    profile: { pattern: 'glob', idleMs: 1 },
    steps:
      'write 1, move .2 .3, copy-begin .1, truncate, write 1, look 14, run 10, move .1 .2, move .0 .1, look 40, reopen, write 2, run 1, copy-begin .1, copy-more',
  },
  {
    says: 'knows what it saw of a file that was empty when it was opened',
    profile: { pattern: 'glob', batchBytes: 64 },
    steps:
      'partial, rest, truncate, remove, reopen, move .2 .3, move .0 .1, create, run 17, reopen, write 1, look 11, truncate',
  },
  {
    says: 'does not take the beginning of a copy for one of what was cut unread and read from a copy',
    profile: { pattern: 'glob', tickMs: 4, hears: 'some', batchBytes: 16 },
    steps:
      'write 1, copy-begin .1, copy-more, write 3, truncate, write 2, run 1, copy-begin .1, copy-more, write 2, run 16, write 2, truncate, move .2 .3, move .1 .2, move .0 .1, write 3, reopen, move .2 .3, move .1 .2, rest, move .0 .1, run 5, reopen, write 1, run 2, run 4, copy-begin .1, copy-more, look 12, run 4, truncate',
  },
  {
    says: 'reads a copy whose name is taken while another path asks what it is',
    profile: { pattern: 'glob', tickMs: 4 },
    steps: 'write 1, move .2 .3, copy-begin .1, run 43, copy-end, run 6, truncate, move .0 .1',
  },
  {
    says: 'reads once a copy that it finds itself while another path asks about the beginning of it',
    profile: { pattern: 'glob', hears: 'some', batchBytes: 64, idleMs: 1 },
    steps:
      'write 1, truncate, move .0 .1, reopen, write 1, partial, partial, look 50, remove, write 1, run 2, reopen, ' +
      'partial, copy-begin .1, copy-more, run 23, truncate',
  },
  {
    says: 'reads late lines of what was found after its successor, and of which it was read before a crash',
    steps:
      'write 1, move .0 .1, create, pass 1249, run 8, write 1, remove, reopen, write 1, move .0 .1, look 40, run 20, ' +
      'run 12, ack, partial, crash',
  },
  {
    says: 'knows a copy that it had to wait with of what was forgotten meanwhile',
    profile: { pattern: 'glob', tickMs: 4, equalHeads: true, batchBytes: 64 },
    steps: 'write 1, copy-begin .1, copy-end, run 52, write 1, unmount, truncate, mount, move .0 .1',
  },
  {
    says: 'reads what came before a file that was cut unread before the copy of that',
    profile: { tickMs: 4, hears: 'some', batchBytes: 16, idleMs: 1 },
    steps:
      'partial, look 19, remove, run 3, pass 1249, write 1, move .2 .3, move .0 .1, reopen, move .1 .2, move .0 .1, ' +
      'write 1, run 41, reopen, write 1, run 34, copy-begin .1, copy-end, run 15, truncate, run 54, ack, crash',
  },
]

describeHistories('following', histories)
