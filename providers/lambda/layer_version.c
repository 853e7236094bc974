/*
 * AWS::Lambda::LayerVersion.  It never changes; a changed declaration is a new version, which always gets a
 * number of its own.  Where its content comes from the repository it is known again by the digest of it;
 * where it comes from S3 only AWS could tell, so an interrupted create is made again.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-layerversion.html
 */

#include "base/digest.h"
#include "providers/lambda/layer.h"
#include "providers/lambda/types.h"
#include "providers/shape.h"

enum { LOST_ATTEMPTS = 4, LOST_PAUSE_MS = 1000 };

static const struct shape rules[] = {
    {.path = "CompatibleArchitectures", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "CompatibleRuntimes", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Content", .kind = SHAPE_JSON},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "LicenseInfo", .otherwise = "\"\""},
    {.facts = "AWS::Lambda::LayerVersion"},
};

static const char *const plain[] = {"CompatibleArchitectures", "CompatibleRuntimes", "Description",
                                    "LicenseInfo", NULL};

bool layer_version_input(const struct resource_call *call, struct str arn, struct value **input,
                         struct error *error)
{
    struct str marker = STR(":layer:"), rest = STR_EMPTY;
    for (size_t i = 0; i + marker.len < arn.len && !rest.len; i++)
        if (str_equal(str_slice(arn, i, marker.len), marker))
            rest = str_from_index(arn, i + marker.len);
    size_t colon = str_find(rest, ':');
    if (colon >= rest.len)
        return error_set(error, ERROR_INVALID, "'%.*s' is not the ARN of a layer's version", STR_ARG(arn));
    *input = input_with(call->arena, "LayerName", str_slice(rest, 0, colon));
    and_with(call->arena, *input, "VersionNumber", str_from_index(rest, colon + 1));
    return true;
}

/* The layer's name may be given as its ARN. */
static struct str layer_name(struct str given)
{
    return str_starts(given, "arn:") ? str_from_index(given, str_find_last(given, ':') + 1) : given;
}

static struct str wanted_layer(const struct resource_call *call)
{
    return layer_name(wanted_name(call, "LayerName"));
}

static void state_of(const struct resource_call *call, const struct value *version,
                     struct resource_state *state)
{
    struct arena *arena = call->arena;
    struct str arn = value_get_text(version, "LayerVersionArn");
    struct str layer = str_slice(arn, 0, str_find_last(arn, ':'));
    state->physical_id = arn;
    state->attributes = input_with(arena, "LayerVersionArn", arn);
    and_with(arena, state->attributes, "CodeSha256",
             value_text(value_path(version, "Content", "CodeSha256", NULL)));
    state->properties = input_with(arena, "LayerName", layer_name(layer));
    members_copy(arena, state->properties, version, plain);
    shape_fill(rules, arena, state->properties);
    shape_normalize(rules, arena, state->properties);
}

static bool version_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *input, *answer;
    if (!layer_version_input(call, call->physical_id, &input, error) ||
        !aws_call(call->aws, &lambda_operations[LAMBDA_GET_LAYER_VERSION], call->arena, input, &answer,
                  error))
        return false;
    state_of(call, answer, state);
    return true;
}

/* The member Content of a request; `digest` is empty where the content is in S3. */
static bool content_of(const struct resource_call *call, struct value **content, struct str *digest,
                       struct error *error)
{
    static const char *const places[] = {"S3Bucket", "S3Key", "S3ObjectVersion", "S3ObjectStorageMode", NULL};
    const struct value *given = value_get(call->properties, "Content");
    const struct value *artifact = value_get(given, "Plumb::Artifact");
    unsigned char sum[SHA256_SIZE];
    struct str zip;
    *content = value_map(call->arena);
    *digest = STR_EMPTY;
    members_copy(call->arena, *content, given, places);
    if (!artifact && !value_get(given, "S3Bucket"))
        return value_error(given, error, ERROR_INVALID,
                           "Content needs a local directory, or S3Bucket with S3Key");
    if (!artifact)
        return true;
    if (!call->artifacts->zip(call->artifacts->self, call->arena, value_get_text(artifact, "Digest"), &zip,
                              error))
        return false;
    sha256(zip, sum);
    *digest = base64_encode(call->arena, (struct str){.ptr = (const char *)sum, .len = sizeof sum});
    and_with(call->arena, *content, "ZipFile", base64_encode(call->arena, zip));
    return true;
}

/* The newest version of the wanted layer, or NULL. */
static bool newest(const struct resource_call *call, const struct value **version, struct error *error)
{
    struct value *versions;
    int64_t last = 0;
    *version = NULL;
    if (!aws_list(call->aws, &lambda_operations[LAMBDA_LIST_LAYER_VERSIONS], call->arena,
                  input_with(call->arena, "LayerName", wanted_layer(call)), &versions, error)) {
        bool none = error->code == ERROR_NOT_FOUND;
        if (none)
            error_clear(error);
        return none;
    }
    for (size_t i = 0; i < versions->count; i++) {
        int64_t number = value_get_int(versions->items[i], "Version", 0);
        if (number > last) {
            last = number;
            *version = versions->items[i];
        }
    }
    return true;
}

/* The newest version, if it is what is wanted. */
static bool version_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *last;
    struct value *content;
    struct str digest;
    if (!content_of(call, &content, &digest, error) || !newest(call, &last, error))
        return false;
    struct resource_call found = *call;
    found.physical_id = value_get_text(last, "LayerVersionArn");
    if (last && digest.len) {
        struct value *wanted = shape_target(rules, call->arena, call->properties, NULL);
        (void)value_remove(wanted, STR("Content"));
        (void)value_remove(wanted, STR("LayerName"));
        if (!version_read(&found, state, error))
            return false;
        if (shape_covers(wanted, state->properties) &&
            str_equal(digest, value_get_text(state->attributes, "CodeSha256")))
            return true;
    }
    return error_set(error, ERROR_NOT_FOUND, "layer '%.*s' has no version that is known to be this one",
                     STR_ARG(wanted_layer(call)));
}

/* A lost answer was the making of a version where a newer one than before is there. */
static bool publish(const struct resource_call *call, const struct value *input, int64_t before,
                    struct resource_state *state, struct error *error)
{
    struct value *answer;
    const struct value *last;
    for (int attempt = 1;; attempt++) {
        if (aws_call(call->aws, &lambda_operations[LAMBDA_PUBLISH_LAYER_VERSION], call->arena, input, &answer,
                     error)) {
            state_of(call, answer, state);
            return true;
        }
        if (error->code != ERROR_TIMEOUT || attempt == LOST_ATTEMPTS)
            return false;
        error_clear(error);
        clock_sleep(aws_clock(call->aws), LOST_PAUSE_MS * attempt); /* a list may lag behind */
        if (!newest(call, &last, error))
            return false;
        if (value_get_int(last, "Version", 0) > before) {
            struct resource_call made = *call;
            made.physical_id = value_get_text(last, "LayerVersionArn");
            return version_read(&made, state, error);
        }
    }
}

static bool version_create(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    const struct value *last;
    struct value *content, *input = input_with(call->arena, "LayerName", wanted_layer(call));
    struct str digest;
    if (!shape_check(rules, lambda_layer_version_type.name, call->properties, error) ||
        !content_of(call, &content, &digest, error) || !newest(call, &last, error))
        return false;
    members_copy(call->arena, input, shape_target(rules, call->arena, call->properties, NULL), plain);
    value_setz(call->arena, input, "Content", content);
    return publish(call, input, value_get_int(last, "Version", 0), state, error);
}

static bool version_remove(const struct resource_call *call, struct error *error)
{
    struct value *input;
    return layer_version_input(call, call->physical_id, &input, error) &&
           call_or_absent(call, &lambda_operations[LAMBDA_DELETE_LAYER_VERSION], input, error);
}

static void version_normalize(struct arena *arena, struct value *properties)
{
    struct str name = value_get_text(properties, "LayerName");
    shape_normalize(rules, arena, properties);
    if (name.len)
        and_with(arena, properties, "LayerName", layer_name(name));
}

const struct resource_type lambda_layer_version_type = {
    .name = "AWS::Lambda::LayerVersion",
    .traits = RESOURCE_IMMUTABLE | RESOURCE_REPEATS,
    .name_max = 64,
    .attribute_of_code = "CodeSha256",
    .read = version_read,
    .find = version_find,
    .create = version_create,
    .remove = version_remove,
    .normalize = version_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:layer:{LayerName}:*",
};
