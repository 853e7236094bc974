/* AWS Lambda, as of its API reference: names, tags, and the table of operations. */

#include "tests/simulator/services/lambda.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 64, TAGS_MAX = 50 };

const struct sim_paging lambda_paging = {.size_member = "MaxItems",
                                         .token_member = "Marker",
                                         .size = 50,
                                         .size_max = 50,
                                         .error_code = LAMBDA_INVALID};

static bool only_letters(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", text.ptr[i]))
            return false;
    return text.len > 0;
}

bool lambda_is_number(struct str text)
{
    uint64_t number;
    return str_to_uint(text, UINT64_MAX, &number);
}

static bool bad_name(struct call *call, struct str text)
{
    return call_fail(
        call, 400, "ValidationException",
        "1 validation error detected: Value '%.*s' at 'functionName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern",
        STR_ARG(text));
}

/* "arn:aws:lambda:REGION:ACCOUNT:function:NAME[:Q]", "ACCOUNT:function:NAME[:Q]" or "NAME[:Q]". */
bool lambda_name(struct call *call, struct str text, struct str *name, struct str *qualifier)
{
    struct str part, rest = text;
    *qualifier = STR_EMPTY;
    if (str_starts(text, "arn:")) {
        struct str prefix = arn(call, "lambda", "function:");
        if (!str_starts(text, prefix.ptr))
            return call_fail(call, 404, LAMBDA_MISSING, "Function not found: %.*s", STR_ARG(text));
        rest = str_from_index(text, prefix.len);
    } else if (str_contains(text, ":function:")) {
        if (!str_split(&rest, ':', &part) || !str_equal(part, call->account))
            return call_fail(call, 404, LAMBDA_MISSING, "Function not found: %.*s", STR_ARG(text));
        rest = str_from_index(rest, sizeof "function:" - 1);
    }
    *name = str_slice(rest, 0, str_find(rest, ':'));
    *qualifier = str_from_index(rest, name->len + 1);
    if (!only_letters(*name) || name->len > NAME_MAX_LENGTH)
        return bad_name(call, text);
    return true;
}

struct str lambda_arn(const struct call *call, struct str name, struct str qualifier)
{
    return arn(call, "lambda", "function:%.*s%s%.*s", STR_ARG(name), qualifier.len ? ":" : "",
               STR_ARG(qualifier));
}

bool lambda_not_found(struct call *call, struct str name, struct str qualifier)
{
    struct str text = lambda_arn(call, name, qualifier);
    return call_fail(call, 404, LAMBDA_MISSING, "Function not found: %.*s", STR_ARG(text));
}

struct value *lambda_functions(struct call *call)
{
    return state_map(call, "functions");
}

struct value *lambda_map(struct call *call, struct value *function, const char *name)
{
    struct value *map = value_get(function, name);
    return map ? map : state_put(call, function, str_from(name), value_map(call->arena));
}

static bool read_target(struct call *call, struct lambda_target *target)
{
    struct str given = value_text(value_get(call->input, "Qualifier"));
    if (!lambda_name(call, call_text(call, "FunctionName"), &target->name, &target->qualifier))
        return false;
    if (given.len && target->qualifier.len && !str_equal(given, target->qualifier))
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "The derived qualifier from the function name does not match the specified qualifier.");
    if (given.len)
        target->qualifier = given;
    return target->qualifier.len == 0 || str_is(target->qualifier, "$LATEST") ||
           only_letters(target->qualifier) ||
           call_fail(call, 400, "ValidationException",
                     "1 validation error detected: Value '%.*s' at 'qualifier' failed to satisfy constraint: "
                     "Member "
                     "must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)",
                     STR_ARG(target->qualifier));
}

bool lambda_find(struct call *call, struct lambda_target *target)
{
    if (!read_target(call, target))
        return false;
    target->function = value_get_str(lambda_functions(call), target->name);
    return target->function || lambda_not_found(call, target->name, target->qualifier);
}

struct value *lambda_record(const struct value *function, struct str qualifier, struct str *version)
{
    *version = qualifier;
    if (!qualifier.len || str_is(qualifier, "$LATEST")) {
        *version = STR("$LATEST");
        return value_get(function, "latest");
    }
    if (!lambda_is_number(qualifier)) {
        struct value *alias = value_get_str(value_get(function, "aliases"), qualifier);
        if (!alias)
            return NULL;
        return lambda_record(function, value_get_text(alias, "FunctionVersion"), version);
    }
    return value_get_str(value_get(function, "versions"), qualifier);
}

bool lambda_has_qualifier(const struct value *function, struct str qualifier)
{
    struct str version;
    return lambda_record(function, qualifier, &version);
}

bool lambda_find_qualified(struct call *call, struct lambda_target *target, struct value **record,
                           struct str *version)
{
    if (!lambda_find(call, target))
        return false;
    *record = lambda_record(target->function, target->qualifier, version);
    if (*record)
        return true;
    struct str text = lambda_arn(call, target->name, target->qualifier);
    if (lambda_is_number(target->qualifier))
        return call_fail(call, 404, LAMBDA_MISSING, "Function not found: %.*s", STR_ARG(text));
    return call_fail(call, 404, LAMBDA_MISSING, "Cannot find alias arn: %.*s", STR_ARG(text));
}

bool lambda_revision(struct call *call, struct str current, const char *read_with)
{
    struct str given = call_text(call, "RevisionId");
    return !given.len || str_equal(given, current) ||
           call_fail(
               call, 412, "PreconditionFailedException",
               "The Revision Id provided does not match the latest Revision Id. Call the %s API to retrieve "
               "the latest Revision Id",
               read_with);
}

bool lambda_tags_fit(struct call *call, const struct value *there, const struct value *added)
{
    size_t count = there ? there->count : 0;
    for (size_t i = 0; added && i < added->count; i++) {
        if (str_starts(added->entries[i].key, "aws:"))
            return call_fail(call, 400, LAMBDA_INVALID,
                             "Tag keys may not start with 'aws:' prefix, which is reserved for AWS use");
        count += !value_get_str(there, added->entries[i].key);
    }
    return count <= TAGS_MAX ||
           call_fail(call, 400, LAMBDA_INVALID, "Number of tags exceeds resource tag limit.");
}

/* The function, mapping or signing configuration whose ARN is Resource; it has the tags. */
static struct value *tagged(struct call *call)
{
    struct str resource = call_text(call, "Resource"), name, qualifier;
    struct str mapping = arn(call, "lambda", "event-source-mapping:");
    struct value *found = value_get_str(state_map(call, "signing"), resource);
    if (found) {
        return found;
    } else if (str_starts(resource, mapping.ptr)) {
        found = value_get_str(state_map(call, "mappings"), str_from_index(resource, mapping.len));
    } else if (lambda_name(call, resource, &name, &qualifier)) {
        if (qualifier.len) {
            call_fail(
                call, 400, LAMBDA_INVALID,
                "Tags on function aliases and versions are not supported. Please specify either a function "
                "ARN or an event source mapping ARN.");
            return NULL;
        }
        found = value_get_str(lambda_functions(call), name);
    }
    if (!found)
        call_fail(call, 404, LAMBDA_MISSING, "Function not found: %.*s", STR_ARG(resource));
    return found;
}

bool lambda_TagResource(struct call *call)
{
    struct value *resource = tagged(call), *tags = value_get(call->input, "Tags");
    if (!resource || !lambda_tags_fit(call, value_get(resource, "tags"), tags))
        return false;
    if (!value_is(tags, VALUE_MAP))
        return call_fail(call, 400, LAMBDA_INVALID, "An error occurred and the request cannot be processed.");
    state_merge(call, resource, "tags", tags);
    return true;
}

bool lambda_UntagResource(struct call *call)
{
    struct value *resource = tagged(call), *keys = call_list(call, "tagKeys");
    if (!resource)
        return false;
    if (!keys->count)
        return call_fail(
            call, 400, "ValidationException",
            "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member "
            "must not be null");
    state_remove_keys(resource, "tags", keys);
    return true;
}

bool lambda_ListTags(struct call *call)
{
    struct value *resource = tagged(call);
    if (!resource)
        return false;
    put(call, call->output, "Tags", value_get(resource, "tags"));
    return true;
}

#define LAMBDA_ROW(operation, changes, http_method, http_path, http_status)                                  \
    {.name = #operation,                                                                                     \
     .effect = (changes),                                                                                    \
     .handle = lambda_##operation,                                                                           \
     .method = (http_method),                                                                                \
     .path = (http_path),                                                                                    \
     .status = (http_status)},

/* AWS counts Invoke as data, not as a change of what is deployed. */
static const struct sim_operation operations[] = {
    LAMBDA_OPERATIONS(LAMBDA_ROW){.name = "Invoke",
                                  .effect = SIM_READ,
                                  .handle = lambda_Invoke,
                                  .method = "POST",
                                  .path = "/2015-03-31/functions/{FunctionName}/invocations",
                                  .raw_input = true},
};

const struct sim_service sim_lambda = {
    .name = "lambda",
    .rest = true,
    .rest_protocol = SIM_RESTJSON,
    .throttle_status = 429,
    .throttle_code = "TooManyRequestsException",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
