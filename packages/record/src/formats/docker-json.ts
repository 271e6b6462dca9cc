import { parseIsoTime } from '../timestamp.ts'
import { flatten, parseObject } from './json.ts'
import type { LineParser } from './line-parser.ts'

//     {"log":"the line\n","stream":"stdout","time":"2016-10-06T00:17:09.669794202Z"}     no \n: the next goes on with it

/** Docker's `json-file` driver. */
export function createDockerJsonParser(): LineParser {
  return {
    parse(line) {
      const object = parseObject(line)
      if (typeof object?.log !== 'string' || typeof object.time !== 'string') return undefined
      const { log, time, ...rest } = object
      const text = log.replace(/\r?\n$/, '')
      return { fields: flatten(rest), text, timeMs: parseIsoTime(time), partial: text === log || undefined }
    },
  }
}
