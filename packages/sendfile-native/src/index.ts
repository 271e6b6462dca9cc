/**
 * File to many sockets without copying: Linux sendfile and epoll on a thread, JavaScript elsewhere.
 *
 * @packageDocumentation
 */
export {}
