import { existsSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ourAnswer, type MapAnswer } from './dmap-answer.ts'
import { randomCase, type MapCase } from './dmap-cases.ts'
import { readCorpus, writeCorpus } from './dmap-corpus.ts'
import { programAnswers } from './dmap-original.ts'

// The corpus was recorded from the real program of snonux/dtail:
//
//     LOGFLOW_PEERS=/path LOGFLOW_RECORD=1 npx vitest run --project programs tests/interop/dmap-differential.test.ts

const CORPUS_CASES = 360
const RANDOM_CASES = 1000
/** Cases whose answer the built program gives as well, with files and all. */
const PROGRAM_CASES = 48

const peers = process.env['LOGFLOW_PEERS']
const original = peers === undefined ? undefined : path.join(peers, 'F', 'dmap')
const hasOriginal = original !== undefined && existsSync(original)
if (!hasOriginal)
  console.warn('LOGFLOW_PEERS names no folder with F/dmap: only the recorded queries were checked, no random ones')

const ours = path.resolve(import.meta.dirname, '../../node_modules/.bin/dmap')

async function differences(cases: readonly MapCase[], wanted: readonly MapAnswer[]): Promise<unknown[]> {
  const found: unknown[] = []
  for (const [index, asked] of cases.entries()) {
    const { stdout, outfile } = wanted[index] as MapAnswer
    const answer = await ourAnswer(asked)
    if (answer.stdout !== stdout || answer.outfile !== outfile)
      found.push({ ...asked, answer, wanted: { stdout, outfile } })
  }
  return found
}

describe('dmap, as the Go fork answers', () => {
  beforeAll(async () => {
    if (process.env['LOGFLOW_RECORD'] === undefined || !hasOriginal) return
    const cases = Array.from({ length: CORPUS_CASES }, (_, seed) => randomCase(seed))
    writeCorpus(cases, await programAnswers(original, cases))
  })

  it('gives the answers that were recorded', async () => {
    const corpus = readCorpus()
    expect(corpus.length).toBeGreaterThanOrEqual(300)
    expect(await differences(corpus, corpus)).toEqual([])
  })

  it('gives them as a program, too', async () => {
    // What is appended shows reports on the way, which there are on a slow machine.
    const corpus = readCorpus()
      .filter(({ query }) => !query.includes('append'))
      .slice(0, PROGRAM_CASES)
    const answers = await programAnswers(ours, corpus)
    expect(answers).toEqual(corpus.map(({ stdout, outfile }) => ({ stdout, outfile })))
  })

  it.runIf(hasOriginal)(`answers ${RANDOM_CASES} random queries to random logs like the original`, async () => {
    const first = Number(process.env['LOGFLOW_SEED'] ?? Date.now() % 1_000_000_000)
    console.info(`dmap: cases from seed ${first} on`)
    const cases = Array.from({ length: RANDOM_CASES }, (_, index) => randomCase(first + index))
    expect(await differences(cases, await programAnswers(original as string, cases))).toEqual([])
  })
})

const STATS = 'INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|'
const log = (...pairs: readonly string[]): string => pairs.map(pair => `${STATS}${pair}\n`).join('')

describe.runIf(hasOriginal)('dmap, where it does not answer as the Go fork', () => {
  const both = async (asked: MapCase): Promise<readonly [ours: string, theirs: string]> => {
    const [theirs] = await programAnswers(original as string, [asked])
    return [(await ourAnswer(asked)).stdout, theirs?.stdout ?? '']
  }

  it('keeps groups whose key holds the byte AC, which ends a message of the original', async () => {
    const query = 'from STATS select count(k),sum(v) group by k'
    const [answer, theirs] = await both({ query, log: log('k=5 €|v=1', 'k=x|v=2') })
    expect(answer).toMatch(/\n +1 \| 1\.000000 \n +1 \| 2\.000000 \n/)
    expect(theirs).not.toMatch(/1\.000000/)
  })

  it('adds a column that is written twice once', async () => {
    const query = 'from STATS select sum(v),sum(v) group by k'
    const [answer, theirs] = await both({ query, log: log('k=x|v=1', 'k=x|v=2') })
    expect(answer).toMatch(/\n 3\.000000 \| 3\.000000 \n/)
    expect(theirs).not.toBe(answer)
  })
})
