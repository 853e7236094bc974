#include "providers/aws/operation.h"

#include "providers/sts/operations.h"

/* One row a service, sorted. */
static const struct aws_operation_list lists[] = {
    {sts_operations, STS_OPERATION_COUNT},
};

const struct aws_operation_list *aws_operation_lists(size_t *count)
{
    *count = ARRAY_LENGTH(lists);
    return lists;
}
