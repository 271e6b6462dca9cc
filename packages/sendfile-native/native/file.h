#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fd.h"
#include "sendfile.h"

namespace logflow {

struct Job;

/// One open file, shared by its jobs: the descriptor is closed with the last of them. Belongs to the thread of the engine
/// that has the jobs.
class File {
 public:
  explicit File(Fd fd) : fd_(std::move(fd)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd() const { return fd_.get(); }

  /// Size as of `round`: asked for once per round, however many jobs have their turn in it. -1 with errno.
  int64_t SizeIn(uint64_t round);

  /// One attempt to move at most `limit` bytes from `offset`, by sendfile where it can read this file.
  SendResult Send(int socket, int64_t offset, size_t limit);

  /// Keeps the disk ahead of the foremost reader, so that sendfile seldom waits for it and others are not held up.
  void ReadAhead(int64_t offset, int64_t size);

  /// Somebody who looked at the file says that what lies before `size` goes on from what lay there before.
  void Vouch(int64_t size);

  /// Whether bytes were appended to what was vouched for; then they are vouched for, too. Once the file was found cut or
  /// overwritten the answer is no until somebody vouches again.
  bool HasGrown();

  /// Bytes that are vouched for.
  int64_t vouched() const { return vouched_; }

  /// Jobs of it that are not over.
  size_t jobs = 0;
  /// Followers that have everything there is, in no order; each knows its place.
  std::vector<Job*> parked;
  /// What `Watch` knows it by, -1 while nobody watches it.
  int watch_id = -1;

 private:
  static constexpr int64_t kTailBytes = 256;
  using Tail = std::array<char, kTailBytes>;

  /// The last bytes before `size`, at most a tail; how many, or -1.
  int64_t ReadTail(int64_t size, Tail* tail) const;

  Fd fd_;
  int64_t size_ = -1;
  uint64_t sized_in_round_ = 0;
  /// Up to where the kernel was asked to read ahead.
  int64_t read_ahead_to_ = 0;
  /// sendfile cannot read this file (some network and user-space file systems): its bytes are copied instead.
  bool copied_ = false;
  /// What is known to have been appended only, and how it ends.
  int64_t vouched_ = 0;
  Tail tail_{};
  bool suspect_ = true;
};

}  // namespace logflow
