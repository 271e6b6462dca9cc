#include "file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace logflow {

namespace {

constexpr int64_t kReadAheadBytes = 8 * 1024 * 1024;

}  // namespace

int64_t File::SizeIn(uint64_t round) {
  if (sized_in_round_ != round || size_ < 0) {
    size_ = FileSize(fd_.get());
    sized_in_round_ = round;
  }
  return size_;
}

SendResult File::Send(int socket, int64_t offset, size_t limit) {
  if (!copied_) {
    const SendResult result = SendFileChunk(socket, fd_.get(), offset, limit);
    if (result.status != SendStatus::kUnsupported) return result;
    copied_ = true;
  }
  return CopyFileChunk(socket, fd_.get(), offset, limit);
}

void File::ReadAhead(int64_t offset, int64_t size) {
  if (size - offset < kReadAheadBytes / 4 || offset + kReadAheadBytes / 2 < read_ahead_to_) return;
  const int64_t from = std::max(offset, std::min(read_ahead_to_, size));
  posix_fadvise(fd_.get(), from, kReadAheadBytes, POSIX_FADV_WILLNEED);
  read_ahead_to_ = from + kReadAheadBytes;
}

void File::Vouch(int64_t size) {
  if (!suspect_ && size <= vouched_) return;  // It was noticed here before.
  suspect_ = FileSize(fd_.get()) < size || ReadTail(size, &tail_) < 0;
  vouched_ = size;
}

bool File::HasGrown() {
  if (suspect_) return false;
  const int64_t size = FileSize(fd_.get());
  if (size == vouched_) return false;
  Tail now;
  const int64_t length = size < vouched_ ? -1 : ReadTail(vouched_, &now);
  suspect_ = length < 0 || memcmp(now.data(), tail_.data(), static_cast<size_t>(length)) != 0;
  if (suspect_) return false;
  Vouch(size);
  return !suspect_;
}

int64_t File::ReadTail(int64_t size, Tail* tail) const {
  const int64_t length = std::min(size, kTailBytes);
  const ssize_t count = pread(fd_.get(), tail->data(), static_cast<size_t>(length), size - length);
  return count == length ? length : -1;
}

}  // namespace logflow
