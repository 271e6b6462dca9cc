#include "environment.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>

namespace logflow {

CallError Environment::Start(napi_value on_done, size_t quota_bytes) {
  napi_value name;
  napi_create_string_utf8(env_, "logflow_sendfile", NAPI_AUTO_LENGTH, &name);
  const napi_status status = napi_create_threadsafe_function(env_, on_done, nullptr, name, 0, 1, nullptr, nullptr, this,
                                                             &Environment::Deliver, &deliver_);
  if (status != napi_ok) return {ENOMEM, "napi_create_threadsafe_function"};
  // Sockets keep a program alive, the thread does not.
  napi_unref_threadsafe_function(env_, deliver_);
  // Hooks run in reverse order: registered after the function, this one stops its only caller before it goes.
  napi_add_env_cleanup_hook(env_, &Environment::BeforeTeardown, this);
  engine_ = std::make_unique<Engine>(quota_bytes, [deliver = deliver_](const Completion& completion) {
    auto* copy = new Completion(completion);
    if (napi_call_threadsafe_function(deliver, copy, napi_tsfn_nonblocking) != napi_ok) delete copy;
  });
  if (const int error = engine_->Start(); error != 0) {
    Stop();
    return {error, "pthread_create"};
  }
  return {};
}

void Environment::Stop() {
  if (!engine_) return;
  engine_.reset();
  napi_remove_env_cleanup_hook(env_, &Environment::BeforeTeardown, this);
  napi_release_threadsafe_function(deliver_, napi_tsfn_release);
  jobs_.clear();
  files_.clear();
}

void Environment::BeforeTeardown(void* self) {
  auto* environment = static_cast<Environment*>(self);
  environment->engine_.reset();
  environment->jobs_.clear();
}

CallError Environment::Shared(int fd, std::shared_ptr<File>* file) {
  struct stat facts;
  if (fstat(fd, &facts) != 0) return {errno, "fstat"};
  if (!S_ISREG(facts.st_mode)) return {EINVAL, "sendfile of something that is not a regular file"};
  const FileKey key{facts.st_dev, facts.st_ino};
  if (const auto found = files_.find(key); found != files_.end()) {
    *file = found->second.lock();
    if (*file) return {};
    files_.erase(found);
  }
  auto fresh = std::make_shared<File>();
  fresh->fd = Fd::Duplicate(fd);
  if (!fresh->fd.valid()) return {errno, "fcntl"};
  files_.emplace(key, fresh);
  *file = std::move(fresh);
  return {};
}

CallError Environment::Add(uint64_t id, int socket, int file, std::pair<int64_t, int64_t> range, int64_t kept_input) {
  struct stat facts;
  if (fstat(socket, &facts) != 0) return {errno, "fstat"};
  if (!S_ISSOCK(facts.st_mode)) return {ENOTSOCK, "sendfile"};
  const int flags = fcntl(socket, F_GETFL);
  // A blocking socket would stop every other transfer.
  if (flags < 0 || (flags & O_NONBLOCK) == 0) return {flags < 0 ? errno : EINVAL, "fcntl"};
  auto job = std::make_shared<Job>();
  if (const CallError error = Shared(file, &job->file); error.error != 0) return error;
  job->id = id;
  job->socket = Fd::Duplicate(socket);
  if (!job->socket.valid()) return {errno, "fcntl"};
  job->offset.store(range.first);
  job->end = range.second;
  job->kept = kept_input >= 0;
  job->input_left = kept_input;
  jobs_.emplace(id, job);
  engine_->Add(std::move(job));
  return {};
}

CallError Environment::Follow(uint64_t after, uint64_t id, int file, std::pair<int64_t, int64_t> range) {
  auto job = std::make_shared<Job>();
  if (const CallError error = Shared(file, &job->file); error.error != 0) return error;
  job->id = id;
  job->offset.store(range.first);
  job->end = range.second;
  job->kept = true;
  jobs_.emplace(id, job);
  engine_->Follow(std::move(job), after);
  return {};
}

CallError Environment::Extend(int file, int64_t size) {
  struct stat facts;
  if (fstat(file, &facts) != 0) return {errno, "fstat"};
  const auto found = files_.find({facts.st_dev, facts.st_ino});
  if (found == files_.end()) return {};
  if (auto shared = found->second.lock()) {
    engine_->Extend(std::move(shared), size);
  } else {
    files_.erase(found);
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
