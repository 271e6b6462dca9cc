/** The four patterns of the study: rare literal, common literal, folded alternation, classes. */
export const PATTERNS = [
  ['rare', 'NEEDLE_7f3a'],
  ['common', 'Chrome/125'],
  ['folded', '(?i:error|warn)'],
  ['classes', '" [45][0-9]{2} [0-9]{5} .*rt=1\\.[89]'],
] as const
