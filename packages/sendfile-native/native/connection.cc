#include "connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace logflow {

namespace {

constexpr int64_t kDropBytes = 64 * 1024;
constexpr char kUnpaced[] = "reno";
constexpr int kUnsentBytes = 512 * 1024;

bool IsLoopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 24 == 127;
  }
  if (address.ss_family != AF_INET6) return false;
  const in6_addr& six = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
}

}  // namespace

void LimitUnsent(int socket) {
  setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
}

void TuneLoopback(int socket) {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &length) != 0 || !IsLoopback(peer)) return;
  setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, kUnpaced, sizeof kUnpaced - 1);
}

int64_t DropInput(int socket, int64_t limit) {
  char sink[kDropBytes];
  int64_t dropped = 0;
  while (dropped < limit) {
    const auto size = static_cast<size_t>(std::min(limit - dropped, kDropBytes));
    const ssize_t count = recv(socket, sink, size, MSG_DONTWAIT | MSG_TRUNC);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    dropped += count;
  }
  return dropped;
}

void FinishSending(int socket) { shutdown(socket, SHUT_WR); }

}  // namespace logflow
