import { lineCount, type LineBatch } from '@logflow/core'
import { facilityOfPriority, severityOfPriority } from '../severity.ts'
import { SourceMemory } from '../source-memory.ts'
import type { BatchText } from '../text.ts'
import type { LineParser } from './line-parser.ts'

// What the uploader makes of the kernel log, and the line in it that ties its clock to the wall:
//
//     <6>[    5.000123] usb 1-1: new device
//     <15>[   65.250000] T: VERSION 1712345678.123 04/05 19:34:38 ntp=1
//
// The number in brackets counts seconds since boot, so a record has a time only through a T line of the same boot.

const layout = /^<(\d{1,4})>\[ *(\d{1,15})\.(\d{6})\] (.*)$/s
const syncLayout = /^T: \S.*? (\d{9,11})(?:\.(\d{3}))? \d\d\/\d\d (?:\d\d:\d\d:\d\d )?ntp=([01])$/
const appLayout = /^([\w./-]{1,64})(?:\[(\d{1,10})\])?: /

/** Stamps of different processors may be this much out of order within one boot. */
const BOOT_TOLERANCE_MS = 1000

/** One reading of both clocks. */
interface ClockSync {
  readonly uptimeMs: number
  readonly wallMs: number
  readonly trusted: boolean
}

/** One boot of one source, as far as it was seen. */
interface Boot {
  /** Readings that may still matter: the last of earlier batches, and those of the current one. */
  syncs: ClockSync[]
  lastUptimeMs: number
}

/** The text form of kernel records, with wall time from the nearest `T:` line of the same boot, synchronised ones first. */
export function createKmsgParser(): LineParser {
  const boots = new SourceMemory<Boot>()
  let boot: Boot = newBoot()
  let upcoming: Boot[] = []
  return {
    begin(batch, text) {
      boot = boots.get(batch.source.id) ?? newBoot()
      boot.syncs = lastSync(boot)
      upcoming = readBoots(batch, text, boot)
      boots.set(batch.source.id, upcoming.at(-1) ?? boot)
    },
    parse(line) {
      const match = layout.exec(line)
      if (!match) return undefined
      const [, priority = '', seconds = '', micros = '', text = ''] = match
      const uptimeMs = Number(seconds) * 1000 + Number(micros) / 1000
      if (isNewBoot(boot, uptimeMs)) boot = upcoming.shift() ?? newBoot()
      boot.lastUptimeMs = uptimeMs
      const fields = new Map([['facility', facilityOfPriority(Number(priority))]])
      fields.set('uptime', `${seconds}.${micros}`)
      const [, app, pid] = appLayout.exec(text) ?? []
      if (app !== undefined) fields.set('app', app)
      if (pid !== undefined) fields.set('pid', pid)
      return { fields, text, severity: severityOfPriority(Number(priority)), timeMs: wallTime(boot, uptimeMs) }
    },
  }
}

function newBoot(): Boot {
  return { syncs: [], lastUptimeMs: -1 }
}

/** What of earlier batches still counts: the last synchronised reading, or the last one. */
function lastSync({ syncs }: Boot): ClockSync[] {
  const last = syncs.findLast(sync => sync.trusted) ?? syncs.at(-1)
  return last ? [last] : []
}

function isNewBoot({ lastUptimeMs }: Boot, uptimeMs: number): boolean {
  return uptimeMs < lastUptimeMs - BOOT_TOLERANCE_MS
}

/** Looks ahead: adds the clock readings of the batch to `first`, and returns the boots that begin in it. */
function readBoots(batch: LineBatch, text: BatchText, first: Boot): Boot[] {
  const begun: Boot[] = []
  let boot = first
  let lastUptimeMs = first.lastUptimeMs
  for (let index = 0; index < lineCount(batch); index++) {
    const line = text.slice(index === 0 ? 0 : (batch.ends[index - 1] as number), batch.ends[index] as number)
    const match = layout.exec(line.trimEnd())
    if (!match) continue
    const uptimeMs = Number(match[2]) * 1000 + Number(match[3]) / 1000
    if (uptimeMs < lastUptimeMs - BOOT_TOLERANCE_MS) begun.push((boot = newBoot()))
    lastUptimeMs = uptimeMs
    const sync = syncLayout.exec(match[4] as string)
    if (sync) boot.syncs.push({ uptimeMs, wallMs: wallOf(sync), trusted: sync[3] === '1' })
  }
  return begun
}

function wallOf([, seconds, millis = '0']: readonly (string | undefined)[]): number {
  return Number(seconds) * 1000 + Number(millis)
}

function wallTime({ syncs }: Boot, uptimeMs: number): number | undefined {
  let best: ClockSync | undefined
  for (const sync of syncs) if (best === undefined || isBetter(sync, best, uptimeMs)) best = sync
  return best && Math.floor(best.wallMs + uptimeMs - best.uptimeMs)
}

function isBetter(sync: ClockSync, than: ClockSync, uptimeMs: number): boolean {
  if (sync.trusted !== than.trusted) return sync.trusted
  return Math.abs(sync.uptimeMs - uptimeMs) < Math.abs(than.uptimeMs - uptimeMs)
}
