/* GitLab: https://docs.gitlab.com/user/project/integrations/webhook_events/.  "object_kind" says what it is:
 * a system hook's header says only that it is one. */

#include "gitsync/webhook/forms.h"

static bool take_project(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    return take_text(delivery, delivery->json, "project.path_with_namespace", FIELD_MUST,
                     &event->repository) &&
           take_text(delivery, delivery->json, "project.git_http_url", FIELD_MAY, &event->http_url) &&
           take_text(delivery, delivery->json, "project.git_ssh_url", FIELD_MAY, &event->ssh_url);
}

static bool read_push(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    event->kind = WEBHOOK_PUSH;
    return take_project(delivery) && make_refs(delivery, 1) &&
           take_text(delivery, delivery->json, "ref", FIELD_MUST, &event->refs[0].name) &&
           take_commit(delivery, delivery->json, "before", FIELD_MAY, &event->refs[0].before) &&
           take_commit(delivery, delivery->json, "after", FIELD_MUST, &event->refs[0].after) &&
           take_text(delivery, delivery->json, "user_username", FIELD_MAY, &event->actor);
}

/* `at` is where the merge request stands. */
static bool take_merge_request(struct delivery *delivery, const struct value *at)
{
    struct webhook_event *event = delivery->event;
    return take_project(delivery) &&
           take_text(delivery, delivery->json, "user.username", FIELD_MUST, &event->actor) &&
           take_number(delivery, at, "iid", FIELD_MUST, &event->number) &&
           take_text(delivery, at, "source_branch", FIELD_MUST, &event->head_ref) &&
           take_text(delivery, at, "target_branch", FIELD_MUST, &event->base_ref) &&
           take_text(delivery, at, "source.path_with_namespace", FIELD_MAY, &event->head_repository) &&
           take_commit(delivery, at, "last_commit.id", FIELD_MAY, &event->head_commit);
}

static const struct meaning actions[] = {
    {"open", WEBHOOK_PULL_REQUEST, WEBHOOK_OPENED, 0},
    {"reopen", WEBHOOK_PULL_REQUEST, WEBHOOK_OPENED, 0},
    {"update", WEBHOOK_PULL_REQUEST, WEBHOOK_UPDATED, 0},
    {"close", WEBHOOK_PULL_REQUEST, WEBHOOK_CLOSED, 0},
    {"merge", WEBHOOK_PULL_REQUEST, WEBHOOK_MERGED, 0},
    {"approved", WEBHOOK_REVIEW, 0, WEBHOOK_APPROVED},
    {"approval", WEBHOOK_REVIEW, 0, WEBHOOK_APPROVED},
    {"unapproved", WEBHOOK_REVIEW, 0, WEBHOOK_WITHDRAWN},
    {"unapproval", WEBHOOK_REVIEW, 0, WEBHOOK_WITHDRAWN},
};

static bool read_merge_request(struct delivery *delivery)
{
    const struct value *at;
    struct str action = STR_EMPTY;
    if (!take_map(delivery, delivery->json, "object_attributes", FIELD_MUST, &at) ||
        !take_merge_request(delivery, at) || !take_text(delivery, at, "action", FIELD_MAY, &action))
        return false;
    /* Of any other nothing is done. */
    (void)take_meaning(delivery, actions, ARRAY_LENGTH(actions), action);
    return true;
}

/* Notes are on commits, issues and snippets as well.  "action" came with GitLab 16.11. */
static bool read_note(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    const struct value *at;
    struct str on = STR_EMPTY, action = STR("create");
    if (!take_text(delivery, delivery->json, "object_attributes.noteable_type", FIELD_MUST, &on) ||
        !take_text(delivery, delivery->json, "object_attributes.action", FIELD_MAY, &action))
        return false;
    if (!str_is(on, "MergeRequest") || !str_is(action, "create"))
        return take_project(delivery);
    event->kind = WEBHOOK_COMMENT;
    return take_map(delivery, delivery->json, "merge_request", FIELD_MUST, &at) &&
           take_merge_request(delivery, at) &&
           take_id(delivery, delivery->json, "object_attributes.id", &event->comment_id) &&
           take_prose(delivery, delivery->json, "object_attributes.note", &event->text);
}

bool gitlab_read(struct delivery *delivery)
{
    struct str kind = STR_EMPTY;
    if (!take_text(delivery, delivery->json, "object_kind", FIELD_MAY, &kind))
        return false;
    if (str_is(kind, "push") || str_is(kind, "tag_push"))
        return read_push(delivery);
    if (str_is(kind, "merge_request"))
        return read_merge_request(delivery);
    return str_is(kind, "note") ? read_note(delivery) : true;
}
