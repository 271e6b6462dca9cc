import { silentLogger } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { chooseWay, type FirstWord } from './choose-way.ts'

describe('chooseWay', () => {
  type RunOf = Parameters<typeof chooseWay>[1]
  const run = (port?: number, ...given: string[]): RunOf =>
    ({ options: { port }, given: new Set(given), logger: silentLogger }) as unknown as RunOf
  const says =
    (word: string | undefined): FirstWord =>
    () =>
      Promise.resolve(word)
  const web1 = { user: undefined, host: 'web1', path: '/x' }
  const never: FirstWord = () => Promise.reject(new Error('nobody may be asked'))
  const unknown = (): Promise<boolean> => Promise.resolve(false)
  const known = (): Promise<boolean> => Promise.resolve(true)

  it('leaves to ssh what the original would, and asks nobody', async () => {
    expect(await chooseWay(web1, run(), { firstWord: never, knowsDserver: unknown })).toBe('ssh')
    expect(await chooseWay(web1, run(22, 'sshConfig'), { firstWord: never })).toBe('ssh')
  })

  it('goes by what the port says first', async () => {
    expect(await chooseWay(web1, run(22), { firstWord: says('SSH-2.0-OpenSSH_9.2\r\n') })).toBe('ssh')
    expect(await chooseWay(web1, run(2222), { firstWord: says('SSH-2.0-logflow\r\n') })).toBe('dtail')
    expect(await chooseWay(web1, run(4321), { firstWord: says('') })).toBe('tailsrv')
    expect(await chooseWay({ ...web1, user: 'me' }, run(4321), { firstWord: says('') })).toBe('ssh')
    expect(await chooseWay(web1, run(4321), { firstWord: says(undefined) })).toBe('ssh')
  })

  it('takes a dserver that is known, and the one file of a tailsrv', async () => {
    expect(await chooseWay(web1, run(), { firstWord: says('SSH-2.0-logflow\r\n'), knowsDserver: known })).toBe('dtail')
    expect(await chooseWay(web1, run(), { firstWord: says(undefined), knowsDserver: known })).toBe('ssh')
    expect(await chooseWay({ ...web1, path: '-' }, run(), { firstWord: never })).toBe('tailsrv')
  })
})
