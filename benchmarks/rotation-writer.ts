/**
 * Writes numbered lines to a file that it rotates, as fast as it is told to:
 * `node rotation-writer.ts FILE ROTATIONS TURNS`. A turn is 200 lines, then 10 ms; after so many turns the file is renamed
 * and made anew.
 */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const [file = '', rotations = '1', turns = '1'] = process.argv.slice(2)
const LINES = 200
let written = 0
for (let turn = 0; turn < Number(rotations) * Number(turns); turn++) {
  const lines = Array.from({ length: LINES }, () => `${String(++written).padStart(10, '0')} ${'x'.repeat(88)}\n`)
  appendFileSync(file, lines.join(''))
  await sleep(10)
  if ((turn + 1) % Number(turns) !== 0) continue
  renameSync(file, `${file}.${String(turn).padStart(6, '0')}`)
  writeFileSync(file, '')
}
