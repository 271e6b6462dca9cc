#include "watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace logflow {

namespace {

/// Room for hundreds of events: none carries a name, since it is files that are watched.
constexpr size_t kBufferBytes = 8 * 1024;

}  // namespace

bool Watch::Open() {
  inotify_ = Fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  return inotify_.valid();
}

bool Watch::Add(File& file) {
  // The open file, whatever has its name by now.
  const std::string path = "/proc/self/fd/" + std::to_string(file.fd());
  const int id = inotify_add_watch(inotify_.get(), path.c_str(), IN_MODIFY);
  if (id < 0) return false;
  file.watch_id = id;
  files_[id] = &file;
  return true;
}

void Watch::Remove(File& file) {
  if (file.watch_id < 0) return;
  inotify_rm_watch(inotify_.get(), file.watch_id);
  files_.erase(file.watch_id);
  file.watch_id = -1;
}

std::vector<File*> Watch::Take() {
  std::vector<File*> written;
  alignas(inotify_event) char buffer[kBufferBytes];
  for (;;) {
    const ssize_t length = read(inotify_.get(), buffer, sizeof buffer);
    if (length <= 0) return written;
    for (const char* at = buffer; at < buffer + length;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof *event + event->len;
      const auto found = files_.find(event->wd);
      if (found == files_.end() || (event->mask & IN_MODIFY) == 0) continue;
      if (std::find(written.begin(), written.end(), found->second) == written.end()) written.push_back(found->second);
    }
  }
}

}  // namespace logflow
