#ifndef PLUMB_ENVIRONMENTS_ENVIRONMENT_H
#define PLUMB_ENVIRONMENTS_ENVIRONMENT_H

/*
 * The directory environments/ of a repository at one commit: one directory an environment, with
 * environment.yaml (where) and one file an application (what).  Unknown keys are errors that name the key,
 * its position and the nearest known key.
 *
 * Everything lives in the caller's arena.  Reading runs no code and touches no network.
 */

#include "base/files.h"
#include "base/value.h"
#include "environments/deployment.h"
#include "environments/guards.h"
#include "environments/promotion.h"
#include "environments/pull_requests.h"
#include "environments/trust.h"

enum drift_mode { DRIFT_REPORT, DRIFT_HEAL };

/* A difference that is expected: `drift: {ignore: [{resource, path, reason, expires}]}`. */
struct drift_ignore {
    struct str resource; /* logical id, or "*" */
    struct str path;     /* property path, or "*" */
    struct str reason;   /* required */
    struct str expires;  /* "2026-12-31", or empty */
    int64_t expires_ms;  /* 0 where it never does */
};

/* `suspend:` of an application: `plumb run` leaves it alone. */
struct suspend {
    bool present;
    struct str reason; /* never empty */
    int64_t until_ms;  /* wall: the end of that day; 0: until it is taken out */
};

struct application {
    struct str name;     /* the file's name without .yaml */
    struct str file;     /* "environments/prod/orders.yaml" */
    struct str template; /* path in the repository */
    struct str stack;    /* the one to take from a template that has several; empty: all */
    struct str revision; /* commit, tag or branch to read the template at; empty: the commit itself */
    const struct value *revision_node; /* for messages, and for the promotion that moves the line */
    struct value *parameters;          /* map of name to scalar or list, never NULL */
    struct deployment deployment;
    struct promotion promotion;
    struct suspend suspend;
    struct str *allow_delete; /* `allow: {delete: [LogicalId, ...]}`: stateful resources that may go */
    size_t allow_delete_count;
    struct str *allow_replace;
    size_t allow_replace_count;
    bool allow_many_deletes; /* `allow: {manyDeletes: true}` */
};

struct environment {
    struct str name;      /* the directory's name */
    struct str directory; /* "environments/prod" */
    struct str stage;     /* "Prod"; the name with a capital where left out */
    struct str account;   /* 12 digits */
    struct str region;
    struct str role_arn; /* empty: the ambient credentials */
    struct str external_id;
    bool create_asset_bucket; /* `allow: {createAssetBucket: true}`: the CDK's bootstrap bucket, if missing */
    struct value *parameters; /* map, never NULL */
    struct value *tags;       /* map of strings, never NULL */
    enum drift_mode drift_mode;
    int64_t drift_every_ms; /* 10 minutes where left out */
    int64_t drift_share; /* percent of AWS's rate limits that looking for drift may take; 50 where left out */
    bool removes_extras; /* `drift: {extras: remove}`: what nobody declared goes from what is ours */
    struct drift_ignore *ignores;
    size_t ignore_count;
    struct freeze *freezes; /* `freeze:` and `stopTheLine:` */
    size_t freeze_count;
    struct guards guards;      /* those of `guards:` here; joined with the repository's where it has some */
    struct trust_policy trust; /* from which commits it may be released */
    struct pull_policy pull_requests;
    struct application *applications; /* sorted by name */
    size_t application_count;
    const struct value *node; /* environment.yaml, for messages */
};

/* The names of all environments, sorted. */
WARN_UNUSED bool environments_list(const struct files *, struct arena *, struct str **names, size_t *count,
                                   struct error *);

/* One environment, so that another one's broken file stays that one's trouble. */
WARN_UNUSED bool environment_load(const struct files *, struct arena *, struct str name, struct environment *,
                                  struct error *);

/* The application of that name, or NULL. */
const struct application *environment_application(const struct environment *, struct str name);

#endif
