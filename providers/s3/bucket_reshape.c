/* Where S3's form of a setting differs by more than names. */

#include "base/xml.h"
#include "providers/s3/bucket_parts.h"

void member_move(struct arena *arena, struct value *from, const char *name, struct value *to, const char *as)
{
    struct value *value = value_get(from, name);
    if (!value)
        return;
    value_setz(arena, to, as, value);
    value_remove(from, str_from(name));
}

/* --- filters: "Prefix", "TagFilters" and the like beside one another; in S3 one thing or an "And" of them
 * --- */

static const char *const filter_members[][2] = {
    {"Prefix", "Prefix"},
    {"TagFilters", "Tag"},
    {"ObjectSizeGreaterThan", "ObjectSizeGreaterThan"},
    {"ObjectSizeLessThan", "ObjectSizeLessThan"},
    {"AccessPointArn", "AccessPointArn"},
};

void filter_out(struct arena *arena, struct value *item, bool always)
{
    struct value *filter = value_map(arena), *both = value_map(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(filter_members); i++)
        member_move(arena, item, filter_members[i][0], filter, filter_members[i][1]);
    const struct value *tags = value_get(filter, "Tag");
    size_t count = filter->count;
    if (value_is(tags, VALUE_LIST))
        count += tags->count - 1;
    if (count > 1)
        value_setz(arena, both, "And", filter);
    else if (value_is(tags, VALUE_LIST) && tags->count == 1)
        value_setz(arena, filter, "Tag", tags->items[0]);
    if (count == 0 && always)
        and_with(arena, filter, "Prefix", STR_EMPTY);
    if (count > 0 || always)
        value_setz(arena, item, "Filter", count > 1 ? both : filter);
}

void filter_in(struct arena *arena, struct value *item)
{
    struct value *filter = value_get(item, "Filter");
    if (value_get(filter, "And"))
        filter = value_get(filter, "And");
    if (!value_is(filter, VALUE_MAP))
        return;
    if (value_get(filter, "Tag"))
        value_setz(arena, filter, "Tag", xml_items(arena, filter, "Tag"));
    for (size_t i = 0; i < ARRAY_LENGTH(filter_members); i++)
        member_move(arena, filter, filter_members[i][1], item, filter_members[i][0]);
    value_remove(item, STR("Filter"));
}

/* --- lifecycle --- */

static const char *const expiration[][2] = {
    {"ExpirationDate", "Date"},
    {"ExpirationInDays", "Days"},
    {"ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"},
};

struct value *lifecycle_out(struct arena *arena, struct value *configuration)
{
    struct value *rules = value_get(configuration, "Rule");
    for (size_t i = 0; value_is(rules, VALUE_LIST) && i < rules->count; i++) {
        struct value *rule = rules->items[i], *expires = value_map(arena);
        for (size_t k = 0; k < ARRAY_LENGTH(expiration); k++)
            member_move(arena, rule, expiration[k][0], expires, expiration[k][1]);
        if (expires->count)
            value_setz(arena, rule, "Expiration", expires);
        filter_out(arena, rule, true);
    }
    return configuration;
}

struct value *lifecycle_in(struct arena *arena, struct value *answer)
{
    struct value *rules = xml_items(arena, answer, "Rule");
    for (size_t i = 0; i < rules->count; i++) {
        struct value *rule = rules->items[i], *expires = value_get(rule, "Expiration");
        for (size_t k = 0; expires && k < ARRAY_LENGTH(expiration); k++)
            member_move(arena, expires, expiration[k][1], rule, expiration[k][0]);
        filter_in(arena, rule);
    }
    return answer;
}

/* --- access by tags, object lock --- */

struct value *abac_out(struct arena *arena, struct value *status)
{
    struct value *out = value_map(arena);
    value_setz(arena, out, "Status", status);
    return out;
}

struct value *abac_in(struct arena *arena, struct value *answer)
{
    (void)arena;
    return value_get(answer, "Status");
}

/* For both "ObjectLockEnabled" (true) and "ObjectLockConfiguration": what is locked stays so. */
struct value *object_lock_out(struct arena *arena, struct value *configuration)
{
    struct value *out = value_map(arena);
    if (value_get(configuration, "Rule"))
        value_setz(arena, out, "Rule", value_get(configuration, "Rule"));
    return and_with(arena, out, "ObjectLockEnabled", STR("Enabled"));
}

struct value *lock_enabled_in(struct arena *arena, struct value *answer)
{
    return value_bool(arena, value_is_text(value_get(answer, "ObjectLockEnabled"), "Enabled"));
}

/* --- logging --- */

struct value *logging_out(struct arena *arena, struct value *configuration)
{
    struct value *status = value_map(arena);
    if (!configuration->count)
        return status;
    if (!value_get(configuration, "TargetPrefix"))
        and_with(arena, configuration, "TargetPrefix", STR_EMPTY);
    value_setz(arena, status, "LoggingEnabled", configuration);
    return status;
}

struct value *logging_in(struct arena *arena, struct value *answer)
{
    (void)arena;
    return value_get(answer, "LoggingEnabled");
}

/* --- notifications --- */

static const char *const targets[] = {"CloudFunctionConfiguration", "QueueConfiguration",
                                      "TopicConfiguration"};

struct value *notification_out(struct arena *arena, struct value *configuration)
{
    struct value *bridge = value_get(configuration, "EventBridgeConfiguration");
    if (!bridge)
        return configuration;
    if (value_get_bool(bridge, "EventBridgeEnabled", true))
        value_setz(arena, configuration, "EventBridgeConfiguration", value_map(arena));
    else
        value_remove(configuration, STR("EventBridgeConfiguration"));
    return configuration;
}

/* One configuration an event, as CloudFormation writes them. */
static struct value *split_events(struct arena *arena, const struct value *configurations)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < configurations->count; i++) {
        const struct value *events = xml_items(arena, configurations->items[i], "Event");
        for (size_t k = 0; k < events->count; k++) {
            struct value *one = value_copy(arena, configurations->items[i]);
            value_setz(arena, one, "Event", events->items[k]);
            value_append(arena, list, one);
        }
    }
    return list;
}

struct value *notification_in(struct arena *arena, struct value *answer)
{
    if (!value_is(answer, VALUE_MAP))
        answer = value_map(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(targets); i++)
        value_setz(arena, answer, targets[i], split_events(arena, xml_items(arena, answer, targets[i])));
    bool bridge = value_get(answer, "EventBridgeConfiguration") != NULL;
    struct value *enabled = value_map(arena);
    value_setz(arena, enabled, "EventBridgeEnabled", value_bool(arena, bridge));
    value_setz(arena, answer, "EventBridgeConfiguration", enabled);
    return answer;
}

/* --- website --- */

static const char *const documents[][2] = {{"ErrorDocument", "Key"}, {"IndexDocument", "Suffix"}};

struct value *website_out(struct arena *arena, struct value *configuration)
{
    for (size_t i = 0; i < ARRAY_LENGTH(documents); i++) {
        struct value *document = value_map(arena);
        member_move(arena, configuration, documents[i][0], document, documents[i][1]);
        if (document->count)
            value_setz(arena, configuration, documents[i][0], document);
    }
    struct value *rules = value_map(arena);
    member_move(arena, configuration, "RoutingRules", rules, "RoutingRule");
    if (rules->count)
        value_setz(arena, configuration, "RoutingRules", rules);
    return configuration;
}

struct value *website_in(struct arena *arena, struct value *answer)
{
    for (size_t i = 0; i < ARRAY_LENGTH(documents); i++) {
        struct value *document = value_get(answer, documents[i][0]);
        if (document)
            value_setz(arena, answer, documents[i][0], value_get(document, documents[i][1]));
    }
    const struct value *rules = value_get(answer, "RoutingRules");
    if (rules)
        value_setz(arena, answer, "RoutingRules", xml_items(arena, rules, "RoutingRule"));
    return answer;
}
