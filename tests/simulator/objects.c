#include "tests/simulator/objects.h"

enum object_answer object_read(struct call *call, struct str bucket_name, struct str key, struct str version,
                               struct str *bytes)
{
    struct value *s3 = call_state_of(call, "s3", STR_EMPTY, STR_EMPTY, NULL);
    struct value *bucket = value_get_str(value_get(s3, "buckets"), bucket_name);
    if (!bucket)
        return OBJECT_NO_BUCKET;
    if (!str_equal(value_get_text(bucket, "account"), call->account))
        return OBJECT_DENIED;
    if (!str_equal(value_get_text(bucket, "region"), call->region))
        return OBJECT_OTHER_REGION;
    struct value *object = value_get_str(value_get(bucket, "objects"), key);
    if (version.len)
        object = value_get_str(value_get(object, "versions"), version);
    return blob_get(call, value_get_text(object, "digest"), bytes) ? OBJECT_FOUND : OBJECT_NO_KEY;
}
