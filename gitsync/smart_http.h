#ifndef PLUMB_GITSYNC_SMART_HTTP_H
#define PLUMB_GITSYNC_SMART_HTTP_H

/* Requests of Git's smart HTTP protocol (gitprotocol-http(5)) by base/http.h, with the mirror's credentials.
 * Private to gitsync. */

#include "gitsync/session.h"

struct smart_request {
    const char *service; /* "upload-pack" */
    bool listing;        /* GET info/refs; else a POST of the body to the service */
    bool second;         /* protocol v2 is asked for */
    struct str body;
};

/* The answer's body, in the arena, at most what the mirror's fetch_max leaves (of a listing 64 MiB).  False
 * with session->error set, also for every status but 200 and what is no answer of a Git server. */
WARN_UNUSED bool smart_http_perform(struct session *, struct arena *, const struct smart_request *,
                                    struct str *answer);

#endif
