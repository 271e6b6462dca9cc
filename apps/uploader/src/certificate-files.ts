import { createPrivateKey, X509Certificate } from 'node:crypto'
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UploaderError } from './errors.ts'

/** Where a key and its certificate lie. */
export interface CertificatePaths {
  readonly keyPath: string
  readonly certPath: string
}

/** Both as PEM. */
export interface CertificatePair {
  readonly key: string
  readonly cert: string
}

/** What is there, or `undefined` without a certificate. Completes what was interrupted between the two renames. */
export async function readCertificate(paths: CertificatePaths): Promise<X509Certificate | undefined> {
  await completeRename(paths)
  if (!(await exists(paths.certPath))) return undefined
  try {
    const certificate = new X509Certificate(await readFile(paths.certPath))
    if (!certificate.checkPrivateKey(createPrivateKey(await readFile(paths.keyPath))))
      throw new Error('key does not belong to the certificate')
    return certificate
  } catch (cause) {
    throw new UploaderError('LF_UPLOADER_CERTIFICATE', `cannot use ${paths.certPath} with ${paths.keyPath}`, { cause })
  }
}

/**
 * Both files are written and durable before either takes its place, the key never readable for others. A crash between
 * the two renames leaves the new certificate beside its name, where {@link readCertificate} finds it.
 */
export async function writeCertificate(paths: CertificatePaths, { key, cert }: CertificatePair): Promise<void> {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new Error('BUG: key does not belong to the certificate')
  const { keyPath, certPath } = paths
  try {
    for (const path of [keyPath, certPath]) await mkdir(dirname(path), { recursive: true })
    await writeDurable(`${keyPath}.new`, key, 0o600)
    await writeDurable(`${certPath}.new`, cert, 0o644)
    await rename(`${keyPath}.new`, keyPath)
    await rename(`${certPath}.new`, certPath)
    for (const path of new Set([dirname(keyPath), dirname(certPath)])) await syncFolder(path)
  } catch (cause) {
    throw new UploaderError('LF_UPLOADER_CERTIFICATE', `cannot write ${keyPath} and ${certPath}`, { cause })
  }
}

async function completeRename({ keyPath, certPath }: CertificatePaths): Promise<void> {
  const next = `${certPath}.new`
  if ((await exists(`${keyPath}.new`)) || !(await exists(next)) || !(await exists(keyPath))) return
  const belongs = await Promise.all([readFile(next), readFile(keyPath)])
    .then(([cert, key]) => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    .catch(() => false) // half-written: what is there under its own name counts
  if (belongs) await rename(next, certPath)
}

async function writeDurable(path: string, text: string, mode: number): Promise<void> {
  await rm(path, { force: true })
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.chmod(mode) // whatever the umask
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
