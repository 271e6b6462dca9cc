import { createHash } from 'node:crypto'
import { pageFiles } from './page/files.ts'

/** The page, whole, and the policy that lets nothing but this very text run. */
export interface Page {
  readonly html: string
  /** `content-security-policy`: script and style by their hash, requests to ourselves, nothing else. */
  readonly policy: string
}

/** Puts style and script into the page; nothing is left to load. */
export function buildPage(): Page {
  const { html, css, js } = pageFiles
  // Functions, because `$` in a replacement text has a meaning.
  const whole = html.replace('/* style */', () => css).replace('/* script */', () => js)
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(whole, 'script')}'`,
    `style-src '${hashOf(whole, 'style')}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return { html: whole, policy }
}

function hashOf(html: string, element: 'script' | 'style'): string {
  const content = new RegExp(`<${element}[^>]*>([^]*?)</${element}>`).exec(html)?.[1]
  if (content === undefined) throw new Error(`BUG: the page has no ${element}`)
  return `sha256-${createHash('sha256').update(content).digest('base64')}`
}
