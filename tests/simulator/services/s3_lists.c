/* Configurations of which a bucket can have many, each with an id; and its canned access control list. */

#include "tests/simulator/services/s3.h"

#include <string.h>

#include "base/xml.h"

enum { LISTED_MAX = 1000 };

static const struct family {
    const char *name; /* of the query parameter, and of the bucket's map */
    const char *root, *list;
} families[] = {
    {"analytics", "AnalyticsConfiguration", "ListBucketAnalyticsConfigurationResult"},
    {"intelligent-tiering", "IntelligentTieringConfiguration",
     "ListBucketIntelligentTieringConfigurationsOutput"},
    {"inventory", "InventoryConfiguration", "ListInventoryConfigurationsResult"},
    {"metrics", "MetricsConfiguration", "ListMetricsConfigurationsResult"},
};

static const struct family *family_of(const struct call *call)
{
    struct str path = str_from(call->operation->path);
    struct str name = str_from_index(path, str_find(path, '?') + 1);
    name = str_slice(name, 0, str_find(name, '&'));
    for (size_t i = 0; i < ARRAY_LENGTH(families); i++)
        if (str_is(name, families[i].name))
            return &families[i];
    return NULL;
}

bool s3_put_listed(struct call *call)
{
    const struct family *family = family_of(call);
    struct value *bucket = s3_bucket_of(call), *parsed;
    struct error error = ERROR_INIT;
    struct str root, id = call_text(call, "id");
    if (!bucket)
        return false;
    if (!xml_read(call->arena, call->request->body, &root, &parsed, &error) || !str_is(root, family->root) ||
        !str_equal(value_get_text(parsed, "Id"), id))
        return call_fail(
            call, 400, "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema");
    struct value *items = value_get(bucket, family->name);
    if (!items)
        items = state_put(call, bucket, str_from(family->name), value_map(call->arena));
    if (!value_get_str(items, id) && items->count >= LISTED_MAX)
        return call_fail(call, 400, "TooManyConfigurations",
                         "You are attempting to create a new configuration but have already reached the "
                         "1,000-configuration limit.");
    state_put(call, items, id, value_string(call->arena, call->request->body));
    call->status = str_is(str_from(family->name), "intelligent-tiering") ? 200 : 204;
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}

bool s3_list_listed(struct call *call)
{
    const struct family *family = family_of(call);
    struct value *bucket = s3_bucket_of(call);
    struct buf text = BUF_INIT(BUF_LARGE);
    if (!bucket)
        return false;
    const struct value *items = value_get(bucket, family->name);
    buf_printf(&text, "<%s xmlns=\"" S3_NAMESPACE "\"><IsTruncated>false</IsTruncated>", family->list);
    for (size_t i = 0; items && i < items->count; i++) {
        struct str item = value_text(items->entries[i].value);
        size_t end = str_starts(item, "<?") ? str_find(item, '>') + 1 : 0;
        buf_add(&text, str_from_index(item, end));
    }
    buf_printf(&text, "</%s>", family->list);
    call_answer_raw(call, S3_XML, arena_str(call->arena, buf_str(&text)));
    buf_release(&text);
    return true;
}

bool s3_delete_listed(struct call *call)
{
    const struct family *family = family_of(call);
    struct value *bucket = s3_bucket_of(call);
    if (!bucket)
        return false;
    if (!value_get(bucket, family->name) ||
        !value_remove(value_get(bucket, family->name), call_text(call, "id")))
        return call_fail(call, 404, "NoSuchConfiguration", "The specified configuration does not exist.");
    call->status = 204;
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}

/* A canned one only.  Where the bucket's owner is enforced, none but "private" makes sense. */
bool s3_put_acl(struct call *call)
{
    static const char *const canned[] = {"private",
                                         "public-read",
                                         "public-read-write",
                                         "aws-exec-read",
                                         "authenticated-read",
                                         "bucket-owner-read",
                                         "log-delivery-write",
                                         "bucket-owner-full-control"};
    struct value *bucket = s3_bucket_of(call);
    struct str acl = call_header(call, "x-amz-acl");
    size_t i = 0;
    if (!bucket)
        return false;
    while (i < ARRAY_LENGTH(canned) && !str_is(acl, canned[i]))
        i++;
    if (i == ARRAY_LENGTH(canned))
        return call_fail(call, 400, "InvalidArgument", "The canned access control list is not valid");
    struct str ownership = value_get_text(value_get(bucket, "configurations"), "ownershipControls");
    if (i > 0 && (!ownership.len || str_contains(ownership, "BucketOwnerEnforced")))
        return call_fail(call, 400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
    state_text(call, bucket, "acl", acl);
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}
