#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "engine.h"
#include "job.h"

namespace logflow {

/// A system call that failed before a job could start.
struct CallError {
  int error = 0;
  const char* call = "";
};

/// What one Node environment (the main thread, or one worker) owns: at most one engine, and the way back to JavaScript.
/// Lives on the thread of that environment.
class Environment {
 public:
  explicit Environment(napi_env env) : env_(env) {}
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { Stop(); }

  bool running() const { return engine_ != nullptr; }

  /// Starts the engine; `on_done` is called with (id, outcome, errno, offset) for each job that is over.
  CallError Start(napi_value on_done, size_t quota_bytes);
  void Stop();

  /// `kept_input` is -1 unless the connection is kept between jobs; then it is how much input is read and dropped.
  CallError Add(uint64_t id, int socket, int file, std::pair<int64_t, int64_t> range, int64_t kept_input);
  /// The next job of a kept connection whose job `after` was reported.
  CallError Follow(uint64_t after, uint64_t id, int file, std::pair<int64_t, int64_t> range);
  CallError Extend(int file, int64_t size);
  void EndAt(uint64_t id, int64_t end) { engine_->EndAt(id, end); }
  void Cancel(uint64_t id) { engine_->Cancel(id); }
  void HangUp(uint64_t id) { engine_->HangUp(id); }
  /// Offset of the next byte of a job that was not reported yet, or -1.
  int64_t Offset(uint64_t id) const;
  /// What such a job waits for, or -1.
  int State(uint64_t id) const;

 private:
  using FileKey = std::pair<uint64_t, uint64_t>;

  static void BeforeTeardown(void* self);
  static void Deliver(napi_env env, napi_value on_done, void* self, void* completion);
  CallError Shared(int fd, std::shared_ptr<File>* file);

  napi_env env_;
  napi_threadsafe_function deliver_ = nullptr;
  std::unique_ptr<Engine> engine_;
  std::map<FileKey, std::weak_ptr<File>> files_;
  std::unordered_map<uint64_t, std::shared_ptr<Job>> jobs_;
};

}  // namespace logflow
