/*
 * AWS::AppSync::GraphQLSchema.  AppSync takes a schema in slowly, and gives it back in words of its own: what
 * was declared is compared with what the ledger says, and what is live by its digest ("SchemaDigest").  A
 * schema goes with its API.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-graphqlschema.html
 */

#include "base/digest.h"
#include "providers/appsync/common.h"
#include "providers/appsync/operations.h"
#include "providers/appsync/types.h"

enum { SETTLING_MS = 5 * 60 * 1000 };

static const char id_end[] = "GraphQLSchema";

static struct value *api_input(const struct resource_call *call)
{
    struct str id = value_get_text(plain_known(call), "ApiId"), physical = call->physical_id;
    if (!id.len && str_ends(physical, id_end))
        id = str_slice(physical, 0, physical.len - (sizeof id_end - 1));
    return input_with(call->arena, "apiId", id);
}

static bool status(const struct resource_call *call, struct str *word, struct str *details,
                   struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &appsync_operations[APPSYNC_GET_SCHEMA_CREATION_STATUS], call->arena,
                  api_input(call), &answer, error))
        return false;
    *word = value_get_text(answer, "status");
    *details = value_get_text(answer, "details");
    return true;
}

/* Empty where AppSync has none to show. */
static bool live_digest(const struct resource_call *call, struct str *digest, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *answer, *input = and_with(arena, api_input(call), "format", STR("SDL"));
    *digest = STR_EMPTY;
    if (aws_call(call->aws, &appsync_operations[APPSYNC_GET_INTROSPECTION_SCHEMA], arena, input, &answer,
                 error)) {
        const struct value *text = value_get(answer, "schema");
        *digest = sha256_hex(arena, value_is(text, VALUE_SECRET) ? text->text : value_text(text));
        return true;
    }
    if (!error_is(error, "GraphQLSchemaException") && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static bool schema_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str word, details, digest;
    if (!status(call, &word, &details, error))
        return false;
    if (!word.len || str_is(word, "NOT_APPLICABLE"))
        return error_set(error, ERROR_NOT_FOUND, "the API has no schema");
    if (!live_digest(call, &digest, error))
        return false;
    struct str api = value_get_text(api_input(call), "apiId");
    *state =
        (struct resource_state){.physical_id = arena_printf(call->arena, "%.*s%s", STR_ARG(api), id_end)};
    state->properties = input_with(call->arena, "ApiId", api);
    state->attributes = input_with(call->arena, "Id", state->physical_id);
    if (digest.len)
        and_with(call->arena, state->attributes, "SchemaDigest", digest);
    return true;
}

/* --- writing --- */

static bool probe(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = self;
    struct str word, details;
    if (!status(call, &word, &details, error))
        return false;
    if (str_is(word, "FAILED"))
        return error_set(error, ERROR_INVALID, "AppSync refuses the schema: %.*s",
                         STR_ARG(details.len ? details : STR("it gives no reason")));
    *done = str_is(word, "SUCCESS") || str_is(word, "ACTIVE");
    return true;
}

static bool write_schema(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str text = value_get_text(call->properties, "Definition");
    struct str location = value_get_text(call->properties, "DefinitionS3Location");
    struct resource_call there = *call;
    struct value *input = api_input(call);
    if (location.len && !appsync_text_at(call, location, &text, error))
        return false;
    if (!text.len)
        return error_set(error, ERROR_INVALID, "a schema needs Definition or DefinitionS3Location");
    and_with(call->arena, input, "definition", base64_encode(call->arena, text));
    return call_over_hurdles(call->aws, &appsync_operations[APPSYNC_START_SCHEMA_CREATION], call->arena,
                             input, appsync_hurdles, APPSYNC_HURDLES_MS, NULL, error) &&
           wait_until(call, "the schema", SETTLING_MS, probe, &there, error) &&
           schema_read(call, state, error);
}

/* AppSync has no call to take a schema away. */
static bool schema_remove(const struct resource_call *call, struct error *error)
{
    (void)call;
    (void)error;
    return true;
}

static const char *const unreadable[] = {"Definition", "DefinitionS3Location", NULL};

const struct resource_type appsync_graphql_schema_type = {
    .name = "AWS::AppSync::GraphQLSchema",
    .unreadable = unreadable,
    .attribute_of_code = "SchemaDigest",
    .read = schema_read,
    .find = schema_read,
    .create = write_schema,
    .update = write_schema,
    .remove = schema_remove,
    .arn = "arn:{partition}:appsync:{region}:{account}:apis/{ApiId}",
};
