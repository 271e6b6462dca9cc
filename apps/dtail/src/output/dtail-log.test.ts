import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { DtailLog, parseLevel, parseLogger } from './dtail-log.ts'

const now = (): Date => new Date(2026, 0, 2, 3, 4, 5)

describe('DtailLog', () => {
  it('writes lines in the format of the original, one file per day', async t => {
    const folder = join(await tempDir(t), 'log')
    const log = new DtailLog({ level: 'info', folder, now })
    expect(log.warn('paul@1.2.3.4:5', 'x', 7)).toBe('WARN|0102-030405|paul@1.2.3.4:5|x|7')
    expect(log.debug('x')).toBe('')
    log.payload(Buffer.from('read\n'))
    expect(await readdir(folder)).toEqual(['20260102.log'])
    expect(await readFile(join(folder, '20260102.log'), 'utf8')).toBe('WARN|0102-030405|paul@1.2.3.4:5|x|7\nread\n')
  })

  it('has the prefix of a client instead of a time, and keeps a line one line', () => {
    const log = new DtailLog({ level: 'all', prefix: 'CLIENT|h|' })
    expect(log.info('a\nb\u001b[2J')).toBe('CLIENT|h|INFO|a b\\x1b[2J')
  })

  it('takes events of libraries', () => {
    const lines: string[] = []
    const log = new DtailLog({ level: 'warn', now })
    const warn = log.warn.bind(log)
    log.warn = (...args) => {
      lines.push(warn(...args))
      return ''
    }
    log.asLogger().warn({ event: 'a.b', peer: 'x', err: new Error('why') }, 'message')
    expect(lines).toEqual(['WARN|0102-030405|message|peer=x|why'])
  })

  it('refuses levels and loggers that do not exist', () => {
    expect(parseLevel('WARN')).toBe('warn')
    expect(parseLevel('')).toBe('default')
    expect(() => parseLevel('loud')).toThrow('unknown log level')
    expect(parseLogger('FOUT')).toEqual({ people: true, file: true })
    expect(() => parseLogger('syslog')).toThrow('unknown logger')
  })
})
