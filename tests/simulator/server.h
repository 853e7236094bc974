#ifndef PLUMB_SIMULATOR_SERVER_H
#define PLUMB_SIMULATOR_SERVER_H

/* The simulator on a port of 127.0.0.1, by libmicrohttpd: one thread a connection, bounded. */

#include "tests/simulator/simulator.h"

enum { SERVER_CONNECTIONS_MAX = 512, SERVER_HEADERS_MAX = 128 };
#define SERVER_BODY_MAX ((size_t)80 * 1024 * 1024)

struct server;

/* `port` 0 chooses one; NULL where it cannot listen. */
struct server *server_start(struct simulator *, uint16_t port);
uint16_t server_port(const struct server *);
void server_stop(struct server *);

#endif
