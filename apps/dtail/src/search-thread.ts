import { parentPort } from 'node:worker_threads'
import { serveStripes } from '@logflow/match'

// What a thread of `search-in-threads.ts` runs.
if (parentPort) serveStripes(parentPort)
