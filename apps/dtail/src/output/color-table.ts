import { paint } from './paint-line.ts'
import { attribute, background, colorNames, foreground } from './term-colors.ts'

const ATTRIBUTES = ['Bold', 'Dim', 'Italic', 'Underline', 'Blink', 'RapidBlink', 'Reverse', 'None']
const SAMPLE = 'The quick brown fox jumps over the lazy dog while every log line of the fleet scrolls by.\n'

/** Every combination of foreground, background and attribute, painted in itself; `wide` adds a sample of text. */
export function colorTable(wide: boolean): string {
  let table = ''
  for (const name of ATTRIBUTES) {
    for (const fg of colorNames) {
      for (const bg of colorNames) {
        if (fg === bg) continue
        const element = { Fg: foreground(fg), Bg: background(bg), Attr: attribute(name) }
        const fields = [
          `Foreground:${fg.padStart(10)}`,
          `Background:${bg.padStart(10)}`,
          `Attribute:${name.padStart(10)}`,
        ]
        table += `${paint(` ${fields.join('  |  ')} `, element)}\n`
        if (wide) table += `${paint(SAMPLE, element)}\n`
      }
    }
  }
  return table
}
