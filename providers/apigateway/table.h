#ifndef PLUMB_PROVIDERS_APIGATEWAY_TABLE_H
#define PLUMB_PROVIDERS_APIGATEWAY_TABLE_H

/*
 * The types of API Gateway that differ by a table only: made by one call, changed by patches, removed by one
 * call.  TABLE_LIFE makes a type's functions from its table:
 *
 *     static const struct table table = {.shape = shape, .create = APIGATEWAY_CREATE_MODEL, ...};
 *     TABLE_LIFE(table)
 *     const struct resource_type apigateway_model_type = {.name = "AWS::ApiGateway::Model", TABLE_TYPE};
 */

#include "providers/apigateway/patch.h"
#include "providers/shape.h"
#include "providers/wire.h"

/* A member of a request that tells which one is meant. */
struct table_key {
    const char *member;   /* NULL ends the list */
    const char *property; /* that it is taken from; NULL: the physical id */
};

struct table {
    const struct shape *shape;
    const struct wire_name *names;    /* what the API calls otherwise; NULL: nothing */
    const struct patch_row *patch;    /* NULL: nothing can change */
    const struct table_key *keys;     /* of read, update and remove */
    const struct table_key *inside;   /* of create; NULL: none */
    const struct table_key *listed;   /* of list; NULL: none */
    const char *const *not_in_create; /* properties that create does not carry, NULL-ended; or NULL */
    enum apigateway_operation create, read, update, remove;
    const enum apigateway_operation *list; /* how it is found again; NULL: by its name */
    const char *const *same; /* properties that tell it from others in the list; NULL: its ownership tags */
    const char *id;          /* member of the answer that is the physical id */
    const char *name;        /* the property that names it, given where it is not declared; or NULL */
    bool letters;            /* the name has letters and digits only */
    const char *attribute;   /* by which Fn::GetAtt gives the physical id; or NULL */
    const char *tagged;      /* what stands before the physical id in its ARN, "apikeys/"; NULL: no tags */
    /* Of tagged types: apigateway_write_tags, so that others need no permission for it. */
    bool (*write_tags)(const struct resource_call *, struct str arn, const struct value *live_tags,
                       const struct value *more, struct error *);
    const struct hurdle *hurdles; /* NULL: apigateway_busy */
    int64_t hurdles_ms;
    /* Each may be NULL. */
    void (*normalize)(struct arena *, struct value *properties);
    /* Mends the input of create, or what a patch has to reach. */
    void (*send)(const struct resource_call *, struct value *input);
    void (*aim)(const struct resource_call *, struct value *target, struct value *live);
    /* Adds to the patch what its table does not say; `target` has what was taken away as its default. */
    void (*more)(const struct resource_call *, const struct value *target, const struct value *live,
                 struct value *patch);
    /* Adds to the input of read, update and remove what `keys` cannot say. */
    void (*place)(const struct resource_call *, struct value *input);
    /* Mends the input of read. */
    void (*ask)(const struct resource_call *, struct value *input);
    /* Mends what an answer shows. */
    void (*receive)(const struct resource_call *, const struct value *answer, struct resource_state *);
    /* Waits until it can be used, and changed: of what was read last. */
    bool (*settle)(const struct resource_call *, struct resource_state *, struct error *);
    /* Takes away what would be in the way of remove. */
    bool (*clear)(const struct resource_call *, struct error *);
};

WARN_UNUSED bool table_read(const struct table *, const struct resource_call *, struct resource_state *,
                            struct error *);
WARN_UNUSED bool table_find(const struct table *, const struct resource_type *, const struct resource_call *,
                            struct resource_state *, struct error *);
WARN_UNUSED bool table_create(const struct table *, const struct resource_type *,
                              const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool table_update(const struct table *, const struct resource_type *,
                              const struct resource_call *, struct resource_state *, struct error *);
WARN_UNUSED bool table_remove(const struct table *, const struct resource_call *, struct error *);
void table_normalize(const struct table *, struct arena *, struct value *properties);

/* The input with these keys.  ERROR_NOT_FOUND where one is only known after apply, ERROR_INVALID where it is
 * missing. */
WARN_UNUSED bool table_input(const struct resource_call *, const struct table_key *, struct value **input,
                             struct error *);

#define TABLE_LIFE(TABLE, TYPE)                                                                              \
    static bool read(const struct resource_call *call, struct resource_state *state, struct error *error)    \
    {                                                                                                        \
        return table_read(&(TABLE), call, state, error);                                                     \
    }                                                                                                        \
    static bool find(const struct resource_call *call, struct resource_state *state, struct error *error)    \
    {                                                                                                        \
        return table_find(&(TABLE), &(TYPE), call, state, error);                                            \
    }                                                                                                        \
    static bool create(const struct resource_call *call, struct resource_state *state, struct error *error)  \
    {                                                                                                        \
        return table_create(&(TABLE), &(TYPE), call, state, error);                                          \
    }                                                                                                        \
    static bool update(const struct resource_call *call, struct resource_state *state, struct error *error)  \
    {                                                                                                        \
        return table_update(&(TABLE), &(TYPE), call, state, error);                                          \
    }                                                                                                        \
    static bool remove_it(const struct resource_call *call, struct error *error)                             \
    {                                                                                                        \
        return table_remove(&(TABLE), call, error);                                                          \
    }                                                                                                        \
    static void normalize(struct arena *arena, struct value *properties)                                     \
    {                                                                                                        \
        table_normalize(&(TABLE), arena, properties);                                                        \
    }

#define TABLE_TYPE                                                                                           \
    .read = read, .find = find, .create = create, .update = update, .remove = remove_it,                     \
    .normalize = normalize

#endif
