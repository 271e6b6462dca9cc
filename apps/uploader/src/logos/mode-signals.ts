/** What a signal asks of logos: limits off, limits on, buckets half full. */
export type ModeSignal = 'unlimited' | 'limited' | 'restart'

const SIGNALS: Readonly<Record<string, ModeSignal>> = { SIGUSR1: 'unlimited', SIGUSR2: 'limited', SIGHUP: 'restart' }

/** Signals that came, kept until somebody listens. */
export interface ModeSignals {
  listen(call: (mode: ModeSignal) => void): void
}

/** Takes SIGUSR1, SIGUSR2 and SIGHUP over from here on. */
export function watchModeSignals(): ModeSignals {
  const early: ModeSignal[] = []
  let call = (mode: ModeSignal): void => void early.push(mode)
  for (const [name, mode] of Object.entries(SIGNALS)) process.on(name, () => call(mode))
  return {
    listen(listener) {
      call = listener
      for (const mode of early.splice(0)) listener(mode)
    },
  }
}
