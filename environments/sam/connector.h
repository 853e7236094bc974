#ifndef PLUMB_ENVIRONMENTS_SAM_CONNECTOR_H
#define PLUMB_ENVIRONMENTS_SAM_CONNECTOR_H

/* Connectors; inside environments/sam only. */

#include "environments/sam/transform.h"

struct connector {
    const char *id;
    const struct value *at;
    const struct value *source; /* {Id} or {Type, Arn, ...} */
    struct value *destination;  /* the same, or a list of them */
    struct value *permissions;  /* of "Read" and "Write" */
    struct value *depends_on, *attributes;
};

struct connector_side {
    const char *logical_id; /* or NULL */
    const char *type;
    struct value *arn, *role, *url, *id, *name, *qualifier; /* or NULL */
};

/* Makes the policies and permissions of the connector. */
void build_connection(struct sam *, const struct connector *, struct made_list *);

#endif
