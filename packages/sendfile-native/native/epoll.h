#pragma once

#include <sys/epoll.h>

#include <cstdint>

#include "fd.h"

namespace logflow {

/// An epoll instance with an eventfd in it, so that another thread can end a wait.
class Epoll {
 public:
  /// Key under which the wake-up itself is reported.
  static constexpr uint64_t kWakeKey = 0;
  /// For the one other thing that is no connection.
  static constexpr uint64_t kWatchKey = UINT64_MAX;

  /// 0, or the errno of what could not be created.
  int Open();

  /// Reports once each time `fd` becomes writable, hangs up, or (when `input` is set) has something to read. 0 or errno.
  int Watch(int fd, uint64_t key, bool input);

  /// Says when `fd` has something to read, as long as it has. 0 or errno.
  int WatchInput(int fd, uint64_t key);

  /// As `Watch`, for a descriptor that is watched already; what it is ready for now is reported again. 0 or errno.
  int Rewatch(int fd, uint64_t key, bool input);

  /// Must come before the last close: a registration belongs to the open file, which others may share.
  void Forget(int fd);

  /// Fills `events`; -1 as `timeout_ms` waits for ever. Number of events, 0 also when a signal came.
  int Wait(epoll_event* events, int capacity, int timeout_ms);

  /// From any thread: ends the current or the next wait.
  void Wake();

  /// Takes the wake-ups that came.
  void TakeWake();

 private:
  int Control(int operation, int fd, uint64_t key, uint32_t events);

  Fd epoll_;
  Fd wake_;
};

}  // namespace logflow
