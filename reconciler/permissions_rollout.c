/* What a rollout asks for besides moving traffic: telling, hook functions, synthetic requests. */

#include "reconciler/permissions_private.h"

/* A name in `deployment:` as the account knows it: of a logical id what Ref gives, as far as Git knows. */
static struct str named(struct permission_search *search, struct str text)
{
    struct arena *arena = search->arena;
    struct value *reference = value_map(arena), *properties = value_map(arena);
    if (!desired_find(&search->subject->desired, text))
        return text;
    value_setz(arena, reference, "Ref", value_string(arena, text));
    value_setz(arena, properties, "Name", reference);
    return value_get_text(permission_properties(search, properties), "Name");
}

/* Of what is not known by name or ARN (a parameter's value, say) every one is meant. */
static struct str arn_of(struct permission_search *search, const struct value *value, const char *before,
                         const char *behind)
{
    struct str text = named(search, value_text(value));
    if (str_starts(text, "arn:"))
        return arena_printf(search->arena, "%.*s%s", STR_ARG(text), behind);
    bool known = text.len && str_find(text, '{') == text.len && str_find(text, '$') == text.len;
    struct str form = arena_printf(search->arena, "%s%.*s%s", before, STR_ARG(known ? text : STR("*")),
                                   known && !str_ends(text, "*") ? behind : "");
    return permission_place(search, form);
}

static void grant(struct permission_search *search, const char *action, struct str resource)
{
    permission_add(search, false, &(struct permission){.action = str_from(action), .resource = resource});
}

static void grant_telling(struct permission_search *search, const struct value *channel)
{
    const struct value *topic = value_get(channel, "sns"), *bus = value_get(channel, "eventBus");
    if (topic) {
        grant(search, "sns:Publish", arn_of(search, topic, "arn:{partition}:sns:{region}:{account}:", ""));
        permission_note(search, STR("a topic that is encrypted with a key of your own also needs "
                                    "kms:GenerateDataKey and kms:Decrypt on that key"));
    }
    if (bus)
        grant(search, "events:PutEvents",
              arn_of(search, bus, "arn:{partition}:events:{region}:{account}:event-bus/", ""));
}

static void grant_invoking(struct permission_search *search, const struct value *function, const char *behind)
{
    if (function)
        grant(search, "lambda:InvokeFunction",
              arn_of(search, function, "arn:{partition}:lambda:{region}:{account}:function:", behind));
}

void permission_rollout(struct permission_search *search, const struct value *deployment)
{
    const struct value *notify = value_get(deployment, "notify"), *hooks = value_get(deployment, "hooks"),
                       *synthetic = value_get(deployment, "synthetic");
    search->late = true; /* URLs and secrets are read when somebody is told */
    for (size_t i = 0; value_is(notify, VALUE_LIST) && i < notify->count; i++) {
        grant_telling(search, notify->items[i]);
        (void)permission_properties(search, notify->items[i]);
    }
    search->late = false;
    bool invoked = !value_is_text(value_get(hooks, "report"), "codedeploy");
    grant_invoking(search, invoked ? value_get(hooks, "beforeAllowTraffic") : NULL, "");
    grant_invoking(search, invoked ? value_get(hooks, "afterAllowTraffic") : NULL, "");
    for (size_t i = 0; value_is(synthetic, VALUE_LIST) && i < synthetic->count; i++)
        grant_invoking(search, value_get(synthetic->items[i], "function"), ":*"); /* by its version */
}
