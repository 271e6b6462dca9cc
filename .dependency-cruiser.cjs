/** The rules of the house (ARCHITECTURE.md): layers point down, engines and adapters apart, codecs pure, apps leaves. */
const layers = [
  ['contract', ['core']],
  ['codec', ['protocol', 'record', 'query', 'ratelimit']],
  ['adapter', ['compress', 'folder-lock', 'match', 'ssh', 'sendfile-native', 'cli']],
  ['engine', ['tailer', 'store', 'ship', 'serve']],
]
const inPackages = names => `^packages/(${names.join('|')})/`
const tests = '[.](test|bench)[.]ts$|^(packages|apps)/[^/]+/(test|bench)/|tsup[.]config[.]ts$'
/** The one arrow inside the codecs: the query language reads records. */
const sideways = { codec: '^packages/record/src/index[.]ts$' }

module.exports = {
  forbidden: [
    ...layers.map(([layer, names], i) => ({
      name: `${layer}-never-looks-up`,
      severity: 'error',
      from: { path: inPackages(names), pathNot: tests },
      to: { path: [...layers.slice(i + 1).map(([, above]) => inPackages(above)), '^apps/', '^packages/testkit/'] },
    })),
    ...layers.map(([layer, names]) => ({
      name: `${layer}s-do-not-know-each-other`,
      severity: 'error',
      from: { path: `^packages/(${names.join('|')})/`, pathNot: tests },
      to: { path: inPackages(names), pathNot: ['^packages/$1/', ...(sideways[layer] ? [sideways[layer]] : [])] },
    })),
    {
      name: 'codecs-are-pure',
      comment: 'contract and codecs run in a browser: nothing of Node',
      severity: 'error',
      from: { path: inPackages([...layers[0][1], ...layers[1][1]]), pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'apps-are-leaves',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'nobody-imports-an-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'only-through-the-front-door',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^packages/[^/]+/src/', pathNot: ['^packages/$2/', '/src/index[.]ts$'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: { pathNot: tests }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages|apps)/[^/]+/(dist|bin|build)/' },
    tsPreCompilationDeps: true, // type-only imports are architecture too
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@logflow/source', 'import', 'types', 'default'],
    },
  },
}
