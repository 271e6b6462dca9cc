#pragma once

#include <unordered_map>
#include <vector>

#include "fd.h"
#include "file.h"

namespace logflow {

/// Notices writes to open files (inotify). Where it cannot, files are not watched, and somebody else has to tell.
class Watch {
 public:
  /// Whether files can be watched at all.
  bool Open();

  /// Readable when there is something to take.
  int fd() const { return inotify_.get(); }

  /// Starts to watch; the file must be removed before it goes. Whether it could.
  bool Add(File& file);
  void Remove(File& file);

  /// Files that were written to since, each once.
  std::vector<File*> Take();

 private:
  Fd inotify_;
  std::unordered_map<int, File*> files_;
};

}  // namespace logflow
