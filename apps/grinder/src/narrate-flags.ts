import { flag } from '@logflow/cli'

/** Options of narrate. */
export const narrateFlags = {
  store: flag.text({ value: 'DIR', default: undefined, help: 'Store of the receiver; only read.' }),
  device: flag.list({ value: 'NAME', short: 'd', help: 'Only this device. May be repeated.' }),
  since: flag.text({
    value: 'TIME',
    default: undefined,
    help: 'Lines from this time on: 2026-11-21T04:00:30Z, seconds since 1970, or a time ago like 10m.',
  }),
  until: flag.text({ value: 'TIME', default: undefined, help: 'Lines before this time.' }),
  grep: flag.text({ value: 'PATTERN', short: 'g', default: undefined, help: 'Lines that match (RE2 syntax).' }),
  limit: flag.integer({
    value: 'N',
    short: 'n',
    min: 1,
    default: undefined,
    help: 'Only the first N lines of the story.',
  }),
  json: flag.boolean({ help: 'One JSON object per line.' }),
}
