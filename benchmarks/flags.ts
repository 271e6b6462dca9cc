import { flag } from '@logflow/cli'

/** Options of the benchmarks. */
export const flags = {
  peers: flag.text({
    value: 'DIR',
    default: undefined,
    help: 'Folder with peers: F/dcat … and O/dcat … (Go DTail), each measured beside ours when there.',
  }),
  inputs: flag.text({
    value: 'DIR',
    default: undefined,
    help: 'Folder of the generated inputs, .logflow/bench of the checkout without it.',
  }),
  rounds: flag.integer({ value: 'N', min: 1, max: 1000, default: 5, help: 'Rounds; all candidates run once in each.' }),
  size: flag.bytes({ value: 'SIZE', default: 150_000_000, help: 'Size of each generated log.' }),
  seed: flag.integer({ value: 'N', min: 0, max: 2 ** 31, default: 20_240_601, help: 'Seed of the generated inputs.' }),
}
