import { defaultColors, type TermColors } from '../output/term-colors.ts'

/** `Common` of dtail.json. */
export interface CommonConfig {
  readonly SSHPort: number
  readonly SSHConnectTimeoutMs: number
  readonly ExperimentalFeaturesEnable: boolean
  readonly LogDir: string
  readonly Logger: string
  readonly LogLevel: string
  readonly LogRotation: string
  readonly CacheDir: string
}

/** `Client` of dtail.json. */
export interface ClientConfig {
  readonly TermColorsEnable: boolean
  readonly TermColors: TermColors
  readonly AuthKeyPath: string
  readonly AuthKeyDisable: boolean
  readonly LogPayload: boolean
}

/** Who may read what: rules of a user replace the default. */
export interface Permissions {
  readonly Default: readonly string[]
  readonly Users: Readonly<Record<string, readonly string[]>>
}

/**
 * `Server` of dtail.json. Fields that time the original's own queues are read, checked and have no effect here. The last
 * ones are ours; the original passes over them.
 */
export interface ServerConfig {
  readonly SSHBindAddress: string
  readonly MaxConnections: number
  readonly MaxConcurrentCats: number
  readonly MaxConcurrentTails: number
  readonly MaxLineLength: number
  readonly Permissions: Permissions
  readonly MapreduceLogFormat: string
  readonly HostKeyFile: string
  readonly HostKeyBits: number
  readonly Schedule: readonly Readonly<Record<string, unknown>>[]
  readonly Continuous: readonly Readonly<Record<string, unknown>>[]
  readonly KeyExchanges: readonly string[]
  readonly Ciphers: readonly string[]
  readonly MACs: readonly string[]
  readonly AuthKeyEnabled: boolean
  readonly AuthKeyTTLSeconds: number
  readonly AuthKeyMaxPerUser: number
  readonly ReadGlobRetryIntervalMs: number
  readonly ReadRetryIntervalMs: number
  readonly OutputTransmissionDelayMs: number
  readonly OutputEOFWaitBaseMs: number
  readonly OutputEOFWaitPerFileMs: number
  readonly OutputEOFWaitMaxMs: number
  readonly OutputChannelBufferSize: number
  readonly OutputFlushTimeoutMs: number
  readonly OutputFlushPollIntervalMs: number
  readonly OutputReadRetryIntervalMs: number
  readonly OutputEOFAckTimeoutMs: number
  readonly ShutdownOutputSerializeWaitMs: number
  readonly ShutdownIdleRecheckWaitMs: number
  readonly MaxCommandFrameSize: number
  readonly MaxGlobTargets: number
  /** Of one address at one time; 0 for any number. */
  readonly MaxConnectionsPerAddress: number
  /** Sessions of one user at one time; 0 for any number. */
  readonly MaxConnectionsPerUser: number
  /** After so many connections without a login in a minute an address is refused for the rest of it. */
  readonly MaxFailedLoginsPerMinute: number
  /** From the connection to the open session. */
  readonly LoginTimeoutMs: number
  /** A client that takes nothing for so long, while there is something to take, is disconnected. */
  readonly StalledTimeoutMs: number
  /** Whether users with an account on this machine read only what they could read in a shell. */
  readonly UnixPermissions: boolean
}

/** The whole configuration file, every field filled in. */
export interface DtailConfig {
  readonly Client: ClientConfig
  readonly Server: ServerConfig
  readonly Common: CommonConfig
}

/** What holds when the file says nothing. */
export const defaultConfig: DtailConfig = {
  Client: {
    TermColorsEnable: true,
    TermColors: defaultColors,
    AuthKeyPath: '~/.ssh/id_rsa',
    AuthKeyDisable: false,
    LogPayload: false,
  },
  Server: {
    SSHBindAddress: '0.0.0.0',
    MaxConnections: 10,
    MaxConcurrentCats: 2,
    MaxConcurrentTails: 50,
    MaxLineLength: 1024 * 1024,
    Permissions: { Default: ['^/.*'], Users: {} },
    MapreduceLogFormat: 'default',
    HostKeyFile: './cache/ssh_host_key',
    HostKeyBits: 4096,
    Schedule: [],
    Continuous: [],
    KeyExchanges: [],
    Ciphers: [],
    MACs: [],
    AuthKeyEnabled: true,
    AuthKeyTTLSeconds: 86_400,
    AuthKeyMaxPerUser: 5,
    ReadGlobRetryIntervalMs: 5000,
    ReadRetryIntervalMs: 2000,
    OutputTransmissionDelayMs: 50,
    OutputEOFWaitBaseMs: 500,
    OutputEOFWaitPerFileMs: 10,
    OutputEOFWaitMaxMs: 2000,
    OutputChannelBufferSize: 1000,
    OutputFlushTimeoutMs: 2000,
    OutputFlushPollIntervalMs: 10,
    OutputReadRetryIntervalMs: 1,
    OutputEOFAckTimeoutMs: 2000,
    ShutdownOutputSerializeWaitMs: 500,
    ShutdownIdleRecheckWaitMs: 10,
    MaxCommandFrameSize: 1024 * 1024,
    MaxGlobTargets: 1000,
    MaxConnectionsPerAddress: 0,
    MaxConnectionsPerUser: 0,
    MaxFailedLoginsPerMinute: 200,
    LoginTimeoutMs: 10_000,
    StalledTimeoutMs: 3_600_000,
    UnixPermissions: true,
  },
  Common: {
    SSHPort: 2222,
    SSHConnectTimeoutMs: 2000,
    ExperimentalFeaturesEnable: false,
    LogDir: 'log',
    Logger: 'stdout',
    LogLevel: 'info',
    LogRotation: 'daily',
    CacheDir: 'cache',
  },
}
