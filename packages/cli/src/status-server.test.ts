import { silentLogger } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { startStatusServer } from './status-server.ts'

describe('startStatusServer', () => {
  it('answers health as JSON and counters for Prometheus, and tells what is wrong', async () => {
    let problem: string | undefined
    const server = await startStatusServer({
      program: 'receiver',
      port: 0,
      logger: silentLogger,
      stats: () => ({ acceptedBytes: 12 }),
      health: () => problem,
    })
    try {
      const base = `http://127.0.0.1:${server.port}`
      expect(await (await fetch(`${base}/metrics`)).text()).toContain('logflow_receiver_accepted_bytes 12\n')
      expect(await (await fetch(`${base}/healthz`)).json()).toMatchObject({ ok: true, stats: { acceptedBytes: 12 } })
      problem = 'disk full'
      const sick = await fetch(`${base}/healthz`)
      expect([sick.status, await sick.json()]).toMatchObject([503, { ok: false, problem: 'disk full' }])
    } finally {
      await server.close()
    }
  })
})
