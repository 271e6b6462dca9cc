import manifest from '../../package.json' with { type: 'json' }

/** Version of the DTail protocol, as every version line says it. */
const PROTOCOL = '4.1'

export const version = manifest.version

/** What `-version` prints and `dserver` begins with. */
export const versionText = `DTail ${version}-logflow Protocol ${PROTOCOL} Have a lot of fun!\n`
