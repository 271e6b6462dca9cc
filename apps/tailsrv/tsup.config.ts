import { programs } from '../../tsup.preset.ts'

export default programs(['tailsrv'])
