import { flag } from '@logflow/cli'

/** Options of grinder. */
export const flags = {
  store: flag.text({ value: 'DIR', default: undefined, help: 'Store of the receiver; only read.' }),
  state: flag.text({
    value: 'DIR',
    default: undefined,
    help: 'Checkpoint and event log; made when missing. One grinder at a time.',
  }),
  rules: flag.text({
    value: 'FILE',
    default: undefined,
    help: 'JSON file with rules instead of the built-in ones. Other rules grind the whole store anew.',
  }),
  port: flag.integer({
    value: 'PORT',
    short: 'p',
    min: 0,
    max: 65_535,
    default: 4370,
    help: 'TCP port of the API; 0 takes a free one.',
  }),
  bindAddress: flag.text({ value: 'ADDRESS', default: '127.0.0.1', help: 'Address to listen on.' }),
  liveRate: flag.integer({
    value: 'N',
    min: 1,
    max: 100_000,
    default: 200,
    help: 'Lines, and events, that /api/live shows per second; the rest is counted.',
  }),
  once: flag.boolean({ help: 'Grind what is there and exit; no API.' }),
}
