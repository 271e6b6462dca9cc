// Many readers of one tailsrv in one thread: connects all of them at once, counts what comes without copying it, and
// prints one line of JSON. The same program measures every server, so that its own cost hits all alike.
//
//   readers fetch PORT READERS HEADER BYTES [STALLED]
//       until each reader that is not stalled has BYTES bytes. Stalled readers send their header and never read.
//   readers follow PORT READERS FILE APPENDS INTERVAL_MS STALLED [resting]
//       begins at the end of FILE, appends a line to it every INTERVAL_MS, and notes when each reader has it.
//       Stalled readers begin at byte 0, so that there is more for them than a connection holds. With `resting` they
//       wait for a byte that never comes instead: what to compare with, as all else is the same.
//
// SERVER_PID in the environment adds the memory of that process before and with the readers.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { kEvents = 1024, kLineBytes = 120, kReadBytes = 1 << 20, kReadsPerTurn = 4, kTimeoutMs = 15000 };

struct reader {
  int fd;
  int connected;
  int stalled;
  int done;
  uint64_t received;
};

static struct reader *readers;
static int reader_count;
static int epoll_fd;
static int port;
static int failed;
static int served;
static uint64_t total_received;
static double started_ms;
static double first_bytes_ms;
static char sink[64 * 1024];
static const char *idle_header = "0";

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

/// Resident bytes of the server, 0 when nobody told which process it is.
static long server_rss_bytes(void) {
  const char *pid = getenv("SERVER_PID");
  if (!pid) return 0;
  char path[64];
  char line[256];
  long kib = 0;
  snprintf(path, sizeof path, "/proc/%s/status", pid);
  FILE *status = fopen(path, "r");
  if (!status) return 0;
  while (fgets(line, sizeof line, status)) {
    if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
  }
  fclose(status);
  return kib * 1024;
}

static void begin_connect(int index) {
  struct reader *reader = &readers[index];
  reader->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (reader->fd < 0) die("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(reader->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) die("connect");
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = (uint32_t)index};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, reader->fd, &event) != 0) die("epoll_ctl");
}

static void fail(struct reader *reader) {
  if (reader->done) return;
  reader->done = 1;
  failed++;
  close(reader->fd);
}

/// Sends the header once the connection is there. 0 while it is not.
static int greet(struct reader *reader, const char *header) {
  if (reader->connected) return 1;
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(reader->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) {
    fail(reader);
    return 0;
  }
  struct sockaddr_in peer;
  length = sizeof peer;
  if (getpeername(reader->fd, (struct sockaddr *)&peer, &length) != 0) return 0;
  reader->connected = 1;
  char text[64];
  const int size = snprintf(text, sizeof text, "%s\n", header);
  if (write(reader->fd, text, size) != size) fail(reader);
  return !reader->done;
}

/// Takes what is there. Bytes are dropped inside the kernel: a reader that copies would measure itself. 1 when there is
/// more than one turn takes.
static int take(struct reader *reader) {
  for (int reads = 0; reads < kReadsPerTurn; reads++) {
    const ssize_t count = recv(reader->fd, sink, kReadBytes, MSG_TRUNC | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (count <= 0) {
      fail(reader);
      return 0;
    }
    if (reader->received == 0 && ++served == reader_count) first_bytes_ms = now_ms() - started_ms;
    reader->received += count;
    total_received += count;
  }
  return 1;
}

static void start(int count, int stalled) {
  reader_count = count;
  readers = calloc(count, sizeof *readers);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (!readers || epoll_fd < 0) die("start");
  started_ms = now_ms();
  // Every tenth, say, and not the first ones: servers that go round in order must not get off easily.
  for (int i = 0; i < count; i++) readers[i].stalled = stalled > 0 && i % (count / stalled) == count / stalled - 1;
  for (int i = 0; i < count; i++) begin_connect(i);
}

static int *queue;
static int *queued;
static int queue_length;

static void enqueue(int index) {
  if (queued[index]) return;
  queued[index] = 1;
  queue[queue_length++] = index;
}

/// Waits for events and takes bytes, fairly, until `finished` says so or time is up. 0 when time is up.
static int pump(const char *header, int (*finished)(void), void (*received)(int), int wait_ms) {
  static struct epoll_event events[kEvents];
  static int *turn;
  if (!queue) {
    queue = calloc(reader_count, sizeof *queue);
    queued = calloc(reader_count, sizeof *queued);
    turn = calloc(reader_count, sizeof *turn);
  }
  const double until = now_ms() + wait_ms;
  while (!finished()) {
    const double left = until - now_ms();
    if (left <= 0) return 0;
    const int count = epoll_wait(epoll_fd, events, kEvents, queue_length > 0 ? 0 : (int)left + 1);
    for (int i = 0; i < count; i++) {
      const int index = (int)events[i].data.u32;
      struct reader *reader = &readers[index];
      if (reader->done || !greet(reader, reader->stalled ? idle_header : header) || reader->stalled) continue;
      if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) enqueue(index);
    }
    const int turns = queue_length;
    memcpy(turn, queue, turns * sizeof *turn);
    queue_length = 0;
    for (int i = 0; i < turns; i++) {
      struct reader *reader = &readers[turn[i]];
      queued[turn[i]] = 0;
      if (reader->done) continue;
      const int more = take(reader);
      received(turn[i]);
      if (more && !reader->done) enqueue(turn[i]);
    }
  }
  return 1;
}

// --- fetch ---

static uint64_t wanted;
static int complete;
static int expected;

static int fetch_finished(void) { return complete + failed >= expected; }

static void fetch_received(int index) {
  struct reader *reader = &readers[index];
  if (reader->done || reader->received < wanted) return;
  reader->done = 1;
  complete++;
}

static int fetch(int count, const char *header, uint64_t bytes, int stalled) {
  const long rss_before = server_rss_bytes();
  wanted = bytes;
  start(count, stalled);
  expected = 0;
  for (int i = 0; i < count; i++) expected += !readers[i].stalled;
  reader_count = count;
  served = count - expected;
  const int in_time = pump(header, fetch_finished, fetch_received, kTimeoutMs);
  const double wall = now_ms() - started_ms;
  printf("{\"readers\":%d,\"stalled\":%d,\"failed\":%d,\"complete\":%d,\"inTime\":%d,\"firstBytesMs\":%.1f,\"wallMs\":%.1f,"
         "\"bytes\":%llu,\"rssBefore\":%ld,\"rssWith\":%ld}\n",
         count, count - expected, failed, complete, in_time, first_bytes_ms, wall, (unsigned long long)total_received,
         rss_before, server_rss_bytes());
  return 0;
}

// --- follow ---

static float *delays;
static int64_t delay_count;
static uint64_t line_end;
static double appended_ms;
static int caught_up;

static int follow_finished(void) { return caught_up + failed >= expected; }

static void follow_received(int index) {
  struct reader *reader = &readers[index];
  if (reader->done || reader->received < line_end || reader->received - line_end >= kLineBytes) return;
  delays[delay_count++] = (float)(now_ms() - appended_ms);
  caught_up++;
}

static int compare_floats(const void *a, const void *b) {
  const float left = *(const float *)a;
  const float right = *(const float *)b;
  return (left > right) - (left < right);
}

static int follow(int count, const char *path, int appends, int interval_ms, int stalled) {
  const int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0) die(path);
  delays = calloc((size_t)count * appends + 1, sizeof *delays);
  const long rss_before = server_rss_bytes();
  char header[32];
  snprintf(header, sizeof header, "%lld", (long long)facts.st_size);
  char line[kLineBytes + 1];
  start(count, stalled);
  for (int i = 0; i < count; i++) expected += !readers[i].stalled;
  served = count - expected;
  // The first line only shows that everybody is there; it is not measured.
  double accepted_ms = 0;
  for (int i = 0; i <= appends; i++) {
    memset(line, 'x', kLineBytes);
    line[kLineBytes - 1] = '\n';
    line_end = (uint64_t)i * kLineBytes + kLineBytes;
    caught_up = 0;
    appended_ms = now_ms();
    if (write(file, line, kLineBytes) != kLineBytes) die("append");
    if (!pump(header, follow_finished, follow_received, 30000)) break;
    if (i == 0) {
      accepted_ms = now_ms() - started_ms;
      delay_count = 0;
    }
    const double rest = appended_ms + interval_ms - now_ms();
    if (rest > 0) usleep((useconds_t)(rest * 1000));
  }
  qsort(delays, delay_count, sizeof *delays, compare_floats);
  const double p50 = delay_count ? delays[delay_count / 2] : -1;
  const double p99 = delay_count ? delays[delay_count * 99 / 100] : -1;
  const double max = delay_count ? delays[delay_count - 1] : -1;
  printf("{\"readers\":%d,\"stalled\":%d,\"failed\":%d,\"acceptedMs\":%.1f,\"deliveries\":%lld,\"p50Ms\":%.3f,\"p99Ms\":%.3f,"
         "\"maxMs\":%.3f,\"rssBefore\":%ld,\"rssWith\":%ld}\n",
         count, count - expected, failed, accepted_ms, (long long)delay_count, p50, p99, max, rss_before,
         server_rss_bytes());
  return 0;
}

int main(int argc, char **argv) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (argc >= 6 && strcmp(argv[1], "fetch") == 0) {
    port = atoi(argv[2]);
    return fetch(atoi(argv[3]), argv[4], strtoull(argv[5], NULL, 10), argc > 6 ? atoi(argv[6]) : 0);
  }
  if ((argc == 8 || argc == 9) && strcmp(argv[1], "follow") == 0) {
    port = atoi(argv[2]);
    if (argc == 9 && strcmp(argv[8], "resting") == 0) idle_header = "1000000000000000";
    return follow(atoi(argv[3]), argv[4], atoi(argv[5]), atoi(argv[6]), atoi(argv[7]));
  }
  fprintf(stderr, "usage: readers fetch PORT READERS HEADER BYTES [STALLED]\n"
                  "       readers follow PORT READERS FILE APPENDS INTERVAL_MS STALLED [resting]\n");
  return 2;
}
