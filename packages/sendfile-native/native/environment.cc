#include "environment.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>

namespace logflow {

CallError Environment::Start(napi_value on_done, size_t quota_bytes, size_t threads) {
  napi_value name;
  napi_create_string_utf8(env_, "logflow_sendfile", NAPI_AUTO_LENGTH, &name);
  const napi_status status = napi_create_threadsafe_function(env_, on_done, nullptr, name, 0, 1, nullptr, nullptr, this,
                                                             &Environment::Deliver, &deliver_);
  if (status != napi_ok) return {ENOMEM, "napi_create_threadsafe_function"};
  // Sockets keep a program alive, the threads do not.
  napi_unref_threadsafe_function(env_, deliver_);
  // Hooks run in reverse order: registered after the function, this one stops its only callers before it goes.
  napi_add_env_cleanup_hook(env_, &Environment::BeforeTeardown, this);
  for (size_t lane = 0; lane < threads; lane++) {
    lanes_.push_back({std::make_unique<Engine>(quota_bytes, [deliver = deliver_](const Completion& completion) {
      auto* copy = new Completion(completion);
      if (napi_call_threadsafe_function(deliver, copy, napi_tsfn_nonblocking) != napi_ok) delete copy;
    }), {}});
    if (const int error = lanes_.back().engine->Start(); error != 0) {
      Stop();
      return {error, "pthread_create"};
    }
  }
  return {};
}

void Environment::Stop() {
  if (lanes_.empty()) return;
  lanes_.clear();
  napi_remove_env_cleanup_hook(env_, &Environment::BeforeTeardown, this);
  napi_release_threadsafe_function(deliver_, napi_tsfn_release);
  jobs_.clear();
}

void Environment::BeforeTeardown(void* self) {
  auto* environment = static_cast<Environment*>(self);
  environment->lanes_.clear();
  environment->jobs_.clear();
}

CallError Environment::Shared(Lane& lane, int fd, std::shared_ptr<File>* file) {
  struct stat facts;
  if (fstat(fd, &facts) != 0) return {errno, "fstat"};
  if (!S_ISREG(facts.st_mode)) return {EINVAL, "sendfile of something that is not a regular file"};
  const FileKey key{facts.st_dev, facts.st_ino};
  if (const auto found = lane.files.find(key); found != lane.files.end()) {
    *file = found->second.lock();
    if (*file) return {};
    lane.files.erase(found);
  }
  Fd own = Fd::Duplicate(fd);
  if (!own.valid()) return {errno, "fcntl"};
  *file = std::make_shared<File>(std::move(own));
  lane.files.emplace(key, *file);
  return {};
}

CallError Environment::Prepare(uint64_t id, const Work& work, std::shared_ptr<Job>* job) {
  auto prepared = std::make_shared<Job>();
  if (const CallError error = Shared(LaneOf(id), work.file, &prepared->file); error.error != 0) return error;
  prepared->id = id;
  prepared->offset.store(work.offset);
  prepared->end = work.end;
  prepared->notices = work.notices;
  *job = std::move(prepared);
  return {};
}

CallError Environment::Add(uint64_t id, int socket, const Work& work, int64_t kept_input) {
  struct stat facts;
  if (fstat(socket, &facts) != 0) return {errno, "fstat"};
  if (!S_ISSOCK(facts.st_mode)) return {ENOTSOCK, "sendfile"};
  const int flags = fcntl(socket, F_GETFL);
  // A blocking socket would stop every other transfer.
  if (flags < 0 || (flags & O_NONBLOCK) == 0) return {flags < 0 ? errno : EINVAL, "fcntl"};
  std::shared_ptr<Job> job;
  if (const CallError error = Prepare(id, work, &job); error.error != 0) return error;
  job->socket = Fd::Duplicate(socket);
  if (!job->socket.valid()) return {errno, "fcntl"};
  job->kept = kept_input >= 0;
  job->input_left = kept_input;
  jobs_.emplace(id, job);
  LaneOf(id).engine->Add(std::move(job));
  return {};
}

CallError Environment::Follow(uint64_t after, uint64_t id, const Work& work) {
  if (id % lanes_.size() != after % lanes_.size()) return {EINVAL, "follow"};
  std::shared_ptr<Job> job;
  if (const CallError error = Prepare(id, work, &job); error.error != 0) return error;
  job->kept = true;
  jobs_.emplace(id, job);
  LaneOf(id).engine->Follow(std::move(job), after);
  return {};
}

CallError Environment::Extend(int file, int64_t size) {
  struct stat facts;
  if (fstat(file, &facts) != 0) return {errno, "fstat"};
  for (Lane& lane : lanes_) {
    const auto found = lane.files.find({facts.st_dev, facts.st_ino});
    if (found == lane.files.end()) continue;
    if (auto shared = found->second.lock()) {
      lane.engine->Extend(std::move(shared), size);
    } else {
      lane.files.erase(found);
    }
  }
  return {};
}

int64_t Environment::Offset(uint64_t id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? -1 : found->second->offset.load(std::memory_order_relaxed);
}

int Environment::State(uint64_t id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? -1 : static_cast<int>(found->second->state.load(std::memory_order_relaxed));
}

void Environment::Deliver(napi_env env, napi_value on_done, void* self, void* data) {
  const std::unique_ptr<Completion> completion(static_cast<Completion*>(data));
  if (env == nullptr || on_done == nullptr) return;  // The environment is going: nobody is left to tell.
  static_cast<Environment*>(self)->jobs_.erase(completion->id);
  napi_value receiver;
  napi_value arguments[4];
  napi_get_undefined(env, &receiver);
  napi_create_int64(env, static_cast<int64_t>(completion->id), &arguments[0]);
  napi_create_int32(env, static_cast<int>(completion->outcome), &arguments[1]);
  napi_create_int32(env, completion->error, &arguments[2]);
  napi_create_int64(env, completion->offset, &arguments[3]);
  // An exception in the callback stays pending and becomes an uncaught exception, as for any callback.
  napi_call_function(env, receiver, on_done, 4, arguments, nullptr);
}

}  // namespace logflow
