#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "fd.h"
#include "file.h"

namespace logflow {

/// `end` of a job that follows its file.
constexpr int64_t kFollow = -1;

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
  /// Whether growth of the file is noticed here, too, and not only announced.
  bool notices = false;
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
