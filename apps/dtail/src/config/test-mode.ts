import { hostname } from 'node:os'

/** Whether the integration tests of the original run us: keys and known hosts lie in the working directory. */
export function testMode(): boolean {
  return process.env['DTAIL_INTEGRATION_TEST_RUN_MODE'] === 'yes'
}

/** Name of this machine as messages and logs say it. */
export function ownHostname(): string {
  if (testMode()) return 'integrationtest'
  return process.env['DTAIL_HOSTNAME_OVERRIDE'] || hostname()
}
