#pragma once

#include <cstdint>

namespace logflow {

/// Half a MiB at most waits in the kernel to be sent. Of its own accord that grows to what the network could take, 4 MB,
/// for a peer that takes nothing, too: a thousand of them fill all the memory that the kernel has for TCP, and then it
/// drops what it has received, and every connection waits for a repetition, 200 ms and more.
void LimitUnsent(int socket);

/// Between two programs of one machine there is no network to share, and the pacing of congestion control (BBR) only
/// costs: half the throughput was measured. Such a connection is switched to Reno, which every system allows. Others are
/// left alone.
void TuneLoopback(int socket);

/// Reads and drops what the peer has sent, at most `limit` bytes: bytes that were not read when a connection is closed
/// would make the kernel reset it, and what is on its way to the peer would be lost. How many were dropped.
int64_t DropInput(int socket, int64_t limit);

/// Closes our side after everything that was sent. The caller closes the descriptor.
void FinishSending(int socket);

}  // namespace logflow
