// The one entry behind `npm run demo`, `npm test`, `npm run bench` and `npm run dev`. Plain JavaScript for Node 20 and
// later: it fetches the pinned Node and pnpm from the registry, installs, and hands over to the task.
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { installWorkspace } from './bootstrap/install.mjs'
import { runTask, tasks } from './bootstrap/tasks.mjs'
import { prepareToolchain } from './bootstrap/toolchain.mjs'

const [task, ...args] = process.argv.slice(2)
if (task === undefined || !Object.hasOwn(tasks, task)) {
  process.stderr.write(`usage: npm run <${Object.keys(tasks).join('|')}> [-- options]\n`)
  process.exit(2)
}
if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(`logflow needs Node 20 or later to start, this is ${process.version}\n`)
  process.exit(2)
}

const started = performance.now()
try {
  const toolchain = await prepareToolchain()
  await installWorkspace(toolchain)
  process.exitCode = await runTask({ task, args, toolchain, started })
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
