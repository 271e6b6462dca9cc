/**
 * Token buckets, jittered capped backoff and admission gates over an injected clock.
 *
 * @packageDocumentation
 */
export {}
