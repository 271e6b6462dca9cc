import { parseIsoTime } from '../timestamp.ts'
import type { LineParser } from './line-parser.ts'

//     2016-10-06T00:17:09.669794202Z stdout F the line          P instead of F: the next record goes on with it

const layout = /^(\d{4}-\d\d-\d\dT\S+) (stdout|stderr) ([FP])(?::\S*)? ?(.*)$/s

/** What container runtimes write for Kubernetes. */
export function createCriParser(): LineParser {
  return {
    parse(line) {
      const match = layout.exec(line)
      if (!match) return undefined
      const [, time = '', stream = '', tag = '', text = ''] = match
      const timeMs = parseIsoTime(time)
      if (timeMs === undefined) return undefined
      return { fields: new Map([['stream', stream]]), text, timeMs, partial: tag === 'P' || undefined }
    },
  }
}
