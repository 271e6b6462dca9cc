/**
 * What every program needs: flag table, logger, signals, exit codes, safe terminal output.
 *
 * @packageDocumentation
 */
export {}
