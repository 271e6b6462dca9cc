import { programs } from '../../tsup.preset.ts'

export default programs(['dtail', 'dcat', 'dgrep', 'dmap', 'dtailhealth', 'dserver'])
