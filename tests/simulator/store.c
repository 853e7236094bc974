#include "tests/simulator/store.h"

#include <stdlib.h>
#include <string.h>

/* Copies are made when the garbage is more than this and more than what lives. */
enum { GARBAGE_MIN = 4 * 1024 * 1024 };

static void store_forget_old(struct store *store)
{
    arena_free(store->old_arena);
    store->old_arena = NULL;
    store->old_root = NULL;
}

void stores_release(struct stores *stores)
{
    while (stores->first) {
        struct store *store = stores->first;
        stores->first = store->next;
        store_forget_old(store);
        arena_free(store->arena);
        free(store->service);
        free(store->account);
        free(store->region);
        free(store);
    }
    *stores = (struct stores){0};
}

static char *owned(struct str text)
{
    char *copy = memory_alloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    return copy;
}

struct store *stores_of(struct stores *stores, struct str service, struct str account, struct str region)
{
    for (struct store *store = stores->first; store; store = store->next)
        if (str_is(service, store->service) && str_is(account, store->account) &&
            str_is(region, store->region))
            return store;
    struct store *store = memory_alloc(sizeof *store);
    store->service = owned(service);
    store->account = owned(account);
    store->region = owned(region);
    store->arena = arena_new();
    store->root = value_map(store->arena);
    store->next = stores->first;
    stores->first = store;
    return store;
}

static bool window_covers(const struct stores *stores, const struct store *store)
{
    if (stores->stale_ms == 0)
        return false;
    char name[64];
    snprintf(name, sizeof name, " %s ", store->service);
    return !stores->stale_services[0] || strstr(stores->stale_services, name);
}

bool store_is_stale(const struct stores *stores, const struct store *store, int64_t now)
{
    return store->old_root && window_covers(stores, store) && now - store->old_since < stores->stale_ms;
}

void store_before_write(struct stores *stores, struct store *store, int64_t now, bool always)
{
    bool window = window_covers(stores, store);
    if (!always && (!window || store_is_stale(stores, store, now)))
        return;
    store_forget_old(store);
    store->old_arena = arena_new();
    store->old_root = value_copy(store->old_arena, store->root);
    store->old_since = now;
}

static void store_clean(struct store *store)
{
    if (arena_used(store->arena) < GARBAGE_MIN + 2 * store->live)
        return;
    struct arena *arena = arena_new();
    store->root = value_copy(arena, store->root);
    arena_free(store->arena);
    store->arena = arena;
    store->live = arena_used(arena);
}

void stores_clean(struct stores *stores)
{
    for (struct store *store = stores->first; store; store = store->next)
        store_clean(store);
}

struct blob {
    struct blob *next;
    char digest[65];
    size_t size;
    char bytes[];
};

void blobs_release(struct blobs *blobs)
{
    for (size_t i = 0; i < BLOB_BUCKETS; i++)
        while (blobs->buckets[i]) {
            struct blob *blob = blobs->buckets[i];
            blobs->buckets[i] = blob->next;
            free(blob);
        }
    blobs->bytes = 0;
}

static struct blob *blob_find(const struct blobs *blobs, struct str digest)
{
    for (struct blob *blob = blobs->buckets[str_hash(digest) % BLOB_BUCKETS]; blob; blob = blob->next)
        if (str_is(digest, blob->digest))
            return blob;
    return NULL;
}

bool blobs_put(struct blobs *blobs, struct str digest, struct str bytes)
{
    if (blob_find(blobs, digest))
        return true;
    if (bytes.len > BLOBS_MAX - blobs->bytes)
        return false;
    struct blob *blob = memory_alloc(sizeof *blob + bytes.len);
    snprintf(blob->digest, sizeof blob->digest, "%.*s", STR_ARG(digest));
    blob->size = bytes.len;
    if (bytes.len)
        memcpy(blob->bytes, bytes.ptr, bytes.len);
    struct blob **bucket = &blobs->buckets[str_hash(digest) % BLOB_BUCKETS];
    blob->next = *bucket;
    *bucket = blob;
    blobs->bytes += bytes.len;
    return true;
}

bool blobs_get(const struct blobs *blobs, struct str digest, struct str *bytes)
{
    struct blob *blob = blob_find(blobs, digest);
    if (!blob)
        return false;
    *bytes = (struct str){.ptr = blob->bytes, .len = blob->size};
    return true;
}
