#include "providers/s3/objects.h"

#include "base/digest.h"
#include "base/xml.h"
#include "providers/resource.h"
#include "providers/s3/operations.h"
#include "providers/s3/types.h"

enum { ENSURE_ATTEMPTS = 4, ENSURE_PAUSE_MS = 500 };

static struct value *bucket_input(const struct object_place *place, struct arena *arena)
{
    return and_with(arena, input_with(arena, "Bucket", place->bucket), "ExpectedBucketOwner",
                    aws_account(place->aws));
}

static struct value *object_input(const struct object_place *place, struct arena *arena)
{
    return and_with(arena, bucket_input(place, arena), "Key", place->key);
}

bool object_get(const struct object_place *place, struct arena *arena, size_t most, struct str *bytes,
                struct error *error)
{
    struct value *input = object_input(place, arena), *answer;
    and_with(arena, input, "Range", arena_printf(arena, "bytes=0-%zu", most));
    if (!aws_call(place->aws, &s3_operations[S3_GET_OBJECT], arena, input, &answer, error)) {
        if (!error_is(error, "InvalidRange")) /* S3's answer where the object is empty */
            return false;
        error_clear(error);
        *bytes = STR_EMPTY;
        return true;
    }
    *bytes = value_get_text(answer, "Body");
    return true;
}

bool object_put(const struct object_place *place, struct arena *arena, struct str bytes,
                const char *content_type, struct error *error)
{
    unsigned char digest[SHA256_SIZE];
    struct value *input = object_input(place, arena), *body = value_null(arena);
    sha256(bytes, digest);
    and_with(arena, input, "ChecksumSHA256",
             base64_encode(arena, (struct str){.ptr = (const char *)digest, .len = sizeof digest}));
    and_with(arena, input, "ContentType", str_from(content_type));
    body->kind = VALUE_SECRET; /* not copied, and in no log: it may be large, and is nobody's business */
    body->text = bytes;
    value_setz(arena, input, "Body", body);
    return aws_call(place->aws, &s3_operations[S3_PUT_OBJECT], arena, input, NULL, error);
}

/* Makes of "absent" an answer. */
static bool absent_or(bool there, bool *exists, struct error *error)
{
    *exists = there;
    if (there || error->code != ERROR_NOT_FOUND)
        return there;
    error_clear(error);
    return true;
}

bool object_exists(const struct object_place *place, struct arena *arena, bool *exists, struct error *error)
{
    return absent_or(
        aws_call(place->aws, &s3_operations[S3_HEAD_OBJECT], arena, object_input(place, arena), NULL, error),
        exists, error);
}

bool object_delete(const struct object_place *place, struct arena *arena, struct error *error)
{
    bool existed;
    return absent_or(aws_call(place->aws, &s3_operations[S3_DELETE_OBJECT], arena, object_input(place, arena),
                              NULL, error),
                     &existed, error);
}

bool object_list(const struct object_place *place, struct arena *arena, struct value **keys,
                 struct error *error)
{
    struct value *input = bucket_input(place, arena), *items;
    and_with(arena, input, "Prefix", place->key);
    *keys = value_list(arena);
    if (!aws_list(place->aws, &s3_operations[S3_LIST_OBJECTS_V2], arena, input, &items, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    for (size_t i = 0; i < items->count; i++)
        value_append(arena, *keys, value_string(arena, value_get_text(items->items[i], "Key")));
    return true;
}

/* Several workers may want the same bucket at once: whoever comes second finds it. */
bool bucket_ensure(struct aws *aws, struct arena *arena, struct str name, const struct value *properties,
                   const struct value *tags, struct error *error)
{
    struct resource_call call = {.aws = aws,
                                 .arena = arena,
                                 .physical_id = STR_EMPTY,
                                 .name = name,
                                 .properties = properties,
                                 .tags = tags};
    struct resource_state state = {.physical_id = STR_EMPTY};
    for (int attempt = 1;; attempt++) {
        error_clear(error);
        if (s3_bucket_type.create(&call, &state, error))
            return true;
        bool raced = error_is(error, "BucketAlreadyOwnedByYou") || error_is(error, "OperationAborted");
        if (!raced || attempt == ENSURE_ATTEMPTS)
            return false;
        clock_sleep(aws_clock(aws), ENSURE_PAUSE_MS);
    }
}

bool bucket_exists(struct aws *aws, struct arena *arena, struct str name, bool *exists, struct error *error)
{
    const struct object_place place = {.aws = aws, .bucket = name};
    return absent_or(
        aws_call(aws, &s3_operations[S3_HEAD_BUCKET], arena, bucket_input(&place, arena), NULL, error),
        exists, error);
}
