import { flag } from '@logflow/cli'

/** Every option of tailsrv. */
export const flags = {
  port: flag.integer({
    value: 'PORT',
    short: 'p',
    min: 0,
    max: 65_535,
    default: 4321,
    help: 'TCP port to listen on; 0 takes a free one.',
  }),
  bindAddress: flag.text({ value: 'ADDRESS', default: '0.0.0.0', help: 'Address to listen on.' }),
  lingerAfterFileIsGone: flag.boolean({ help: 'Go on serving the open file after it was moved or deleted.' }),
  followName: flag.boolean({
    help: 'After a rotation send the old file to its end, then the new file under the same name.',
  }),
  engine: flag.choice({
    value: 'NAME',
    choices: ['auto', 'native', 'javascript'],
    default: 'auto',
    help: 'What moves the bytes: sendfile on threads, or a read loop; auto takes the first where it can be.',
  }),
  maxClients: flag.integer({ value: 'N', min: 1, max: 1_000_000, default: 10_000, help: 'Clients at a time.' }),
  maxClientsPerAddress: flag.integer({
    value: 'N',
    min: 1,
    max: 1_000_000,
    default: undefined,
    help: 'Clients of one address; as many as there may be at all unless given.',
  }),
  headerTimeout: flag.duration({ value: 'TIME', default: 10_000, help: 'Time for a client to send its header.' }),
  maxHeaderBytes: flag.bytes({ value: 'SIZE', default: 4096, help: 'Longest header line.' }),
  stallTimeout: flag.duration({
    value: 'TIME',
    default: 3_600_000,
    help: 'A client that takes no byte for so long, while there are some for it, is closed.',
  }),
  tlsCert: flag.text({
    value: 'FILE',
    default: undefined,
    help: 'Certificate of the server as PEM, followed by its issuers: every connection is encrypted. Needs --tls-key.',
  }),
  tlsKey: flag.text({ value: 'FILE', default: undefined, help: 'Private key of the certificate as PEM.' }),
  tlsClientCa: flag.text({
    value: 'FILE',
    default: undefined,
    help: 'Issuers as PEM: clients must show a certificate of theirs.',
  }),
  allow: flag.list({
    value: 'ADDRESS',
    help: 'Addresses that may connect, also with a prefix length (10.0.0.0/8). May be repeated.',
  }),
  allowFingerprint: flag.list({
    value: 'SHA256',
    help: 'Fingerprints of client certificates that may connect. Needs TLS. May be repeated.',
  }),
  defaultFile: flag.text({
    value: 'PATH',
    default: undefined,
    help: 'With a directory: the file below it that a number as header means.',
  }),
  drainTimeout: flag.duration({
    value: 'TIME',
    default: 5000,
    help: 'How long clients may fetch what is there when the server stops.',
  }),
  statusPort: flag.integer({
    value: 'PORT',
    min: 0,
    max: 65_535,
    default: undefined,
    help: 'Port on 127.0.0.1 for /healthz and /metrics; off unless given.',
  }),
  journald: flag.boolean({ hidden: true, help: 'Accepted for users of the original; stderr goes to the journal.' }),
} as const
