import { programs, withSsh2 } from '../../tsup.preset.ts'

export default programs(['rrtail'], withSsh2)
