#ifndef PLUMB_PROVIDERS_GRANTS_H
#define PLUMB_PROVIDERS_GRANTS_H

/*
 * Which AWS operations a resource type may call, and what else IAM asks of who makes these calls.
 *
 * The table of operations is made from the sources (generate_grants.py), so that it cannot be forgotten; a
 * test compares it with them, and others with the calls that the suite makes.  What the sources do not say
 * stands in grants.c: calls for the sake of one property that no table shows, roles that are handed to
 * services, keys, objects of others.
 */

#include "providers/aws/operation.h"
#include "providers/resource_type.h"

struct grant {
    const struct aws_operation *operation; /* NULL ends the list */
    const char *property;                  /* called only where this is declared; NULL: always */
};

struct grants_of_type {
    const char *type; /* NULL ends the table */
    const struct grant *reads, *writes;
    const struct grant *extras; /* to take off what nobody declared */
};
extern const struct grants_of_type grants_table[];

/* "Custom::ANYTHING" is AWS::CloudFormation::CustomResource; every type that plumb manages through Cloud
 * Control is "AWS::*"; NULL for what is managed in no way. */
const struct grants_of_type *grants_find(struct str type);

/* Is the operation called in this account for a resource with these declared properties? */
bool grant_applies(const struct grants_of_type *, const struct grant *, const struct value *properties,
                   struct str account);

/* The property that says what stands for "{MEMBER}" in the resources of a type's operations, as far as it is
 * not called as the member is; NULL where nothing is known. */
const char *grants_place(struct str type, struct str member);

/* What IAM asks besides the operations themselves. */
struct grant_beside {
    const char *type;     /* NULL ends the list */
    const char *property; /* dotted; of lists each item, "*" is any member, "**" any at any depth */
    const char *actions;  /* comma between */
    const char *resource; /* "{}" is the property's text; "*" */
    const char *service; /* for iam:PassRole: to whom; for kms: through whom ("lambda"); NULL: no condition */
};
const struct grant_beside *grants_beside(void);

#endif
