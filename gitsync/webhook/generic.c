/*
 * Whatever else can sign a body: a pipeline, a script, plumb of another account (its notifications come in
 * the same form).  All members may be left out, and others are not looked at:
 *
 *     {"ref": "refs/heads/main", "repository": "https://git.example/orders.git", "before": ..., "after": ...}
 *     {"environment": "beta", "application": "orders"}
 *
 * With a ref it is a push.  Without, it asks to look now: at the application, the environment, or everything.
 * `repository` may also be a mapping with "full_name", "clone_url" and "ssh_url", as GitHub has it.
 */

#include "gitsync/webhook/forms.h"

static bool take_repository(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    const struct value *repository = value_get(delivery->json, "repository");
    if (!value_is(repository, VALUE_MAP)) {
        struct str text = STR_EMPTY;
        if (!take_text(delivery, delivery->json, "repository", FIELD_MAY, &text))
            return false;
        bool ssh = str_starts(text, "ssh://") || (!str_contains(text, "://") && str_contains(text, "@"));
        *(ssh ? &event->ssh_url : str_contains(text, "://") ? &event->http_url : &event->repository) = text;
        return true;
    }
    return take_text(delivery, repository, "full_name", FIELD_MAY, &event->repository) &&
           take_text(delivery, repository, "clone_url", FIELD_MAY, &event->http_url) &&
           take_text(delivery, repository, "ssh_url", FIELD_MAY, &event->ssh_url);
}

bool generic_read(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    struct webhook_ref ref = {.name = STR_EMPTY, .before = STR_EMPTY, .after = STR_EMPTY};
    if (!take_repository(delivery) || !take_text(delivery, delivery->json, "ref", FIELD_MAY, &ref.name) ||
        !take_commit(delivery, delivery->json, "before", FIELD_MAY, &ref.before) ||
        !take_commit(delivery, delivery->json, "after", FIELD_MAY, &ref.after) ||
        !take_text(delivery, delivery->json, "environment", FIELD_MAY, &event->environment) ||
        !take_text(delivery, delivery->json, "application", FIELD_MAY, &event->application))
        return false;
    event->kind = ref.name.len ? WEBHOOK_PUSH : WEBHOOK_SYNC;
    if (!ref.name.len)
        return true;
    if (!make_refs(delivery, 1))
        return false;
    event->refs[0] = ref;
    return true;
}
