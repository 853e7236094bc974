#ifndef PLUMB_PROVIDERS_PLAIN_H
#define PLUMB_PROVIDERS_PLAIN_H

/*
 * Resource types whose API carries their properties nearly as CloudFormation names them.  A table says which
 * calls there are and what their members are called; the functions below read, find, create, update and
 * remove by it.  What is beyond the table has a hook; what is beyond the hooks has code of its own in the
 * type's file (resource_type.h), which may still use single functions from here.
 *
 *     static const struct plain thing = {.rules = rules, .create = &x_operations[X_CREATE_THING], ...};
 *     const struct resource_type x_thing_type = {
 *         .name = "AWS::X::Thing", .traits = RESOURCE_TAGGED, .plain = &thing, PLAIN_LIFE,
 *     };
 *
 * The functions know the type by call->type.
 *
 * Which properties there are and of what kind is known from the facts (facts.h): `rules` is a shape whose
 * last row is {.facts = "AWS::X::Thing"} and whose other rows say what the facts do not: defaults, JSON in
 * texts, policies, keys of sets, what is refused.
 */

#include "providers/resource.h"
#include "providers/wire.h"

/* A member of a request that tells which resource is meant. */
struct plain_key {
    const char *member; /* NULL ends the list */
    const char *from;   /* the property that it is taken from; NULL: the physical id; "/": what stands behind
                           its last '/', where it is an ARN */
};

struct plain_attribute {
    const char *name;   /* for Fn::GetAtt: "Arn"; NULL ends the list */
    const char *member; /* of the item, dotted: "arn" */
};

/* A state that takes time. */
struct plain_settling {
    const char *member; /* of the item, dotted; NULL: everything is done when the call answers */
    const char *ready;  /* words by which it is done, comma between: "ACTIVE,INACTIVE" */
    const char *failed; /* words by which it never will be; NULL: none */
    const char *reason; /* member of the item that says why; NULL: none */
    int64_t timeout_ms;
};

struct plain {
    const struct shape *rules;
    const struct wire_name *names; /* what the API calls otherwise; NULL: nothing */
    bool small_letters;            /* "Level" is "level" in the API */
    bool xml;                      /* a list of one item comes as the item */
    /* Properties that create and update do not carry: hooks see to them.  NULL-ended, or NULL. */
    const char *const *apart;

    const struct aws_operation *create, *read, *update, *remove;
    const struct plain_key *keys;      /* of read, update and remove */
    const struct plain_key *read_keys; /* of read, where they are others */
    const struct plain_key *inside;    /* what create and list carry beside the properties; NULL: nothing */
    const char *nested; /* member of create's and update's input that holds the properties; NULL: none */
    const char *item;   /* dotted member of the answers that holds the resource; NULL: the answer is it */
    const char *id;     /* dotted member of the item that is the physical id; NULL: the wanted name */
    const char *picked; /* read is a list of which the item with this member is meant: it says what the last
                           key does; NULL: read gives the one item */
    const char *name;   /* member of create that carries the wanted name, where the type has one; it is
                           type->name_property in the API unless given here */
    bool updates_whole; /* what update is not told is taken away, so live values are told again */
    const char *token;  /* member of create for the idempotency token; NULL: none */

    /* How what exists is found: with neither `list` nor `same`, read by the wanted name. */
    const struct aws_operation *list;
    const char *const *same; /* properties that tell it from others, as the listed item has them, NULL-ended;
                                NULL: the name property */
    bool names_repeat;       /* AWS lets several have one name: what is not ours is passed over */
    const char *page_member; /* member of list that must say how many a page holds, "MaxResults"; or NULL */
    int page_size;

    const struct plain_attribute *attributes; /* or NULL */
    struct plain_settling settling; /* after create and update; update waits before it begins, too */
    bool waits_for_removal;         /* remove waits until read says not found */
    const struct hurdle *hurdles;   /* of create and update and remove */
    int64_t hurdles_ms;

    /* Tags (RESOURCE_TAGGED). */
    const char *tags;                      /* member of create's input; NULL: they are put on after it */
    const char *tag_key, *tag_value;       /* of a tag in it; NULL: a map */
    const char *tags_read;                 /* member of the item with the live tags; NULL: list_tags tells */
    const struct aws_operation *list_tags; /* or NULL */
    const char *list_tags_item;            /* dotted member of its answer; in the form of `tags` */
    const struct tag_calls *tag_calls;     /* NULL: tags cannot change after create */
    const char *tagged; /* the attribute by which tag calls name it ("Arn"); NULL: the physical id */
    /* The same where no attribute has it; or NULL. */
    struct str (*tagged_by)(const struct resource_call *, struct str physical_id);

    /* Each may be NULL. */
    /* Mends the input of create (`live` is NULL) or update.  `target` is what shape_target gives. */
    bool (*send)(const struct resource_call *, const struct value *target, const struct resource_state *live,
                 struct value *input, struct error *);
    /* The physical id of what an item shows, where no member of it is that. */
    bool (*identify)(const struct resource_call *, const struct value *item, struct str *id, struct error *);
    /* After a read: adds what the item does not say, in properties or attributes. */
    bool (*receive)(const struct resource_call *, const struct value *item, struct resource_state *,
                    struct error *);
    /* After create and after every update: writes what is `apart`; `live` is what read gave (after create:
     * what is known of it), `target` as for send. */
    bool (*write_apart)(const struct resource_call *, const struct value *target,
                        const struct resource_state *live, struct error *);
    /* Before remove: takes away what would be in its way. */
    bool (*clear)(const struct resource_call *, struct error *);
};

WARN_UNUSED bool plain_read(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool plain_find(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool plain_create(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool plain_update(const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool plain_remove(const struct resource_call *, struct error *);

#define PLAIN_LIFE                                                                                           \
    .read = plain_read, .find = plain_find, .create = plain_create, .update = plain_update,                  \
    .remove = plain_remove

/* The call's type. */
const struct plain *plain_of(const struct resource_call *);
/* The properties that the call is about: wanted, or those of before. */
const struct value *plain_known(const struct resource_call *);
/* The input that names the resource: `keys` filled in. */
struct value *plain_input(const struct resource_call *, const struct plain_key *);
/* A dotted member, or NULL: "UserPool.Id". */
struct value *plain_member(const struct value *, const char *path);

#endif
