/** For the sink: what is told now is a problem of the answer, not a remark. */
export const PROBLEM = { problem: true }

/** What the original says of a missing and of a forbidden file alike. */
export const UNREADABLE = 'Unable to read file(s), check server logs'
