#ifndef PLUMB_TESTS_PROVIDERS_LIVES_H
#define PLUMB_TESTS_PROVIDERS_LIVES_H

/*
 * Drives resource types through the lives that case files describe: README.md is the manual of the files.
 *
 * What is asked and compared is what a plan and its apply would ask and compare: the types' own functions
 * with the call that plan_call fills in, and diff_properties.
 */

#include "reconciler/diff.h"
#include "tests/simulator/inprocess.h"

/* Where a life is led: the simulator in this process with virtual time, or what AWS_ENDPOINT_URL names. */
struct lives_account {
    bool simulated;
    int64_t patience_ms; /* how long a read may lag behind a write */
    const struct clock *clock;
    struct aws_session *session;
    struct aws *aws;
    /* Of the simulator only. */
    struct scheduler *scheduler;
    struct inprocess inprocess;
    struct clock virtual_clock;
    struct random random;
    /* Of an endpoint only. */
    struct http_client *client;
    struct http http;
};

struct lives_account *lives_account_open(bool simulated);
void lives_account_close(struct lives_account *);

struct lives_counts {
    size_t files, failed, read_backs, drifts, replacements, equals, lacks, faults;
};

struct life {
    struct lives_account *account;
    struct arena *arena;
    struct lives_counts *counts;
    const char *path;         /* of the file */
    const struct value *file; /* what stands in it */
    const struct resource_type *type;
    const struct type_facts *facts;
    struct value *needs;       /* name -> {"Type", "Id", "Properties", "Attributes"} of what was made first */
    struct resource_call call; /* of the resource itself; physical_id is "" until it was found or made */
    struct resource_state live;  /* as last read */
    const struct value *base;    /* the file's properties, resolved */
    const struct value *changed; /* the first change of the file; of faults.c */
};

/* file.c: reads the file and finds its type. */
WARN_UNUSED bool life_read(struct life *, const char *path);
/* Ref, Fn::GetAtt and Fn::Sub of needs, and AWS's pseudo parameters; NULL after life_fail. */
struct value *life_resolve(struct life *, const struct value *);
/* Sets the property at a dotted path, or takes it away where the value is NULL or null. */
void life_set(struct arena *, struct value *properties, struct str path, const struct value *);
/* Why the account cannot show this step or property; "" where it can.  Says so once a file. */
struct str life_lacks(struct life *, const char *section, struct str name);
/* Does the account lack a property of this key, or the member that it names? */
bool life_lacks_property(struct life *, struct str key);

/* life.c: steps, each for itself; they print "TYPE: STEP: what" where they fail. */
bool life_fail(struct life *, const char *step, const char *format, ...) PRINTF_LIKE(3, 4);
WARN_UNUSED bool life_make_needs(struct life *);
WARN_UNUSED bool life_remove_needs(struct life *);
WARN_UNUSED bool life_create(struct life *);
/* Updates from `last` to `desired` and reads back. */
WARN_UNUSED bool life_update(struct life *, const char *step, const struct value *desired,
                             const struct value *last);
WARN_UNUSED bool life_remove(struct life *);
/* The call that a plan makes for this logical id. */
struct resource_call life_call(struct life *, const struct resource_type *, struct str logical_id);
/* `properties` (resolved) with the property at the key ("A", "A.B", "A,B") changed to `value`; NULL after
 * life_fail. */
const struct value *life_changed(struct life *, const struct value *properties, struct str key,
                                 const struct value *value);
/* The whole of it. */
WARN_UNUSED bool life_lead(struct life *);

/* Parts of steps.  What is live, read with these properties as a hint, into life->live. */
WARN_UNUSED bool life_look(struct life *, const struct value *properties, struct error *);
WARN_UNUSED bool life_find(struct life *, struct resource_state *, struct error *);
struct differences life_compare(struct life *, const struct value *desired, const struct value *last);
const char *life_shown(struct life *, const struct differences *); /* the first one, for messages */
struct value *life_previous(struct life *, const struct value *desired, const struct value *last);
/* Fails unless reading back shows just these, with our tags, within the account's patience. */
WARN_UNUSED bool life_read_back(struct life *, const char *step, const struct value *desired);
WARN_UNUSED bool life_expect_absent(struct life *, const char *step, const char *what, bool found,
                                    struct error *);

/* faults.c: the life again and again, each time with another call that fails; on the simulator. */
WARN_UNUSED bool life_lead_through_faults(struct life *);

/* main.c: what stands in the simulator, without what services remember of things that are gone. */
struct str life_standing(struct life *);

#endif
