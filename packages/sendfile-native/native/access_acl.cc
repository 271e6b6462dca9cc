#include "access_acl.h"

#include <sys/xattr.h>

#include <cerrno>

namespace logflow {

namespace {

constexpr char kName[] = "system.posix_acl_access";
/// A list of more than a hundred entries.
constexpr size_t kUsualBytes = 1024;
/// Linux keeps no larger attribute.
constexpr size_t kMaxBytes = 64 * 1024;

}  // namespace

int ReadAccessAcl(const char* path, std::vector<uint8_t>* acl) {
  for (const size_t room : {kUsualBytes, kMaxBytes}) {
    acl->resize(room);
    const ssize_t size = getxattr(path, kName, acl->data(), acl->size());
    if (size >= 0) {
      acl->resize(static_cast<size_t>(size));
      return 0;
    }
    if (errno != ERANGE) break;
  }
  acl->clear();
  return errno == ENODATA || errno == ENOTSUP ? 0 : errno;
}

}  // namespace logflow
