/**
 * Untrusted patterns on log lines in linear time: RE2 syntax over any bytes, invert and context.
 *
 * @packageDocumentation
 */
export {}
