#ifndef PLUMB_TESTS_GITSYNC_WEBHOOK_CASES_H
#define PLUMB_TESTS_GITSYNC_WEBHOOK_CASES_H

/* Deliveries of each forge, small, by its documentation; and how a forge signs. */

#include "gitsync/webhook.h"

enum { SIGNED_HEADERS_MAX = 8 };

struct webhook_case {
    enum webhook_forge forge;
    const char *event; /* the value of the header that names it */
    const char *body;
    const char *expected; /* webhook_text() of what is read */
    const char *fields;   /* paths that are read, comma between: each must have its type */
};

extern const struct webhook_case webhook_cases[];
extern const size_t webhook_case_count;

struct signed_headers {
    struct http_header list[SIGNED_HEADERS_MAX];
    size_t count;
};

/* What the forge would send with this body. */
void webhook_sign(struct arena *, enum webhook_forge, const char *event, const char *delivery,
                  struct str secret, int64_t now_ms, struct str body, struct signed_headers *);

/* "push orders/shop https://... ann refs/heads/main 1111..2222": all that an event says, in one line. */
struct str webhook_text(struct arena *, const struct webhook_event *);

#endif
