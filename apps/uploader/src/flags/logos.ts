/** logos has operands and the environment of the original, and no options of its own. */
export const flags = {} as const
