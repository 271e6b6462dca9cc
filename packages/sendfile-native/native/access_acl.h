#pragma once

#include <cstdint>
#include <vector>

namespace logflow {

/// Reads the access control list of what lies at `path`, links followed, in the form in which Linux keeps it. Leaves
/// `acl` empty where there is none, or the file system has none. 0, or errno.
int ReadAccessAcl(const char* path, std::vector<uint8_t>* acl);

}  // namespace logflow
