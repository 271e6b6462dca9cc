import type { SessionSpec } from '@logflow/protocol'
import { FakeClock } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import type { Question } from '../client/question.ts'
import { QueryControl } from './query-control.ts'
import { SessionDialogue } from './session-dialogue.ts'

const question: Question = {
  mode: 'tail',
  files: ['/a.log', '/b.log'],
  pattern: 'x "y"',
  invert: false,
  options: { quiet: true },
  timeoutSeconds: 0,
}

/** A control over `names`; those with `!` refuse, those with `-` cannot be asked anew. */
function controlOf(...names: readonly string[]) {
  const [asked, reloads]: [string[], Question[]] = [[], []]
  const state = { quit: false }
  const control = new QueryControl({
    question,
    servers: names.length,
    onReload: next => void reloads.push(next),
    onQuit: () => (state.quit = true),
  })
  for (const name of names) {
    const update = async ({ regex }: SessionSpec): Promise<void> => {
      if (name.endsWith('!')) throw new Error(`${name} does not want to`)
      asked.push(`${name} ${regex}`)
    }
    control.join({ name, update: name.endsWith('-') ? undefined : update })
  }
  return { control, asked, reloads, state }
}

describe('QueryControl', () => {
  it('says what is asked', async () => {
    const { control } = controlOf('a', 'b-')
    expect(await control.handle(':show')).toBe(
      'mode=tail files=/a.log,/b.log query="" regex="x \\"y\\"" options="quiet=true" timeout=0 capable=1/2',
    )
  })

  it('asks all servers anew, then goes on with the new question', async () => {
    const { control, asked, reloads } = controlOf('a', 'b')
    expect(await control.handle(':reload -regex z')).toBe('reload applied successfully')
    expect(asked).toEqual(['a z', 'b z'])
    expect(reloads).toMatchObject([{ pattern: 'z', files: ['/a.log', '/b.log'] }])
    expect(control.question.pattern).toBe('z')
  })

  it('takes everything back when one server does not go along', async () => {
    const { control, asked, reloads } = controlOf('a', 'b!')
    expect(await control.handle(':reload -regex z')).toBe('reload failed: b! does not want to')
    expect(asked).toEqual(['a z', 'a x "y"'])
    expect(reloads).toEqual([])
    expect(control.question).toBe(question)
  })

  it('asks nobody when somebody cannot be asked', async () => {
    const { control, asked } = controlOf('a', 'b-', 'c-')
    const failed = 'reload failed: runtime query updates unsupported by server: b-, c-'
    expect(await control.handle(':reload -regex z')).toBe(failed)
    expect(asked).toEqual([])
  })

  it('replies to the rest', async () => {
    const { control, state } = controlOf('a')
    expect(await control.handle('  ')).toBeUndefined()
    expect(await control.handle(':help')).toContain('Commands: :reload <flags>, :show, :help, :quit. Use quotes')
    expect(await control.handle(':reload')).toBe('interactive query error: reload requires flags to change')
    expect(await control.handle(':reload -x "')).toBe('interactive query error: unterminated quoted string')
    expect(await control.handle('what "now"')).toBe('interactive query error: unknown command "what \\"now\\""')
    expect(state.quit).toBe(false)
    expect(await control.handle(' :quit ')).toBe('quitting interactive session')
    expect(state.quit).toBe(true)
  })
})

describe('SessionDialogue', () => {
  const spec: SessionSpec = { mode: 'cat', files: ['a'] }

  it('counts generations and wants exactly the next one', async () => {
    const sent: string[] = []
    const dialogue: SessionDialogue = new SessionDialogue(async text => {
      sent.push(text.split(' ').slice(0, 3).join(' '))
      dialogue.take(sent.length === 1 ? { kind: 'started', generation: 1 } : { kind: 'updated', generation: 2 })
    }, new FakeClock())
    await dialogue.start(spec)
    await dialogue.update(spec)
    expect(sent[1]).toBe('SESSION UPDATE 2')
    await expect(dialogue.update(spec)).rejects.toThrow('unexpected session acknowledgement: updated 2')
  })

  it('gives up after two seconds, and passes on why it was refused', async () => {
    const clock = new FakeClock()
    const silent = new SessionDialogue(async () => {}, clock).start(spec)
    const told = expect(silent).rejects.toThrow('timed out waiting for session acknowledgement')
    await clock.advance(2000)
    await told
    const refused: SessionDialogue = new SessionDialogue(
      async () => refused.take({ kind: 'error', text: 'invalid session spec' }),
      clock,
    )
    await expect(refused.start(spec)).rejects.toThrow('session request rejected: invalid session spec')
  })
})
