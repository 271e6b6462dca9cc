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

/** The programs of one app: bundled, so that starting one opens a few files; what is imported lazily is its own chunk. */
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
    esbuildOptions(options) {
      options.conditions = ['@logflow/source']
      options.legalComments = 'none'
    },
    ...overrides,
  })
}
