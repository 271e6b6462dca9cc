/**
 * Token buckets, jittered capped backoff and admission gates over an injected clock.
 *
 * @packageDocumentation
 */
export { AdmissionGate, type Admission, type AdmissionGateOptions, type AdmissionStats } from './admission-gate.ts'
export { Backoff, type BackoffOptions } from './backoff.ts'
export { RatelimitError, ratelimitErrors, type RatelimitErrorCode } from './errors.ts'
export { jittered, type Random } from './jitter.ts'
export {
  LOGOS_BYTES_PER_BURST,
  LOGOS_BYTES_PER_DAY,
  LogosBuckets,
  type LogosBucketsOptions,
  type LogosDecision,
} from './logos-buckets.ts'
export { TokenBucket, type TokenBucketOptions } from './token-bucket.ts'
