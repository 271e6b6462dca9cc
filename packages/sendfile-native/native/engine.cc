#include "engine.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "connection.h"

namespace logflow {

namespace {

constexpr int kEventsPerWait = 256;
/// Bytes moved between two looks at epoll and the commands, so that a cancel never waits behind a thousand readers.
constexpr size_t kRoundBytes = 8 * 1024 * 1024;

}  // namespace

int Engine::Start() {
  if (const int error = epoll_.Open(); error != 0) return error;
  if (watch_.Open()) epoll_.WatchInput(watch_.fd(), Epoll::kWatchKey);
  // A thread inherits the mask: signals stay with the thread of the program, and SIGPIPE becomes EPIPE.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  if (const int error = pthread_sigmask(SIG_SETMASK, &all, &before); error != 0) return error;
  int result = 0;
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error& error) {
    result = error.code().value();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return result;
}

void Engine::Stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  epoll_.Wake();
  thread_.join();
}

void Engine::Add(std::shared_ptr<Job> job) {
  const uint64_t id = job->id;
  Post({Order::kAdd, id, 0, std::move(job), nullptr});
}

void Engine::Follow(std::shared_ptr<Job> job, uint64_t after) {
  Post({Order::kFollow, after, 0, std::move(job), nullptr});
}

void Engine::HangUp(uint64_t id) { Post({Order::kHangUp, id, 0, nullptr, nullptr}); }

void Engine::Extend(std::shared_ptr<File> file, int64_t size) {
  Post({Order::kExtend, 0, size, nullptr, std::move(file)});
}

void Engine::EndAt(uint64_t id, int64_t end) { Post({Order::kEndAt, id, end, nullptr, nullptr}); }

void Engine::Cancel(uint64_t id) { Post({Order::kCancel, id, 0, nullptr, nullptr}); }

void Engine::Post(Command command) {
  bool first = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    first = commands_.empty();
    commands_.push_back(std::move(command));
  }
  if (first) epoll_.Wake();
}

void Engine::Run() {
  epoll_event events[kEventsPerWait];
  while (!stopping_.load()) {
    const int count = epoll_.Wait(events, kEventsPerWait, ready_.empty() ? -1 : 0);
    for (int i = 0; i < count; i++) Notice(events[i]);
    PumpRound();
  }
  jobs_.clear();
}

void Engine::Notice(const epoll_event& event) {
  if (event.data.u64 == Epoll::kWakeKey) {
    epoll_.TakeWake();
    Obey();
    return;
  }
  if (event.data.u64 == Epoll::kWatchKey) {
    for (File* file : watch_.Take()) {
      if (file->HasGrown()) WakeBefore(*file, file->vouched());
    }
    return;
  }
  const auto found = jobs_.find(event.data.u64);
  if (found == jobs_.end()) return;
  Job& job = *found->second;
  if ((event.events & EPOLLIN) != 0) DropInputOf(job);
  if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) {
    // Nobody waits for an idle one: its next order finds it gone.
    if (job.state == JobState::kIdle) return Discard(job);
    job.hung_up = true;
    MakeReady(job);
  } else if (job.state == JobState::kBlocked) {
    MakeReady(job);
  }
}

void Engine::DropInputOf(Job& job) {
  if (job.input_left <= 0) return;
  job.input_left -= DropInput(job.socket.get(), job.input_left);
  // A flood stays in the kernel, where it is bounded, and wakes nobody any more.
  if (job.input_left <= 0) epoll_.Rewatch(job.socket.get(), job.id, false);
}

void Engine::Obey() {
  std::vector<Command> commands;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    commands.swap(commands_);
  }
  for (Command& command : commands) ObeyOne(command);
}

void Engine::ObeyOne(Command& command) {
  if (command.order == Order::kExtend) return ObeyExtend(*command.file, command.value);
  if (command.order == Order::kAdd) return ObeyAdd(std::move(command.job));
  if (command.order == Order::kFollow) return ObeyFollow(std::move(command.job), command.id);
  const auto found = jobs_.find(command.id);
  if (found == jobs_.end()) return;  // It was over before the command came.
  Job& job = *found->second;
  if (command.order == Order::kHangUp) return ObeyHangUp(job);
  if (job.state == JobState::kIdle) {
    shutdown(job.socket.get(), SHUT_RDWR);
    return Discard(job);
  }
  if (command.order == Order::kEndAt) {
    job.end = command.value;
    return MakeReady(job);
  }
  shutdown(job.socket.get(), SHUT_RDWR);
  Finish(job, Outcome::kCancelled, 0);
}

void Engine::ObeyExtend(File& file, int64_t size) {
  if (file.watch_id >= 0) file.Vouch(size);
  WakeBefore(file, size);
}

void Engine::ObeyAdd(std::shared_ptr<Job> added) {
  Job& job = Enter(std::move(added));
  LimitUnsent(job.socket.get());
  TuneLoopback(job.socket.get());
  const bool input = job.input_left > 0;
  if (const int error = epoll_.Watch(job.socket.get(), job.id, input); error != 0) {
    return Finish(job, Outcome::kFailed, error);
  }
  MakeReady(job);
}

void Engine::ObeyFollow(std::shared_ptr<Job> added, uint64_t after) {
  Job& job = Enter(std::move(added));
  const auto found = jobs_.find(after);
  if (found == jobs_.end()) return Finish(job, Outcome::kClosed, 0);
  job.socket = std::move(found->second->socket);
  job.input_left = found->second->input_left;
  jobs_.erase(found);
  if (const int error = epoll_.Rewatch(job.socket.get(), job.id, job.input_left > 0); error != 0) {
    return Finish(job, Outcome::kFailed, error);
  }
  MakeReady(job);
}

Job& Engine::Enter(std::shared_ptr<Job> added) {
  Job& job = *added;
  File& file = *job.file;
  jobs_.emplace(job.id, std::move(added));
  file.jobs++;
  if (job.notices && file.watch_id < 0 && watch_.Add(file)) file.Vouch(FileSize(file.fd()));
  return job;
}

void Engine::ObeyHangUp(Job& job) {
  if (job.state != JobState::kIdle) return;
  DropInput(job.socket.get(), job.input_left);
  FinishSending(job.socket.get());
  Discard(job);
}

void Engine::PumpRound() {
  round_++;
  size_t moved = 0;
  for (size_t turns = ready_.size(); turns > 0 && moved < kRoundBytes; turns--) {
    const uint64_t id = ready_.front();
    ready_.pop_front();
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) continue;
    Job& job = *found->second;
    job.queued = false;
    moved += Pump(job);
  }
}

/// One turn of one job: at most a quota of bytes. Returns how many; the job may be gone afterwards.
size_t Engine::Pump(Job& job) {
  if (job.hung_up) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(job.socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    Finish(job, Outcome::kClosed, error);
    return 0;
  }
  // The size is asked for first: a request for more than there is would leave the last segment corked on older kernels.
  const int64_t size = job.file->SizeIn(round_);
  if (size < 0) {
    Finish(job, Outcome::kFailed, errno);
    return 0;
  }
  job.file->ReadAhead(job.offset.load(std::memory_order_relaxed), size);
  size_t moved = 0;
  while (moved < quota_bytes_) {
    const int64_t offset = job.offset.load(std::memory_order_relaxed);
    if (job.end != kFollow && offset >= job.end) {
      Finish(job, Outcome::kEnded, 0);
      return moved;
    }
    const int64_t until = job.end == kFollow ? size : std::min(job.end, size);
    SendResult result{SendStatus::kAtEnd, 0, 0};
    if (offset < until) {
      const auto limit = std::min(quota_bytes_ - moved, static_cast<size_t>(until - offset));
      result = job.file->Send(job.socket.get(), offset, limit);
    }
    if (result.status != SendStatus::kSent) {
      Rest(job, result);
      return moved;
    }
    moved += result.bytes;
    job.offset.store(offset + static_cast<int64_t>(result.bytes), std::memory_order_relaxed);
  }
  MakeReady(job);
  return moved;
}

/// What becomes of a job that could not move a byte.
void Engine::Rest(Job& job, const SendResult& result) {
  switch (result.status) {
    case SendStatus::kBlocked:
      return SetState(job, JobState::kBlocked);
    case SendStatus::kAtEnd:
      return job.end == kFollow ? SetState(job, JobState::kParked) : Finish(job, Outcome::kTruncated, 0);
    case SendStatus::kPeerGone:
      return Finish(job, Outcome::kClosed, result.error);
    default:
      return Finish(job, Outcome::kFailed, result.error);
  }
}

/// There are bytes before `size`: followers that wait for one of them go on.
void Engine::WakeBefore(File& file, int64_t size) {
  std::vector<Job*> behind;
  behind.reserve(file.parked.size());
  for (Job* job : file.parked) {
    if (job->offset.load(std::memory_order_relaxed) < size) behind.push_back(job);
  }
  for (Job* job : behind) MakeReady(*job);
}

void Engine::MakeReady(Job& job) {
  SetState(job, JobState::kReady);
  if (job.queued) return;
  job.queued = true;
  ready_.push_back(job.id);
}

void Engine::SetState(Job& job, JobState state) {
  if (job.state == state) return;
  if (job.state == JobState::kParked) Unpark(job);
  if (state == JobState::kParked) {
    job.parked_at = job.file->parked.size();
    job.file->parked.push_back(&job);
  }
  job.state = state;
}

void Engine::Unpark(Job& job) {
  std::vector<Job*>& parked = job.file->parked;
  parked[job.parked_at] = parked.back();
  parked[job.parked_at]->parked_at = job.parked_at;
  parked.pop_back();
}

void Engine::Finish(Job& job, Outcome outcome, int error) {
  SetState(job, JobState::kReady);
  const Completion completion{job.id, outcome, error, job.offset.load(std::memory_order_relaxed)};
  if (--job.file->jobs == 0) watch_.Remove(*job.file);
  job.file.reset();
  if (job.kept && (outcome == Outcome::kEnded || outcome == Outcome::kTruncated)) {
    job.state = JobState::kIdle;
  } else {
    Discard(job);
  }
  report_(completion);
}

/// The job may not be used afterwards.
void Engine::Discard(Job& job) {
  if (job.socket.valid()) epoll_.Forget(job.socket.get());
  job.socket.Close();
  jobs_.erase(job.id);
}

}  // namespace logflow
