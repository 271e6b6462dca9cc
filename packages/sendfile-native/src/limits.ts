/**
 * Bytes one transfer moves before the next one has its turn: less costs system calls, more makes others wait and pushes
 * what they all read out of the caches. Of 128, 256, 512 and 1024 KiB this was the fastest with 10 and with 100 readers.
 */
export const QUOTA_BYTES = 256 * 1024

/** Input of an adopted connection that is dropped unless the caller says otherwise. */
export const DEFAULT_IGNORED_BYTES = 1024 * 1024

/** Memory for the buffers of the JavaScript engine: 256 quick readers at once, or 4096 slow ones. */
export const DEFAULT_BUFFER_BYTES = 64 * 1024 * 1024

/**
 * Threads of the native engine, on machines that have so many cores. One of them spends its time in the kernel's loopback
 * path and in waking readers; a second one brought 1.8 times the throughput with 10 readers, at less CPU per byte.
 */
export const MAX_THREADS = 2
