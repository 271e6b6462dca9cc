import { programs } from '../../tsup.preset.ts'

export default programs(['uploader', 'logos', 'devcert'])
