/** How a file is reached: with the tools of the server over ssh, from a tailsrv, from a dserver. */
export const WAYS = ['ssh', 'tailsrv', 'dtail'] as const

/** A name of {@link WAYS}. */
export type Way = (typeof WAYS)[number]

/** Whether it is a name of {@link WAYS}. */
export function isWay(value: unknown): value is Way {
  return WAYS.some(way => way === value)
}

/** Where servers listen that ssh does not know of. */
export const DEFAULT_PORTS = { tailsrv: 4321, dtail: 2222 } as const
