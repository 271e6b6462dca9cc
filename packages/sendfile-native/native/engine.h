#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "epoll.h"
#include "job.h"
#include "sendfile.h"
#include "watch.h"

namespace logflow {

/// One thread that moves files into sockets. Other threads only post commands.
///
///     ready --quota used--> ready (at the back of the queue)
///     ready --EAGAIN------> blocked --EPOLLOUT--> ready
///     ready --end of file-> parked --Extend-----> ready        (followers only; also when growth is noticed here)
///     any   --end reached, peer gone, cancelled, failed-------> reported, descriptors closed
///     any   --end reached, and the connection is kept---------> reported, idle --Follow--> ready, --HangUp--> closed
class Engine {
 public:
  /// Called on the engine's thread once for each job that is over.
  using Report = std::function<void(const Completion&)>;

  Engine(size_t quota_bytes, Report report) : quota_bytes_(quota_bytes), report_(std::move(report)) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() { Stop(); }

  /// Starts the thread with every signal blocked. 0 or errno.
  int Start();

  /// Ends the thread and waits for it. Jobs that are left lose their descriptors and are not reported.
  void Stop();

  void Add(std::shared_ptr<Job> job);
  /// Starts `job`, which has no socket, with that of the kept and idle job `after`; without one it is reported as closed.
  void Follow(std::shared_ptr<Job> job, uint64_t after);
  /// Closes the connection of a kept and idle job once what was sent is on its way.
  void HangUp(uint64_t id);
  void Extend(std::shared_ptr<File> file, int64_t size);
  void EndAt(uint64_t id, int64_t end);
  void Cancel(uint64_t id);

 private:
  enum class Order { kAdd, kFollow, kExtend, kEndAt, kCancel, kHangUp };
  struct Command {
    Order order;
    uint64_t id;
    int64_t value;
    std::shared_ptr<Job> job;
    std::shared_ptr<File> file;
  };

  void Post(Command command);
  void Run();
  Job& Enter(std::shared_ptr<Job> job);
  void WakeBefore(File& file, int64_t size);
  void Obey();
  void ObeyOne(Command& command);
  void ObeyAdd(std::shared_ptr<Job> job);
  void ObeyFollow(std::shared_ptr<Job> job, uint64_t after);
  void ObeyExtend(File& file, int64_t size);
  void ObeyHangUp(Job& job);
  void Notice(const epoll_event& event);
  void PumpRound();
  size_t Pump(Job& job);
  void DropInputOf(Job& job);
  void Rest(Job& job, const SendResult& result);
  void MakeReady(Job& job);
  void SetState(Job& job, JobState state);
  void Unpark(Job& job);
  void Finish(Job& job, Outcome outcome, int error);
  void Discard(Job& job);

  const size_t quota_bytes_;
  const Report report_;
  Epoll epoll_;
  Watch watch_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};

  std::mutex mutex_;
  std::vector<Command> commands_;  // guarded by mutex_

  std::unordered_map<uint64_t, std::shared_ptr<Job>> jobs_;
  std::deque<uint64_t> ready_;
  uint64_t round_ = 0;
};

}  // namespace logflow
