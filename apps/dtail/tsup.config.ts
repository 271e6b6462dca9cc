import { programs, withSsh2 } from '../../tsup.preset.ts'

export default programs(['dtail', 'dcat', 'dgrep', 'dmap', 'dtailhealth', 'dserver', 'search-thread'], withSsh2)
