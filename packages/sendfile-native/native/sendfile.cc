#include "sendfile.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace logflow {

namespace {

constexpr size_t kCopyBytes = 256 * 1024;

SendStatus StatusOf(int error) {
  switch (error) {
    case EAGAIN:
      return SendStatus::kBlocked;
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
    case ESHUTDOWN:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ENETUNREACH:
    case ENETDOWN:
    case ENETRESET:
      return SendStatus::kPeerGone;
    case EINVAL:
    case ENOSYS:
    case EOPNOTSUPP:
      return SendStatus::kUnsupported;
    default:
      return SendStatus::kFailed;
  }
}

}  // namespace

SendResult SendFileChunk(int socket, int file, int64_t offset, size_t limit) {
  for (;;) {
    off_t at = offset;
    const ssize_t sent = sendfile(socket, file, &at, limit);
    if (sent > 0) return {SendStatus::kSent, static_cast<size_t>(sent), 0};
    if (sent == 0) return {SendStatus::kAtEnd, 0, 0};
    if (errno == EINTR) continue;
    return {StatusOf(errno), 0, errno};
  }
}

SendResult CopyFileChunk(int socket, int file, int64_t offset, size_t limit) {
  thread_local const std::unique_ptr<char[]> buffer(new char[kCopyBytes]);
  for (;;) {
    const ssize_t count = pread(file, buffer.get(), std::min(limit, kCopyBytes), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return {SendStatus::kFailed, 0, errno};
    if (count == 0) return {SendStatus::kAtEnd, 0, 0};
    // What the socket does not take is read again when it does.
    const ssize_t sent = send(socket, buffer.get(), static_cast<size_t>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) return {SendStatus::kSent, static_cast<size_t>(sent), 0};
    if (errno == EINTR) continue;
    const SendStatus status = StatusOf(errno);
    return {status == SendStatus::kUnsupported ? SendStatus::kFailed : status, 0, errno};
  }
}

int64_t FileSize(int file) {
  struct stat facts;
  return fstat(file, &facts) == 0 ? facts.st_size : -1;
}

}  // namespace logflow
