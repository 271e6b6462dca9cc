import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { programs } from '../../tsup.preset.ts'

/** src/page/files.ts reads the parts of the page at run time; in the bundle they are text inside. */
const inlinePage = {
  name: 'inline-page',
  setup(build: { onLoad(options: { filter: RegExp }, load: (file: { path: string }) => Promise<object>): void }): void {
    build.onLoad({ filter: /page[\\/]files\.ts$/ }, async ({ path }) => {
      const names = ['page.html', 'page.js', 'frame.css', 'panels.css', 'stream.css']
      const paths = names.map(name => join(dirname(path), name))
      const [html, js, ...styles] = await Promise.all(paths.map(file => readFile(file, 'utf8')))
      const contents = `export const pageFiles = ${JSON.stringify({ html, css: styles.join(''), js })}`
      return { contents, loader: 'js', watchFiles: paths }
    })
  },
}

export default programs(['console'], { esbuildPlugins: [inlinePage] })
