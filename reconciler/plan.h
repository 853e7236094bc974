#ifndef PLUMB_RECONCILER_PLAN_H
#define PLUMB_RECONCILER_PLAN_H

/*
 * The plan of one application: what has to be created, updated, replaced, adopted and deleted so that live
 * becomes desired.  Making a plan only reads.
 *
 * Reads run in parallel on the workers, each resource after those it refers to, because its desired
 * properties may need what is live in them.  A value that exists only after apply makes a property "known
 * after apply".
 */

#include "base/workers.h"
#include "environments/desired.h"
#include "reconciler/answers.h"
#include "reconciler/diff.h"
#include "reconciler/neighbours.h"
#include "reconciler/ownership.h"
#include "reconciler/record.h"
#include "reconciler/trust.h"

enum change_action { CHANGE_NONE, CHANGE_CREATE, CHANGE_UPDATE, CHANGE_REPLACE, CHANGE_DELETE, CHANGE_ADOPT };

struct change {
    struct str logical_id, type_name;
    const struct resource_type *type;
    enum change_action action;
    bool retained;     /* delete: leaves the inventory, stays in the account */
    struct str reason; /* retained: why; empty where it is DeletionPolicy */
    bool delete_first; /* replace: both cannot exist at once */
    bool begun;        /* delete: a release that was cut off or failed made it; the ledger never had it */
    bool missing;      /* create, delete: it was applied before and is gone */
    bool unmarked;     /* adopt, replace: made by a try that was cut off before it put our tags on */
    bool code_drift;   /* the live code is not the code that was released */
    struct str left;   /* by apply: a create or update that failed has left this, and could not undo it */
    struct str physical_id;                    /* as live or last known; empty before create */
    int64_t generation;                        /* of the resource that stands after apply */
    const struct desired_resource *desired;    /* NULL: it leaves */
    const struct inventory_entry *last;        /* of the same type; NULL: never applied */
    const struct inventory_entry *predecessor; /* replace: what has to go */
    struct value *properties;                  /* desired, resolved as far as is known; NULL when it leaves */
    struct value *versions;                    /* dynamic reference -> version that it gave; or NULL */
    bool found;                                /* live exists */
    struct resource_state live;
    struct differences differences;
    struct str held; /* why it may not be done as things are, a sentence; empty: it may */
    struct arena *arena;
    bool tried, done; /* by apply: begun; carried out and read back */
    bool waits;       /* by apply: left as it is until the traffic has moved (release_set.h) */
    struct error error;
};

struct graph_node;
struct guard_findings;
struct plan_assets;

struct adoption;

struct plan_input {
    struct aws *aws;
    const struct owner *owner;
    const struct desired *desired;
    const struct environment *environment;
    int64_t now_ms; /* wall time, for ignore rules that expire */
    const struct application *application;
    const struct inventory *inventory;
    const struct release *release;
    const struct artifact_source *artifacts;
    const struct neighbours *neighbours; /* may be NULL */
    struct answers *answers;             /* to what the template asks of others; NULL: nobody can be asked */
    struct workers *workers;
    const struct adoption *adoption; /* of `plumb adopt`; else NULL */
    struct ledger *ledger;           /* for what other environments claim; NULL: nobody is asked */
    struct commit_id commit;
    const struct trust_verdict *trust; /* of the commit; NULL: nobody was asked */
};

/* An output that is not as recorded: {"value", "export"}; NULL: it is not there. */
struct output_change {
    struct str name;
    const struct value *before, *after;
    struct str held; /* as of a change */
};

struct plan {
    struct plan_input input;
    struct change
        *changes; /* the desired resources in order, also those without a change; then what leaves */
    size_t count;
    size_t actions[CHANGE_ADOPT + 1]; /* how many of each */
    size_t retained;                  /* of those to delete: they stay in the account, no longer managed */
    size_t held;                      /* also outputs */
    size_t not_comparable;
    struct value *outputs; /* name -> {"value": known or not yet, "export"} */
    struct value *imports; /* list of the names of exports that the template takes */
    struct output_change *output_changes;
    size_t output_change_count;
    bool outputs_differ;   /* there are outputs, exports or imports to record, even without other changes */
    bool outputs_declared; /* because Git declares others, not because a value is another */
    struct plan_assets *assets;     /* assets.h; never NULL */
    struct guard_findings *refused; /* guards.h; never NULL */
    bool new_permissions;           /* roles or policies change */
    struct str hash;                /* over commit, desired and live: hex */
    struct str asked;     /* over all that Git asks for, whatever is live and whatever the commit: hex */
    struct str substance; /* over asked, live as far as it counts, and what is done about it: two plans
                           * with the same do the same; what a review is about (review.h) */
    struct str rejected;  /* why all of it is held: rolled back already, or a freeze; empty: it is not */
    struct str untrusted; /* why all of it is held: the commit is not trusted; empty: it is */
    struct arena *arena;
};

/* Refuses unknown types and properties by name before anything is read. */
WARN_UNUSED bool plan_make(const struct plan_input *, struct plan **, struct error *);
void plan_free(struct plan *);

/* True if there is something to do. */
bool plan_has_changes(const struct plan *);

/* Would it only undo what others did to live, with nothing new from Git? */
bool plan_only_heals(const struct plan *);

/* Is what Ref and GetAtt give of it known: is it there, and will it stay? */
bool change_is_settled(const struct change *);

/* Can the differences be made only by a new resource? */
bool change_needs_replacement(const struct change *, const struct differences *);

/* Does a resource that goes stay in the account? */
bool policy_keeps(enum removal_policy);

/* Does a desired resource of this plan now stand for what leaves, under another logical id? */
bool plan_stands_for(const struct plan *, const struct change *leaving);

/* Of two with the same type and physical id: do the properties let them be one?  An inline policy's role
 * tells. */
bool plan_same_place(const struct value *, const struct value *);

/* "create", ... */
const char *change_action_name(enum change_action);

/* "2 created, 1 no longer managed": how many of each there are, by the words for the actions; where there are
 * only outputs to record, "outputs" and the first of the words. */
struct str plan_counts(struct arena *, const struct plan *, const char *const words[CHANGE_ADOPT + 1],
                       const char *retained);

/* The change of a desired resource, or NULL. */
struct change *plan_find(const struct plan *, struct str logical_id);

/* Resolves a desired resource's properties with what is live in the others now. */
WARN_UNUSED bool plan_resolve(struct plan *, struct change *, struct value **properties, struct error *);

/* Evaluates what the template says, with what is live in the resources now, as the question tells. */
#define PLAN_NO_ATTRIBUTE "NoAttribute" /* the error's name where a resource has no such attribute */
WARN_UNUSED bool plan_evaluate(struct plan *, struct arena *, const struct value *, struct question *,
                               struct value **out, struct error *);

/* A call on the change's resource: name, tags and token are filled in. */
struct resource_call plan_call(const struct plan *, struct change *, int64_t generation);

/* The changes as nodes of a graph, the desired resources with their dependencies, at the same positions; in
 * the plan's arena. */
struct graph_node *plan_graph(const struct plan *);

#endif
