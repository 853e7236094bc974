#include "providers/sns/attributes.h"

#include "base/xml.h"
#include "providers/policy.h"
#include "providers/sns/operations.h"

bool sns_read_attributes(const struct resource_call *call, const struct aws_operation *operation,
                         const char *member, struct str arn, struct value **attributes, struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, operation, call->arena, input_with(call->arena, member, arn), &answer, error))
        return false;
    *attributes = tags_as_map(call->arena, xml_items(call->arena, value_get(answer, "Attributes"), "entry"),
                              "key", "value");
    return true;
}

struct value *sns_attribute(struct arena *arena, const struct value *wanted)
{
    if (value_is(wanted, VALUE_MAP))
        return value_string(arena, json_for_request(arena, wanted));
    if (value_is(wanted, VALUE_SECRET))
        return value_copy(arena, wanted);
    return value_string(arena, value_text(wanted));
}

bool sns_write_attribute(const struct resource_call *call, const struct aws_operation *operation,
                         const char *member, struct str arn, const char *name, const struct value *wanted,
                         struct error *error)
{
    struct value *input = input_with(call->arena, member, arn);
    and_with(call->arena, input, "AttributeName", str_from(name));
    value_setz(call->arena, input, "AttributeValue", sns_attribute(call->arena, wanted));
    return call_simply(call, operation, input, error);
}

bool sns_subscriptions(struct aws *aws, struct arena *arena, struct str topic, struct value **items,
                       struct error *error)
{
    struct str account = arena_printf(arena, ":%.*s:", STR_ARG(aws_account(aws)));
    struct value *all;
    if (str_contains(topic, account.ptr))
        return aws_list(aws, &sns_operations[SNS_LIST_SUBSCRIPTIONS_BY_TOPIC], arena,
                        input_with(arena, "TopicArn", topic), items, error);
    if (!aws_list(aws, &sns_operations[SNS_LIST_SUBSCRIPTIONS], arena, NULL, &all, error))
        return false;
    *items = value_list(arena);
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(value_get_text(all->items[i], "TopicArn"), topic))
            value_append(arena, *items, all->items[i]);
    return true;
}

struct str sns_shown_endpoint(struct arena *arena, struct str endpoint)
{
    size_t scheme = str_find(endpoint, ':') + 3, at = str_find_last(endpoint, '@');
    if (!(str_starts(endpoint, "http://") || str_starts(endpoint, "https://")) || at >= endpoint.len)
        return endpoint;
    struct str user = str_slice(endpoint, scheme, at - scheme);
    size_t colon = str_find(user, ':');
    if (colon == user.len || str_contains(user, "/"))
        return endpoint;
    return arena_printf(arena, "%.*s:****%.*s", STR_ARG(str_slice(endpoint, 0, scheme + colon)),
                        STR_ARG(str_from_index(endpoint, at)));
}

const struct value *sns_subscription_of(struct arena *arena, const struct value *items, struct str protocol,
                                        struct str endpoint)
{
    struct str shown = sns_shown_endpoint(arena, endpoint);
    /* "Deleted" stays in the list for some days. */
    for (size_t i = 0; i < items->count; i++) {
        struct str has = value_get_text(items->items[i], "Endpoint");
        bool gone = str_is(value_get_text(items->items[i], "SubscriptionArn"), "Deleted");
        if (!gone && str_equal(value_get_text(items->items[i], "Protocol"), protocol) &&
            (str_equal(has, endpoint) || str_equal(has, shown)))
            return items->items[i];
    }
    return NULL;
}
