import type { Account } from './account.ts'

/** Rights of one entry, as three bits: read 4, write 2, search or execute 1. */
type Rights = number

/** The access control list of a file or folder, acl(5). */
export interface AccessList {
  readonly owner: Rights
  readonly users: ReadonlyMap<number, Rights>
  readonly owningGroup: Rights
  readonly groups: ReadonlyMap<number, Rights>
  /** What users and groups have at most. */
  readonly mask: Rights
  readonly others: Rights
}

/** Whom a file belongs to. */
export interface Ownership {
  readonly uid: number
  readonly gid: number
}

const VERSION = 2
const HEAD_BYTES = 4
const ENTRY_BYTES = 8
const ALL: Rights = 7

/** Kinds of entries, linux/posix_acl_xattr.h. */
const TAG = { owner: 1, user: 2, owningGroup: 4, group: 8, mask: 16, others: 32 }

/** Reads the attribute `system.posix_acl_access`. @throws Error for what is none, so that it grants nothing */
export function parseAccessList(bytes: Uint8Array): AccessList {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (
    bytes.length < HEAD_BYTES ||
    view.getUint32(0, true) !== VERSION ||
    (bytes.length - HEAD_BYTES) % ENTRY_BYTES !== 0
  )
    throw new Error('an access control list of an unknown form')
  const users = new Map<number, Rights>()
  const groups = new Map<number, Rights>()
  const single = new Map<number, Rights>()
  for (let at = HEAD_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    const [tag, rights, id] = [view.getUint16(at, true), view.getUint16(at + 2, true), view.getUint32(at + 4, true)]
    if (tag === TAG.user) users.set(id, rights)
    else if (tag === TAG.group) groups.set(id, rights)
    else single.set(tag, rights)
  }
  const right = (tag: number, missing: Rights): Rights => single.get(tag) ?? missing
  return {
    owner: right(TAG.owner, 0),
    users,
    owningGroup: right(TAG.owningGroup, 0),
    groups,
    mask: right(TAG.mask, ALL),
    others: right(TAG.others, 0),
  }
}

/** The list that a mode stands for, where there is no other. */
export function listOfMode(mode: number): AccessList {
  const none = new Map<number, Rights>()
  const [owner, owningGroup, others] = [(mode >> 6) & ALL, (mode >> 3) & ALL, mode & ALL]
  return { owner, users: none, owningGroup, groups: none, mask: ALL, others }
}

/**
 * Whether the list gives `account` the rights in `wanted`, as the kernel decides it: the owner's entry, or the user's
 * own, or any one of their groups, or what others have; the first of these that there is decides, even when a later one
 * would grant more.
 */
export function grants(list: AccessList, { uid, gid }: Ownership, account: Account, wanted: Rights): boolean {
  const gives = (rights: Rights): boolean => (rights & wanted) === wanted
  if (account.uid === uid) return gives(list.owner)
  const own = list.users.get(account.uid)
  if (own !== undefined) return gives(own & list.mask)
  const mine = [...list.groups].filter(([group]) => account.groups.has(group)).map(([, rights]) => rights)
  if (account.groups.has(gid)) mine.push(list.owningGroup)
  return mine.length > 0 ? mine.some(rights => gives(rights & list.mask)) : gives(list.others)
}
