import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { formatPublicKey, hostKeyFrom, type OfferedHostKey } from '@logflow/ssh'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { DtailLog } from '../output/dtail-log.ts'
import { rsaKey } from '../../test/serving.ts'
import { HostTrust } from './host-trust.ts'

const [key, otherKey] = [hostKeyFrom(rsaKey(), 'test').publicKey, hostKeyFrom(rsaKey(), 'test').publicKey]
const offer = (host: string): OfferedHostKey => ({ host, port: 2222, address: '10.0.0.1', key })

interface Asked {
  readonly trust: HostTrust
  readonly path: string
  readonly questions: string[]
  readonly answers: PassThrough
}

async function person(t: Cleanup, trustAll = false): Promise<Asked> {
  const path = join(await tempDir(t), 'known_hosts')
  const [questions, answers]: [string[], PassThrough] = [[], new PassThrough()]
  const ask = async (text: string): Promise<void> => void questions.push(text)
  const log = new DtailLog({ level: 'none' })
  return { trust: new HostTrust({ path, trustAll, log, ask, answers, batchMs: 20 }), path, questions, answers }
}

const QUESTION = 'Do you want to trust these hosts?? (y=yes,a=all,n=no,d=details): '

describe('HostTrust', () => {
  it('asks once for all unknown hosts and remembers them under name and address', async t => {
    const { trust, path, questions, answers } = await person(t)
    answers.write('maybe\ny\n')
    expect(await Promise.all(['a', 'b', 'c'].map(host => trust.verify(offer(host))))).toEqual([true, true, true])
    const asked = ["Encountered 3 unknown hosts: 'a:2222,b:2222,c:2222'\n", QUESTION]
    expect(questions).toEqual([...asked, ...asked])
    await trust.written()
    const text = await readFile(path, 'utf8')
    for (const name of ['[a]:2222', '[b]:2222', '[c]:2222', '[10.0.0.1]:2222'])
      expect(text).toContain(`${name} ${formatPublicKey(key)}\n`)
    expect(await trust.verify(offer('b'))).toBe(true)
    expect(questions).toHaveLength(4)
  })

  it('trusts nobody after a no, nor when nobody answers', async t => {
    const { trust, path, answers } = await person(t)
    answers.write('n\n')
    expect(await Promise.all(['a', 'b'].map(host => trust.verify(offer(host))))).toEqual([false, false])
    answers.end()
    expect(await trust.verify(offer('a'))).toBe(false)
    await expect(readFile(path, 'utf8')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('shows details and asks again, and asks no more after all', async t => {
    const { trust, questions, answers } = await person(t)
    answers.write('d\na\n')
    expect(await trust.verify(offer('a'))).toBe(true)
    expect(questions[2]).toContain(`[a]:2222 ${formatPublicKey(key)}\n[10.0.0.1]:2222 `)
    expect(await trust.verify(offer('b'))).toBe(true)
    expect(questions).toHaveLength(5)
  })

  it('says that a key has changed', async t => {
    const { trust, path, questions, answers } = await person(t)
    await writeFile(path, `[a]:2222 ${formatPublicKey(otherKey)}\n`)
    answers.write('no\n')
    expect(await Promise.all(['a', 'b'].map(host => trust.verify(offer(host))))).toEqual([false, false])
    expect(questions[1]).toBe("THE HOST KEY HAS CHANGED, somebody may be in between: 'a:2222'\n")
  })

  it('never trusts a revoked key, not even when all are to be trusted', async t => {
    const { trust, path } = await person(t, true)
    await writeFile(path, `@revoked * ${formatPublicKey(key)}\n`)
    expect(await trust.verify(offer('a'))).toBe(false)
  })

  it('asks nobody when all are to be trusted', async t => {
    const { trust, path, questions } = await person(t, true)
    expect(await trust.verify(offer('a'))).toBe(true)
    expect(questions).toEqual([])
    await trust.written()
    expect(await readFile(path, 'utf8')).toContain('[a]:2222 ')
  })

  it('remembers a thousand hosts that are trusted while the file is written', async t => {
    const { trust, path } = await person(t, true)
    const hosts = Array.from({ length: 1000 }, (_, i) => `h${i}`)
    for (const host of hosts) expect(await trust.verify(offer(host))).toBe(true)
    await trust.written()
    const text = await readFile(path, 'utf8')
    for (const host of hosts) expect(text).toContain(`[${host}]:2222 `)
  })

  it('asks again for more than fifty', async t => {
    const { trust, questions, answers } = await person(t)
    const hosts = Array.from({ length: 60 }, (_, i) => `h${i}`)
    const verdicts = Promise.all(hosts.map(host => trust.verify(offer(host))))
    answers.write('y\n')
    while (questions.length < 3) await new Promise(resolve => setImmediate(resolve))
    answers.write('n\n')
    expect((await verdicts).filter(trusted => trusted)).toHaveLength(50)
    expect(questions[2]).toContain('Encountered 10 unknown hosts')
  })
})
