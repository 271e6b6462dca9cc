#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "fd.h"

namespace logflow {

/// `end` of a job that follows its file.
constexpr int64_t kFollow = -1;

struct Job;

/// One open file, shared by its jobs: the descriptor is closed with the last of them. Found again by device and inode,
/// since descriptor numbers are used again. Everything but the identity belongs to the engine's thread.
struct File {
  Fd fd;
  uint64_t device = 0;
  uint64_t inode = 0;
  /// Followers that have everything there is, in no order; each knows its place.
  std::vector<Job*> parked;
  /// As of `sized_in_round`: asked for once per round, however many jobs have their turn in it.
  int64_t size = -1;
  uint64_t sized_in_round = 0;
  /// Up to where the kernel was asked to read ahead.
  int64_t read_ahead_to = 0;
  /// sendfile cannot read this file (some network and user-space file systems): its bytes are copied instead.
  bool copied = false;
};

/// What a job waits for: its turn, its peer, more of its file, or (a kept one that was reported) the next order. The
/// numbers are known to src/native-binding.ts.
enum class JobState : int { kReady = 0, kBlocked = 1, kParked = 2, kIdle = 3 };

/// Bytes of one file on their way into one socket. Belongs to the engine's thread; the atomics are read by others.
struct Job {
  uint64_t id = 0;
  Fd socket;
  std::shared_ptr<File> file;
  /// Exclusive; `kFollow` waits at the end of the file.
  int64_t end = kFollow;
  /// The connection is ours alone: it stays open after `kEnded` and `kTruncated`, until the next job or `HangUp`.
  bool kept = false;
  /// Bytes from the peer that are still read and dropped; beyond them its input is left in the kernel.
  int64_t input_left = 0;
  /// Place in `file->parked` while parked.
  size_t parked_at = 0;
  bool queued = false;
  bool hung_up = false;
  std::atomic<JobState> state{JobState::kReady};
  /// Of the next byte.
  std::atomic<int64_t> offset{0};
};

/// Why a job is over. The numbers are known to src/native-binding.ts.
enum class Outcome : int { kEnded = 0, kTruncated = 1, kClosed = 2, kCancelled = 3, kFailed = 4 };

struct Completion {
  uint64_t id;
  Outcome outcome;
  int error;
  int64_t offset;
};

}  // namespace logflow
