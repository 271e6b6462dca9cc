import { readFileSync } from 'node:fs'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** The parts of the page as text. The bundler replaces this file by one with the texts inside. */
export const pageFiles = {
  html: read('./page.html'),
  /** Palette and frame, the panels, the stream of lines: in this order, the narrow screen's rules last. */
  css: read('./frame.css') + read('./panels.css') + read('./stream.css'),
  js: read('./page.js'),
}
