#include "epoll.h"

#include <sys/eventfd.h>

#include <cerrno>

namespace logflow {

namespace {

uint32_t Edges(bool input) {
  return static_cast<uint32_t>(EPOLLOUT) | static_cast<uint32_t>(EPOLLET) | (input ? static_cast<uint32_t>(EPOLLIN) : 0u);
}

}  // namespace

int Epoll::Open() {
  epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_.valid()) return errno;
  wake_ = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_.valid()) return errno;
  return WatchInput(wake_.get(), kWakeKey);
}

int Epoll::Watch(int fd, uint64_t key, bool input) { return Control(EPOLL_CTL_ADD, fd, key, Edges(input)); }

int Epoll::WatchInput(int fd, uint64_t key) { return Control(EPOLL_CTL_ADD, fd, key, EPOLLIN); }

int Epoll::Rewatch(int fd, uint64_t key, bool input) { return Control(EPOLL_CTL_MOD, fd, key, Edges(input)); }

int Epoll::Control(int operation, int fd, uint64_t key, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  return epoll_ctl(epoll_.get(), operation, fd, &event) == 0 ? 0 : errno;
}

void Epoll::Forget(int fd) {
  epoll_event unused{};
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, &unused);
}

int Epoll::Wait(epoll_event* events, int capacity, int timeout_ms) {
  const int count = epoll_wait(epoll_.get(), events, capacity, timeout_ms);
  return count > 0 ? count : 0;
}

void Epoll::Wake() {
  const uint64_t one = 1;
  // Only EAGAIN can happen, and that means that a wake-up is pending already.
  while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Epoll::TakeWake() {
  uint64_t count = 0;
  while (read(wake_.get(), &count, sizeof count) < 0 && errno == EINTR) {
  }
}

}  // namespace logflow
