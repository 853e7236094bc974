#ifndef PLUMB_PROVIDERS_STS_OPERATIONS_H
#define PLUMB_PROVIDERS_STS_OPERATIONS_H

/* AWS STS: who we are, and becoming somebody else.  Limits: 600 calls a second, shared by all of them. */

#include "providers/aws/operation.h"

extern const struct aws_service sts_service;

enum sts_operation {
    STS_ASSUME_ROLE,
    STS_ASSUME_ROLE_WITH_WEB_IDENTITY, /* sent unsigned */
    STS_GET_CALLER_IDENTITY,
    STS_OPERATION_COUNT,
};

extern const struct aws_operation sts_operations[STS_OPERATION_COUNT];

#endif
