#ifndef PLUMB_PROVIDERS_RESOURCE_H
#define PLUMB_PROVIDERS_RESOURCE_H

/*
 * What the resource types share: writes whose answer may be lost, errors that go away by themselves, waiting.
 */

#include "providers/resource_type.h"

/* An error that is no verdict yet: IAM's changes reach other services after seconds, an update is still
 * running. */
struct hurdle {
    const char *name; /* AWS's error code; NULL ends the list */
    const char *text; /* part of the message; NULL: any */
};

/* aws_call, repeated while it ends in one of these errors, at most timeout_ms; then that error is given. */
WARN_UNUSED bool call_over_hurdles(struct aws *, const struct aws_operation *, struct arena *,
                                   const struct value *input, const struct hurdle *, int64_t timeout_ms,
                                   struct value **output, struct error *);

/*
 * A create that makes one resource, whatever becomes of its answers: when the answer is lost, the type's find
 * looks before it is sent again, and what it finds must carry our ownership tags where the type has tags
 * (else ERROR_CONFLICT).  `output` is NULL where the resource was found instead of created.
 */
WARN_UNUSED bool create_once(const struct resource_call *, const struct resource_type *,
                             const struct aws_operation *, const struct value *input, const struct hurdle *,
                             int64_t timeout_ms, struct value **output, struct error *);

/*
 * For a type whose create takes over in silence what has the same name: looks with the type's find first.
 * *found: ours is there already, made by an earlier try; `state` is what find gave, and an update finishes
 * it. ERROR_CONFLICT where it does not carry our ownership tags.
 */
WARN_UNUSED bool find_ours(const struct resource_call *, const struct resource_type *,
                           struct resource_state *, bool *found, struct error *);

/* Are the ownership tags ("plumb:") of call->tags all among these live ones? */
bool carries_our_tags(const struct resource_call *, const struct value *live_tags);

/* An update that reads what is live, writes what differs and is therefore safe to repeat: repeats it where an
 * answer was lost. */
typedef bool (*resource_step)(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool update_until_answered(resource_step, const struct resource_call *, struct resource_state *,
                                       struct error *);

/* aws_wait whose end without success is ERROR_UNAVAILABLE: nothing was lost, it only takes longer. */
WARN_UNUSED bool wait_until(const struct resource_call *, const char *what, int64_t timeout_ms,
                            bool (*probe)(void *self, bool *done, struct error *), void *self,
                            struct error *);

/* aws_call where an absent thing is a success: for deletes. */
WARN_UNUSED bool call_or_absent(const struct resource_call *, const struct aws_operation *,
                                const struct value *input, struct error *);

/* A call of one resource type with nothing to answer. */
WARN_UNUSED bool call_simply(const struct resource_call *, const struct aws_operation *,
                             const struct value *input, struct error *);

/* {name: text}: the smallest input. */
struct value *input_with(struct arena *, const char *name, struct str text);
/* Adds a member, and gives the map back. */
struct value *and_with(struct arena *, struct value *map, const char *name, struct str text);

/* The resource's wanted name: its name property, or call->name. */
struct str wanted_name(const struct resource_call *, const char *name_property);

/* Brings properties to the type's normal form, in place. */
void resource_normalize(const struct resource_type *, struct arena *, struct value *properties);
/* The properties as the ledger keeps them: with what the type hides hidden. */
struct value *resource_kept(const struct resource_type *, struct arena *, struct value *properties);
/* Refuses what AWS would refuse, or plumb cannot do, as far as it is known when a plan is made. */
WARN_UNUSED bool resource_check(const struct resource_type *, const struct value *properties, struct error *);

/* {"Kind", "Name", "Detail"} behind the list *extras, which is made where it is NULL. */
struct value *add_extra(struct arena *, struct value **extras, const char *kind, struct str name,
                        struct str detail);
/* What its physical id is, or would be, as a resource of its own: one that is declared is no extra. */
void extra_is(struct arena *, struct value *extra, struct str physical_id);
/* Marks it as one that is only reported, never removed. */
void extra_stays(struct arena *, struct value *extra);

/* What must change to come from the tags that are live to those that are wanted: `set` receives a map of tags
 * to write, `gone` a list of the names that the previous properties had and nobody wants any more.  Tags that
 * somebody else put on are left alone. */
void tags_compare(const struct resource_call *, const struct value *live_tags, struct value **set,
                  struct value **gone);

/* The two calls by which a service changes tags, and what the members of their inputs are called. */
struct tag_calls {
    const struct aws_operation *tag, *untag;
    const char *resource, *tags, *names;
    const char *key, *value;    /* members of one tag of a list; NULL: the tags are a map */
    const char *kind, *kind_is; /* member that says what kind of thing it is, and what it says; or NULL */
};
/* The input that names the resource of a tag call. */
struct value *tags_input(const struct resource_call *, const struct tag_calls *, struct str resource);
/* Makes those calls that are not empty. */
WARN_UNUSED bool tags_send(const struct resource_call *, const struct tag_calls *, struct str resource,
                           const struct value *set, const struct value *gone, struct error *);
/* tags_compare, then tags_send. */
WARN_UNUSED bool tags_write(const struct resource_call *, const struct tag_calls *, struct str resource,
                            const struct value *live_tags, struct error *);

/* The list of a map's keys. */
struct value *keys_of(struct arena *, const struct value *map);
/* Is this text an item of the list? */
bool list_has(const struct value *list, struct str text);

#endif
