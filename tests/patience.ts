import { vi } from 'vitest'

/** How long a test waits for what must come, unless it says more: a busy machine may take the second of vitest for itself. */
const PATIENCE_MS = 30_000

const waitFor = vi.waitFor.bind(vi)
vi.waitFor = (check, options) =>
  waitFor(check, { timeout: PATIENCE_MS, ...(typeof options === 'number' ? { timeout: options } : options) })
