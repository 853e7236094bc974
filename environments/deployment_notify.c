#include "environments/cloudformation/template.h"
#include "environments/deployment_parts.h"

/* Who is told. */

enum { TARGET_MAX = 256 }; /* an ARN or name of a topic or bus */

static const char *const kinds[] = {"start", "step", "hold", "success", "rollback"};

#define REFERENCE "\\{\\{resolve:(ssm|ssm-secure|secretsmanager):[^{}]+\\}\\}"

const struct field deployment_notify_fields[] = {
    {"eventBus", FIELD_TEXT | FIELD_ONE_OF, .help = "Logical id, name or ARN of an EventBridge bus",
     .longest = TARGET_MAX},
    {"on", FIELD_LIST, .help = "Of what; left out: of everything", .items = FIELD_TEXT, WORDS(kinds),
     .fewest = 1},
    {"secret", FIELD_TEXT, .help = "The key that signs messages to the webhook, as a dynamic reference",
     .pattern = "^" REFERENCE "$", .needs = {"webhook"}},
    {"slack", FIELD_TEXT | FIELD_ONE_OF, .help = "A Slack webhook's URL, as a dynamic reference",
     .pattern = "^" REFERENCE "$"},
    {"sns", FIELD_TEXT | FIELD_ONE_OF, .help = "Logical id, name or ARN of an SNS topic",
     .longest = TARGET_MAX},
    {"webhook", FIELD_TEXT | FIELD_ONE_OF, .help = "An https URL, or a dynamic reference to one",
     .pattern = "^(" DEPLOYMENT_URL "|" REFERENCE ")$"},
};

/* A text that is one dynamic reference and nothing else. */
static bool is_reference(struct arena *arena, const struct value *value)
{
    struct outside_value found;
    size_t at = 0;
    return value_is(value, VALUE_STRING) && str_starts(value->text, "{{") &&
           reference_next(arena, value, &at, &found) && found.reference.len == value->text.len;
}

static bool check_secret(struct arena *arena, const struct value *value, const char *what,
                         struct error *error)
{
    return is_reference(arena, value) ||
           value_error(value, error, ERROR_INVALID,
                       "'%s' is a secret: keep it in SSM or Secrets Manager, and write "
                       "'{{resolve:ssm:/its/name}}' or '{{resolve:secretsmanager:NAME:SecretString:KEY}}'",
                       what);
}

static bool check_channel(struct arena *arena, const struct value *node, const char *channel,
                          struct error *error)
{
    const struct value *value = value_get(node, channel), *secret = value_get(node, "secret");
    bool webhook = str_is(str_from(channel), "webhook");
    if (secret && !check_secret(arena, secret, "secret", error))
        return false;
    if (str_is(str_from(channel), "slack")) /* who knows the URL can write into the channel */
        return check_secret(arena, value, channel, error);
    return !webhook || is_reference(arena, value) || deployment_url(value, channel, error);
}

static bool read_kinds(struct arena *arena, const struct value *list, const struct value *node,
                       struct value *out, struct error *error)
{
    struct value *wanted = value_at_position_of(value_list(arena), list ? list : node);
    if (list && list->count == 0)
        return value_error(list, error, ERROR_INVALID,
                           "'on' is empty: leave it out to be told of everything");
    for (size_t i = 0; list && i < list->count; i++) {
        size_t kind;
        if (!field_choice(list->items[i], "'on':", kinds, ARRAY_LENGTH(kinds), &kind, error))
            return false;
        value_append(arena, wanted, list->items[i]);
    }
    for (size_t i = 0; !list && i < ARRAY_LENGTH(kinds); i++)
        value_append(arena, wanted, value_at_position_of(value_stringz(arena, kinds[i]), node));
    value_setz(arena, out, "on", wanted);
    return true;
}

static bool read_one(struct arena *arena, const struct value *node, struct value *all, struct error *error)
{
    static const char *const channels[] = {"sns", "eventBus", "slack", "webhook"};
    struct value *made = value_at_position_of(value_map(arena), node);
    const char *channel = NULL;
    if (!fields_check(node, "an entry of 'notify'", deployment_notify_fields,
                      ARRAY_LENGTH(deployment_notify_fields), error))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(channels); i++)
        if (value_get(node, channels[i]))
            channel = channels[i];
    if (!check_channel(arena, node, channel, error))
        return false;
    value_setz(arena, made, channel, value_get(node, channel));
    if (value_get(node, "secret"))
        value_setz(arena, made, "secret", value_get(node, "secret"));
    value_append(arena, all, made);
    return read_kinds(arena, value_get(node, "on"), node, made, error);
}

bool deployment_read_notify(struct arena *arena, const struct value *node, struct deployment *out,
                            struct error *error)
{
    struct value *all = value_list(arena);
    if (!deployment_count(node, "notify", DEPLOYMENT_NOTIFY_MAX, error))
        return false;
    for (size_t i = 0; node && i < node->count; i++)
        if (!read_one(arena, node->items[i], all, error))
            return false;
    out->notify = all;
    return true;
}
