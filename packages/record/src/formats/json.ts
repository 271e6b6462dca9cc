import type { JsonObject, JsonValue } from '@logflow/core'
import { MAX_FIELDS, MAX_JSON_DEPTH } from '../limits.ts'
import type { ParsedLine } from '../log-record.ts'
import { parseSeverity } from '../severity.ts'
import { parseEpochTime, parseIsoTime, type TimestampOptions } from '../timestamp.ts'
import type { LineParser, LineParserOptions } from './line-parser.ts'

/** Keys that mean when, the first one that is there and reads as a time counts. */
const timeKeys: readonly string[] = ['time', 'timestamp', '@timestamp', 'ts', 't', 'datetime', 'date']
/** Keys that mean how bad, likewise. */
const severityKeys: readonly string[] = ['level', 'severity', 'lvl', 'loglevel', 'log.level', 'severity_text']

/** One JSON object per line. Nested keys are joined by dots, arrays stay JSON text, `null` is no field. */
export function createJsonParser(options: LineParserOptions): LineParser {
  return {
    parse(line) {
      const object = parseObject(line)
      return object && parsedPairs(line, flatten(object), options)
    },
  }
}

/** The object that a line holds, or `undefined`. */
export function parseObject(line: string): JsonObject | undefined {
  if (!/^\s*\{/.test(line)) return undefined
  try {
    return JSON.parse(line) as JsonObject
  } catch {
    return undefined
  }
}

/** The scalars of an object by their path, as text. */
export function flatten(object: JsonObject): Map<string, string> {
  const fields = new Map<string, string>()
  addFields(fields, object, '', 1)
  return fields
}

/** A record out of key-value pairs: finds the time and the severity among them. */
export function parsedPairs(text: string, fields: Map<string, string>, options: TimestampOptions): ParsedLine {
  return { fields, text, timeMs: timeOf(fields, options), severity: severityOf(fields) }
}

function addFields(fields: Map<string, string>, object: JsonObject, prefix: string, depth: number): void {
  for (const [key, value] of Object.entries(object)) {
    if (fields.size >= MAX_FIELDS) return
    const path = prefix + key
    if (value === null) continue
    if (typeof value !== 'object') fields.set(path, String(value))
    else if (!Array.isArray(value) && depth < MAX_JSON_DEPTH)
      addFields(fields, value as JsonObject, `${path}.`, depth + 1)
    else fields.set(path, jsonText(value))
  }
}

function jsonText(value: JsonValue): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '' // nested deeper than the stack; the text of the record still has it
  }
}

function timeOf(fields: ReadonlyMap<string, string>, options: TimestampOptions): number | undefined {
  for (const key of timeKeys) {
    const value = fields.get(key)
    const time = value === undefined ? undefined : (parseIsoTime(value, options) ?? parseEpochTime(value))
    if (time !== undefined) return time
  }
  return undefined
}

function severityOf(fields: ReadonlyMap<string, string>): ParsedLine['severity'] {
  for (const key of severityKeys) {
    const value = fields.get(key)
    const severity = value === undefined ? undefined : parseSeverity(value)
    if (severity !== undefined) return severity
  }
  return undefined
}
