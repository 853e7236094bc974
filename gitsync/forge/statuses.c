/* What others said of a commit, in the words of each forge. */

#include "gitsync/forge/alike.h"

/* https://docs.github.com/en/rest/commits/statuses, .../checks/runs;
 * https://docs.gitlab.com/api/commits/#list-commit-statuses; Gitea's swagger, repoGetCombinedStatusByRef. */
static const struct {
    const char *word;
    enum status_state state;
} words[] = {
    {"success", STATUS_SUCCESS}, {"neutral", STATUS_SUCCESS}, {"skipped", STATUS_SUCCESS},
    {"warning", STATUS_SUCCESS}, {"failure", STATUS_FAILURE}, {"failed", STATUS_FAILURE},
    {"error", STATUS_ERROR},     {"pending", STATUS_PENDING},
};

/* What no table knows is no proof: of a check that has ended a failure, else it is waited for. */
static enum status_state state_of(struct str word, bool ended)
{
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_is(word, words[i].word))
            return words[i].state;
    return ended ? STATUS_FAILURE : STATUS_PENDING;
}

static void add(struct statuses *out, struct str context, enum status_state state)
{
    for (size_t i = 0; i < out->count; i++)
        if (str_equal(out->items[i].context, context))
            return; /* of a check run that was done again the newest comes first */
    out->items[out->count++] = (struct status){.context = context, .state = state};
}

/* Room for them and `more`. */
static void add_statuses(const struct forge *forge, struct arena *arena, const struct value *list,
                         size_t more, struct statuses *out)
{
    out->items = arena_array(arena, list->count + more + 1, sizeof *out->items);
    for (size_t i = 0; i < list->count; i++)
        add(out, value_get_text(list->items[i], "context"),
            state_of(value_get_text(list->items[i], forge->api->status_state), true));
}

bool alike_statuses(struct forge *forge, struct arena *arena, struct str sha, struct statuses *out,
                    struct error *error)
{
    struct value *list;
    if (!alike_list_statuses(forge, arena, sha, &list, error))
        return false;
    add_statuses(forge, arena, list, 0, out);
    return true;
}

bool github_statuses(struct forge *forge, struct arena *arena, struct str sha, struct statuses *out,
                     struct error *error)
{
    struct value *list, *runs;
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.status, .what = "list the statuses of a commit"};
    call.path = forge_path(forge, arena, "commits/%.*s/check-runs?%s", STR_ARG(sha), forge->api->page);
    if (!alike_list_statuses(forge, arena, sha, &list, error) ||
        !forge_call_list(forge, arena, &call, "check_runs", &runs, error))
        return false;
    add_statuses(forge, arena, list, runs->count, out);
    for (size_t i = 0; i < runs->count; i++) {
        bool ended = value_is_text(value_get(runs->items[i], "status"), "completed");
        add(out, value_get_text(runs->items[i], "name"),
            ended ? state_of(value_get_text(runs->items[i], "conclusion"), true) : STATUS_PENDING);
    }
    return true;
}

bool gitlab_statuses(struct forge *forge, struct arena *arena, struct str sha, struct statuses *out,
                     struct error *error)
{
    struct value *jobs;
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.status, .what = "list the statuses of a commit"};
    call.path =
        forge_path(forge, arena, "repository/commits/%.*s/statuses?%s", STR_ARG(sha), forge->api->page);
    if (!forge_call_list(forge, arena, &call, NULL, &jobs, error))
        return false;
    out->items = arena_array(arena, jobs->count + 1, sizeof *out->items);
    for (size_t i = 0; i < jobs->count; i++) {
        struct str status = value_get_text(jobs->items[i], "status");
        /* A job that was skipped has shown nothing. */
        add(out, value_get_text(jobs->items[i], "name"),
            str_is(status, "skipped") ? STATUS_PENDING : state_of(status, str_is(status, "canceled")));
    }
    return true;
}
