/** One generation of one file or stream on one host. Two sources are the same exactly when `id` is. */
export interface Source {
  /** Host name as the producer knows it. */
  readonly host: string
  /** Path as the user named it, or a pseudo path: `-` for stdin, `kmsg:` for the kernel log. */
  readonly path: string
  /** What survives a rename and tells a new file under an old name apart: device, inode, birth time, hash of the head. */
  readonly id: string
}
