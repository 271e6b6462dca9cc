import { flag } from '@logflow/cli'

/** Flags of the programs that search: dgrep and dtail. */
export const patternFlags = {
  regex: flag.text({ value: 'PATTERN', default: '.', help: 'Lines that match; RE2 syntax.' }),
  grep: flag.text({ value: 'PATTERN', default: '', help: 'The same as -regex, and wins over it.' }),
  invert: flag.boolean({ help: 'Lines that do not match.' }),
  before: flag.integer({ value: 'N', min: 0, default: 0, help: 'Lines of context before a match.' }),
  after: flag.integer({ value: 'N', min: 0, default: 0, help: 'Lines of context after a match.' }),
  max: flag.integer({ value: 'N', min: 0, default: 0, help: 'Stop reading a file after N matches; 0 for all.' }),
}
