/**
 * Every wire format of logflow, sans-I/O: DTail 4.1, tailsrv, uploads and kernel log records.
 *
 * @packageDocumentation
 */
export {}
