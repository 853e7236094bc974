#ifndef PLUMB_PROVIDERS_RESOURCE_TYPE_H
#define PLUMB_PROVIDERS_RESOURCE_TYPE_H

/*
 * How one CloudFormation resource type is read, created, updated and deleted by direct calls.  One file a
 * type, providers/SERVICE/TYPE.c, exports one const table; one row of providers/registry.c registers it.
 *
 * Provider code is plain sequential code that runs on a worker: it may block.  It keeps no state of its own.
 * It never decides what should happen: the reconciler has compared and planned.  All results live in the
 * call's arena.
 */

#include "providers/aws/aws.h"

/* Bytes of local code by their digest: see environments/desired.h ("Plumb::Artifact").  The reconciler gives
 * it, so that providers need not know Git. */
struct artifact_source {
    void *self;
    /* The zip as Lambda takes it. */
    bool (*zip)(void *self, struct arena *, struct str digest, struct str *bytes, struct error *);
    /* What goes to S3: a file of the repository as it is, or a zip of a file or directory. */
    bool (*asset)(void *self, struct arena *, struct str path, bool zip, struct str *bytes, struct error *);
};

struct plain;

/* One operation on one resource. */
struct resource_call {
    struct aws *aws;
    struct arena *arena;
    struct str logical_id;
    struct str type;                /* as the template calls it: "Custom::Thing" */
    struct str stack_id;            /* AWS::StackId of the application */
    struct str physical_id;         /* what Ref gives; empty before create */
    struct str name;                /* deterministic name for a resource whose properties carry none: at most
                                       the type's name_max, only characters of the type */
    struct str token;               /* idempotency token: hex, 32 characters, the same for the same intent */
    const struct value *properties; /* desired and resolved (create, update), in CloudFormation's names; on
                                       read: last applied, as a hint, or NULL */
    const struct value *previous;   /* update, delete: last applied properties, or live ones; may be NULL */
    const struct value *attributes; /* as last read; may be NULL */
    const struct value *tags;       /* map name -> string: ownership and environment tags to put on it, merged
                                       by the type with the properties' own tags (these win) */
    const struct artifact_source *artifacts;
    bool superseded; /* remove: another one stands under this logical id now */
    const struct value
        *taken;           /* physical ids of the same type that the ledger knows under other logical ids:
                             find passes over them where nothing but equal properties tells; may be NULL */
    bool sought;          /* an earlier try may have made it: find looks through all that there are */
    bool new_permissions; /* this release changes roles or policies, which others may not know at once */
};

/* What is live. */
struct resource_state {
    struct str physical_id;
    struct value *properties; /* in CloudFormation's names and forms: all that can be read, nothing else.  A
                                 property that AWS reports at its default and that the caller may leave out is
                                 still given: comparison looks at declared properties only. */
    struct value *attributes; /* map of attribute name ("Arn", "Outputs.X") -> value, for Fn::GetAtt */
    struct value *tags;       /* map of all tags on it, also those of ownership; NULL: has none or cannot */
    struct value *extras; /* list of {"Kind","Name","Detail"}: what hangs on the resource and nobody declared
                             in it (inline policies, triggers, URLs...), or NULL */
};

enum resource_trait {
    RESOURCE_TAGGED = 1 << 0,    /* carries ownership tags */
    RESOURCE_STATEFUL = 1 << 1,  /* holds data: deletion and replacement need a mark in Git */
    RESOURCE_IMMUTABLE = 1 << 2, /* no update: a change is a new one (Version, Deployment) */
    /* Nobody can be asked what is live: read gives what the call says was applied last.  An update may change
     * every attribute, and what Ref gives; then the old one is removed.  A create or update that fails and
     * gives a physical id all the same has left that.  The token is the same for the same intent in the
     * ledger, and another one as soon as its outcome is known. */
    RESOURCE_OPAQUE = 1 << 3,
    RESOURCE_BY_FACTS = 1 << 4, /* the form in which its properties compare is what the facts say */
    /* Create makes another one each time, so one that stands already is in nobody's way: it is looked for
     * only where a release had begun to make it. */
    RESOURCE_REPEATS = 1 << 5,
};

struct resource_type {
    const char *name; /* "AWS::Lambda::Function" */
    unsigned traits;
    const char *name_property;     /* "FunctionName": the property that names it, or NULL */
    size_t name_max;               /* longest name; 0 where the type has no name of its own */
    bool name_lowercase;           /* S3 */
    const char *const *unreadable; /* property paths that cannot be read back ("Code.ZipFile"), NULL-ended, or
                                      NULL */
    const char *const *readable;   /* paths that the published schema calls write-only and that read gives
                                      nevertheless ("Body"), NULL-ended, or NULL */
    const char *unchangeable;      /* properties that nothing can change but another logical id, comma
                                      between; or NULL */
    const char *const *changed_in_place; /* top-level properties that some changes need a new resource for, by
                                            the schema, and that update changes as long as they neither come
                                            nor go ("DurableConfig"), NULL-ended, or NULL */
    bool always_in_place;                /* also where those come and go */
    const char *moving_attribute;  /* attribute that an update of anything but the tags gives another value
                                      ("StateMachineRevisionId"), or NULL */
    const char *attribute_of_code; /* attribute with the live code's digest ("CodeSha256"), or NULL */

    /* ERROR_NOT_FOUND only where a direct Get proves absence. */
    bool (*read)(const struct resource_call *, struct resource_state *, struct error *);

    /* The existing resource that create with these properties would make or collide with: by name, or by what
     * identifies it (a subscription's topic and endpoint).  ERROR_NOT_FOUND where there is none.  It is how a
     * create whose answer was lost is found again, and how a foreign resource with the wanted name is
     * noticed.
     */
    bool (*find)(const struct resource_call *, struct resource_state *, struct error *);

    /* Creates and waits until it can be used.  Gives physical id and attributes at least.  When an answer is
     * lost (ERROR_TIMEOUT of an AWS_READ_BACK operation) it looks with find before it tries again. */
    bool (*create)(const struct resource_call *, struct resource_state *, struct error *);

    /* Brings a live resource to `properties` without replacing it; only properties that differ from
     * `previous` or are not known to be right are written; what `previous` had and `properties` has not is
     * set back to AWS's default.  NULL for RESOURCE_IMMUTABLE types. */
    bool (*update)(const struct resource_call *, struct resource_state *, struct error *);

    /* Absent is success.  Waits until it is gone where the name must be free again. */
    bool (*remove)(const struct resource_call *, struct error *);

    /* Adds to *extras (a list, or NULL) what hangs on the resource beyond what read shows: triggers, URLs,
     * permissions.  Asked only for drift, since it costs calls of its own.  May be NULL. */
    bool (*extras)(const struct resource_call *, struct value **extras, struct error *);

    /* Takes such an extra away; absent is success.  NULL: extras are only reported. */
    bool (*remove_extra)(const struct resource_call *, const struct value *extra, struct error *);

    /* Brings properties (declared or live; a private copy) to one form, so that equal things compare equal:
     * JSON in strings, orders that mean nothing, numbers as strings, defaults.  May be NULL. */
    void (*normalize)(struct arena *, struct value *properties);

    /* Puts something that can be compared (a digest) in the place of what neither the ledger may keep nor a
     * plan may show, although the template has it in clear.  Done twice it does nothing more.  `previous` of
     * an update has it so; `normalize` must do it, too.  May be NULL. */
    void (*hide)(struct arena *, struct value *properties);

    /* Refuses, when a plan is made, properties that AWS would refuse; some may not be known yet.  May be
     * NULL. */
    bool (*check)(const struct value *properties, struct error *);

    /* RESOURCE_OPAQUE: the outcome is in the ledger, so what was kept to find it again may go.  May be NULL.
     */
    bool (*settled)(const struct resource_call *, struct error *);

    /* The ARN pattern of the resource for messages and policies; may be NULL. */
    const char *arn;

    /* The table of a type that is made of one (plain.h), or NULL. */
    const struct plain *plain;
};

/* The type of that name, or NULL: plumb's own, else one of Cloud Control's (cloudcontrol/types.h).  Every
 * "Custom::ANYTHING" is AWS::CloudFormation::CustomResource. */
const struct resource_type *resource_type_find(struct str name);
const struct resource_type *const *resource_types(size_t *count);

/* Tag helpers for the types.
 * The property with the tags: "Tags", or what the type calls them ("UserPoolTags"). */
const char *tag_property(const struct resource_call *);
/* "Tags" as CloudFormation's list of {Key, Value} or map -> map, call->tags merged in; where both name one,
 * the template's wins, except that only call->tags may name "plumb:" ones. */
struct value *resource_tags(const struct resource_call *);
/* map -> sorted list of {<key_name>, <value_name>}. */
struct value *tags_as_list(struct arena *, const struct value *map, const char *key_name,
                           const char *value_name);
/* list of {<key_name>, <value_name>} -> map. */
struct value *tags_as_map(struct arena *, const struct value *list, const char *key_name,
                          const char *value_name);
/* The live map without the tags that start with "plumb:" or "aws:" and without those of call->tags whose
 * value is the same (unless call->properties' own tags name them too): what belongs in the live "Tags". */
struct value *tags_of_user(const struct resource_call *, const struct value *live_map);

#endif
