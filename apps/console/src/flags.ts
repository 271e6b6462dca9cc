import { flag } from '@logflow/cli'

/** Options of console. */
export const flags = {
  port: flag.integer({
    value: 'PORT',
    short: 'p',
    min: 0,
    max: 65_535,
    default: 4380,
    help: 'TCP port of the page; 0 takes a free one.',
  }),
  bindAddress: flag.text({
    value: 'ADDRESS',
    default: '127.0.0.1',
    help: 'Address to listen on. The page shows log lines to everybody who can reach it.',
  }),
  allowHost: flag.list({
    value: 'NAME',
    help: 'Host name under which the page may be asked for besides localhost and IP addresses. May be repeated.',
  }),
  grinder: flag.text({
    value: 'URL',
    default: undefined,
    help: 'Where grinder answers; without it the page shows health only.',
  }),
  watch: flag.list({
    value: 'NAME=URL',
    help: 'A program whose /healthz and /metrics are shown. May be repeated.',
  }),
  interval: flag.duration({ value: 'TIME', default: 1000, help: 'How often the watched programs are asked.' }),
  maxClients: flag.integer({
    value: 'N',
    min: 1,
    max: 10_000,
    default: 64,
    help: 'Open pages at most; one more is told to try later.',
  }),
  clientBuffer: flag.bytes({
    value: 'SIZE',
    default: 256 * 1024,
    help: 'Bytes waiting for one slow page; beyond that it misses lines and is told how many.',
  }),
}
