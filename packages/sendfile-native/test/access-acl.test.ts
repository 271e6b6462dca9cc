import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { accessAclReader } from '../src/index.ts'
import { engines } from './engines.ts'

const folder = mkdtempSync(join(tmpdir(), 'logflow-acl-'))
afterAll(() => rmSync(folder, { recursive: true }))

// Lists that are there are read in the tests of dserver, which has use for them.
describe.runIf(engines.includes('native'))('accessAclReader', () => {
  it('says that there is no list, and why it cannot say', () => {
    const read = accessAclReader() as NonNullable<ReturnType<typeof accessAclReader>>
    const path = join(folder, 'plain.log')
    writeFileSync(path, 'x')
    expect(read(path)).toBeUndefined()
    expect(() => read(join(folder, 'missing'))).toThrow(expect.objectContaining({ errno: 2, syscall: 'getxattr' }))
    expect(() => read(join(path, 'below-a-file'))).toThrow(expect.objectContaining({ errno: 20 }))
  })
})
