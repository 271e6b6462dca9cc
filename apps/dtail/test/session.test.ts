import { appendFile, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeCommandFrame } from '@logflow/protocol'
import { describe, expect, it, vi } from 'vitest'
import { converse, readUntil, serving } from './serving.ts'

const UNREADABLE =
  /^SERVER\|earth\|WARN\|1121-030405\|paul@127\.0\.0\.1:\d+\|Unable to read file\(s\), check server logs\n¶/

describe('a session of dserver', () => {
  it('sends the lines of a file with host, number and source', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\ntwo')
    const text = await converse(await here.session(), `cat: ${path} regex:noop `)
    expect(text).toBe('REMOTE|earth|100|1|a.log|one\n¶REMOTE|earth|100|2|a.log|two\n¶')
  })

  it('sends lines alone when the first command with options says plain', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\n')
    const commands = [`cat:plain=true:quiet=true ${path} regex:noop `, `cat:quiet=true ${path} regex:noop `]
    expect(await converse(await here.session(), ...commands)).toBe('one\n¶one\n¶')
  })

  it('searches with context and stops at the limit, file by file', async t => {
    const here = await serving(t)
    await here.file('a.log', 'a\nb\nhit 1\nc\nhit 2\nd\nhit 3\n')
    await here.file('b.log', 'hit 4\n')
    const command = `grep:plain=true:before=1:after=1:max=2 ${here.folder}/*.log regex:default,literal hit`
    const lines = (await converse(await here.session(), command)).split('¶').sort()
    expect(lines).toEqual(['', 'b\n', 'c\n', 'd\n', 'hit 1\n', 'hit 2\n', 'hit 4\n'])
  })

  it('follows a file, and a file that is not there yet', async t => {
    const here = await serving(t, { ReadGlobRetryIntervalMs: 100 })
    const session = await here.session()
    await session.write(encodeCommandFrame(`tail: ${here.folder}/live*.log regex:default hello`))
    await readUntil(session, 'Unable to read')
    const path = await here.file('live1.log', 'hello before\n')
    const reading = readUntil(session, 'hello 2\n¶')
    const writing = setInterval(() => void appendFile(path, 'hello 1\nbye\nhello 2\n'), 100)
    t.onTestFinished(() => clearInterval(writing))
    expect(await reading).toMatch(
      /REMOTE\|earth\|100\|\d+\|1\.log\|hello 2\n¶|REMOTE\|earth\|100\|\d+\|live1\.log\|hello 2\n¶/,
    )
  })

  it('answers the same for a missing and for a forbidden file', async t => {
    const here = await serving(t, { Permissions: { Default: ['^/.*', 'readfiles:!secret'], Users: {} } })
    const path = await here.file('secret.log', 'x\n')
    const missing = await converse(await here.session(), `cat: ${here.folder}/missing regex:noop `)
    const forbidden = await converse(await here.session(), `cat: ${path} regex:noop `)
    expect(missing).toMatch(UNREADABLE)
    expect(forbidden).toMatch(UNREADABLE)
  })

  it('decides on what a link leads to, and reads nothing but files', async t => {
    const here = await serving(t, { Permissions: { Default: ['!/hidden/', '^/.*'], Users: {} } })
    await mkdir(join(here.folder, 'hidden'))
    await symlink(await here.file('hidden/x', 'x\n'), join(here.folder, 'open'))
    expect(await converse(await here.session(), `cat: ${here.folder}/open regex:noop `)).toMatch(UNREADABLE)
    expect(await converse(await here.session(), `cat: ${here.folder} regex:noop `)).toMatch(UNREADABLE)
  })

  it('reads no more files at one time than it has places for', async t => {
    const here = await serving(t, { MaxConcurrentCats: 1 })
    for (const name of ['a', 'b', 'c']) await here.file(`${name}.log`, `${name}\n`.repeat(1000))
    const text = await converse(await here.session(), `cat:plain=true ${here.folder}/*.log regex:noop `)
    // With one place the files come whole, one after another.
    expect(text.replaceAll('\n¶', '')).toMatch(/^(a+b+c+|a+c+b+|b+a+c+|b+c+a+|c+a+b+|c+b+a+)$/)
  })

  it('cuts lines over the limit, and says so', async t => {
    const here = await serving(t, { MaxLineLength: 4 })
    const path = await here.file('a.log', 'abcdefgh1\nx\n')
    expect(await converse(await here.session(), `cat: ${path} regex:noop `)).toBe(
      `SERVER|earth|WARN|1121-030405|${path}|Long log line, splitting into multiple lines\n¶` +
        ['abcd', 'efgh', '1', 'x'].map((piece, i) => `REMOTE|earth|100|${i + 1}|a.log|${piece}\n¶`).join(''),
    )
  })

  it('aggregates what the reads of the session find', async t => {
    const here = await serving(t)
    const line = 'INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|currentConnections=2\n'
    const path = await here.file('a.log', `noise\n${line}${line}`)
    const query = 'from STATS select count($line),sum(currentConnections) group by $hostname'
    const text = await converse(
      await here.session(),
      `map: ${query}`,
      `cat: ${path} regex:default \\|MAPREDUCE:STATS\\|`,
    )
    expect(Buffer.from(text, 'latin1').toString()).toContain('count($line)≔2∥')
    expect(Buffer.from(text, 'latin1').toString()).toContain('sum(currentConnections)≔4∥')
  })

  it('ends a query whose files are missing', async t => {
    const here = await serving(t)
    const commands = ['map: select count($line)', `cat: ${here.folder}/missing regex:noop `]
    expect(await converse(await here.session(), ...commands)).toMatch(UNREADABLE)
  })

  it('reports a query that is none, and reads all the same', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\n')
    const text = await converse(await here.session(), 'map: selekt x', `cat: ${path} regex:noop `)
    expect(text).toContain('Invalid query: ')
    expect(text).toContain('|one\n¶')
  })

  it('cancels a read after its timeout', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', '')
    const started = performance.now()
    expect(await converse(await here.session(), `timeout 1 tail ${path} regex:noop `)).toBe('')
    expect(performance.now() - started).toBeGreaterThan(900)
  })
})

describe('commands that are none', () => {
  it.for([
    ['dance now', /ERROR\|1121-030405\|paul@[\d.:]+\|Received unknown user command\|dance\|2\|\[dance now\]\n¶/],
    ['cat: x', /WARN\|1121-030405\|paul@[\d.:]+\|Unable to parse command\|\[cat: x\]\|2\n¶/],
    ['cat: x nonsense y', /ERROR\|1121-030405\|paul@[\d.:]+\|Unable to parse command\|unable to deserialize regex/],
    ['grep: x regex:default (', /ERROR\|1121-030405\|paul@[\d.:]+\|Unable to parse command\|/],
    ['health', /ERROR\|1121-030405\|paul@[\d.:]+\|Received unknown user command/],
  ] as const)('are answered: %s', async ([command, answer], t) => {
    const here = await serving(t)
    expect(await converse(await here.session(), command)).toMatch(answer)
  })

  it('include frames of another version, which the session survives', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\n')
    const session = await here.session()
    await session.write(Buffer.from('protocol 5 base64 aGVhbHRo;protocol 4 base64 aGVhbHRo;'))
    const text = await converse(session, `cat: ${path} regex:noop `)
    expect(text).toContain("the DTail server protocol version '4.1' does not match")
    expect(text).toContain('please update DTail server')
    expect(text).toContain('please update DTail client')
    expect(text).toContain('|one\n¶')
  })

  it('include frames that never end: the session is closed', async t => {
    const here = await serving(t, { MaxCommandFrameSize: 1000 })
    const session = await here.session()
    await session.write(Buffer.alloc(2000, 0x61))
    await session.closed
  })
})

describe('AUTHKEY', () => {
  it('says what is wrong with a key, and never ends the session', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\n')
    const session = await here.session()
    await session.write(Buffer.concat(['AUTHKEY', 'AUTHKEY !!', 'AUTHKEY AAAA'].map(encodeCommandFrame)))
    const text = await converse(session, `cat: ${path} regex:noop `)
    expect(text).toContain('AUTHKEY ERR missing public key')
    expect(text).toContain('AUTHKEY ERR invalid base64')
    expect(text).toContain('AUTHKEY ERR invalid public key')
    expect(text).toContain('|one\n¶')
  })
})

describe('a health check', () => {
  it('is answered with OK and no greeting', async t => {
    const here = await serving(t)
    const session = await here.session('DTAIL-HEALTH')
    expect(await converse(session, 'AUTHKEY AAAA', 'health')).toBe('SERVER|earth|OK¶')
  })

  it('may not read', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\n')
    const text = await converse(await here.session('DTAIL-HEALTH'), `cat: ${path} regex:noop `)
    expect(text).toContain('Received unknown health command')
    expect(text).not.toContain('one')
  })
})

describe('a client that leaves', () => {
  it('stops what is read for it', async t => {
    const here = await serving(t, { MaxConcurrentTails: 1 })
    const path = await here.file('a.log', '')
    const first = await here.session()
    await first.write(encodeCommandFrame(`tail: ${path} regex:noop `))
    await vi.waitFor(() => expect(here.server.stats().connections).toBe(1))
    first.abort()
    const second = await here.session()
    await second.write(encodeCommandFrame(`tail:plain=true ${path} regex:noop `))
    const writing = setInterval(() => void appendFile(path, 'free\n'), 50)
    t.onTestFinished(() => clearInterval(writing))
    expect(await readUntil(second, 'free\n¶')).toContain('free\n¶')
  })

  it('may close its side first and still gets its answer', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\n')
    const { Client } = (await import('ssh2')).default
    const raw = new Client()
    t.onTestFinished(() => void raw.destroy())
    await new Promise<void>(resolve => {
      raw.once('ready', () => resolve())
      raw.connect({ host: '127.0.0.1', port: here.server.port, username: 'paul', password: 'x' })
    })
    const text = await new Promise<string>(resolve => {
      raw.shell(false, (_error, channel) => {
        let received = ''
        channel.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
        channel.once('close', () => resolve(received))
        channel.end(encodeCommandFrame(`cat:plain=true ${path} regex:noop `))
      })
    })
    expect(text).toContain('one\n\xac')
  })
})
