import { describe, expect, it } from 'vitest'
import type { AskedSource } from '../client/ask-servers.ts'
import { DtailLog } from './dtail-log.ts'
import { tellSources } from './tell-sources.ts'

function source(path: string, account: Partial<AskedSource['account']> = {}): AskedSource {
  const known = { name: path, size: 9, offset: 9, gapBytes: 0, state: 'ended' } as const
  return {
    server: { name: 'web1', host: 'web1', port: 2222 },
    account: { source: { host: 'web1', path, id: 'x' }, ...known, ...account },
  }
}

/** What is said, line by line, and whether anything is missing. */
function told(sources: readonly AskedSource[], quiet = false): { lines: string[]; missing: boolean } {
  const lines: string[] = []
  const log = new DtailLog({ level: 'none' })
  const put =
    (level: string) =>
    (...args: readonly (string | number)[]): string => {
      lines.push([level, ...args].join('|'))
      return ''
    }
  log.info = put('INFO')
  log.warn = put('WARN')
  return { missing: tellSources(sources, { log, quiet }), lines }
}

describe('tellSources', () => {
  it('says of every source whether it came whole', () => {
    const sources = [source('/a'), source('/b', { gapBytes: 12 }), source('/c', { state: 'failed' })]
    expect(told(sources)).toEqual({
      missing: true,
      lines: ['INFO|web1|/a|complete', 'WARN|web1|/b|gap 12 bytes', 'WARN|web1|/c|could not be read to its end'],
    })
    expect(told(sources, true).lines).toEqual(told(sources).lines.slice(1))
  })

  it('does not call complete what broke off with its server', () => {
    const broken = source('/a', { state: 'open', offset: 7 })
    const lines: string[] = []
    const log = new DtailLog({ level: 'none' })
    log.warn = (...args) => String(lines.push(args.join('|')))
    const failed = [{ server: broken.server, reason: 'gone' }]
    expect(tellSources([broken], { log, quiet: true, failed })).toBe(true)
    expect(lines).toEqual(['web1|/a|broke off at byte 7'])
  })

  it('counts what is complete when it is much', () => {
    const sources = Array.from({ length: 100 }, (_, i) => source(`/${i}`))
    expect(told(sources)).toEqual({ missing: false, lines: ['INFO|100 sources|complete'] })
  })
})
