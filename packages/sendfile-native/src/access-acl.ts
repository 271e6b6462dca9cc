import { nativeBinding } from './native-binding.ts'

/** Reads access control lists of files; see {@link accessAclReader}. */
export type AccessAclReader = (path: string) => Uint8Array | undefined

/**
 * What reads the POSIX access control list of a file or folder, a system call that Node does not have: bytes of the
 * attribute `system.posix_acl_access` (acl(5)) of what `path` leads to, `undefined` where there is no list or the file
 * system keeps none. Nothing has to be open or readable, the folders above searchable. The reader throws an error with
 * `errno` when it cannot say.
 *
 * @returns `undefined` where there is no addon; {@link nativeSupport} says why
 */
export function accessAclReader(): AccessAclReader | undefined {
  const binding = nativeBinding()
  return binding && (path => binding.accessAcl(path))
}
