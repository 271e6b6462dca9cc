/**
 * SSH client and server with one restricted channel: keys, agent, known hosts, authorized keys, no shell.
 *
 * @packageDocumentation
 */
export {}
