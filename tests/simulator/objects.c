#include "tests/simulator/objects.h"

enum object_answer object_read(struct call *call, struct str bucket_name, struct str key, struct str *bytes)
{
    struct value *own = call_state_of(call, "s3", call->account, STR_EMPTY, NULL);
    struct value *owners = call_state_of(call, "s3", STR("000000000000"), STR("us-east-1"), NULL);
    struct value *bucket = value_get_str(value_get(own, "buckets"), bucket_name);
    if (!bucket)
        return value_get_str(owners, bucket_name) ? OBJECT_DENIED : OBJECT_NO_BUCKET;
    if (!str_equal(value_get_text(bucket, "region"), call->region))
        return OBJECT_OTHER_REGION;
    struct value *object = value_get_str(value_get(bucket, "objects"), key);
    return blob_get(call, value_get_text(object, "digest"), bytes) ? OBJECT_FOUND : OBJECT_NO_KEY;
}
