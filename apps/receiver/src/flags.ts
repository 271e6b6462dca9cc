import { flag } from '@logflow/cli'

/** Every option of receiver. */
export const flags = {
  port: flag.integer({
    value: 'PORT',
    short: 'p',
    min: 0,
    max: 65_535,
    default: 4443,
    help: 'TCP port to listen on; 0 takes a free one.',
  }),
  bindAddress: flag.text({ value: 'ADDRESS', default: '0.0.0.0', help: 'Address to listen on.' }),
  store: flag.text({ value: 'DIR', default: undefined, help: 'Folder of the store; made when it is not there.' }),
  cert: flag.text({ value: 'FILE', default: undefined, help: 'Certificate of this server, PEM.' }),
  key: flag.text({ value: 'FILE', default: undefined, help: 'Its private key, PEM.' }),
  devices: flag.text({
    value: 'DIR',
    default: undefined,
    help: 'Folder of known certificates, <stream>.pem each; looked at on every request.',
  }),
  maxUploads: flag.integer({
    value: 'N',
    min: 1,
    max: 100_000,
    default: 64,
    help: 'Uploads at a time; others get 503.',
  }),
  maxUploadBytes: flag.bytes({
    value: 'SIZE',
    default: 256 * 1024 * 1024,
    help: 'Memory that the uploads of one moment may take together.',
  }),
  maxBody: flag.bytes({ value: 'SIZE', default: 8 * 1024 * 1024, help: 'Largest body as it comes over the wire.' }),
  maxBatch: flag.bytes({ value: 'SIZE', default: 32 * 1024 * 1024, help: 'Largest body once it is unfolded.' }),
  bodyTimeout: flag.duration({ value: 'TIME', default: 60_000, help: 'Time for a body to arrive.' }),
  maxConnections: flag.integer({ value: 'N', min: 1, max: 1_000_000, default: 10_000, help: 'Connections at a time.' }),
  segmentSize: flag.bytes({ value: 'SIZE', default: 64 * 1024 * 1024, help: 'A segment is sealed at this size.' }),
  segmentAge: flag.duration({ value: 'TIME', default: 3_600_000, help: 'A segment is sealed at this age.' }),
  retainFor: flag.duration({ value: 'TIME', default: 0, help: 'Remove segments after this time; 0 keeps them.' }),
  retainBytes: flag.bytes({
    value: 'SIZE',
    default: 0,
    help: 'Remove the oldest segments beyond this much; 0 keeps them.',
  }),
  statusPort: flag.integer({
    value: 'PORT',
    min: 0,
    max: 65_535,
    default: undefined,
    help: 'Port on 127.0.0.1 for /healthz and /metrics; off unless given.',
  }),
} as const
