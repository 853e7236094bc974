/*
 * GitLab's approvals as reviews.  An approval does not say which commit was looked at: that is the head of
 * the newest version of the merge request that was there when it was given.
 */

#include <inttypes.h>

#include "gitsync/forge/alike.h"

enum shape { ONE, LIST, PAGES };

static bool part(struct forge *forge, struct arena *arena, int64_t number, const char *name, enum shape shape,
                 struct value **out, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.read, .what = "read the approvals of a merge request"};
    call.path = forge_path(forge, arena, "merge_requests/%" PRId64 "/%s%s%s", number, name,
                           shape == PAGES ? "?" : "", shape == PAGES ? forge->api->page : "");
    if (shape != ONE)
        return forge_call_list(forge, arena, &call, NULL, out, error);
    if (!forge_call(forge, arena, &call, &answer, error))
        return false;
    *out = answer.value;
    return true;
}

static struct str head_at(const struct value *versions, int64_t time)
{
    struct str head = STR_EMPTY;
    int64_t newest = 0;
    for (size_t i = 0; time && i < versions->count; i++) {
        int64_t made = forge_time(versions->items[i], "created_at");
        if (made && made <= time && made >= newest) {
            newest = made;
            head = value_get_text(versions->items[i], "head_commit_sha");
        }
    }
    return forge_is_sha(head) ? head : STR_EMPTY;
}

static void add_approvals(const struct value *approvals, const struct value *versions, struct reviews *out)
{
    for (size_t i = 0; i < approvals->count; i++) {
        const struct value *item = approvals->items[i];
        int64_t time = forge_time(item, "approved_at");
        struct review review = {.author = forge_login_of(value_get(item, "user"), "username"),
                                .state = REVIEW_APPROVED,
                                .commit = head_at(versions, time),
                                .time_ms = time};
        forge_add_review(out, &review);
    }
}

/* Who asked for changes says so until an approval takes its place. */
static void add_requests(const struct value *reviewers, struct reviews *out)
{
    for (size_t i = 0; i < reviewers->count; i++) {
        const struct value *item = reviewers->items[i];
        struct review review = {.author = forge_login_of(value_get(item, "user"), "username"),
                                .state = REVIEW_CHANGES_REQUESTED,
                                .commit = STR_EMPTY};
        if (value_is_text(value_get(item, "state"), "requested_changes"))
            forge_add_review(out, &review);
    }
}

bool gitlab_reviews(struct forge *forge, struct arena *arena, int64_t number, struct reviews *out,
                    struct error *error)
{
    struct value *answer, *versions, *reviewers;
    if (!part(forge, arena, number, "approvals", ONE, &answer, error) ||
        !part(forge, arena, number, "versions", PAGES, &versions, error) ||
        !part(forge, arena, number, "reviewers", LIST, &reviewers, error))
        return false;
    const struct value *approvals = value_get(answer, "approved_by");
    if (!value_is(approvals, VALUE_LIST))
        return forge_corrupt(forge, "no list 'approved_by'", error);
    *out = (struct reviews){.items =
                                arena_array(arena, approvals->count + reviewers->count, sizeof *out->items)};
    add_approvals(approvals, versions, out);
    add_requests(reviewers, out);
    return true;
}
