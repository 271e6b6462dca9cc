import { flag } from '@logflow/cli'

/** Every option of uploader. */
export const flags = {
  receiver: flag.text({ value: 'URL', default: undefined, help: 'Where to upload to: https://HOST:PORT.' }),
  cert: flag.text({ value: 'FILE', default: undefined, help: 'Certificate of this device, PEM; see devcert.' }),
  key: flag.text({ value: 'FILE', default: undefined, help: 'Its private key, PEM.' }),
  ca: flag.text({
    value: 'FILE',
    default: undefined,
    help: "Certificates that the receiver's must lead to, PEM; its own will do. [default those of Node]",
  }),
  spool: flag.text({ value: 'DIR', default: undefined, help: 'Folder of the spool; made when it is not there.' }),
  spoolSize: flag.bytes({
    value: 'SIZE',
    default: 256 * 1024 * 1024,
    help: 'Disk the spool may take; beyond, the oldest that is not being sent is dropped and leaves a gap.',
  }),
  batchSize: flag.bytes({ value: 'SIZE', default: 1024 * 1024, help: 'An upload is closed at this size.' }),
  sync: flag.choice({
    value: 'WHEN',
    choices: ['always', 'batch'],
    default: 'always',
    help: 'What a power failure may cost: nothing that a checkpoint has passed, or the batch that is being filled.',
  }),
  follow: flag.list({
    value: 'GLOB',
    help: 'Files to follow, through rotation too; a fifo; the journal of a unit as journal:UNIT. May be repeated.',
  }),
  from: flag.choice({
    value: 'WHERE',
    choices: ['start', 'end'],
    default: 'start',
    help: 'Where to begin in files without a checkpoint.',
  }),
  kmsg: flag.boolean({ help: 'Read the kernel log.' }),
  kmsgPath: flag.text({ value: 'FILE', default: '/dev/kmsg', hidden: true, help: 'Where the kernel log is.' }),
  stdin: flag.text({ value: 'NAME', default: undefined, help: 'Read standard input to its end, under this name.' }),
  hostName: flag.text({
    value: 'NAME',
    default: undefined,
    help: 'Name of this host in the data. [default the system’s]',
  }),
  interval: flag.duration({
    value: 'TIME',
    default: 1000,
    help: 'Between two uploads, spread by a twelfth; after a failure it is tried sooner, never later.',
  }),
  timeout: flag.duration({ value: 'TIME', default: 60_000, help: 'For one upload, answer included.' }),
  suppressMacs: flag.boolean({ help: 'Replace hardware addresses in lines by six letters.' }),
  macKey: flag.text({
    value: 'FILE',
    default: undefined,
    help: '16 bytes that decide the letters, to be shared by devices. [default random, new at each start]',
  }),
  once: flag.boolean({ help: 'Upload what is there now and end: 0 when all of it is acknowledged.' }),
  statusPort: flag.integer({
    value: 'PORT',
    min: 0,
    max: 65_535,
    default: undefined,
    help: 'Port on 127.0.0.1 for /healthz and /metrics; off unless given.',
  }),
} as const
