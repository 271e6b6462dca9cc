import { library } from '../../tsup.preset.ts'

// The same surface twice: over node:zlib, and without it for browsers (export condition `browser`).
export default library({ entry: { index: 'src/index.ts', browser: 'src/browser.ts' }, dts: { entry: 'src/index.ts' } })
