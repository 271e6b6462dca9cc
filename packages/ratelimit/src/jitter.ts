/** A source of chance in [0, 1), such as `Math.random`. Always passed in, so that tests know what comes. */
export type Random = () => number

/**
 * `ms` spread evenly over `ms ± ms * fraction`, so that clients that started together drift apart.
 *
 * @param fraction - 0 to 1.
 * @throws RangeError for a fraction outside of it
 */
export function jittered(ms: number, fraction: number, random: Random): number {
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`fraction is ${fraction}, must be 0 to 1`)
  return ms * (1 + fraction * (2 * random() - 1))
}
