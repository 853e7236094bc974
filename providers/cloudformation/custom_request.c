#include "providers/cloudformation/custom_request.h"

#include "base/digest.h"
#include "base/json.h"
#include "providers/cloudformation/custom_answer.h"
#include "providers/lambda/operations.h"
#include "providers/s3/objects.h"
#include "providers/s3/operations.h"
#include "providers/sns/operations.h"

enum {
    TIMEOUT_MAX_S = 3600,
    WAKE_MS = 2 * 60 * 1000,
    URL_SPARE_S = 900,           /* an answer that comes late is still taken, by a later pass */
    REQUEST_MAX = 1024 * 1024,   /* Lambda's asynchronous payload; SNS takes a quarter of that */
    STORED_MAX = 2 * 1024 * 1024 /* bytes of a stored request */
};

#define FOLDER "custom-resources/"
#define REQUEST ".request"
#define ANSWER ".answer"

/* "8-4-4-4-12" hex digits. */
static struct str uuid_of(struct arena *arena, struct str text)
{
    struct str hex = sha256_hex(arena, text);
    return arena_printf(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8, hex.ptr + 12, hex.ptr + 16,
                        hex.ptr + 20);
}

struct custom_request custom_request_of(const struct resource_call *call, const char *type,
                                        struct str physical_id, const struct value *properties,
                                        const struct value *old)
{
    struct arena *arena = call->arena;
    struct str text =
        arena_printf(arena, "%.*s/%s/%.*s/%.*s/%.*s", STR_ARG(call->token), type, STR_ARG(physical_id),
                     STR_ARG(json_text(arena, properties, JSON_CANONICAL)),
                     STR_ARG(json_text(arena, old, JSON_CANONICAL)));
    return (struct custom_request){.call = call,
                                   .type = str_from(type),
                                   .physical_id = physical_id,
                                   .properties = properties,
                                   .old = old,
                                   .id = uuid_of(arena, text)};
}

/* What all attempts at one request have in common: all but the last group. */
static struct str same_part(struct str id)
{
    return str_slice(id, 0, str_find_last(id, '-') + 1);
}

struct custom_request custom_request_again(const struct custom_request *request, int attempt)
{
    struct custom_request again = *request;
    struct arena *arena = request->call->arena;
    struct str own = uuid_of(arena, arena_printf(arena, "%.*s again %d", STR_ARG(request->id), attempt));
    if (attempt > 0)
        again.id = arena_printf(arena, "%.*s%.*s", STR_ARG(same_part(request->id)),
                                STR_ARG(str_from_index(own, same_part(own).len)));
    return again;
}

/* --- where it lies --- */

static struct object_place place_of(const struct resource_call *call, struct str key)
{
    return (struct object_place){.aws = call->aws,
                                 .bucket = arena_printf(call->arena, "plumb-%.*s-%.*s",
                                                        STR_ARG(aws_account(call->aws)),
                                                        STR_ARG(aws_region(call->aws))),
                                 .key = key};
}

static struct str folder_of(const struct resource_call *call)
{
    return arena_printf(call->arena, FOLDER "%.*s/", STR_ARG(call->token));
}

static struct object_place part_of(const struct custom_request *request, const char *part)
{
    struct arena *arena = request->call->arena;
    return place_of(request->call, arena_printf(arena, "%.*s%.*s%s", STR_ARG(folder_of(request->call)),
                                                STR_ARG(request->id), part));
}

static bool ensure_bucket(const struct resource_call *call, struct error *error)
{
    static const char properties[] =
        "{\"PublicAccessBlockConfiguration\":{\"BlockPublicAcls\":true,\"BlockPublicPolicy\":true,"
        "\"IgnorePublicAcls\":true,\"RestrictPublicBuckets\":true},"
        "\"BucketEncryption\":{\"ServerSideEncryptionConfiguration\":[{\"ServerSideEncryptionByDefault\":"
        "{\"SSEAlgorithm\":\"AES256\"}}]},"
        "\"LifecycleConfiguration\":{\"Rules\":[{\"Id\":\"custom-resources\",\"Status\":\"Enabled\","
        "\"Prefix\":\"" FOLDER "\",\"ExpirationInDays\":1}]}}";
    struct value *wanted;
    return json_read(call->arena, STR_EMPTY, str_from(properties), &wanted, error) &&
           bucket_ensure(call->aws, call->arena, place_of(call, STR_EMPTY).bucket, wanted,
                         input_with(call->arena, "plumb:bucket", STR("custom-resources")), error);
}

/* --- the request --- */

/* CloudFormation hands numbers and booleans over as text. */
static struct value *as_texts(struct arena *arena, const struct value *value)
{
    struct value *out = value_copy(arena, value);
    if (value_is(value, VALUE_NUMBER) || value_is(value, VALUE_BOOL))
        return value_string(arena, value_text(value));
    for (size_t i = 0; value_is(out, VALUE_LIST) && i < out->count; i++)
        out->items[i] = as_texts(arena, out->items[i]);
    for (size_t i = 0; value_is(out, VALUE_MAP) && i < out->count; i++)
        out->entries[i].value = as_texts(arena, out->entries[i].value);
    return out;
}

static struct value *document_of(const struct custom_request *request, struct str url)
{
    const struct resource_call *call = request->call;
    struct arena *arena = call->arena;
    struct value *document = input_with(arena, "RequestType", request->type);
    if (url.len)
        and_with(arena, document, "ResponseURL", url);
    and_with(arena, document, "ServiceToken", value_get_text(request->properties, "ServiceToken"));
    and_with(arena, document, "StackId", call->stack_id);
    and_with(arena, document, "RequestId", request->id);
    and_with(arena, document, "LogicalResourceId", call->logical_id);
    and_with(arena, document, "ResourceType", call->type);
    if (request->physical_id.len)
        and_with(arena, document, "PhysicalResourceId", request->physical_id);
    value_setz(arena, document, "ResourceProperties", as_texts(arena, request->properties));
    if (request->old)
        value_setz(arena, document, "OldResourceProperties", as_texts(arena, request->old));
    return document;
}

static struct str service_token(const struct custom_request *request)
{
    return value_get_text(request->properties, "ServiceToken");
}

/* "arn:aws:lambda:eu-west-1:111111111111:function:name", ":alias" or ":version" behind it; or an SNS topic.
 */
static bool is_of(struct str token, const char *service)
{
    struct str part[5];
    for (size_t i = 0; i < ARRAY_LENGTH(part); i++)
        if (!str_split(&token, ':', &part[i]) || !part[i].len)
            return false;
    return str_is(part[0], "arn") && str_is(part[2], service) && token.len > 0;
}

/* A function that was not used for weeks, or whose code has just changed, must wake up first. */
static const struct hurdle waking[] = {
    {"ResourceConflictException", NULL}, {"ResourceNotReadyException", NULL}, {NULL, NULL}};

/* It may hold secrets, and the URL is one. */
static bool send(const struct custom_request *request, struct str text, struct error *error)
{
    struct arena *arena = request->call->arena;
    struct str token = service_token(request);
    struct value *document = value_secret(arena, text);
    if (is_of(token, "sns")) {
        struct value *input = input_with(arena, "TopicArn", token);
        and_with(arena, input, "Subject", STR("AWS CloudFormation custom resource request"));
        value_setz(arena, input, "Message", document);
        return call_simply(request->call, &sns_operations[SNS_PUBLISH], input, error);
    }
    struct value *input = input_with(arena, "FunctionName", token);
    and_with(arena, input, "InvocationType", STR("Event"));
    value_setz(arena, input, "Payload", document);
    return call_over_hurdles(request->call->aws, &lambda_operations[LAMBDA_INVOKE], arena, input, waking,
                             WAKE_MS, NULL, error);
}

static int64_t timeout_s(const struct custom_request *request)
{
    int64_t seconds;
    const struct value *given = value_get(request->properties, "ServiceTimeout");
    return given && value_to_int(given, &seconds) ? seconds : TIMEOUT_MAX_S;
}

/* A Delete need not be remembered: it can always be sent again. */
static bool remember(const struct custom_request *request, struct error *error)
{
    struct object_place place = part_of(request, REQUEST);
    struct arena *arena = request->call->arena;
    return str_is(request->type, "Delete") ||
           object_put(&place, arena, json_text(arena, document_of(request, STR_EMPTY), JSON_COMPACT),
                      "application/json", error);
}

static bool ask(const struct custom_request *request, struct error *error)
{
    const struct resource_call *call = request->call;
    struct object_place place = part_of(request, ANSWER);
    struct value *input = input_with(call->arena, "Bucket", place.bucket);
    struct buf text = BUF_INIT(REQUEST_MAX);
    struct str url;
    and_with(call->arena, input, "Key", place.key);
    if (!remember(request, error) || !aws_presign(call->aws, &s3_operations[S3_PUT_OBJECT], call->arena,
                                                  input, timeout_s(request) + URL_SPARE_S, &url, error))
        return false;
    json_write_revealed(&text, document_of(request, url));
    bool sent = text.overflow
                    ? error_set(error, ERROR_INVALID, "the properties are larger than %d bytes", REQUEST_MAX)
                    : send(request, buf_str(&text), error);
    buf_release(&text);
    if (!sent && error->code == ERROR_NOT_FOUND && str_is(request->type, "Delete"))
        error_suffix(error,
                     "; bring the handler back, or declare the resource once more with DeletionPolicy: "
                     "Retain before it goes");
    return sent || error_prefix(error, "its handler cannot be asked");
}

/* --- the answer --- */

bool custom_request_look(const struct custom_request *request, bool *there, struct custom_answer *answer,
                         struct error *error)
{
    struct object_place place = part_of(request, ANSWER);
    struct str bytes;
    *there = object_get(&place, request->call->arena, CUSTOM_ANSWER_MAX, &bytes, error);
    if (*there)
        return custom_answer_read(request, bytes, there, answer, error);
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

struct waiting {
    const struct custom_request *request;
    struct custom_answer *answer;
};

/* An account that cannot be asked at the moment is no verdict. */
static bool probe(void *self, bool *done, struct error *error)
{
    struct waiting *waiting = self;
    if (custom_request_look(waiting->request, done, waiting->answer, error))
        return true;
    if (error->code != ERROR_UNAVAILABLE && error->code != ERROR_THROTTLED && error->code != ERROR_TIMEOUT)
        return false;
    *done = false;
    error_clear(error);
    return true;
}

bool custom_request_perform(const struct custom_request *request, struct custom_answer *answer,
                            struct error *error)
{
    struct waiting waiting = {.request = request, .answer = answer};
    bool there;
    if (!ensure_bucket(request->call, error) || !custom_request_look(request, &there, answer, error))
        return false;
    if (there)
        return true;
    if (!ask(request, error))
        return false;
    if (aws_wait(request->call->aws, "its handler's answer", timeout_s(request) * 1000, probe, &waiting,
                 error))
        return true;
    if (error->code == ERROR_TIMEOUT)
        error_set(error, ERROR_TIMEOUT,
                  "its handler '%.*s' has not answered within %lld s: see the handler's log",
                  STR_ARG(service_token(request)), (long long)timeout_s(request));
    return false;
}

/* --- what is left of an intent --- */

static bool read_stored(const struct resource_call *call, struct str key, struct custom_request *out,
                        struct error *error)
{
    struct object_place place = place_of(call, key);
    struct value *document;
    struct str bytes;
    if (!object_get(&place, call->arena, STORED_MAX, &bytes, error) ||
        !json_read(call->arena, key, bytes, &document, error))
        return error_prefix(error, "a request that was begun");
    *out = (struct custom_request){.call = call,
                                   .type = value_get_text(document, "RequestType"),
                                   .physical_id = value_get_text(document, "PhysicalResourceId"),
                                   .properties = value_get(document, "ResourceProperties"),
                                   .old = value_get(document, "OldResourceProperties"),
                                   .id = value_get_text(document, "RequestId")};
    return true;
}

bool custom_requests_left(const struct resource_call *call, const struct custom_request *except,
                          struct custom_request **requests, size_t *count, struct error *error)
{
    struct object_place place = place_of(call, folder_of(call));
    struct value *keys;
    *count = 0;
    if (!object_list(&place, call->arena, &keys, error))
        return false;
    *requests = arena_array(call->arena, keys->count, sizeof **requests);
    for (size_t i = 0; i < keys->count; i++) {
        struct str key = value_text(keys->items[i]);
        bool ours = except && str_contains(key, arena_strz(call->arena, same_part(except->id)));
        if (!str_ends(key, REQUEST) || ours)
            continue;
        if (!read_stored(call, key, &(*requests)[*count], error))
            return false;
        ++*count;
    }
    return true;
}

bool custom_request_forget(const struct custom_request *request, struct error *error)
{
    struct object_place answer = part_of(request, ANSWER), asked = part_of(request, REQUEST);
    return object_delete(&asked, request->call->arena, error) &&
           object_delete(&answer, request->call->arena, error);
}

bool custom_requests_forget_all(const struct resource_call *call, struct error *error)
{
    struct object_place place = place_of(call, folder_of(call));
    struct value *keys;
    if (!object_list(&place, call->arena, &keys, error))
        return false;
    for (size_t i = 0; i < keys->count; i++) {
        place.key = value_text(keys->items[i]);
        if (!object_delete(&place, call->arena, error))
            return false;
    }
    return true;
}

/* --- what may be asked --- */

bool custom_properties_check(const struct value *properties, struct error *error)
{
    const struct value *token = value_get(properties, "ServiceToken"),
                       *timeout = value_get(properties, "ServiceTimeout");
    int64_t seconds;
    if (!token)
        return value_error(properties, error, ERROR_INVALID, "property 'ServiceToken' is missing");
    if (token->kind != VALUE_UNKNOWN && !is_of(value_text(token), "lambda") &&
        !is_of(value_text(token), "sns"))
        return value_error(token, error, ERROR_INVALID,
                           "ServiceToken must be the ARN of a Lambda function or SNS topic, not '%.*s'",
                           STR_ARG(value_text(token)));
    if (timeout && timeout->kind != VALUE_UNKNOWN &&
        (!value_to_int(timeout, &seconds) || seconds < 1 || seconds > TIMEOUT_MAX_S))
        return value_error(timeout, error, ERROR_INVALID, "ServiceTimeout must be 1 to %d seconds",
                           TIMEOUT_MAX_S);
    return true;
}
