import { existsSync, readFileSync } from 'node:fs'
import { addAbortSignal } from 'node:stream'
import type { Run } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import { LOGOS_BYTES_PER_BURST, LOGOS_BYTES_PER_DAY, LogosBuckets } from '@logflow/ratelimit'
import type { flags } from '../flags/logos.ts'
import { LineLogger } from '../logos/line-logger.ts'
import type { ModeSignals } from '../logos/mode-signals.ts'
import { openKernelLog, RecordWriter } from '../logos/record-writer.ts'

type LogosRun = Run<typeof flags>

const EXIT = { facility: 1, read: 1, kmsg: 3, number: 6, usage: 99 } as const
const MIN_BURST_BYTES = 600
const MIN_DAY_BYTES = 86_400
const UNLIMITED_FILE = '/fiber/config/disable-log-limits'

/** Standard input to the kernel log, until it ends. */
export async function log({ operands, stderr, signal }: LogosRun, modeSignals: ModeSignals): Promise<number> {
  const say = (text: string): void => void stderr.write(`logos: ${text}\n`).catch(() => {})
  const [facilityText, burstText = '', dayText = ''] = operands
  if (facilityText === undefined || operands.length > 3) {
    say('usage: logos FACILITY [BYTES_PER_BURST [BYTES_PER_DAY]]')
    return EXIT.usage
  }
  const facility = facilityText.replaceAll('_', '')
  if (facility === '') {
    say('facility name was empty, or all underscores.')
    return EXIT.facility
  }
  const bytesPerBurst = leadingInteger(burstText) || LOGOS_BYTES_PER_BURST
  const bytesPerDay = leadingInteger(dayText) || LOGOS_BYTES_PER_DAY
  if (bytesPerBurst < MIN_BURST_BYTES || bytesPerDay < MIN_DAY_BYTES) {
    say(`bytes per burst must be at least ${MIN_BURST_BYTES}, bytes per day at least ${MIN_DAY_BYTES}`)
    return EXIT.number
  }
  const debug = leadingInteger(process.env['LOGOS_DEBUG'] ?? '') >= 1
  const sink = openSink(debug, say)
  if (!sink) return EXIT.kmsg
  const buckets = new LogosBuckets({ bytesPerBurst, bytesPerDay })
  const logger = new LineLogger(new RecordWriter(sink.fd, facility, say), buckets, {
    clock: systemClock,
    onOffer(cost) {
      const { burst, daily, warning } = buckets.available
      if (debug) say(`burst=${burst} daily=${daily} warning=${warning} want=${cost}`)
    },
  })
  if (existsSync(UNLIMITED_FILE)) logger.setMode('unlimited')
  modeSignals.listen(mode => logger.setMode(mode))
  try {
    return await readInput(logger, signal, say)
  } finally {
    sink.close()
  }
}

async function readInput(logger: LineLogger, signal: AbortSignal, say: (text: string) => void): Promise<number> {
  let code = 0
  try {
    for await (const chunk of addAbortSignal(signal, process.stdin) as AsyncIterable<Uint8Array>) logger.push(chunk)
  } catch (error) {
    if (!signal.aborted && (error as NodeJS.ErrnoException).code === 'EPIPE') return 0
    if (!signal.aborted) {
      say(`cannot read: ${(error as Error).message}`)
      code = EXIT.read
    }
  }
  logger.end()
  return code
}

/** Where records go: stdout when debugging, else the kernel log, with the directory given up so that no mount stays busy. */
function openSink(debug: boolean, say: (text: string) => void): { readonly fd: number; close(): void } | undefined {
  if (debug) return { fd: 1, close: () => {} }
  try {
    const sink = openKernelLog()
    process.chdir('/')
    const limit = readFileSync('/proc/sys/kernel/printk_devkmsg', 'latin1').trim()
    if (limit !== 'on')
      say(`W: kernel.printk_devkmsg is ${limit}: the kernel drops all but 10 records in 5 seconds; set it to on`)
    return sink
  } catch (error) {
    say(`cannot write to /dev/kmsg: ${(error as Error).message}`)
    return undefined
  }
}

/** As C's `atoll`: leading digits count, anything else is 0. */
function leadingInteger(text: string): number {
  return Number(/^\s*([+-]?\d+)/.exec(text)?.[1] ?? 0)
}
