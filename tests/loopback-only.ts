import net from 'node:net'

/** Tests talk to this machine only: any other address is refused before a packet leaves. */
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the socket as `this` below
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  const host = typeof first === 'object' && first !== null ? (first as { host?: string }).host : undefined
  if (host !== undefined && !/^(localhost|127\.[\d.]+|::1)$/.test(host))
    throw new Error(`tests may not connect to ${host}`)
  return Reflect.apply(connect, this, args) as net.Socket
}
