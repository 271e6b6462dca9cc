import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { parseServer, resolveServers } from './server-list.ts'

const options = { discovery: '', defaultPort: 2222, random: () => 0.999 }
const names = (text: string, discovery = ''): string[] =>
  resolveServers(text, { ...options, discovery }).map(server => server.name)

describe('resolveServers', () => {
  it('reads a comma list, each server once', () => {
    expect(names('a,b:4242,, a ,c')).toEqual(['a', 'b:4242', 'c'])
  })

  it('reads a file with one server per line', async t => {
    const path = join(await tempDir(t), 'servers')
    await writeFile(path, 'a\r\nb:1\n\n')
    expect(names(path)).toEqual(['a', 'b:1'])
    expect(names(path, 'file')).toEqual(['a', 'b:1'])
    expect(names(path, 'COMMA')).toEqual([path])
  })

  it('mixes the order', () => {
    const mixed = resolveServers('a,b,c', { ...options, random: () => 0 }).map(server => server.name)
    expect(mixed).not.toEqual(['a', 'b', 'c'])
    expect(mixed.sort()).toEqual(['a', 'b', 'c'])
  })

  it('refuses modules it does not know', () => {
    expect(() => names('x', 'etcd:y')).toThrow('no such server discovery module: ETCD')
  })
})

describe('parseServer', () => {
  it.each([
    ['web1', 'web1', 2222],
    ['web1:4242', 'web1', 4242],
    ['[::1]:4242', '::1', 4242],
    ['[::1]', '::1', 2222],
    ['fe80::1', 'fe80::1', 2222],
  ])('reads %s', (name, host, port) => {
    expect(parseServer(name, 2222)).toEqual({ name, host, port })
  })

  it.each(['a:b', ':1', 'a:0', 'a:70000'])('refuses %s', name => {
    expect(() => parseServer(name, 2222)).toThrow('is no server')
  })
})
