/** What names end with whose content is packed: nobody appends a line to it. */
const PACKED_NAME = /\.(?:gz|tgz|zst|zstd|xz|bz2|lz4|Z|zip)$/

/** Whether a name says that its file is packed, as those are that a rotator packs. */
export function isPackedName(name: string): boolean {
  return PACKED_NAME.test(name)
}
