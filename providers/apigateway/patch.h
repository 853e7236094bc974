#ifndef PLUMB_PROVIDERS_APIGATEWAY_PATCH_H
#define PLUMB_PROVIDERS_APIGATEWAY_PATCH_H

/*
 * API Gateway changes what exists by patches: lists of steps "add", "replace" and "remove", each with a path
 * and a text.  Which paths there are, and which steps they know:
 * https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */

#include "providers/apigateway/common.h"

enum patch_kind {
    PATCH_TEXT,      /* one value; taken away it becomes "" */
    PATCH_FIXED,     /* one value that cannot be "": taken away it stays, unless the shape has a default */
    PATCH_JSON,      /* a document, sent as its text */
    PATCH_MAP,       /* of any names to texts: each is a part of its path */
    PATCH_VARIABLES, /* the same, but without "add": what is new is replaced too */
    PATCH_ITEMS,     /* a list: each item is the value of its step */
    PATCH_NAMES,     /* a list: each item is a part of its path */
};

struct patch_row {
    const char *property; /* NULL ends the table */
    const char *path;
    enum patch_kind kind;
};

/* The steps from live to target, of those properties that target has; both normalized. */
struct value *patch_between(struct arena *, const struct patch_row *, const struct value *target,
                            const struct value *live);

/* One step behind the list; value may be NULL. */
void patch_add(struct arena *, struct value *patch, const char *op, struct str path,
               const struct value *value);
/* A name as one part of a patch's path: "~" is "~0" and "/" is "~1". */
struct str patch_part(struct arena *, struct str name);
/* Those steps that take something away, or the others. */
struct value *patch_steps(struct arena *, const struct value *patch, bool removing);
/* The steps, where there are any; input names the thing. */
WARN_UNUSED bool patch_send(const struct resource_call *, enum apigateway_operation, struct value *input,
                            struct value *patch, struct error *);

#endif
