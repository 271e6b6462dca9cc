/**
 * A place in the journal as `journalctl` names it (`s=…;i=…;b=…;m=…;t=…;x=…`), written with letters that the proof in a
 * resume token may have: `s…:i…:b…`.
 */
export function formatCursor(cursor: string): string {
  return cursor
    .split(';')
    .map(part => part.replace('=', ''))
    .join(':')
}

/** What {@link formatCursor} wrote, for `journalctl`; `undefined` when it is none. */
export function parseCursor(text: string): string | undefined {
  if (!/^[a-z][0-9a-f]+(?::[a-z][0-9a-f]+)+$/.test(text)) return undefined
  return text
    .split(':')
    .map(part => `${part.slice(0, 1)}=${part.slice(1)}`)
    .join(';')
}

/** Whether two cursors name the same entry: boot, times and hash agree. Files, and places in them, may change. */
export function isSameEntry(cursor: string, other: string): boolean {
  const facts = (text: string): string =>
    text
      .split(';')
      .filter(part => !/^[si]=/.test(part))
      .join(';')
  return facts(cursor) === facts(other)
}

/** The cursor of an entry that `journalctl -o json` wrote; `undefined` when the line is not a whole one. */
export function cursorOf(line: Uint8Array): string | undefined {
  try {
    const cursor = (JSON.parse(Buffer.from(line).toString()) as Record<string, unknown> | null)?.['__CURSOR']
    return typeof cursor === 'string' ? cursor : undefined
  } catch {
    return undefined
  }
}
