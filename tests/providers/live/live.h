#ifndef PLUMB_TESTS_PROVIDERS_LIVE_H
#define PLUMB_TESTS_PROVIDERS_LIVE_H

/*
 * Drives a resource type through its life against a real endpoint (AWS_ENDPOINT_URL: moto, or the simulator):
 * nothing is there; create; read and find show what was declared; every next step is an update, which is read
 * again; remove; nothing is there.  Any difference fails the cmocka test with both texts.
 *
 * JSON in tests is written with single quotes.
 */

#include "providers/resource_type.h"

struct live {
    struct arena *arena;
    struct aws_session *session;
    struct aws *aws;
    struct value *tags; /* put on every resource that the driver makes */
};

/* cmocka group fixtures: *state becomes a struct live. */
int live_open(void **state);
int live_close(void **state);

/* One set of properties.  After it the live ones must cover these and, where given, equal `live` in the
 * properties that it names (a default that came back, say). */
struct live_step {
    const char *properties;
    const char *live;
};

/* What a life was made of, for what a test wants to look at on the way. */
struct live_run {
    const struct resource_type *type;
    const char *name; /* call->name */
    const struct live_step *steps;
    size_t count;
    /* After the create and after each update; may be NULL. */
    void (*look)(struct live *, const struct live_run *, size_t step, const struct resource_state *);
};
void live_drive(struct live *, const struct live_run *);

/* Single steps, for tests with several resources; they fail the test where AWS fails.  `live_make` creates.
 */
struct resource_state live_make(struct live *, const struct resource_type *, const char *name,
                                const char *properties);
void live_unmake(struct live *, const struct resource_type *, struct str physical_id, const char *properties);
/* Creating this must fail with a message that contains `text`. */
void live_refused(struct live *, const struct resource_type *, const char *properties, const char *text);

/* The zip that an artifact of that digest is, in every call. */
struct str live_zip(struct arena *, struct str digest);

struct resource_call live_call(struct live *, const char *name, struct str physical_id,
                               const struct value *properties);
struct value *live_json(struct live *, const char *text);
struct value *live_jsonf(struct live *, const char *format, ...) PRINTF_LIKE(2, 3);
/* Asks AWS directly; fails the test where AWS fails. */
struct value *live_ask(struct live *, const struct aws_operation *, const char *input);

#endif
