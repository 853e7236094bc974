/* Settings of which a bucket can have many, each with an id and calls of its own: analytics, inventories,
 * metrics, tiering. */

#include "base/xml.h"
#include "providers/s3/bucket_parts.h"

/* "Destination" is one map deeper in S3, for destinations that are no bucket. */
static void destination_out(struct arena *arena, struct value *holder)
{
    struct value *inner = value_get(holder, "Destination"), *outer = value_map(arena);
    if (!inner)
        return;
    value_setz(arena, outer, "S3BucketDestination", inner);
    value_setz(arena, holder, "Destination", outer);
}

static void destination_in(struct arena *arena, struct value *holder)
{
    struct value *inner = value_path(holder, "Destination", "S3BucketDestination", NULL);
    if (inner)
        value_setz(arena, holder, "Destination", inner);
}

static struct value *analytics_out(struct arena *arena, struct value *item)
{
    filter_out(arena, item, false);
    destination_out(arena, value_path(item, "StorageClassAnalysis", "DataExport", NULL));
    return item;
}

static struct value *analytics_in(struct arena *arena, struct value *item)
{
    filter_in(arena, item);
    destination_in(arena, value_path(item, "StorageClassAnalysis", "DataExport", NULL));
    return item;
}

static struct value *filtered_out(struct arena *arena, struct value *item)
{
    filter_out(arena, item, false);
    return item;
}

static struct value *filtered_in(struct arena *arena, struct value *item)
{
    filter_in(arena, item);
    return item;
}

static struct value *inventory_out(struct arena *arena, struct value *item)
{
    struct value *schedule = value_map(arena), *fields = value_map(arena);
    filter_out(arena, item, false);
    destination_out(arena, item);
    member_move(arena, item, "ScheduleFrequency", schedule, "Frequency");
    member_move(arena, item, "OptionalFields", fields, "Field");
    if (schedule->count)
        value_setz(arena, item, "Schedule", schedule);
    if (fields->count)
        value_setz(arena, item, "OptionalFields", fields);
    return item;
}

static struct value *inventory_in(struct arena *arena, struct value *item)
{
    filter_in(arena, item);
    destination_in(arena, item);
    if (value_get(item, "Schedule"))
        member_move(arena, value_get(item, "Schedule"), "Frequency", item, "ScheduleFrequency");
    if (value_get(item, "OptionalFields"))
        value_setz(arena, item, "OptionalFields",
                   xml_items(arena, value_get(item, "OptionalFields"), "Field"));
    return item;
}

static const struct family {
    const char *property;
    const char *payload;
    enum s3_operation list, put, take_off;
    bucket_reshape out, in;
} families[] = {
    {"AnalyticsConfigurations", "AnalyticsConfiguration", S3_LIST_BUCKET_ANALYTICS_CONFIGURATIONS,
     S3_PUT_BUCKET_ANALYTICS_CONFIGURATION, S3_DELETE_BUCKET_ANALYTICS_CONFIGURATION, analytics_out,
     analytics_in},
    {"IntelligentTieringConfigurations", "IntelligentTieringConfiguration",
     S3_LIST_BUCKET_INTELLIGENT_TIERING_CONFIGURATIONS, S3_PUT_BUCKET_INTELLIGENT_TIERING_CONFIGURATION,
     S3_DELETE_BUCKET_INTELLIGENT_TIERING_CONFIGURATION, filtered_out, filtered_in},
    {"InventoryConfigurations", "InventoryConfiguration", S3_LIST_BUCKET_INVENTORY_CONFIGURATIONS,
     S3_PUT_BUCKET_INVENTORY_CONFIGURATION, S3_DELETE_BUCKET_INVENTORY_CONFIGURATION, inventory_out,
     inventory_in},
    {"MetricsConfigurations", "MetricsConfiguration", S3_LIST_BUCKET_METRICS_CONFIGURATIONS,
     S3_PUT_BUCKET_METRICS_CONFIGURATION, S3_DELETE_BUCKET_METRICS_CONFIGURATION, filtered_out, filtered_in},
};

bool bucket_read_lists(const struct resource_call *call, struct str bucket, const struct value *asked,
                       struct value *live, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(families); i++) {
        struct value *items;
        if (asked && !value_get(asked, families[i].property))
            continue;
        if (!aws_list(call->aws, &s3_operations[families[i].list], call->arena,
                      input_with(call->arena, "Bucket", bucket), &items, error))
            return false;
        for (size_t k = 0; k < items->count; k++)
            items->items[k] = families[i].in(call->arena, items->items[k]);
        value_setz(call->arena, live, families[i].property,
                   wire_in(&bucket_wire, call->arena, families[i].property, items));
    }
    return true;
}

static const struct value *find_id(const struct value *list, struct str id)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "Id"), id))
            return list->items[i];
    return NULL;
}

static bool put_one(const struct resource_call *call, const struct family *family, struct str bucket,
                    const struct value *item, struct error *error)
{
    struct value *input = input_with(call->arena, "Bucket", bucket), *one = value_list(call->arena);
    value_append(call->arena, one, value_copy(call->arena, item));
    struct value *sent = wire_out(&bucket_wire, call->arena, family->property, one);
    and_with(call->arena, input, "Id", value_get_text(item, "Id"));
    value_setz(call->arena, input, family->payload, family->out(call->arena, sent->items[0]));
    return call_over_hurdles(call->aws, &s3_operations[family->put], call->arena, input, bucket_hurdles,
                             BUCKET_BUSY_MS, NULL, error);
}

static bool write_family(const struct resource_call *call, const struct family *family, struct str bucket,
                         const struct value *wanted, const struct value *live, struct error *error)
{
    for (size_t i = 0; value_is(live, VALUE_LIST) && i < live->count; i++) {
        struct str id = value_get_text(live->items[i], "Id");
        struct value *input = and_with(call->arena, input_with(call->arena, "Bucket", bucket), "Id", id);
        if (!find_id(wanted, id) && !call_or_absent(call, &s3_operations[family->take_off], input, error))
            return false;
    }
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++) {
        const struct value *item = wanted->items[i];
        if (!shape_covers(item, find_id(live, value_get_text(item, "Id"))) &&
            !put_one(call, family, bucket, item, error))
            return false;
    }
    return true;
}

bool bucket_write_lists(const struct resource_call *call, struct str bucket, const struct value *target,
                        const struct value *live, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(families); i++) {
        const char *property = families[i].property;
        if (shape_differs(target, live, property) &&
            !write_family(call, &families[i], bucket, value_get(target, property), value_get(live, property),
                          error))
            return false;
    }
    return true;
}
