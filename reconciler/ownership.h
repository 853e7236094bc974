#ifndef PLUMB_RECONCILER_OWNERSHIP_H
#define PLUMB_RECONCILER_OWNERSHIP_H

/*
 * Whose a resource is.  Ownership tags name the repository, environment, application and logical id, and
 * resources without a name of their own get a deterministic one, so that what a crashed plumb has created is
 * found again, and what others have created is never taken for ours.
 *
 * A replacement is created beside the old resource.  Both must be told apart, so the name and the logical-id
 * tag carry the generation when it is not 0.
 */

#include "base/value.h"
#include "environments/environment.h"
#include "providers/resource_type.h"

struct owner {
    struct str repository; /* the last part of the repository's path, without ".git" */
    struct str account, region;
    struct str environment, application;
    const struct value *environment_tags; /* map; put on every resource besides the ownership tags */
};

/* Tag keys. */
#define TAG_REPOSITORY "plumb:repository"
#define TAG_ENVIRONMENT "plumb:environment"
#define TAG_APPLICATION "plumb:application"
#define TAG_LOGICAL_ID "plumb:logical-id"

/* "git@host:acme/shop.git" and "/srv/git/shop" give "shop". */
struct str repository_name(struct str url);

struct value *ownership_tags(struct arena *, const struct owner *, struct str logical_id, int64_t generation);

enum ownership {
    OWNED_BY_US,      /* as this logical id, in any generation */
    OWNED_BY_SIBLING, /* as another logical id of this application */
    OWNED_BY_NOBODY,
    OWNED_BY_OTHER,
};

/* What the tags of a resource say. */
struct ownership_label {
    struct str who; /* for messages: "'prod/orders' of repository 'shop' as 'Table'", "CloudFormation stack
                       'x'"; of a sibling its logical id; "" of nobody */
    int64_t generation; /* of ours */
};

enum ownership ownership_of(struct arena *, const struct owner *, struct str logical_id,
                            const struct value *live_tags, struct ownership_label *);

/* "prod-orders-OrderTable-0a1b2c3d4e5f": at most `max` bytes (at least 24), the hash always whole. */
struct str resource_name(struct arena *, const struct owner *, struct str logical_id, int64_t generation,
                         const struct resource_type *);

/* 32 hex digits, the same for the same intent. */
struct str idempotency_token(struct arena *, const struct owner *, struct str logical_id, int64_t generation,
                             struct str commit);

#endif
