import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { defineConfig, type Options } from 'tsup'

type Config = ReturnType<typeof defineConfig>

/** A published library: one entry, ESM, declarations, for Node 20 and later. Neighbours stay imports. */
export function library(overrides: Options = {}): Config {
  return defineConfig({
    entry: { index: 'src/index.ts' },
    format: 'esm',
    target: 'node20',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    splitting: false,
    silent: true,
    tsconfig: 'tsconfig.build.json',
    ...overrides,
  })
}

// CommonJS inside the bundle (ssh2, pino) still asks for Node's own modules by `require`.
const requireShim =
  "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);"

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

/** For the programs that hold ssh2. */
export const withSsh2: Options = { banner: { js: commonJs }, esbuildPlugins: [withoutNativeSsh2] }

/**
 * The programs of one app, and what they start as threads: bundled, so that starting one opens a few files; what is
 * imported lazily is its own chunk.
 */
export function programs(names: readonly string[], overrides: Options = {}): Config {
  return defineConfig({
    entry: Object.fromEntries(names.map(name => [name, `src/${name}.ts`])),
    format: 'esm',
    target: 'node22',
    platform: 'node',
    dts: false,
    sourcemap: false,
    clean: true,
    splitting: true,
    silent: true,
    noExternal: [/^(?!@logflow\/sendfile-native)/],
    external: [/\.node$/, 'cpu-features', '@logflow/sendfile-native'],
    banner: { js: requireShim },
    tsconfig: 'tsconfig.json',
    onSuccess: writeManuals,
    esbuildOptions(options) {
      options.conditions = ['@logflow/source']
      options.legalComments = 'none'
    },
    ...overrides,
  })
}

const run = promisify(execFile)

/** Manual pages and completions beside the programs that are installed as commands, in the programs' own words. */
async function writeManuals(): Promise<void> {
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>
  }
  for (const name of Object.keys(manifest.bin)) {
    const say = async (...args: readonly string[]): Promise<string> =>
      (await run(process.execPath, [`dist/${name}.js`, ...args])).stdout
    await writeIn(`dist/man/${name}.1`, await say('--man'))
    await writeIn(`dist/completions/bash/${name}`, await say('--completion', 'bash'))
    await writeIn(`dist/completions/zsh/_${name}`, await say('--completion', 'zsh'))
    await writeIn(`dist/completions/fish/${name}.fish`, await say('--completion', 'fish'))
  }
}

async function writeIn(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
}
