#pragma once
#include <libwebsockets.h>
#include <poll.h>
#include <stdbool.h>

// LWS_PRE is a cast expression that Swift can't import.
static const int cwebsockets_lws_pre = LWS_PRE;

// Whether the peer has ended or broken the connection, seen without reading what it sent before. POLLRDHUP hides
// behind _GNU_SOURCE, whose setting in an importer is not ours; its value is fixed by the Linux ABI.
static inline bool cwebsockets_peer_has_closed(int fd) {
    const short read_hang_up = 0x2000;
    struct pollfd entry = { .fd = fd, .events = read_hang_up, .revents = 0 };
    return poll(&entry, 1, 0) > 0 && (entry.revents & (read_hang_up | POLLHUP | POLLERR)) != 0;
}
