// What the machine can do at all: accepts, reads a decimal offset, and sends the file with sendfile from one epoll loop.
// No limits, no following, no errors: the floor under every server of the `tailsrv` row.
//
//   floor PORT FILE
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { kDescriptors = 1 << 16, kEvents = 512, kQuota = 1 << 20 };

static off_t offsets[kDescriptors];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void accept_all(int listener, int epoll_fd) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    offsets[fd] = -1;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
  }
}

/// One turn: at most a quota. 1 when the reader can take more.
static int serve(int fd, int file, off_t size) {
  if (offsets[fd] < 0) {
    char header[64] = "";
    if (read(fd, header, sizeof header - 1) <= 0) return 0;
    offsets[fd] = atoll(header) < 0 ? size + atoll(header) : atoll(header);
  }
  if (offsets[fd] >= size) return 0;
  const ssize_t sent = sendfile(fd, file, &offsets[fd], kQuota);
  if (sent < 0 && errno != EAGAIN) close(fd);
  return sent > 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const int file = open(argv[2], O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0) die(argv[2]);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0) die("listen");
  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
  static struct epoll_event events[kEvents];
  static int ready[kDescriptors];
  static char queued[kDescriptors];
  int ready_count = 0;
  for (;;) {
    const int count = epoll_wait(epoll_fd, events, kEvents, ready_count > 0 ? 0 : -1);
    for (int i = 0; i < count; i++) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        accept_all(listener, epoll_fd);
      } else if (!queued[fd]) {
        queued[fd] = 1;
        ready[ready_count++] = fd;
      }
    }
    int left = 0;
    for (int i = 0; i < ready_count; i++) {
      if (serve(ready[i], file, facts.st_size)) ready[left++] = ready[i];
      else queued[ready[i]] = 0;
    }
    ready_count = left;
  }
}
