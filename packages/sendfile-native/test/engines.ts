import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nativeSupport } from '../src/index.ts'
import type { Engine } from '../src/index.ts'

// Quick when nothing changed. Where it cannot compile, the suite runs on one engine and says so.
spawnSync(process.execPath, [fileURLToPath(new URL('../native/build.mjs', import.meta.url))], { stdio: 'inherit' })

const { supported, reason } = nativeSupport()
if (!supported) console.warn(`tests of @logflow/sendfile-native run without the native engine: ${reason}`)

/** The engines that can run here. */
export const engines: readonly Engine[] = supported ? ['native', 'javascript'] : ['javascript']
