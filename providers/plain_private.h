#ifndef PLUMB_PROVIDERS_PLAIN_PRIVATE_H
#define PLUMB_PROVIDERS_PLAIN_PRIVATE_H

/* Between plain.c, which writes, and plain_read.c, which reads, finds and waits. */

#include "providers/plain.h"

struct wire plain_wire(const struct plain *);
const struct type_facts *plain_facts(const struct resource_call *);
/* "Tags" */
struct str plain_tag_property(const struct resource_call *);
/* Is the name one of these? */
bool plain_names_has(const char *const *names, struct str name);
/* A copy of the call about that resource. */
struct resource_call plain_on(const struct resource_call *, struct str physical_id);
/* Adds what the keys say to an input. */
void plain_add_keys(const struct resource_call *, struct value *input, const struct plain_key *);
/* What an answer holds of the resource. */
const struct value *plain_item(const struct plain *, const struct value *answer);
/* The physical id that an item tells; empty where it tells none. */
WARN_UNUSED bool plain_identify(const struct resource_call *, const struct value *item, struct str *id,
                                struct error *);
/* The item as read gives it. */
WARN_UNUSED bool plain_get_item(const struct resource_call *, const struct value **item, struct error *);
/* By what tag calls name it. */
struct str plain_tagged_id(const struct resource_call *, const struct resource_state *);
/* Waits until it is seen and its state is one that stays; gives what is live then. */
WARN_UNUSED bool plain_settle(const struct resource_call *, struct resource_state *, struct error *);
/* The same where a failed state is no error: an update may be what mends it. */
WARN_UNUSED bool plain_settle_anyhow(const struct resource_call *, struct resource_state *, struct error *);

#endif
