/**
 * The dmap query language: parse, plan, accumulate, merge and render.
 *
 * @packageDocumentation
 */
export {}
