import { describe, expect, it } from 'vitest'
import type { Account } from './account.ts'
import { grants, listOfMode, parseAccessList } from './access-list.ts'

const READ = 4
const FILE = { uid: 1, gid: 10 }
const account = (uid: number, ...groups: number[]): Account => ({ uid, groups: new Set(groups), home: '/' })

/** Entries as getfacl prints them, e.g. `u:7:r--`, in the form of the attribute. */
function attribute(...entries: readonly string[]): Buffer {
  const head = Buffer.from([2, 0, 0, 0])
  const tags: Readonly<Record<string, readonly [number, number]>> = { u: [1, 2], g: [4, 8], m: [16, 16], o: [32, 32] }
  return Buffer.concat([
    head,
    ...entries.map(entry => {
      const [kind = '', id = '', rights = ''] = entry.split(':')
      const bytes = Buffer.alloc(8)
      bytes.writeUInt16LE((tags[kind] as readonly [number, number])[id === '' ? 0 : 1], 0)
      bytes.writeUInt16LE(
        [...rights].reduce((bits, letter) => bits * 2 + (letter === '-' ? 0 : 1), 0),
        2,
      )
      bytes.writeUInt32LE(id === '' ? 0xffffffff : Number(id), 4)
      return bytes
    }),
  ])
}

function mayRead(who: Account, ...entries: readonly string[]): boolean {
  return grants(parseAccessList(attribute(...entries)), FILE, who, READ)
}

describe('grants', () => {
  it.for([
    ['the owner, whatever the mask', account(1), ['u::r--', 'u:7:---', 'g::---', 'm::---', 'o::---'], true],
    ['not the owner whose entry is empty', account(1, 10), ['u::---', 'u:7:r--', 'g::r--', 'm::r--', 'o::r--'], false],
    ['a user who is named', account(7), ['u::---', 'u:7:r--', 'g::---', 'm::r--', 'o::---'], true],
    ['not a user whom the mask stops', account(7), ['u::---', 'u:7:rwx', 'g::---', 'm::-wx', 'o::r--'], false],
    [
      'not a user who is named with nothing',
      account(7, 10),
      ['u::r--', 'u:7:---', 'g::r--', 'm::r--', 'o::r--'],
      false,
    ],
    [
      'a member of a group that is named',
      account(7, 3, 20),
      ['u::---', 'g::---', 'g:20:r--', 'm::r--', 'o::---'],
      true,
    ],
    ['one of whose groups one may', account(7, 10, 20), ['u::r--', 'g::---', 'g:20:r--', 'm::r--', 'o::---'], true],
    ['not one whose groups may not', account(7, 10, 20), ['u::r--', 'g::---', 'g:20:-w-', 'm::rw-', 'o::r--'], false],
    [
      'not the owning group behind a wide mask',
      account(7, 10),
      ['u::r--', 'u:8:r--', 'g::---', 'm::r--', 'o::r--'],
      false,
    ],
    ['not a group whom the mask stops', account(7, 10), ['u::r--', 'g::r--', 'g:20:r--', 'm::---', 'o::r--'], false],
    ['others, whom no mask stops', account(7, 3), ['u::---', 'u:8:---', 'g::---', 'm::---', 'o::r--'], true],
    ['not others who have nothing', account(7, 3), ['u::r--', 'u:8:r--', 'g::r--', 'm::r--', 'o::---'], false],
  ] as const)('%s', ([, who, entries, expected]) => {
    expect(mayRead(who, ...entries)).toBe(expected)
  })

  it('decides as the mode does where there is nothing else', () => {
    for (const [mode, expected] of [
      [0o400, [true, false, false]],
      [0o040, [false, true, false]],
      [0o004, [false, false, true]],
      [0o640, [true, true, false]],
    ] as const)
      expect([account(1), account(7, 10), account(7)].map(who => grants(listOfMode(mode), FILE, who, READ))).toEqual(
        expected,
      )
  })

  it('takes nothing for a list that is none', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from([1, 0, 0, 0]), attribute('u::r--').subarray(0, 9)])
      expect(() => parseAccessList(bytes)).toThrow('unknown form')
    const nothing = parseAccessList(attribute())
    for (const who of [account(1), account(7, 10), account(7)]) expect(grants(nothing, FILE, who, READ)).toBe(false)
  })
})
