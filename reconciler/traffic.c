#include "reconciler/report.h"

/* A named type in words: "10 % for 5 minutes, then all", "10 % more every 2 minutes"
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html). */
static struct str type_in_words(struct arena *arena, struct str type)
{
    struct str rest = type, minutes;
    size_t digits = 0;
    if (str_is(type, "AllAtOnce"))
        return STR("all at once");
    bool canary = str_starts(type, "Canary10Percent"), linear = str_starts(type, "Linear10PercentEvery");
    if (!canary && !linear)
        return arena_printf(arena, "by the configuration '%.*s'", STR_ARG(type));
    rest = str_from_index(rest, canary ? 15 : 20);
    while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9')
        digits++;
    minutes = str_slice(rest, 0, digits);
    return arena_printf(arena, canary ? "10 %% for %.*s min, then all" : "10 %% more every %.*s min",
                        STR_ARG(minutes));
}

static bool moves(const struct change *change)
{
    return str_is(change->type_name, "AWS::Lambda::Alias") && change->last &&
           (change->action == CHANGE_UPDATE || change->action == CHANGE_REPLACE);
}

struct str report_traffic(struct arena *arena, const struct subject *subject, const struct plan *plan)
{
    const struct deployment *deployment = &subject->application->deployment;
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        if (!moves(change))
            continue;
        struct str words = type_in_words(arena, deployment->type.len ? deployment->type : STR("AllAtOnce"));
        buf_printf(&text, "%s%.*s: %.*s", text.len ? "; " : "", STR_ARG(change->logical_id), STR_ARG(words));
    }
    if (text.len && deployment->before_allow_traffic.len)
        buf_printf(&text, "; before: %.*s", STR_ARG(deployment->before_allow_traffic));
    if (text.len && deployment->after_allow_traffic.len)
        buf_printf(&text, "; after: %.*s", STR_ARG(deployment->after_allow_traffic));
    for (size_t i = 0; text.len && i < deployment->alarm_count; i++)
        buf_printf(&text, "%s%.*s", i ? ", " : "; stopped by alarm ", STR_ARG(deployment->alarms[i]));
    if (text.len && deployment->present && !str_is(deployment->type, "AllAtOnce"))
        buf_addz(&text, " (this plumb still moves all at once)");
    struct str result = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return result;
}
