const PREFIX = 'journal:'

/** The unit of `journal:`, which names none. */
export const WHOLE_JOURNAL = ''

/** Whether a name is about the journal of systemd instead of a file. */
export function isJournal(name: string): boolean {
  return name.startsWith(PREFIX)
}

/**
 * The unit of `journal:<unit>`, empty for the whole journal. `undefined` for one that could be taken for an option or
 * that no unit is called.
 */
export function unitOf(name: string): string | undefined {
  const unit = name.slice(PREFIX.length)
  // eslint-disable-next-line no-control-regex -- control characters are what is to be found
  return unit.startsWith('-') || /[\s\u0000-\u001f\u007f-\u009f]/.test(unit) ? undefined : unit
}
