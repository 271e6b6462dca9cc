import { flag } from '@logflow/cli'

/** Flags that only dtail has. */
export const tailFlags = {
  shutdownAfter: flag.integer({
    value: 'SECONDS',
    spelling: 'shutdownAfter',
    default: 86_400,
    help: 'End after so many seconds; 0 for never.',
  }),
  checkHealth: flag.boolean({ spelling: 'checkHealth', hidden: true, help: 'Moved to dtailhealth.' }),
  colorTable: flag.boolean({ spelling: 'colorTable', help: 'Show every combination of colours, then exit.' }),
  wideColorTable: flag.boolean({ spelling: 'wideColorTable', help: 'The same with a sample of text.' }),
}
