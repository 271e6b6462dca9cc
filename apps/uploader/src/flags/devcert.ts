import { flag } from '@logflow/cli'

/** Every option of devcert. */
export const flags = {
  kind: flag.choice({
    value: 'KIND',
    choices: ['device', 'server'],
    default: 'device',
    help: 'What the certificate is for: to upload, or to receive.',
  }),
  name: flag.text({
    value: 'NAME',
    default: undefined,
    help: 'Common name, and name of the files; by default the one the original makes of the host name.',
  }),
  out: flag.text({ value: 'DIR', default: '.', help: 'Folder for NAME.key and NAME.pem.' }),
  host: flag.list({
    value: 'HOST',
    help: 'Name or address the server is reached by; may be repeated. [default localhost, 127.0.0.1, ::1]',
  }),
  keyType: flag.choice({ value: 'TYPE', choices: ['ec', 'rsa'], default: 'ec', help: 'P-256, or RSA with 2048 bits.' }),
  days: flag.integer({ value: 'N', min: 1, max: 36_500, default: 36_500, help: 'How long it is valid.' }),
  force: flag.boolean({ short: 'f', help: 'Replace the key and certificate that are there.' }),
  keyFile: flag.text({ value: 'FILE', default: undefined, env: 'KEYFILE', help: 'Where the key goes instead.' }),
  certFile: flag.text({
    value: 'FILE',
    default: undefined,
    env: 'CERTFILE',
    help: 'Where the certificate goes instead.',
  }),
} as const
