/** The demo: every program of logflow on real input, as separate processes over real SSH, TCP and mutual TLS. */
import { rm } from 'node:fs/promises'
import { runProgram, type Output } from '@logflow/cli'
import { systemClock, type Logger } from '@logflow/core'
import manifest from './package.json' with { type: 'json' }
import { claimLiveTail, liveTail } from './acts/live-tail.ts'
import { LagMeter } from './acts/lag-meter.ts'
import { claimPipeline, pipeline, watchPipeline } from './acts/pipeline.ts'
import { claimSearch, search } from './acts/search.ts'
import { claimStream, StreamReader } from './acts/stream.ts'
import { claimTable, table } from './acts/table.ts'
import { Claims } from './claims.ts'
import { raiseCurtain } from './curtain.ts'
import { flags } from './flags.ts'
import { readLedgers } from './ledger.ts'
import { openScene, type Scene } from './scene.ts'
import { createScreen, type Screen } from './screen.ts'
import { Supervisor } from './supervisor.ts'

interface Stage {
  readonly scene: Scene
  readonly screen: Screen
  readonly supervisor: Supervisor
  readonly reader: StreamReader
  readonly lag: LagMeter
  readonly dev: boolean
  readonly liveMs: number
  readonly signal: AbortSignal
}

process.exitCode = await runProgram(
  {
    name: 'demo',
    version: manifest.version,
    summary: 'Runs every program of logflow on real logs and shows what they do.',
    usage: ['npm run demo -- [options]'],
    flags,
    logLevel: 'warn',
    examples: [
      { run: 'npm run demo', does: 'Shows live lines, a search, a table and the pipeline, then goes on until Ctrl-C.' },
      {
        run: 'npm run demo -- --once',
        does: 'Does all of it once and checks every number; exit code 0 when all held.',
      },
    ],
    exitCodes: {
      0: 'stopped, or every number held',
      1: 'a number did not hold, or something could not be started',
      2: 'wrong usage',
    },
  },
  async ({ options, signal, stdout, logger }) => {
    const scene = await openScene(options)
    const screen = createScreen(stdout)
    const supervisor = createSupervisor(scene, screen, logger)
    const reader = new StreamReader(scene)
    const lag = new LagMeter(scene, systemClock)
    const { dev, linesPerSecond } = options
    try {
      await announce(scene, screen, stdout)
      await raiseCurtain(scene, supervisor, { dev, linesPerSecond, clock: systemClock, signal }, () => reader.open())
      void lag.open()
      const stage = { scene, screen, supervisor, reader, lag, dev, liveMs: options.seconds * 1000, signal }
      return options.once ? await playOnce(stage) : await playOn(stage)
    } finally {
      lag.close()
      reader.close()
      await supervisor.stop()
      if (options.keep) await screen.say(`everything is left in ${scene.dir}`)
      else if (options.dir === undefined) await rm(scene.dir, { recursive: true, force: true })
    }
  },
)

function createSupervisor(scene: Scene, screen: Screen, logger: Logger): Supervisor {
  return new Supervisor({
    dir: `${scene.dir}/processes`,
    clock: systemClock,
    logger,
    onNotice: ({ name, event, detail }) =>
      void (
        event === 'died'
          ? screen.alarm(`${name} died (${detail}); the rest goes on, starting it again`)
          : screen.alarm(`${name} is back (${detail}) and goes on where it was`)
      ).catch(() => {}),
  })
}

async function announce(scene: Scene, screen: Screen, stdout: Output): Promise<void> {
  const inputs = [`${scene.hosts.length} hosts with nginx, syslog, application and statistics logs that rotate`]
  if (scene.machineLogs.length > 0) inputs.push(`${scene.machineLogs.length} logs of this machine`)
  if (scene.kernelLog) inputs.push('its kernel log')
  await screen.say(`logs: ${inputs.join(', ')}; folder ${scene.dir}`)
  await screen.say(
    `page: http://127.0.0.1:${scene.ports.console}/${stdout.isTerminal ? '   (Ctrl-C ends everything)' : ''}`,
  )
}

/** Everything once. What is claimed is compared with the ledgers after the last line was written. */
async function playOnce(stage: Stage): Promise<number> {
  const { scene, screen, supervisor, reader, dev } = stage
  const claims = new Claims(screen)
  const tail = await liveTail(scene, screen, { dev, ms: stage.liveMs, signal: stage.signal })
  stage.signal.throwIfAborted()
  for (const host of scene.hosts) await supervisor.stopOne(`generator-${host.name}`)
  const ledgers = await readLedgers(scene.hosts)
  const found = await search(scene, screen, dev)
  const rows = await table(scene, screen, dev)
  const ground = await pipeline(scene, screen, { ledgers, clock: systemClock, lag: stage.lag })

  await screen.heading('every number against what was written')
  await claimLiveTail(tail, scene, claims)
  await claimSearch(found, ledgers, claims)
  await claimTable(rows, ledgers, claims)
  await claimStream(reader, ledgers, { claims, clock: systemClock })
  await claimPipeline(ground, ledgers, claims)
  for (const { name } of scene.hosts)
    await claims.equal(`dserver-${name}: unexpected restarts`, supervisor.restarts(`dserver-${name}`), 0)
  await screen.say(`\n${claims.held} numbers held, ${claims.broken.length} did not`)
  for (const broken of claims.broken) await screen.alarm(broken)
  return claims.broken.length === 0 ? 0 : 1
}

/** The same for people: shown once, then the state of the pipeline until Ctrl-C. */
async function playOn(stage: Stage): Promise<number> {
  const { scene, screen, dev, signal } = stage
  await liveTail(scene, screen, { dev, ms: stage.liveMs, signal })
  if (!signal.aborted) await search(scene, screen, dev)
  if (!signal.aborted) await table(scene, screen, dev)
  if (!signal.aborted) await watchPipeline(scene, screen, { clock: systemClock, signal, lag: stage.lag })
  return 0
}
