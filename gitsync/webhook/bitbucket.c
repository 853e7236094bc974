/* Bitbucket Cloud ("repo:push", "pullrequest:...") and Bitbucket Data Center ("repo:refs_changed", "pr:..."):
 * two products whose events share nothing but the header. */

#include "gitsync/webhook/forms.h"

/* --- Cloud --- */

/* Its payloads have no clone URL, but the page of the repository, which is one but for ".git". */
static bool take_cloud_repository(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    return take_text(delivery, delivery->json, "repository.full_name", FIELD_MUST, &event->repository) &&
           take_text(delivery, delivery->json, "repository.links.html.href", FIELD_MAY, &event->http_url) &&
           take_text(delivery, delivery->json, "actor.nickname", FIELD_MAY, &event->actor);
}

static bool take_change(struct delivery *delivery, const struct value *change, struct webhook_ref *ref)
{
    struct str name = STR_EMPTY, type = STR_EMPTY;
    const struct value *new;
    if (!take_map(delivery, change, "new", FIELD_MAY, &new))
        return false;
    const char *side = new ? "new" : "old"; /* only that one where the ref is gone */
    const struct value *named = value_get(change, side);
    if (!take_text(delivery, named, "name", FIELD_MAY, &name) ||
        !take_text(delivery, named, "type", FIELD_MAY, &type) ||
        !take_commit(delivery, change, "new.target.hash", FIELD_MAY, &ref->after) ||
        !take_commit(delivery, change, "old.target.hash", FIELD_MAY, &ref->before))
        return false;
    if (!name.len)
        return error_set(delivery->error, ERROR_INVALID, "a change has no name");
    ref->name =
        arena_printf(delivery->arena, "refs/%s/%.*s", str_is(type, "tag") ? "tags" : "heads", STR_ARG(name));
    return true;
}

static bool read_cloud_push(struct delivery *delivery)
{
    const struct value *changes;
    delivery->event->kind = WEBHOOK_PUSH;
    if (!take_list(delivery, delivery->json, "push.changes", FIELD_MUST, &changes) ||
        !make_refs(delivery, changes->count))
        return false;
    for (size_t i = 0; i < changes->count; i++)
        if (!take_change(delivery, changes->items[i], &delivery->event->refs[i]))
            return error_prefix(delivery->error, "'push.changes'");
    return true;
}

static bool take_cloud_pull_request(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    const struct value *pull;
    return take_map(delivery, delivery->json, "pullrequest", FIELD_MUST, &pull) &&
           take_number(delivery, pull, "id", FIELD_MUST, &event->number) &&
           take_text(delivery, pull, "source.branch.name", FIELD_MUST, &event->head_ref) &&
           take_commit(delivery, pull, "source.commit.hash", FIELD_MAY, &event->head_commit) &&
           take_text(delivery, pull, "source.repository.full_name", FIELD_MAY, &event->head_repository) &&
           take_text(delivery, pull, "destination.branch.name", FIELD_MUST, &event->base_ref);
}

static bool take_cloud_comment(struct delivery *delivery)
{
    return take_id(delivery, delivery->json, "comment.id", &delivery->event->comment_id) &&
           take_prose(delivery, delivery->json, "comment.content.raw", &delivery->event->text);
}

/* --- Data Center --- */

static bool take_server_repository(struct delivery *delivery, const struct value *repository)
{
    struct webhook_event *event = delivery->event;
    const struct value *links;
    struct str project = STR_EMPTY, slug = STR_EMPTY;
    if (!take_text(delivery, repository, "project.key", FIELD_MUST, &project) ||
        !take_text(delivery, repository, "slug", FIELD_MUST, &slug) ||
        !take_list(delivery, repository, "links.clone", FIELD_MAY, &links) ||
        !take_text(delivery, delivery->json, "actor.name", FIELD_MAY, &event->actor))
        return false;
    event->repository = arena_printf(delivery->arena, "%.*s/%.*s", STR_ARG(project), STR_ARG(slug));
    for (size_t i = 0; links && i < links->count; i++) {
        struct str name = STR_EMPTY, url = STR_EMPTY;
        if (!take_text(delivery, links->items[i], "name", FIELD_MAY, &name) ||
            !take_text(delivery, links->items[i], "href", FIELD_MAY, &url))
            return false;
        if (str_is(name, "http"))
            event->http_url = url;
        else if (str_is(name, "ssh"))
            event->ssh_url = url;
    }
    return true;
}

static bool read_refs_changed(struct delivery *delivery)
{
    const struct value *repository, *changes;
    delivery->event->kind = WEBHOOK_PUSH;
    if (!take_map(delivery, delivery->json, "repository", FIELD_MUST, &repository) ||
        !take_server_repository(delivery, repository) ||
        !take_list(delivery, delivery->json, "changes", FIELD_MUST, &changes) ||
        !make_refs(delivery, changes->count))
        return false;
    for (size_t i = 0; i < changes->count; i++) {
        struct webhook_ref *ref = &delivery->event->refs[i];
        if (!take_text(delivery, changes->items[i], "ref.id", FIELD_MUST, &ref->name) ||
            !take_commit(delivery, changes->items[i], "fromHash", FIELD_MAY, &ref->before) ||
            !take_commit(delivery, changes->items[i], "toHash", FIELD_MUST, &ref->after))
            return error_prefix(delivery->error, "'changes'");
    }
    return true;
}

/* The repository is the one that is merged into. */
static bool take_server_pull_request(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    const struct value *pull, *repository;
    struct str project = STR_EMPTY, slug = STR_EMPTY;
    if (!take_map(delivery, delivery->json, "pullRequest", FIELD_MUST, &pull) ||
        !take_map(delivery, pull, "toRef.repository", FIELD_MUST, &repository) ||
        !take_server_repository(delivery, repository) ||
        !take_number(delivery, pull, "id", FIELD_MUST, &event->number) ||
        !take_text(delivery, pull, "fromRef.displayId", FIELD_MUST, &event->head_ref) ||
        !take_commit(delivery, pull, "fromRef.latestCommit", FIELD_MUST, &event->head_commit) ||
        !take_text(delivery, pull, "toRef.displayId", FIELD_MUST, &event->base_ref) ||
        !take_text(delivery, pull, "fromRef.repository.project.key", FIELD_MAY, &project) ||
        !take_text(delivery, pull, "fromRef.repository.slug", FIELD_MAY, &slug))
        return false;
    if (slug.len)
        event->head_repository = arena_printf(delivery->arena, "%.*s/%.*s", STR_ARG(project), STR_ARG(slug));
    return true;
}

static bool take_server_comment(struct delivery *delivery)
{
    return take_id(delivery, delivery->json, "comment.id", &delivery->event->comment_id) &&
           take_prose(delivery, delivery->json, "comment.text", &delivery->event->text);
}

/* --- both --- */

static const struct meaning events[] = {
    {"pullrequest:created", WEBHOOK_PULL_REQUEST, WEBHOOK_OPENED, 0},
    {"pullrequest:updated", WEBHOOK_PULL_REQUEST, WEBHOOK_UPDATED, 0},
    {"pullrequest:fulfilled", WEBHOOK_PULL_REQUEST, WEBHOOK_MERGED, 0},
    {"pullrequest:rejected", WEBHOOK_PULL_REQUEST, WEBHOOK_CLOSED, 0},
    {"pullrequest:approved", WEBHOOK_REVIEW, 0, WEBHOOK_APPROVED},
    {"pullrequest:unapproved", WEBHOOK_REVIEW, 0, WEBHOOK_WITHDRAWN},
    {"pullrequest:changes_request_created", WEBHOOK_REVIEW, 0, WEBHOOK_REJECTED},
    {"pullrequest:changes_request_removed", WEBHOOK_REVIEW, 0, WEBHOOK_WITHDRAWN},
    {"pullrequest:comment_created", WEBHOOK_COMMENT, 0, 0},
    {"pr:opened", WEBHOOK_PULL_REQUEST, WEBHOOK_OPENED, 0},
    {"pr:from_ref_updated", WEBHOOK_PULL_REQUEST, WEBHOOK_UPDATED, 0},
    {"pr:to_ref_updated", WEBHOOK_PULL_REQUEST, WEBHOOK_UPDATED, 0},
    {"pr:modified", WEBHOOK_PULL_REQUEST, WEBHOOK_UPDATED, 0},
    {"pr:merged", WEBHOOK_PULL_REQUEST, WEBHOOK_MERGED, 0},
    {"pr:declined", WEBHOOK_PULL_REQUEST, WEBHOOK_CLOSED, 0},
    {"pr:deleted", WEBHOOK_PULL_REQUEST, WEBHOOK_CLOSED, 0},
    {"pr:reviewer:approved", WEBHOOK_REVIEW, 0, WEBHOOK_APPROVED},
    {"pr:reviewer:unapproved", WEBHOOK_REVIEW, 0, WEBHOOK_WITHDRAWN},
    {"pr:reviewer:changes_requested", WEBHOOK_REVIEW, 0, WEBHOOK_REJECTED},
    {"pr:reviewer:needs_work", WEBHOOK_REVIEW, 0, WEBHOOK_REJECTED},
    {"pr:comment:added", WEBHOOK_COMMENT, 0, 0},
};

static bool read_pull_request(struct delivery *delivery, bool cloud)
{
    bool comment = delivery->event->kind == WEBHOOK_COMMENT;
    if (cloud)
        return take_cloud_repository(delivery) && take_cloud_pull_request(delivery) &&
               (!comment || take_cloud_comment(delivery));
    return take_server_pull_request(delivery) && (!comment || take_server_comment(delivery));
}

bool bitbucket_read(struct delivery *delivery)
{
    struct webhook_event *event = delivery->event;
    if (str_is(event->name, "diagnostics:ping")) {
        event->kind = WEBHOOK_PING;
        return true;
    }
    if (str_is(event->name, "repo:push"))
        return take_cloud_repository(delivery) && read_cloud_push(delivery);
    if (str_is(event->name, "repo:refs_changed"))
        return read_refs_changed(delivery);
    return !take_meaning(delivery, events, ARRAY_LENGTH(events), event->name) ||
           read_pull_request(delivery, str_starts(event->name, "pullrequest:"));
}
