import type { Output } from '@logflow/cli'
import { FakeClock, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { DtailLog } from '../output/dtail-log.ts'
import { defaultColors } from '../output/term-colors.ts'
import { ConnectionStats } from './connection-stats.ts'
import { HeldOutput } from './held-output.ts'
import { hintAtInterrupt } from './interrupt-hint.ts'

/** A terminal that keeps what it shows. */
function terminal(): Output & { readonly shown: string[] } {
  const shown: string[] = []
  const write = async (chunk: Uint8Array | string): Promise<void> => void shown.push(String(chunk))
  return { shown, write, isTerminal: true, colors: true, columns: 80, closed: false, onClosed: () => {} }
}

/** A program that a person can interrupt; `stopped` counts how often it was told to end. */
function interruptible(test: Cleanup, colors?: typeof defaultColors) {
  const output = terminal()
  const [stdout, stats, clock, stopping] = [
    new HeldOutput(output),
    new ConnectionStats(3),
    new FakeClock(),
    new AbortController(),
  ]
  const state = { stopped: 0 }
  const stop = (): void => {
    state.stopped++
    stopping.abort(new Error('stopped'))
  }
  process.on('SIGINT', stop)
  const undo = hintAtInterrupt({ stdout, stats, colors, clock, signal: stopping.signal })
  test.onTestFinished(async () => {
    undo()
    process.off('SIGINT', stop)
  })
  return { stdout, shown: output.shown, stats, clock, state, interrupt: () => process.emit('SIGINT', 'SIGINT') }
}

describe('a first Ctrl-C', () => {
  it('shows how many servers are connected and holds the output for three seconds', async t => {
    const { stdout, shown, stats, clock, state, interrupt } = interruptible(t)
    stats.connected()
    stats.connecting()
    interrupt()
    const written = stdout.write('a line\n')
    const hint =
      ' Hint: Hit Ctrl+C again to exit\n Connection stats: connected=1|servers=3|connected%=33|new=1|throttle=1\n'
    await clock.advance(2999)
    expect(shown).toEqual([hint])
    await clock.advance(1)
    await written
    expect(shown).toEqual([hint, 'a line\n'])
    expect(state.stopped).toBe(0)
    interrupt()
    expect(shown[2]).toContain('|new=0|')
  })

  it('is painted in the colours of the client', t => {
    const { shown, interrupt } = interruptible(t, defaultColors)
    interrupt()
    const [hint = '', stats = ''] = shown.join('').split('\n')
    expect(hint).toBe(' Hint: Hit Ctrl+C again to exit')
    expect(stats.split('Connection stats: ')[0]).toBe(
      defaultColors.Client.Client.Fg + defaultColors.Client.Client.Bg + defaultColors.Client.Client.Attr,
    )
  })
})

describe('a second Ctrl-C', () => {
  it('within three seconds ends, and lets go what was held', async t => {
    const { stdout, shown, state, interrupt } = interruptible(t)
    interrupt()
    const written = stdout.write('the last line\n')
    interrupt()
    await written
    expect(state.stopped).toBe(1)
    expect(shown.at(-1)).toBe('the last line\n')
  })
})

describe('ConnectionStats', () => {
  it('are logged when the number of connections changed', async t => {
    const [stats, clock, stopping] = [new ConnectionStats(2), new FakeClock(), new AbortController()]
    t.onTestFinished(() => stopping.abort(new Error('over')))
    const told: string[] = []
    const log = new DtailLog({ level: 'none' })
    log.info = (...args) => (told.push(args.join('|')), '')
    void stats.log(log, { clock, signal: stopping.signal })
    const left = stats.connected()
    await clock.advance(9000)
    expect(told).toEqual(['STATS:STATS|connected=1|servers=2|connected%=50|new=1|throttle=0'])
    left()
    left()
    await clock.advance(3000)
    expect(told).toHaveLength(2)
    expect(told[1]).toContain('connected=0|')
  })
})
