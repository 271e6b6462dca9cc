import { once } from 'node:events'
import { readOption, requiredOptions, startStatusServer, type Run } from '@logflow/cli'
import { AdmissionGate } from '@logflow/ratelimit'
import { createUploadHandler, openDeviceFolder, type UploadHandler } from '@logflow/ship'
import { openStore, type Store } from '@logflow/store'
import type { flags } from '../flags.ts'
import { keepRetention } from '../retention-loop.ts'
import { startUploadServer, type UploadServer } from '../upload-server.ts'

type ReceiverRun = Run<typeof flags>

/** Devices upload, the store keeps, until the program is stopped; then uploads in flight are finished. */
export async function receive({ options, logger, signal }: ReceiverRun): Promise<void> {
  const required = requiredOptions(options, ['store', 'cert', 'key', 'devices'])
  const [cert, key] = [readOption('cert', required.cert), readOption('key', required.key)]
  await using store = await openStore(required.store, {
    maxSegmentBytes: options.segmentSize,
    maxSegmentAgeMs: options.segmentAge,
    logger,
  })
  const handler = createUploadHandler({
    store,
    devices: await openDeviceFolder(required.devices, { logger }),
    gate: new AdmissionGate({ maxInFlight: options.maxUploads, maxInFlightBytes: options.maxUploadBytes }),
    limits: { maxBodyBytes: options.maxBody, maxRawBytes: options.maxBatch, bodyTimeoutMs: options.bodyTimeout },
    logger,
  })
  await using server = await startUploadServer(handler.listener, {
    ...{ cert, key, host: options.bindAddress, port: options.port, maxConnections: options.maxConnections, logger },
  })
  const stats = (): Record<string, number> => counters(handler, store, server)
  const status =
    options.statusPort === undefined
      ? undefined
      : await startStatusServer({ program: 'receiver', port: options.statusPort, stats, logger })
  const retention = keepRetention(store, { maxAgeMs: options.retainFor, maxBytes: options.retainBytes, logger, signal })
  logger.info({ event: 'server.listening', port: server.port, address: options.bindAddress, store: required.store })

  if (!signal.aborted) await once(signal, 'abort')
  logger.info({ event: 'server.stopping', inFlight: handler.stats().inFlight })
  await server.close()
  await retention
  await store.close()
  logger.info({ event: 'server.stopped', ...stats() })
  await status?.close()
}

/** Every counter by one name, refusals by reason. */
function counters(handler: UploadHandler, store: Store, server: UploadServer): Record<string, number> {
  const { refused, ...uploads } = handler.stats()
  const { appends, appendedBytes, syncs, failures, tornBytes, damagedBytes } = store.stats()
  const reasons = Object.entries(refused).map(([reason, count]) => [`refused-${reason}`, count] as const)
  return {
    ...uploads,
    ...Object.fromEntries(reasons),
    ...{ appends, appendedBytes, syncs, failures, tornBytes, damagedBytes },
    connections: server.connections,
    handshakeFailures: server.handshakeFailures,
  }
}
