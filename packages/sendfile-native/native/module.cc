#include <node_api.h>

#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "access_acl.h"
#include "environment.h"

namespace {

using logflow::CallError;
using logflow::Environment;
using logflow::ReadAccessAcl;
using logflow::Work;

/// Counts up when the functions or their arguments change; src/native-binding.ts refuses any other.
constexpr int kInterfaceVersion = 4;
constexpr size_t kMaxArguments = 7;

napi_value Fail(napi_env env, int error, const char* call) {
  napi_value text;
  napi_value failure;
  napi_value number;
  napi_value name;
  napi_create_string_utf8(env, strerror(error), NAPI_AUTO_LENGTH, &text);
  napi_create_error(env, nullptr, text, &failure);
  napi_create_int32(env, error, &number);
  napi_create_string_utf8(env, call, NAPI_AUTO_LENGTH, &name);
  napi_set_named_property(env, failure, "errno", number);
  napi_set_named_property(env, failure, "syscall", name);
  napi_throw(env, failure);
  return nullptr;
}

/// Arguments of one call, all of them numbers but a leading function of `start` and the path of `accessAcl`. JavaScript has
/// checked the ranges.
struct Call {
  napi_env env;
  napi_value values[kMaxArguments] = {};
  size_t count = kMaxArguments;
  Environment* environment = nullptr;

  Call(napi_env env_of_call, napi_callback_info info) : env(env_of_call) {
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
    void* data = nullptr;
    napi_get_instance_data(env, &data);
    environment = static_cast<Environment*>(data);
  }

  int64_t Number(size_t index) const {
    int64_t number = -1;
    if (index < count) napi_get_value_int64(env, values[index], &number);
    return number;
  }

  std::string Text(size_t index) const {
    size_t length = 0;
    if (napi_get_value_string_utf8(env, values[index], nullptr, 0, &length) != napi_ok) return {};
    std::string text(length + 1, '\0');
    napi_get_value_string_utf8(env, values[index], text.data(), text.size(), &length);
    text.resize(length);
    return text;
  }
};

napi_value Undefined(const Call&) { return nullptr; }

napi_value Result(const Call& call, const CallError& error) {
  return error.error == 0 ? Undefined(call) : Fail(call.env, error.error, error.call);
}

napi_value Start(const Call& call) {
  if (call.environment->running()) return Fail(call.env, EBUSY, "start");
  napi_valuetype type = napi_undefined;
  napi_typeof(call.env, call.values[0], &type);
  const int64_t quota = call.Number(1);
  const int64_t threads = call.Number(2);
  if (type != napi_function || quota <= 0 || threads <= 0) return Fail(call.env, EINVAL, "start");
  return Result(call, call.environment->Start(call.values[0], static_cast<size_t>(quota), static_cast<size_t>(threads)));
}

napi_value Stop(const Call& call) {
  call.environment->Stop();
  return Undefined(call);
}

/// Four arguments from `first` on: descriptor of the file, offset, end, whether growth is noticed.
Work WorkOf(const Call& call, size_t first) {
  return {static_cast<int>(call.Number(first)), call.Number(first + 1), call.Number(first + 2), call.Number(first + 3) == 1};
}

napi_value Add(const Call& call) {
  const auto id = static_cast<uint64_t>(call.Number(0));
  const auto socket = static_cast<int>(call.Number(1));
  return Result(call, call.environment->Add(id, socket, WorkOf(call, 3), call.Number(2)));
}

napi_value Follow(const Call& call) {
  const auto after = static_cast<uint64_t>(call.Number(0));
  const auto id = static_cast<uint64_t>(call.Number(1));
  return Result(call, call.environment->Follow(after, id, WorkOf(call, 2)));
}

napi_value HangUp(const Call& call) {
  call.environment->HangUp(static_cast<uint64_t>(call.Number(0)));
  return Undefined(call);
}

napi_value Extend(const Call& call) {
  return Result(call, call.environment->Extend(static_cast<int>(call.Number(0)), call.Number(1)));
}

napi_value EndAt(const Call& call) {
  call.environment->EndAt(static_cast<uint64_t>(call.Number(0)), call.Number(1));
  return Undefined(call);
}

napi_value Cancel(const Call& call) {
  call.environment->Cancel(static_cast<uint64_t>(call.Number(0)));
  return Undefined(call);
}

napi_value Offset(const Call& call) {
  napi_value offset;
  napi_create_int64(call.env, call.environment->Offset(static_cast<uint64_t>(call.Number(0))), &offset);
  return offset;
}

napi_value State(const Call& call) {
  napi_value state;
  napi_create_int32(call.env, call.environment->State(static_cast<uint64_t>(call.Number(0))), &state);
  return state;
}

napi_value AccessAcl(const Call& call) {
  const std::string path = call.Text(0);
  std::vector<uint8_t> acl;
  const int error = ReadAccessAcl(path.c_str(), &acl);
  if (error != 0) return Fail(call.env, error, "getxattr");
  if (acl.empty()) return Undefined(call);
  napi_value bytes;
  napi_create_buffer_copy(call.env, acl.size(), acl.data(), nullptr, &bytes);
  return bytes;
}

/// The border to JavaScript: no exception of C++ crosses it, and what is about transfers runs with an engine only.
template <napi_value (*function)(const Call&), bool needs_engine>
napi_value Enter(napi_env env, napi_callback_info info) {
  try {
    const Call call(env, info);
    if (needs_engine && !call.environment->running()) return Fail(env, EPIPE, "engine is stopped");
    return function(call);
  } catch (const std::exception&) {
    return Fail(env, ENOMEM, "sendfile");
  }
}

template <napi_value (*function)(const Call&), bool needs_engine = true>
void Define(napi_env env, napi_value exports, const char* name) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, &Enter<function, needs_engine>, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

}  // namespace

NAPI_MODULE_INIT() {
  auto* environment = new Environment(env);
  napi_set_instance_data(
      env, environment, [](napi_env, void* data, void*) { delete static_cast<Environment*>(data); }, nullptr);
  napi_value version;
  napi_create_int32(env, kInterfaceVersion, &version);
  napi_set_named_property(env, exports, "interfaceVersion", version);
  Define<Start, false>(env, exports, "start");
  Define<Stop, false>(env, exports, "stop");
  Define<Add>(env, exports, "add");
  Define<Follow>(env, exports, "follow");
  Define<HangUp>(env, exports, "hangUp");
  Define<Extend>(env, exports, "extend");
  Define<EndAt>(env, exports, "endAt");
  Define<Cancel>(env, exports, "cancel");
  Define<Offset>(env, exports, "offset");
  Define<State>(env, exports, "state");
  Define<AccessAcl, false>(env, exports, "accessAcl");
  return exports;
}
