import { createServer, type AddressInfo } from 'node:net'

/** A TCP port on 127.0.0.1 that nobody listens on now. Prefer port 0; this is for programs that must be told one. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
