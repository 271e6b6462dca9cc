import type { Delivery, LineBatch } from '@logflow/core'
import type { NativeBlock } from '@logflow/protocol'
import type { Answered, AnswerSink } from '../src/client/answer-sink.ts'
import { askServers, type AskedServers } from '../src/client/ask-servers.ts'
import { commandsOf, commandsToResume, type Question } from '../src/client/question.ts'
import { Limiter } from '../src/limiter.ts'
import { DtailLog } from '../src/output/dtail-log.ts'
import type { NativeAsking } from '../src/client/ask-server.ts'

/** What a test asks; `cat` of nothing but its files unless it says more. */
export type Asked = Partial<Question> & Pick<Question, 'files'>

/** What came, and how it ended. */
export interface Answer extends AskedServers {
  readonly bytes: Buffer
  readonly messages: string
  readonly deliveries: readonly Delivery[]
  /** What came of one file; `server` counts from 0 in the order of the ports. */
  readonly bytesOf: (path: string, server?: number) => Buffer
}

/** How a test asks. */
export interface AskOptions {
  readonly detail?: 'lines' | 'bytes'
  readonly native?: Partial<NativeAsking> | undefined
  readonly reconnect?: boolean
  readonly signal?: AbortSignal
  /** Called with everything that has come so far. */
  readonly onBytes?: (bytes: Buffer) => unknown
  /** Called when a source is opened. */
  readonly onOpened?: () => unknown
}

/** Asks a server on `port`, or one on each of them, as a client does. */
export async function ask(port: number | readonly number[], asked: Asked, options: AskOptions = {}): Promise<Answer> {
  const {
    detail = 'bytes',
    native,
    reconnect = false,
    signal = new AbortController().signal,
    onBytes,
    onOpened,
  } = options
  const question: Question = { ...DEFAULTS, ...asked, options: { plain: true, quiet: true, ...asked.options } }
  const deliveries: Delivery[] = []
  const chunks: Uint8Array[] = []
  const pieces = new Map<string, Uint8Array[]>()
  let messages = ''
  const put = ({ bytes, source }: LineBatch | NativeBlock, { server }: Answered): undefined => {
    const copy = Uint8Array.from(bytes)
    chunks.push(copy)
    const key = `${server.name} ${source.path}`
    pieces.set(key, [...(pieces.get(key) ?? []), copy])
    onBytes?.(Buffer.concat(chunks))
  }
  const sink: AnswerSink = {
    take: async batch => {
      messages += Buffer.from(batch.bytes).toString('latin1')
      return []
    },
    deliveries: {
      deliver(item, from) {
        deliveries.push(item)
        if (item.kind === 'event' && item.event === 'opened') onOpened?.()
        if (item.kind === 'lines') put(item, from)
        return undefined
      },
      ...(detail === 'bytes' && { print: put }),
    },
  }
  const servers = [port].flat().map((port, at) => ({ name: `server${at}`, host: '127.0.0.1', port }))
  const resume: NativeAsking['resume'] = points => commandsToResume(question, points)
  const ended = await askServers(
    servers,
    {
      commands: commandsOf(question),
      connection: { user: 'paul', auth: { password: 'paul' }, verifyHostKey: () => true },
      throttle: new Limiter(1),
      sink,
      native: { resume, follows: question.mode === 'tail', packings: [], packAlways: false, plain: true, ...native },
      log: new DtailLog({ level: 'none' }),
      signal,
    },
    { reconnect },
  )
  return {
    ...ended,
    bytes: Buffer.concat(chunks),
    messages,
    deliveries,
    bytesOf: (path, server = 0) => Buffer.concat(pieces.get(`server${server} ${path}`) ?? []),
  }
}

const DEFAULTS = { mode: 'cat', pattern: '', invert: false, options: {}, timeoutSeconds: 0 } as const
