#ifndef PLUMB_ENVIRONMENTS_GUARDS_H
#define PLUMB_ENVIRONMENTS_GUARDS_H

/*
 * `guards:` of environment.yaml, and of what holds for a whole repository: what a release may not do whatever
 * a template says.  Here they are only read; the reconciler judges plans by them (reconciler/guards.h), and
 * docs/guards.md says what each means.
 *
 * Guards of a repository and of an environment hold side by side: each with its own exceptions, so that an
 * environment adds to its repository's and never weakens them.
 */

#include "base/value.h"

enum guard_rule {
    GUARD_PROTECT,
    GUARD_MAX_DELETES,
    GUARD_REQUIRE_TAGS,
    GUARD_ACTIONS,
    GUARD_PRINCIPALS,
    GUARD_MANAGED,
    GUARD_BUCKETS,
    GUARD_URLS,
    GUARD_APIS,
    GUARD_BOUNDARY,
    GUARD_ACCOUNTS,
    GUARD_RULES, /* how many there are */
};

/* As it is written: "policies.forbidActions". */
const char *guard_rule_name(enum guard_rule);

/* Patterns below have '*' and '?' (base/wildcard.h), at most so long. */
enum { GUARD_PATTERN_MAX = 512 };

struct guard_protection {
    struct str type, name, application; /* patterns; "*" where left out; the name: logical or physical id */
    bool from_update, from_replace, from_delete;
    const struct value *node;
};

struct guard_tag {
    struct str key;
    const struct value *allowed; /* list of texts; NULL: any value */
    const struct value *node;
};

/* An exception from a rule of the same guards. */
struct guard_exception {
    enum guard_rule rule;
    struct str resource;                 /* pattern of logical ids */
    struct str environment, application; /* patterns; "*" where left out */
    struct str value;                    /* pattern of what is refused; "*" where left out */
    struct str reason;                   /* required */
    struct str expires;                  /* "2026-12-31", or empty */
    int64_t expires_ms;                  /* 0 where it never does */
    const struct value *node;
};

struct guards {
    const struct guards *above; /* of the repository, which hold as well; or NULL */
    struct guard_protection *protections;
    size_t protection_count;
    const struct value *max_deletes; /* where it is said; NULL: no limit */
    int64_t most_deletes;
    struct guard_tag *tags;
    size_t tag_count;
    const struct value *actions, *principals, *managed; /* lists of patterns, or NULL */
    const struct value *buckets, *urls, *apis;          /* where they are forbidden to be public, or NULL */
    const struct value *boundary;                       /* a pattern, or NULL */
    const struct value *accounts;                       /* list of account ids; NULL: any */
    struct guard_exception *exceptions;
    size_t exception_count;
};

/* `node` is the value of the key `guards`; NULL gives guards that forbid nothing. */
WARN_UNUSED bool guards_read(struct arena *, const struct value *node, struct guards *, struct error *);

/* What both say holds; `repository` must live as long. */
void guards_join(const struct guards *repository, struct guards *environment);

#endif
