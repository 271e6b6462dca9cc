import { createServer } from 'node:net'

/** Below the ports that systems give out of themselves: nobody's connection takes one before the program that is told it. */
const LOWEST = 16_384
const COUNT = 16_384

/** A TCP port on 127.0.0.1 that nobody listens on now. Prefer port 0; this is for programs that must be told one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * COUNT)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
