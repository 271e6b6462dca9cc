#!/usr/bin/env node
// Runs the addon on whatever Node this is: for binaries made for another machine, where the tests' own tools do not run.
//
//   NODE native/smoke.mjs      NODE is the Node of the target, say `qemu-aarch64-static -L ROOT node`
//
// Needs what `npm run build` makes. Exit 0: the native engine was loaded and everything below came out right.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// What is built is not there for who only looks at the sources.
const built = new URL('../dist/index.js', import.meta.url).href
const { accessAclReader, nativeSupport, openFanout } = await import(built)

const CLIENTS = 20
const folder = mkdtempSync(join(tmpdir(), 'sendfile-smoke-'))
const path = join(folder, 'file')
const server = createServer({ allowHalfOpen: true })
process.exitCode = 1

try {
  process.exitCode = await main()
} finally {
  server.close()
  rmSync(folder, { recursive: true })
}

async function main() {
  const { supported, reason } = nativeSupport()
  console.log(`node ${process.version} ${process.platform} ${process.arch}: ${reason}`)
  if (!supported) return 1
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await wholeFiles() // what the engine keeps for good is open from here on
  const before = readdirSync('/proc/self/fd').length
  const steps = { wholeFiles, followers, truncation, deadPeers, accessLists }
  let failed = 0
  for (const [name, step] of Object.entries(steps)) {
    const wrong = await step().catch(error => error.stack)
    console.log(`${wrong === undefined ? 'ok    ' : 'FAILED'} ${name}${wrong === undefined ? '' : `: ${wrong}`}`)
    if (wrong !== undefined) failed++
  }
  const left = readdirSync('/proc/self/fd').length - before
  console.log(`${left <= 0 ? 'ok    ' : 'FAILED'} no descriptor is left open${left <= 0 ? '' : `: ${left} are`}`)
  return failed === 0 && left <= 0 ? 0 : 1
}

/** What differs, if anything, when many read a file of some megabytes at once. */
async function wholeFiles() {
  const bytes = Buffer.alloc(4_000_003, 'logflow sends files')
  return withFanout(bytes, CLIENTS, async (fanout, fd, pairs) => {
    const digests = pairs.map(async ({ socket, received }) => {
      const transfer = fanout.send(socket, { fd, offset: 7, mode: 'end' })
      const { outcome } = await transfer.done
      socket.end()
      return `${transfer.engine} ${outcome} ${sha256(await received)}`
    })
    return differs(await Promise.all(digests), `native ended ${sha256(bytes.subarray(7))}`)
  })
}

/** One announcement wakes all who wait. */
async function followers() {
  return withFanout('one\n', CLIENTS, async (fanout, fd, pairs) => {
    const transfers = pairs.map(({ socket }) => fanout.send(socket, { fd, offset: 0, mode: 'follow' }))
    await until(() => fanout.stats().parked === CLIENTS)
    appendFileSync(path, 'two\n')
    fanout.extend(fd, 8)
    transfers.forEach(transfer => transfer.endAt(8))
    await Promise.all(transfers.map(({ done }) => done))
    pairs.forEach(({ socket }) => socket.end())
    return differs((await Promise.all(pairs.map(({ received }) => received))).map(String), 'one\ntwo\n')
  })
}

async function truncation() {
  return withFanout(Buffer.alloc(1000), 1, async (fanout, fd, [{ socket }]) => {
    truncateSync(path, 400)
    const { outcome, offset } = await fanout.send(socket, { fd, offset: 0, mode: 'end', end: 1000 }).done
    socket.destroy()
    return differs([`${outcome} ${offset}`], 'truncated 400')
  })
}

async function deadPeers() {
  return withFanout(Buffer.alloc(50_000_000), 1, async (fanout, fd, [{ socket, client }]) => {
    const transfer = fanout.send(socket, { fd, offset: 0, mode: 'end' })
    client.resetAndDestroy()
    return differs([(await transfer.done).outcome], 'closed')
  })
}

/** What the call gives for a file without a list, and that it tells of a missing one. */
async function accessLists() {
  const read = accessAclReader()
  writeFileSync(path, '')
  if (read?.(path) !== undefined) return 'a list where none is'
  try {
    read(join(folder, 'none'))
  } catch (error) {
    return differs([Math.abs(error.errno)], 2)
  }
  return 'a missing file has no error'
}

async function withFanout(bytes, count, work) {
  writeFileSync(path, bytes)
  const fd = openSync(path, 'r')
  const fanout = openFanout({ engine: 'native' })
  try {
    const pairs = []
    for (let i = 0; i < count; i++) pairs.push(await connected())
    return await work(fanout, fd, pairs)
  } finally {
    await fanout.close()
    closeSync(fd)
  }
}

/** Both ends of a connection, and everything that the client will get. */
async function connected() {
  const accepted = once(server, 'connection')
  const client = connect(server.address().port, '127.0.0.1')
  client.on('error', () => {})
  const [socket] = await accepted
  socket.on('error', () => {})
  const chunks = []
  client.on('data', chunk => chunks.push(chunk))
  return { socket, client, received: once(client, 'close').then(() => Buffer.concat(chunks)) }
}

async function until(condition) {
  while (!condition()) await sleep(5)
}

function differs(found, wanted) {
  const wrong = found.filter(text => text !== wanted)
  return wrong.length === 0 ? undefined : `${wrong.length} of ${found.length} are not ${wanted}: ${wrong[0]}`
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
