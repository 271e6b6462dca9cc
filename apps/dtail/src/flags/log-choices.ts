/** Levels of the log, quiet to loud. */
export const levels = [
  'none',
  'fatal',
  'error',
  'warn',
  'info',
  'default',
  'verbose',
  'debug',
  'devel',
  'trace',
  'all',
] as const

/** Where log lines can go. */
export const loggers = ['none', 'stdout', 'file', 'fout'] as const
