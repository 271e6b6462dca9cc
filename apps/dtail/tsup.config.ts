import { readFile } from 'node:fs/promises'
import type { Options } from 'tsup'
import { programs } from '../../tsup.preset.ts'

/** ssh2 tries its native parts and does without them: the bundle holds the attempt, which fails, and not the part. */
const withoutNativeSsh2: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'without-native-ssh2',
  setup(build) {
    build.onResolve({ filter: /^cpu-features$/ }, ({ path }) => ({ path, external: true }))
    build.onLoad({ filter: /ssh2[\\/]lib[\\/]protocol[\\/]crypto\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      return { contents: text.replace(/require\('\.\/crypto\/build\/[^']+'\)/, "require('sshcrypto')"), loader: 'js' }
    })
    build.onResolve({ filter: /^sshcrypto$/ }, ({ path }) => ({ path, external: true }))
  },
}

// What CommonJS inside the bundle asks for.
const commonJs = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url), __dirname = import.meta.dirname;',
].join('')

export default programs(['dtail', 'dcat', 'dgrep', 'dmap', 'dtailhealth', 'dserver'], {
  banner: { js: commonJs },
  esbuildPlugins: [withoutNativeSsh2],
})
