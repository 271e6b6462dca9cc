import { describe, expect, it } from 'vitest'
import { createRecordParser, detectFormat, type LogFormatName, type LogRecord } from '../src/index.ts'
import { batchOf, source } from './batch.ts'

const referenceTimeMs = Date.parse('2026-10-03T00:00:00Z')

function parse(format: LogFormatName, ...lines: string[]): readonly LogRecord[] {
  return createRecordParser(format, { referenceTimeMs })(batchOf(lines.join('\n') + '\n'))
}

function first(format: LogFormatName, line: string): Record<string, unknown> {
  const [record] = parse(format, line)
  const { fields, text, timeMs, severity, unparsed, partial } = record as LogRecord
  const time = timeMs === undefined ? undefined : new Date(timeMs).toISOString()
  return { fields: Object.fromEntries(fields), text, time, severity, unparsed, partial }
}

const samples = {
  default: 'INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|connections=0|total=1',
  json: '{"level":"warn","time":"2026-10-02T07:11:43Z","msg":"hi","http":{"status":500,"tags":["a"]},"x":null}',
  logfmt: 'ts=2026-10-02T07:11:43Z level=error msg="say \\"hi\\"\\n" empty= flag',
  clf: '1.2.3.4 - joe [02/Oct/2026:07:11:43 +0000] "GET /a?b HTTP/1.1" 200 12 "http://x/" "curl \\"8\\""',
  syslog3164: '<34>Oct  2 07:11:43 box sshd[812]: Failed password',
  syslog5424: '<165>1 2026-10-02T07:11:43.003Z box app 7 ID47 [ex@1 a="1" b="x\\]y"][z@2 c=""] \ufeffhello',
  cri: '2026-10-02T07:11:43.669794202Z stderr P half a li',
  'docker-json': '{"log":"ready\\n","stream":"stdout","attrs":{"tag":"t"},"time":"2026-10-02T07:11:43.1Z"}',
  kmsg: '<6>[    5.000123] usb 1-1: new device',
  generickv: 'a=1|b=x=y|lost|c=',
} as const

describe('createRecordParser', () => {
  it('reads what the DTail servers write', () => {
    expect(first('default', samples.default)).toMatchObject({
      time: '2026-10-02T07:11:43.000Z',
      severity: 'info',
      text: samples.default,
      fields: { $loglevel: 'INFO', $goroutines: '13', $uptime: '471h0m21s', connections: '0', total: '1' },
    })
  })

  it('opens nested JSON by dots and keeps arrays as JSON', () => {
    expect(first('json', samples.json)).toEqual({
      fields: { level: 'warn', time: '2026-10-02T07:11:43Z', msg: 'hi', 'http.status': '500', 'http.tags': '["a"]' },
      text: samples.json,
      time: '2026-10-02T07:11:43.000Z',
      severity: 'warn',
    })
  })

  it('reads logfmt with quotes, escapes, empty values and keys alone', () => {
    expect(first('logfmt', samples.logfmt)).toMatchObject({
      fields: { level: 'error', msg: 'say "hi"\n', empty: '', flag: '' },
      severity: 'error',
      time: '2026-10-02T07:11:43.000Z',
    })
  })

  it('reads access logs, common and combined', () => {
    expect(first('clf', samples.clf)).toMatchObject({
      time: '2026-10-02T07:11:43.000Z',
      fields: {
        remote_host: '1.2.3.4',
        user: 'joe',
        method: 'GET',
        path: '/a?b',
        status: '200',
        user_agent: 'curl \\"8\\"',
      },
    })
    const common = first('clf', '::1 - - [02/Oct/2026:07:11:43 +0200] "-" 408 -')
    expect(common.fields).toEqual({ remote_host: '::1', time: '02/Oct/2026:07:11:43 +0200', status: '408' })
  })

  it('reads BSD syslog with and without priority, and with ISO times', () => {
    expect(first('syslog3164', samples.syslog3164)).toEqual({
      fields: { host: 'box', app: 'sshd', pid: '812', facility: 'auth' },
      text: 'Failed password',
      time: '2026-10-02T07:11:43.000Z',
      severity: 'crit',
    })
    expect(first('syslog3164', '2026-10-02T09:11:43.5+02:00 box kernel: x')).toMatchObject({
      fields: { app: 'kernel' },
      time: '2026-10-02T07:11:43.500Z',
    })
  })

  it('reads RFC 5424 syslog with structured data', () => {
    expect(first('syslog5424', samples.syslog5424)).toEqual({
      fields: {
        facility: 'local4',
        host: 'box',
        app: 'app',
        pid: '7',
        msgid: 'ID47',
        'ex@1.a': '1',
        'ex@1.b': 'x]y',
        'z@2.c': '',
      },
      text: 'hello',
      time: '2026-10-02T07:11:43.003Z',
      severity: 'notice',
    })
    expect(first('syslog5424', '<0>1 - - - - - -')).toMatchObject({
      fields: { facility: 'kern' },
      text: '',
      severity: 'emerg',
    })
    expect(first('syslog5424', '<0>1 - - - - - [broken')).toMatchObject({ unparsed: true })
  })

  it('unwraps what container runtimes write', () => {
    expect(first('cri', samples.cri)).toMatchObject({ fields: { stream: 'stderr' }, text: 'half a li', partial: true })
    expect(first('docker-json', samples['docker-json'])).toMatchObject({
      fields: { stream: 'stdout', 'attrs.tag': 't' },
      text: 'ready',
      time: '2026-10-02T07:11:43.100Z',
      partial: undefined,
    })
  })

  it('names CSV values by the first line of each source', () => {
    const parser = createRecordParser('csv')
    const [header, row, short, long] = parser(batchOf('a,b\n1,2\n3\n1,2,3\n'))
    expect(header?.fields.size).toBe(0)
    expect(Object.fromEntries((row as LogRecord).fields)).toEqual({ a: '1', b: '2' })
    expect(Object.fromEntries((short as LogRecord).fields)).toEqual({ a: '3' })
    expect(long?.unparsed).toBe(true)
    const [other] = parser(batchOf('c\n', 0, { ...source, id: 'other' }))
    expect(other?.fields.size).toBe(0)
  })

  it('knows where each record lies, whatever the line end', () => {
    const records = createRecordParser('generic')(batchOf('one\r\ntwo\n\nlast', 100))
    expect(records.map(({ offset, endOffset, text }) => [offset, endOffset, text])).toEqual([
      [100, 105, 'one'],
      [105, 109, 'two'],
      [109, 110, ''],
      [110, 114, 'last'],
    ])
  })

  it('leaves no line out', () => {
    for (const format of Object.keys(samples) as (keyof typeof samples)[]) {
      const [record] = parse(format, '\u0000 nothing of the kind')
      expect(record).toMatchObject({ unparsed: true, text: '\u0000 nothing of the kind' })
    }
  })

  it('refuses an unknown format', () => {
    expect(() => createRecordParser('nope' as LogFormatName)).toThrow(
      expect.objectContaining({
        code: 'LF_RECORD_FORMAT_UNKNOWN',
        detail: expect.objectContaining({ format: 'nope' }),
      }),
    )
  })
})

describe('detectFormat', () => {
  it('tells every format from a few lines', () => {
    for (const [format, line] of Object.entries(samples))
      expect(detectFormat(batchOf(`${line}\n${line}\n`))).toBe(format)
    expect(detectFormat(batchOf('a,b\n1,2\n3,4\n'))).toBe('csv')
  })

  it('forgives one line in five and falls back to generic', () => {
    const lines = [samples.json, samples.json, samples.json, samples.json, 'Starting up']
    expect(detectFormat(batchOf(lines.join('\n')))).toBe('json')
    expect(detectFormat(batchOf('hello\nworld\n'))).toBe('generic')
    expect(detectFormat(batchOf(''))).toBe('generic')
  })
})
