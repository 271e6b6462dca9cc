import { describe, expect, it } from 'vitest'
import { defaultConfig } from './dtail-config.ts'
import { parseConfig } from './parse-config.ts'

const parse = (json: unknown): ReturnType<typeof parseConfig> => parseConfig(JSON.stringify(json), 'dtail.json')

describe('parseConfig', () => {
  it('fills what the file does not say with the defaults', () => {
    expect(parse({})).toEqual({ config: defaultConfig, warnings: [], notes: [] })
    expect(parse({ Server: null, Common: { SSHPort: null } }).config).toEqual(defaultConfig)
  })

  it('reads keys in any case, replaces lists and keeps the rules of each user', () => {
    const { config, warnings } = parse({
      server: {
        maxconnections: 7,
        PERMISSIONS: { default: ['^/var'], users: { paul: ['readfiles:^/.*$'] } },
        Ciphers: ['x'],
      },
      COMMON: { sshport: 4242 },
    })
    expect(warnings).toEqual([])
    expect(config.Server.MaxConnections).toBe(7)
    expect(config.Server.Permissions).toEqual({ Default: ['^/var'], Users: { paul: ['readfiles:^/.*$'] } })
    expect(config.Server.Ciphers).toEqual(['x'])
    expect(config.Common.SSHPort).toBe(4242)
  })

  it('takes the default for counts and times that are not positive', () => {
    const { config } = parse({ Server: { MaxGlobTargets: 0, MaxCommandFrameSize: 0, ReadRetryIntervalMs: -1 } })
    expect(config.Server).toMatchObject({ MaxGlobTargets: 1000, MaxCommandFrameSize: 0, ReadRetryIntervalMs: 2000 })
  })

  it('names unknown keys and the nearest known one', () => {
    const { warnings } = parse({ Server: { MaxConections: 3 }, Sever: {}, Server2: 1 })
    expect(warnings[0]).toBe('dtail.json: unknown key Server.MaxConections; did you mean MaxConnections?')
    expect(warnings[1]).toContain('unknown key Sever; did you mean Server?')
  })

  it('says which keys of the original have no effect', () => {
    const server = { outputflushtimeoutms: 5, ShutdownIdleRecheckWaitMs: 10, MaxConnections: 3 }
    const { config, warnings, notes } = parse({ Server: server, Common: { Logger: 'file', LogDir: 'x' } })
    expect(notes).toEqual([
      'dtail.json: without effect here: Server.OutputFlushTimeoutMs, Server.ShutdownIdleRecheckWaitMs, Common.Logger',
    ])
    expect(warnings).toEqual([])
    expect(config.Server.MaxConnections).toBe(3)
  })

  it.each([
    [{ Server: { MaxConnections: '7' } }, 'Server.MaxConnections must be number, is string'],
    [{ Server: { MaxConnections: 1.5 } }, 'Server.MaxConnections must be integer'],
    [{ Server: { Ciphers: 'aes' } }, 'Server.Ciphers must be list of strings'],
    [{ Server: { Permissions: { Users: { paul: 'x' } } } }, 'Server.Permissions.Users.paul must be list of strings'],
    [{ Client: [] }, 'Client must be object, is a list'],
    [[], 'the file must be object'],
  ])('refuses a wrong type: %j', (json, message) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'LF_CLI_CONFIG' }) as Error)
    expect(() => parse(json)).toThrow(message)
  })

  it('refuses what is no JSON', () => {
    expect(() => parseConfig('{', 'x')).toThrow('Unable to parse config file x')
  })

  it('understands colours by name and by escape sequence', () => {
    const { config, warnings } = parse({
      client: {
        termcolors: {
          remote: { HostnameBg: 'BgGreen', hostnamefg: 'red', HostnameAttr: 'None', TextFg: '\u001b[31m' },
        },
      },
    })
    expect(warnings).toEqual([])
    const { Hostname, Text } = config.Client.TermColors.Remote
    expect(Hostname).toEqual({ Bg: '\u001b[42m', Fg: '\u001b[31m', Attr: '' })
    expect(Text.Fg).toBe('\u001b[31m')
  })

  it('tells what is no colour', () => {
    const { warnings } = parse({
      Client: { TermColors: { Remote: { TextFg: 'mauve' }, MaprTable: { HeaderSortKeyAttr: 'x' } } },
    })
    expect(warnings).toHaveLength(2)
  })
})
