#ifndef PLUMB_TESTS_RECONCILER_WEBHOOK_SERVER_H
#define PLUMB_TESTS_RECONCILER_WEBHOOK_SERVER_H

/* A receiver on loopback that answers with the statuses that it is told and keeps what it got. */

#include <pthread.h>

#include "base/str.h"

enum { WEBHOOK_HEADERS = 16, WEBHOOK_STATUSES = 8 };

struct webhook_server {
    int statuses[WEBHOOK_STATUSES]; /* one a request; 0: 200 */
    int hits;
    char headers[WEBHOOK_HEADERS][2][256]; /* of the last request: name, value */
    int header_count;
    char method[16], path[256];
    struct buf body;
    int port;
    void *daemon;
    pthread_mutex_t lock;
};

void webhook_server_start(struct webhook_server *);
void webhook_server_stop(struct webhook_server *);
const char *webhook_server_header(struct webhook_server *, const char *name); /* "" where absent */

#endif
