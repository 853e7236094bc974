/* GitHub (https://docs.github.com/en/webhooks/webhook-events-and-payloads), and Gitea and Forgejo, which send
 * the same with a few words of their own. */

#include "gitsync/webhook/forms.h"

static bool take_repository(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    return take_text(delivery, delivery->json, "repository.full_name", FIELD_MUST, &event->repository) &&
           take_text(delivery, delivery->json, "repository.clone_url", FIELD_MAY, &event->http_url) &&
           take_text(delivery, delivery->json, "repository.ssh_url", FIELD_MAY, &event->ssh_url) &&
           take_text(delivery, delivery->json, "sender.login", FIELD_MAY, &event->actor);
}

static bool read_push(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    event->kind = WEBHOOK_PUSH;
    return make_refs(delivery, 1) &&
           take_text(delivery, delivery->json, "ref", FIELD_MUST, &event->refs[0].name) &&
           take_commit(delivery, delivery->json, "before", FIELD_MAY, &event->refs[0].before) &&
           take_commit(delivery, delivery->json, "after", FIELD_MUST, &event->refs[0].after);
}

static bool take_pull_request(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    const struct value *pull;
    return take_map(delivery, delivery->json, "pull_request", FIELD_MUST, &pull) &&
           take_number(delivery, delivery->json, "pull_request.number", FIELD_MUST, &event->number) &&
           take_text(delivery, delivery->json, "pull_request.head.ref", FIELD_MUST, &event->head_ref) &&
           take_commit(delivery, delivery->json, "pull_request.head.sha", FIELD_MUST, &event->head_commit) &&
           take_text(delivery, delivery->json, "pull_request.head.repo.full_name", FIELD_MAY,
                     &event->head_repository) &&
           take_text(delivery, delivery->json, "pull_request.base.ref", FIELD_MUST, &event->base_ref);
}

/* Labels and the like are no reason to look. */
static bool read_pull_request(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    struct str action = STR_EMPTY;
    bool merged = false;
    if (!take_text(delivery, delivery->json, "action", FIELD_MUST, &action) || !take_pull_request(delivery) ||
        !take_flag(delivery, delivery->json, "pull_request.merged", &merged))
        return false;
    event->kind = WEBHOOK_PULL_REQUEST;
    if (str_is(action, "opened") || str_is(action, "reopened"))
        event->action = WEBHOOK_OPENED;
    else if (str_is(action, "synchronize") || str_is(action, "synchronized") || str_is(action, "edited") ||
             str_is(action, "ready_for_review"))
        event->action = WEBHOOK_UPDATED;
    else if (str_is(action, "closed"))
        event->action = merged ? WEBHOOK_MERGED : WEBHOOK_CLOSED;
    else
        event->kind = WEBHOOK_OTHER;
    return true;
}

static bool take_comment(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    return take_id(delivery, delivery->json, "comment.id", &event->comment_id) &&
           take_prose(delivery, delivery->json, "comment.body", &event->text) &&
           take_text(delivery, delivery->json, "comment.user.login", FIELD_MUST, &event->actor);
}

/* Comments on issues come by the same name; and what was edited later is not what was said. */
static bool read_issue_comment(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    struct str action = STR_EMPTY;
    const struct value *pull;
    if (!take_text(delivery, delivery->json, "action", FIELD_MUST, &action) ||
        !take_number(delivery, delivery->json, "issue.number", FIELD_MUST, &event->number) ||
        !take_map(delivery, delivery->json, "issue.pull_request", FIELD_MAY, &pull) ||
        !take_comment(delivery))
        return false;
    event->kind = pull && str_is(action, "created") ? WEBHOOK_COMMENT : WEBHOOK_OTHER;
    return true;
}

static bool read_line_comment(struct delivery *delivery)
{
    struct str action = STR_EMPTY;
    if (!take_text(delivery, delivery->json, "action", FIELD_MUST, &action) || !take_pull_request(delivery) ||
        !take_comment(delivery))
        return false;
    delivery->event->kind = str_is(action, "created") ? WEBHOOK_COMMENT : WEBHOOK_OTHER;
    return true;
}

/* The state says it in GitHub's words, in small letters since 2018 and in capitals before. */
static bool read_review(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    struct str action = STR_EMPTY, state = STR_EMPTY;
    if (!take_text(delivery, delivery->json, "action", FIELD_MUST, &action) || !take_pull_request(delivery) ||
        !take_text(delivery, delivery->json, "review.state", FIELD_MUST, &state) ||
        !take_prose(delivery, delivery->json, "review.body", &event->text) ||
        !take_text(delivery, delivery->json, "review.user.login", FIELD_MUST, &event->actor))
        return false;
    event->kind = WEBHOOK_REVIEW;
    if (str_is(action, "dismissed"))
        event->verdict = WEBHOOK_WITHDRAWN;
    else if (!str_is(action, "submitted"))
        event->kind = WEBHOOK_OTHER;
    else if (str_equal_nocase(state, STR("approved")))
        event->verdict = WEBHOOK_APPROVED;
    else if (str_equal_nocase(state, STR("changes_requested")))
        event->verdict = WEBHOOK_REJECTED;
    return true;
}

/* Gitea's: who says it is the sender. */
static bool read_gitea_review(struct delivery *delivery, enum webhook_verdict verdict)
{
    struct webhook_event *event = delivery->event;
    event->kind = WEBHOOK_REVIEW;
    event->verdict = verdict;
    return take_pull_request(delivery) &&
           take_text(delivery, delivery->json, "sender.login", FIELD_MUST, &event->actor) &&
           take_prose(delivery, delivery->json, "review.content", &event->text);
}

static bool read_gitea(struct delivery *delivery)
{
    struct str name = delivery->event->name;
    if (str_is(name, "pull_request_approved"))
        return read_gitea_review(delivery, WEBHOOK_APPROVED);
    if (str_is(name, "pull_request_rejected"))
        return read_gitea_review(delivery, WEBHOOK_REJECTED);
    if (str_is(name, "pull_request_comment"))
        return read_gitea_review(delivery, WEBHOOK_COMMENTED);
    return true;
}

bool github_read(struct delivery *delivery)
{
    struct str name = delivery->event->name;
    bool has_repository = value_get(delivery->json, "repository") != NULL;
    if (str_is(name, "ping")) { /* of an organization's webhook without a repository */
        delivery->event->kind = WEBHOOK_PING;
        return !has_repository || take_repository(delivery);
    }
    if (!take_repository(delivery))
        return false;
    if (str_is(name, "push"))
        return read_push(delivery);
    if (str_is(name, "pull_request"))
        return read_pull_request(delivery);
    if (str_is(name, "issue_comment"))
        return read_issue_comment(delivery);
    if (delivery->event->forge != WEBHOOK_GITHUB)
        return read_gitea(delivery);
    if (str_is(name, "pull_request_review"))
        return read_review(delivery);
    return str_is(name, "pull_request_review_comment") ? read_line_comment(delivery) : true;
}
