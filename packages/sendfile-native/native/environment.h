#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine.h"
#include "job.h"

namespace logflow {

/// A system call that failed before a job could start.
struct CallError {
  int error = 0;
  const char* call = "";
};

/// What a job sends, and how it waits for more.
struct Work {
  int file;
  int64_t offset;
  int64_t end;
  bool notices;
};

/// What one Node environment (the main thread, or one worker) owns: its engines, and the way back to JavaScript. Lives on
/// the thread of that environment. A job belongs to the engine that its id names: `id % threads`.
class Environment {
 public:
  explicit Environment(napi_env env) : env_(env) {}
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { Stop(); }

  bool running() const { return !lanes_.empty(); }

  /// Starts the engines; `on_done` is called with (id, outcome, errno, offset) for each job that is over.
  CallError Start(napi_value on_done, size_t quota_bytes, size_t threads);
  void Stop();

  /// `kept_input` is -1 unless the connection is kept between jobs; then it is how much input is read and dropped.
  CallError Add(uint64_t id, int socket, const Work& work, int64_t kept_input);
  /// The next job of a kept connection whose job `after`, of the same engine, was reported.
  CallError Follow(uint64_t after, uint64_t id, const Work& work);
  CallError Extend(int file, int64_t size);
  void EndAt(uint64_t id, int64_t end) { LaneOf(id).engine->EndAt(id, end); }
  void Cancel(uint64_t id) { LaneOf(id).engine->Cancel(id); }
  void HangUp(uint64_t id) { LaneOf(id).engine->HangUp(id); }
  /// Offset of the next byte of a job that was not reported yet, or -1.
  int64_t Offset(uint64_t id) const;
  /// What such a job waits for, or -1.
  int State(uint64_t id) const;

 private:
  using FileKey = std::pair<uint64_t, uint64_t>;

  /// One engine, and the files that it has open: by device and inode, since descriptor numbers are used again.
  struct Lane {
    std::unique_ptr<Engine> engine;
    std::map<FileKey, std::weak_ptr<File>> files;
  };

  static void BeforeTeardown(void* self);
  static void Deliver(napi_env env, napi_value on_done, void* self, void* completion);
  Lane& LaneOf(uint64_t id) { return lanes_[id % lanes_.size()]; }
  /// A job that has everything but a socket.
  CallError Prepare(uint64_t id, const Work& work, std::shared_ptr<Job>* job);
  static CallError Shared(Lane& lane, int fd, std::shared_ptr<File>* file);

  napi_env env_;
  napi_threadsafe_function deliver_ = nullptr;
  std::vector<Lane> lanes_;
  std::unordered_map<uint64_t, std::shared_ptr<Job>> jobs_;
};

}  // namespace logflow
