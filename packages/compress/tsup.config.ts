import { library } from '../../tsup.preset.ts'

// The same surface twice: over node:zlib, and without it for browsers (export condition `browser`). In pieces, so that the
// pure decoders, 8 MB of memory, are loaded only where one is needed.
export default library({
  entry: { index: 'src/index.ts', browser: 'src/browser.ts' },
  dts: { entry: 'src/index.ts' },
  splitting: true,
})
