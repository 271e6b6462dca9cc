import { describe, expect, it } from 'vitest'
import { PermissionRules } from './permissions.ts'

const allowed = (rules: string[], path: string): boolean => new PermissionRules(rules).decide(path).allowed

describe('PermissionRules', () => {
  it('allows what one rule matches, anywhere in the path', () => {
    expect(allowed(['^/var/log/.*$'], '/var/log/a')).toBe(true)
    expect(allowed(['log'], '/var/log/a')).toBe(true)
    expect(allowed(['^/var/log/'], '/etc/passwd')).toBe(false)
    expect(allowed([], '/var')).toBe(false)
  })

  it('lets a matching exclamation mark win, wherever it stands', () => {
    expect(allowed(['readfiles:^/.*', 'readfiles:!^/tmp/bar.log$'], '/tmp/bar.log')).toBe(false)
    expect(allowed(['readfiles:!^/tmp/bar.log$', 'readfiles:^/.*'], '/tmp/bar.log')).toBe(false)
    expect(allowed(['readfiles:!^/tmp/bar.log$', 'readfiles:^/.*'], '/tmp/foo.log')).toBe(true)
  })

  it('passes over rules of another type', () => {
    expect(new PermissionRules(['writefiles:.*']).empty).toBe(true)
    expect(allowed(['^/a:b'], '/a:b')).toBe(false)
  })

  it('denies when it comes to a rule that is no pattern', () => {
    expect(new PermissionRules(['^/', 'readfiles:(']).decide('/a')).toEqual({
      allowed: false,
      invalidRule: 'readfiles:(',
    })
  })
})
