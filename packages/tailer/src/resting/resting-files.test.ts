import { describe, expect, it } from 'vitest'
import type { RestingFile } from './resting-file.ts'
import { RestingFiles } from './resting-files.ts'

const horizon = { ns: 5n, seen: new Set(['a@1']), recent: true, awaited: new Set(['b@2']), packedNs: 9n }

const plain: RestingFile = {
  owner: 7,
  glance: '1 2 3',
  mtimeNs: 1_000_000_000_000_000_001n,
  generation: {
    sourceId: 'f1:fe00:98802d:dn0wv0gvg1ue:1024:37505d45d6fcbf4f',
    claimKey: 'fe00:98802d@dn0wv0gvg1ue',
    mtimeNs: 1_000_000_000_000_000_001n,
    startOffset: 10,
    announced: true,
    offset: 10,
    tailHash: '10:5ed92dc826473b5a',
    head: undefined,
    headStart: 'a line\n\u00ff',
    line: 3,
    held: undefined,
    seenSize: 10,
    knownSize: 10,
    hole: false,
  },
  opener: {
    ...{ first: true, from: 'end', horizon, seen: horizon, searched: undefined, home: '1 2@3' },
    ...{ firstKey: 'fe00:98802d@dn0wv0gvg1ue', released: undefined, opened: undefined },
    missing: undefined,
  },
}

const full: RestingFile = {
  ...plain,
  mtimeNs: 2n,
  generation: {
    ...{
      ...plain.generation,
      claimKey: '1:2@3',
      mtimeNs: -1n,
      startOffset: 0,
      announced: false,
      offset: 8,
      hole: true,
    },
    ...{
      head: { length: 9, hash: 'ff', start: '\n\0' },
      held: new Uint8Array([0, 10, 255]),
      seenSize: 9,
      knownSize: 12,
    },
  },
  opener: {
    ...{
      first: false,
      from: 5,
      horizon: undefined,
      seen: { ...horizon, ns: 0n, packedNs: 0n },
      searched: horizon,
      home: undefined,
    },
    firstKey: undefined,
    released: [{ sourceId: 'x', offset: 4, tailHash: '4:aa', atMs: 5, head: { length: 4, hash: 'aa', start: 'abcd' } }],
    opened: new Set(['c@3']),
    missing: { horizon, isNew: () => true, tokens: [] },
  },
}

describe('RestingFiles', () => {
  it('gives each file as it was laid to rest, whatever it is', () => {
    const files = new RestingFiles()
    for (const path of ['a', 'b', 'c']) files.set(path, plain)
    files.set('b', full)
    expect([files.get('a'), files.get('b'), files.get('c'), files.get('d')]).toEqual([plain, full, plain, undefined])
    expect(files.sourceOf('b')).toEqual({ sourceId: full.generation.sourceId, startOffset: 0 })
    files.delete('a')
    files.delete('b')
    files.set('e', { ...full, opener: { ...full.opener, firstKey: 'nothing' } })
    expect([...files.paths()]).toEqual(['c', 'e'])
    expect(files.get('c')).toEqual(plain)
    expect(files.get('e')?.opener.firstKey).toBe('nothing')
    expect([files.sees('c', '1 2 3'), files.sees('c', '1 2'), files.sees('a', '1 2 3')]).toEqual([true, false, false])
  })

  it('gives each file once of which nobody was told, unless it was taken away', () => {
    const untold: RestingFile = { ...plain, generation: { ...plain.generation, announced: false } }
    const files = new RestingFiles()
    for (const path of ['a', 'b', 'c']) files.set(path, untold)
    files.set('told', plain)
    expect(files.get('a')?.generation.announced).toBe(false)
    files.delete('b')
    expect(files.unannounced).toBe(2)
    expect([...files.takeUnannounced()]).toEqual(['a', 'c'])
    expect([...files.takeUnannounced()]).toEqual([])
    expect([files.get('a')?.generation.announced, files.unannounced]).toEqual([true, 0])
  })
})
