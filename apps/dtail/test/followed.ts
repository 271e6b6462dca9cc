import { ask, type Answer } from './asked.ts'

/** What is done to a file that is followed, and when that is enough. */
export interface Following {
  /** Called when the file is followed for the first time. */
  readonly write: () => Promise<unknown>
  readonly until: (bytes: Buffer) => boolean
}

/** What `dtail` sees of a file, over all its connections. */
export async function follow(port: number, file: string, { write, until }: Following): Promise<Answer> {
  const ended = new AbortController()
  let writing: Promise<unknown> | undefined
  const answer = await ask(
    port,
    { files: [file], mode: 'tail' },
    {
      reconnect: true,
      detail: 'lines',
      signal: ended.signal,
      onOpened: () => (writing ??= write().catch(error => ended.abort(error))),
      onBytes: bytes => until(bytes) && ended.abort(),
    },
  )
  await writing
  return answer
}
