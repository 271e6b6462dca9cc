import { askServers, type AskedServers } from '../client/ask-servers.ts'
import type { Asking, NativeAsking } from '../client/ask-server.ts'
import { DeliveryStages } from '../client/delivery-stages.ts'
import { commandsOf, commandsToResume, type Question } from '../client/question.ts'
import type { ServerAddress } from '../client/server-list.ts'
import { withMerge } from '../session/merge-option.ts'
import type { Prepared } from './prepared.ts'
import { inTime } from './stages.ts'

/**
 * Asks in a way that tells where each line is from, and puts it out through the stages. What is merged by time is asked
 * file by file, so that each answer is one stream in order.
 */
export async function askInStages(
  prepared: Prepared,
  servers: readonly ServerAddress[],
  asking: Asking,
  { reconnect }: { readonly reconnect: boolean },
): Promise<AskedServers> {
  const { question, output, range, run } = prepared
  const merges = run.options.merge === 'time'
  const questions = merges ? question.files.map(file => ({ ...question, files: [file] })) : [question]
  const maxWaitMs = question.mode === 'tail' ? run.options.mergeWait : undefined
  const lanes = questions.length * servers.length
  const stages = new DeliveryStages({ output, range, merge: merges ? { lanes, maxWaitMs } : undefined })
  const answers = await Promise.all(
    questions.map(asked => {
      const native = asking.native && nativeOf(prepared, asked, asking.native)
      // Only lines with headers tell where they are from.
      const commands = commandsOf({ ...asked, options: { ...asked.options, plain: false } })
      return askServers(servers, { ...asking, commands, native, ...stages.open() }, { reconnect })
    }),
  )
  return { failed: answers.flatMap(({ failed }) => failed), sources: answers.flatMap(({ sources }) => sources) }
}

/** What servers of our own are asked: they choose by time themselves, and merge their files. */
function nativeOf(prepared: Prepared, asked: Question, native: NativeAsking): NativeAsking {
  const merges = prepared.run.options.merge === 'time'
  const question = inTime(prepared, { ...asked, options: { ...asked.options, plain: false } })
  const wished = merges ? { ...question, options: withMerge(question.options) } : question
  return {
    ...native,
    plain: false,
    commands: commandsOf(wished),
    // Nobody knows where in its files a stream stood that was merged.
    resume: merges || !native.resume ? undefined : points => commandsToResume(wished, points),
  }
}
