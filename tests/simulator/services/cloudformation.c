/* AWS CloudFormation, as of its API reference: an account without stacks. */

#include "tests/simulator/service.h"

static bool describe_stacks(struct call *call)
{
    struct str name = call_text(call, "StackName");
    if (name.len)
        return call_fail(call, 400, "ValidationError", "Stack with id %.*s does not exist", STR_ARG(name));
    put(call, call->output, "Stacks", value_list(call->arena));
    return true;
}

static bool list_exports(struct call *call)
{
    put(call, call->output, "Exports", value_list(call->arena));
    return true;
}

static const struct sim_operation operations[] = {
    {.name = "DescribeStacks", .effect = SIM_READ, .handle = describe_stacks},
    {.name = "ListExports", .effect = SIM_READ, .handle = list_exports},
};

const struct sim_service sim_cloudformation = {
    .name = "cloudformation",
    .query = true,
    .xml_namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
