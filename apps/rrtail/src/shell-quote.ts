/** One word for a POSIX shell, whatever is in it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/**
 * A pattern for the remote shell to expand: `*`, `?`, `[` `]` and a leading `~` or `~user` stay, everything else is
 * quoted, so that nothing in it can be run.
 */
export function quotePattern(text: string): string {
  const home = /^~[A-Za-z0-9._-]*(?=\/|$)/.exec(text)?.[0] ?? ''
  const rest = text.slice(home.length)
  return home + rest.replace(/[^*?[\]]+/g, run => quote(run))
}
