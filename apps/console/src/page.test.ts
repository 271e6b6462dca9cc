import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { buildPage } from './page.ts'

describe('buildPage', () => {
  it('loads nothing from anywhere', () => {
    const { html } = buildPage()
    expect(html).not.toMatch(/(src|action)=|<link[^>]+href="(?!data:)|@import|url\(|https?:\/\/(?!www\.w3\.org)/)
  })

  it('never turns text of others into markup', () => {
    expect(buildPage().html).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/)
  })

  it('has a policy with the hash of exactly its script and style', () => {
    const { html, policy } = buildPage()
    for (const element of ['script', 'style']) {
      const content = html.slice(html.indexOf(`<${element}>`) + element.length + 2, html.indexOf(`</${element}>`))
      expect(policy).toContain(`sha256-${createHash('sha256').update(content).digest('base64')}`)
    }
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
  })
})
