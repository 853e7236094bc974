#include "gitsync/deliveries.h"

#include <pthread.h>

#include "base/digest.h"

enum { NONE = UINT32_MAX };

struct key {
    unsigned char digest[SHA256_SIZE];
    uint32_t next; /* in its chain, or NONE */
};

/* A ring of keys, with chains by their digests to find them. */
struct deliveries {
    pthread_mutex_t lock;
    struct key *keys;
    uint32_t *chains;
    uint32_t max, count, at; /* `at` is written next */
};

struct deliveries *deliveries_new(size_t max)
{
    struct deliveries *deliveries = memory_alloc(sizeof *deliveries);
    pthread_mutex_init(&deliveries->lock, NULL);
    deliveries->max = (uint32_t)max;
    deliveries->keys = memory_alloc(max * sizeof *deliveries->keys);
    deliveries->chains = memory_alloc(max * sizeof *deliveries->chains);
    for (size_t i = 0; i < max; i++)
        deliveries->chains[i] = NONE;
    return deliveries;
}

void deliveries_free(struct deliveries *deliveries)
{
    if (!deliveries)
        return;
    pthread_mutex_destroy(&deliveries->lock);
    free(deliveries->keys);
    free(deliveries->chains);
    free(deliveries);
}

static uint32_t *chain_of(struct deliveries *deliveries, const unsigned char digest[SHA256_SIZE])
{
    uint32_t number;
    memcpy(&number, digest, sizeof number);
    return &deliveries->chains[number % deliveries->max];
}

static bool is_known(struct deliveries *deliveries, const unsigned char digest[SHA256_SIZE])
{
    for (uint32_t i = *chain_of(deliveries, digest); i != NONE; i = deliveries->keys[i].next)
        if (memcmp(deliveries->keys[i].digest, digest, SHA256_SIZE) == 0)
            return true;
    return false;
}

static void forget(struct deliveries *deliveries, uint32_t which)
{
    uint32_t *link = chain_of(deliveries, deliveries->keys[which].digest);
    while (*link != which)
        link = &deliveries->keys[*link].next;
    *link = deliveries->keys[which].next;
}

static void remember(struct deliveries *deliveries, const unsigned char digest[SHA256_SIZE])
{
    struct key *key = &deliveries->keys[deliveries->at];
    if (deliveries->count == deliveries->max)
        forget(deliveries, deliveries->at);
    else
        deliveries->count++;
    memcpy(key->digest, digest, SHA256_SIZE);
    uint32_t *chain = chain_of(deliveries, digest);
    key->next = *chain;
    *chain = deliveries->at;
    deliveries->at = (deliveries->at + 1) % deliveries->max;
}

static void digest_of(const char *of_what, char kind, struct str text, unsigned char digest[SHA256_SIZE])
{
    struct buf key = BUF_INIT(BUF_SMALL);
    buf_printf(&key, "%s%c", of_what, kind);
    buf_add(&key, text);
    sha256(buf_str(&key), digest);
    buf_release(&key);
}

/* What is known by one of its keys gets no other: else a caught delivery could take the id of one to come. */
bool deliveries_add(struct deliveries *deliveries, const struct webhook_event *event)
{
    unsigned char content[SHA256_SIZE], id[SHA256_SIZE];
    bool has_id = event->delivery.len > 0;
    digest_of(webhook_forge_name(event->forge), '=', event->content, content);
    digest_of(webhook_forge_name(event->forge), '#', event->delivery, id);
    pthread_mutex_lock(&deliveries->lock);
    bool known = is_known(deliveries, content) || (has_id && is_known(deliveries, id));
    if (!known)
        remember(deliveries, content);
    if (!known && has_id)
        remember(deliveries, id);
    pthread_mutex_unlock(&deliveries->lock);
    return !known;
}

bool deliveries_add_id(struct deliveries *deliveries, const char *of_what, struct str text)
{
    unsigned char id[SHA256_SIZE];
    digest_of(of_what, ':', text, id);
    pthread_mutex_lock(&deliveries->lock);
    bool known = is_known(deliveries, id);
    if (!known)
        remember(deliveries, id);
    pthread_mutex_unlock(&deliveries->lock);
    return !known;
}
