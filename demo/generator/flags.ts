import { flag } from '@logflow/cli'

/** Options of the generator. */
export const flags = {
  dir: flag.text({
    value: 'DIR',
    default: undefined,
    help: 'Directory for the logs and ledger.json; made when missing.',
  }),
  seed: flag.integer({ value: 'N', min: 0, max: 2 ** 28, default: 1, help: 'The same seed writes the same lines.' }),
  linesPerSecond: flag.integer({ value: 'N', min: 1, max: 200_000, default: 200, help: 'Pace, all logs together.' }),
  rotateBytes: flag.bytes({ value: 'SIZE', default: 1024 * 1024, help: 'Rotate a log once it has this many bytes.' }),
  keep: flag.integer({ value: 'N', min: 1, max: 10_000, default: 100, help: 'Rotated files kept per log.' }),
  duration: flag.duration({ value: 'TIME', default: 0, help: 'Stop after this time; 0 goes on until a signal.' }),
}
