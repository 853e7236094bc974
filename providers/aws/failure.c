#include "providers/aws/failure.h"

#include "base/json.h"
#include "base/xml.h"

enum { MESSAGE_MAX = 1000 };

/* A pattern may begin and end with '*'.  The first row that fits counts. */
static const struct {
    const char *service; /* signing name, or NULL: any */
    const char *name;
    const char *words; /* part of the message, or NULL: any */
    enum error_code code;
} names[] = {
    {NULL, "*", "Rate exceeded", ERROR_THROTTLED},
    {NULL, "*Throttl*", NULL, ERROR_THROTTLED},
    {NULL, "TooManyRequests*", NULL, ERROR_THROTTLED},
    {NULL, "RequestLimitExceeded", NULL, ERROR_THROTTLED},
    {NULL, "BandwidthLimitExceeded", NULL, ERROR_THROTTLED},
    {NULL, "SlowDown", NULL, ERROR_THROTTLED},
    {NULL, "PriorRequestNotComplete", NULL, ERROR_THROTTLED},
    {NULL, "ProvisionedThroughputExceededException", NULL, ERROR_THROTTLED},
    {NULL, "TransactionInProgressException", NULL, ERROR_THROTTLED},
    {"dynamodb", "LimitExceededException", NULL, ERROR_THROTTLED}, /* table operations at once */
    {"apigateway", "LimitExceededException", NULL, ERROR_THROTTLED},
    {NULL, "*LimitExceeded*", NULL, ERROR_INVALID}, /* a quota */
    {NULL, "*QuotaExceeded*", NULL, ERROR_INVALID},
    {"cloudcontrolapi", "TypeNotFoundException", NULL, ERROR_INVALID},
    {"cloudformation", "ValidationError", "does not exist", ERROR_NOT_FOUND},
    {"sqs", "*QueueDeletedRecently", NULL, ERROR_CONFLICT},
    {"sqs", "*QueueNameExists", NULL, ERROR_CONFLICT},
    {"sqs", "*NonExistentQueue", NULL, ERROR_NOT_FOUND},
    {"secretsmanager", "ResourceExistsException", NULL, ERROR_CONFLICT},
    {"route53", "InvalidChangeBatch", "already exists", ERROR_CONFLICT},
    {"route53", "InvalidChangeBatch", "not found", ERROR_NOT_FOUND},
    {"route53", "InvalidChangeBatch", "do not match", ERROR_CONFLICT},
    {"s3", "BucketAlreadyOwnedByYou", NULL, ERROR_CONFLICT},
    {"s3", "BucketNotEmpty", NULL, ERROR_CONFLICT},
    {"s3", "OperationAborted", NULL, ERROR_CONFLICT},
    {NULL, "NoSuch*", NULL, ERROR_NOT_FOUND},
    {NULL, "*NotFound", NULL, ERROR_NOT_FOUND},
    {NULL, "*NotFoundException", NULL, ERROR_NOT_FOUND},
    {NULL, "*NotFoundError", NULL, ERROR_NOT_FOUND},
    {NULL, "*DoesNotExist", NULL, ERROR_NOT_FOUND},
    {NULL, "*DoesNotExistException", NULL, ERROR_NOT_FOUND},
    {NULL, "*AlreadyExists*", NULL, ERROR_CONFLICT},
    {NULL, "ResourceInUse*", NULL, ERROR_CONFLICT},
    {NULL, "ConcurrentModification*", NULL, ERROR_CONFLICT},
    {NULL, "OperationAbortedException", NULL, ERROR_CONFLICT},
    {NULL, "PreconditionFailed*", NULL, ERROR_CONFLICT},
    {NULL, "*Conflict", NULL, ERROR_CONFLICT},
    {NULL, "*ConflictException", NULL, ERROR_CONFLICT},
    {NULL, "AccessDenied*", NULL, ERROR_DENIED},
    {NULL, "AuthorizationError*", NULL, ERROR_DENIED},
    {NULL, "*NotAuthorized*", NULL, ERROR_DENIED},
    {NULL, "Unauthorized*", NULL, ERROR_DENIED},
    {NULL, "OptInRequired", NULL, ERROR_DENIED},
    {NULL, "AuthFailure", NULL, ERROR_DENIED},
    {NULL, "MissingAuthenticationToken*", NULL, ERROR_DENIED},
    {NULL, "IncompleteSignature*", NULL, ERROR_DENIED},
    {NULL, "InvalidSignatureException", NULL, ERROR_DENIED},
    {NULL, "SignatureDoesNotMatch", NULL, ERROR_DENIED},
    {NULL, "InvalidAccessKeyId", NULL, ERROR_DENIED},
    {NULL, "InvalidClientTokenId", NULL, ERROR_DENIED},
    {NULL, "UnrecognizedClientException", NULL, ERROR_DENIED},
    {NULL, "ExpiredToken*", NULL, ERROR_DENIED},
    {NULL, "RequestExpired", NULL, ERROR_DENIED},
    {NULL, "RequestTimeTooSkewed", NULL, ERROR_DENIED},
    {NULL, "RequestInTheFuture", NULL, ERROR_DENIED},
    {NULL, "RequestTimeout*", NULL, ERROR_UNAVAILABLE}, /* AWS waited for our body */
    {NULL, "Validation*", NULL, ERROR_INVALID},
};

static const struct {
    int from, to;
    enum error_code code;
} statuses[] = {
    {401, 401, ERROR_DENIED},      {403, 403, ERROR_DENIED},   {404, 404, ERROR_NOT_FOUND},
    {408, 408, ERROR_UNAVAILABLE}, {409, 409, ERROR_CONFLICT}, {412, 412, ERROR_CONFLICT},
    {429, 429, ERROR_THROTTLED},   {300, 499, ERROR_INVALID},  {500, 599, ERROR_UNAVAILABLE},
};

static bool name_fits(const char *pattern, struct str name)
{
    struct str middle = str_from(pattern);
    bool open_start = str_starts(middle, "*");
    middle = str_from_index(middle, open_start);
    bool open_end = str_ends(middle, "*");
    middle.len -= open_end;
    for (size_t at = 0; at + middle.len <= name.len; at++) {
        if (at > 0 && !open_start)
            break;
        if (str_equal(str_slice(name, at, middle.len), middle) && (open_end || at + middle.len == name.len))
            return true;
    }
    return false;
}

enum error_code failure_code(const struct aws_service *service, struct str name, struct str message,
                             int status)
{
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if ((!names[i].service || strcmp(names[i].service, service->signing_name) == 0) &&
            name_fits(names[i].name, name) && (!names[i].words || str_contains(message, names[i].words)))
            return names[i].code;
    for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++)
        if (status >= statuses[i].from && status <= statuses[i].to)
            return statuses[i].code;
    return ERROR_UNAVAILABLE;
}

static struct str first_text(const struct value *map, const char *const *keys, size_t count)
{
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < count && text.len == 0; i++)
        text = value_get_text(map, keys[i]);
    return text;
}

/* "com.amazonaws.sqs#QueueDoesNotExist" and "ConflictException:http://..." name one thing each. */
static struct str bare_name(struct str name)
{
    name = str_slice(name, 0, str_find(name, ':'));
    size_t hash = str_find_last(name, '#');
    return hash < name.len ? str_from_index(name, hash + 1) : name;
}

struct said {
    struct str name, message;
    bool structured; /* the body is JSON or XML that is no page for people */
};

static void read_json(struct arena *arena, struct str body, struct said *said)
{
    static const char *const name_keys[] = {"__type", "code", "Code"};
    static const char *const message_keys[] = {"message", "Message", "errorMessage"};
    struct value *answer;
    struct error ignored = ERROR_INIT;
    if (!json_read(arena, STR_EMPTY, body, &answer, &ignored))
        return;
    said->structured = true;
    said->name = bare_name(first_text(answer, name_keys, ARRAY_LENGTH(name_keys)));
    said->message = first_text(answer, message_keys, ARRAY_LENGTH(message_keys));
}

/* <ErrorResponse><Error>, <Response><Errors><Error>, S3's <Error>, and Route 53's <InvalidChangeBatch>. */
static void read_xml(struct arena *arena, struct str body, struct said *said)
{
    struct str root;
    struct value *answer;
    struct error ignored = ERROR_INIT;
    if (!xml_read(arena, body, &root, &answer, &ignored) || str_equal_nocase(root, STR("html")))
        return;
    said->structured = true;
    const struct value *inner = value_get(answer, "Error");
    if (!inner)
        inner = value_path(answer, "Errors", "Error", NULL);
    said->name = value_get_text(inner ? inner : answer, "Code");
    said->message = value_get_text(inner ? inner : answer, "Message");
    const struct value *messages = value_path(answer, "Messages", "Message", NULL);
    if (said->name.len || !messages)
        return;
    said->name = root;
    said->message = value_text(value_is(messages, VALUE_LIST) ? value_at(messages, 0) : messages);
}

static struct said read_body(struct arena *arena, const struct http_response *response)
{
    struct said said = {.name = STR_EMPTY, .message = STR_EMPTY};
    struct str body = str_trim(response->body);
    if (str_starts(body, "{"))
        read_json(arena, body, &said);
    else if (str_starts(body, "<"))
        read_xml(arena, body, &said);
    struct str header = http_header(response, "x-amzn-ErrorType");
    if (header.len)
        said.name = bare_name(header);
    return said;
}

static struct str request_id(const struct http_response *response)
{
    static const char *const headers[] = {"x-amzn-RequestId", "x-amz-request-id", "x-amzn-request-id"};
    struct str id = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_LENGTH(headers) && id.len == 0; i++)
        id = http_header(response, headers[i]);
    return id;
}

bool failure_read(struct arena *arena, const struct aws_operation *operation,
                  const struct http_response *response, struct error *error)
{
    struct said said = read_body(arena, response);
    struct str id = request_id(response);
    bool head = operation->method && strcmp(operation->method, "HEAD") == 0;
    bool from_aws = said.name.len || said.structured || id.len || head;
    enum error_code code = failure_code(operation->service, said.name, said.message, response->status);
    if (code == ERROR_NOT_FOUND && !from_aws)
        error_set(error, ERROR_UNAVAILABLE, "status 404, but not from AWS: is the endpoint right?");
    else if (said.name.len)
        error_set(error, code, "%.*s: %.*s", STR_ARG(said.name),
                  STR_ARG(str_slice(said.message, 0, MESSAGE_MAX)));
    else
        error_set(error, code, "status %d%s%.*s", response->status,
                  said.message.len ? ": " : " without a reason",
                  STR_ARG(str_slice(said.message, 0, MESSAGE_MAX)));
    error_set_name(error, arena_strz(arena, said.name));
    if (id.len)
        error_suffix(error, " (request %.*s)", STR_ARG(str_slice(id, 0, 64)));
    return false;
}

static bool is_one_of(const struct error *error, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (error_is(error, list[i]))
            return true;
    return false;
}

bool failure_is_expired(const struct error *error)
{
    static const char *const list[] = {
        "ExpiredToken",         "ExpiredTokenException",       "RequestExpired",
        "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"};
    return is_one_of(error, list, ARRAY_LENGTH(list));
}

bool failure_is_skew(const struct error *error)
{
    static const char *const list[] = {"RequestTimeTooSkewed",  "RequestExpired",
                                       "RequestInTheFuture",    "InvalidSignatureException",
                                       "SignatureDoesNotMatch", "AuthFailure"};
    return is_one_of(error, list, ARRAY_LENGTH(list));
}
