import { describe, expect, it } from 'vitest'
import { isRotatedName } from './rotated-names.ts'

describe('isRotatedName', () => {
  it('knows the names that rotation gives, and leaves other logs alone', () => {
    for (const name of [
      'app.log.1',
      'app.log-20261120',
      'app.log~',
      'app.log.1.bak',
      'app.1.log',
      'app-2026-11-20.log',
    ]) {
      expect([name, isRotatedName(name, 'app.log')]).toEqual([name, true])
    }
    for (const name of [
      'app.log',
      'app-errors.log',
      'application.log',
      'app.logs',
      'app',
      'other.log.1',
      'app.1.txt',
    ]) {
      expect([name, isRotatedName(name, 'app.log')]).toEqual([name, false])
    }
    expect(isRotatedName('syslog.1', 'syslog')).toBe(true)
  })
})
