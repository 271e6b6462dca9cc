import { readFileSync } from 'node:fs'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** The parts of the page as text. The bundler replaces this file by one with the texts inside. */
export const pageFiles = { html: read('./page.html'), css: read('./page.css'), js: read('./page.js') }
