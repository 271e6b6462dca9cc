import { flag } from '@logflow/cli'

/** Flags of the programs that aggregate: dmap and dtail. */
export const queryFlags = {
  query: flag.text({
    value: 'QUERY',
    default: '',
    help: 'What to aggregate, such as "from STATS select count($line)".',
  }),
  timeout: flag.integer({
    value: 'SECONDS',
    min: 0,
    default: 0,
    help: 'How long servers may collect; 0 for no limit.',
  }),
}
