#ifndef PLUMB_SIMULATOR_STORE_H
#define PLUMB_SIMULATOR_STORE_H

/* The state of services: one value tree for each service, account and region, cleaned by copying. */

#include "base/value.h"

struct store {
    struct store *next;
    char *service, *account, *region;
    struct arena *arena;
    struct value *root;
    size_t live; /* bytes of the arena after the last copy */
    /* As it was before a write, for stale reads; NULL when not kept. */
    struct arena *old_arena;
    struct value *old_root;
    int64_t old_since;
};

struct stores {
    struct store *first;
    int64_t stale_ms;         /* window of stale reads, 0 is none */
    char stale_services[256]; /* " iam lambda ", "" is all */
};

void stores_release(struct stores *);
struct store *stores_of(struct stores *, struct str service, struct str account, struct str region);
/* Remembers the state before a write: within a window of stale reads, or always when `always`. */
void store_before_write(struct stores *, struct store *, int64_t now, bool always);
bool store_is_stale(const struct stores *, const struct store *, int64_t now);
/* Frees what changes left behind.  Values of any store are invalid afterwards. */
void stores_clean(struct stores *);

enum { BLOB_BUCKETS = 4096 };
#define BLOBS_MAX ((size_t)1024 * 1024 * 1024)

struct blob;
struct blobs {
    struct blob *buckets[BLOB_BUCKETS];
    size_t bytes;
};

void blobs_release(struct blobs *);
/* `digest` is the hex SHA-256; false when the limit is reached. */
WARN_UNUSED bool blobs_put(struct blobs *, struct str digest, struct str bytes);
WARN_UNUSED bool blobs_get(const struct blobs *, struct str digest, struct str *bytes);

#endif
