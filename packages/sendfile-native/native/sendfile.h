#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace logflow {

/// What one attempt to move bytes came to. Nothing here is exceptional: every errno is one of these.
enum class SendStatus {
  kSent,         // `bytes` went into the socket's queue, at least 1
  kBlocked,      // the socket takes no more now
  kAtEnd,        // the file has no byte at this offset
  kPeerGone,     // the connection is closed, reset or timed out; `error` says how
  kUnsupported,  // this file or socket cannot be used with sendfile
  kFailed,       // reading the file failed; `error` says how
};

struct SendResult {
  SendStatus status;
  size_t bytes;
  int error;
};

/// One sendfile of at most `limit` bytes from `offset`, repeated only for EINTR.
SendResult SendFileChunk(int socket, int file, int64_t offset, size_t limit);

/// The same through a buffer of this thread, for files that sendfile cannot read.
SendResult CopyFileChunk(int socket, int file, int64_t offset, size_t limit);

/// Size of the file, or -1 with errno.
int64_t FileSize(int file);

}  // namespace logflow
