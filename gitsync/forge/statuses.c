#include "gitsync/forge_statuses.h"

#include "gitsync/forge/check.h"
#include "gitsync/forge/private.h"

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

static bool list(struct forge *forge, struct arena *arena, struct str path, const char *member,
                 struct value **out, struct error *error)
{
    struct forge_call call = {.method = "GET",
                              .path = path,
                              .needs = forge->api->needs.status,
                              .what = "list the statuses of a commit"};
    return forge_call_list(forge, arena, &call, member, out, error);
}

static void add(struct statuses *out, struct str context, enum status_state state)
{
    for (size_t i = 0; i < out->count; i++)
        if (str_equal(out->items[i].context, context))
            return; /* of a check run that was done again the newest comes first */
    out->items[out->count++] = (struct status){.context = context, .state = state};
}

/* GitHub and Gitea: `statuses` of the combined status. */
static bool combined(struct forge *forge, struct arena *arena, struct str sha, struct value **out,
                     struct error *error)
{
    return list(forge, arena,
                forge_path(forge, arena, "commits/%.*s/status?%s", STR_ARG(sha), forge->api->page),
                "statuses", out, error);
}

static bool check_runs(struct forge *forge, struct arena *arena, struct str sha, struct value **out,
                       struct error *error)
{
    *out = value_list(arena);
    return forge->api->kind != FORGE_GITHUB ||
           list(forge, arena,
                forge_path(forge, arena, "commits/%.*s/check-runs?%s", STR_ARG(sha), forge->api->page),
                "check_runs", out, error);
}

static bool jobs(struct forge *forge, struct arena *arena, struct str sha, struct statuses *out,
                 struct error *error)
{
    struct value *all;
    struct str path =
        forge_path(forge, arena, "repository/commits/%.*s/statuses?%s", STR_ARG(sha), forge->api->page);
    if (!list(forge, arena, path, NULL, &all, error))
        return false;
    out->items = arena_array(arena, all->count + 1, sizeof *out->items);
    for (size_t i = 0; i < all->count; i++) {
        struct str status = value_get_text(all->items[i], "status");
        /* A job that was skipped has shown nothing. */
        add(out, value_get_text(all->items[i], "name"),
            str_is(status, "skipped") ? STATUS_PENDING : state_of(status, str_is(status, "canceled")));
    }
    return true;
}

bool forge_statuses(struct forge *forge, struct arena *arena, struct str sha, struct statuses *out,
                    struct error *error)
{
    struct value *statuses, *runs;
    *out = (struct statuses){.count = 0};
    if (!forge_check(forge, error) || !forge_check_sha(sha, error))
        return false;
    if (forge->api->kind == FORGE_GITLAB)
        return jobs(forge, arena, sha, out, error);
    if (!combined(forge, arena, sha, &statuses, error) || !check_runs(forge, arena, sha, &runs, error))
        return false;
    out->items = arena_array(arena, statuses->count + runs->count + 1, sizeof *out->items);
    for (size_t i = 0; i < statuses->count; i++)
        add(out, value_get_text(statuses->items[i], "context"),
            state_of(value_get_text(statuses->items[i], forge->api->status_state), true));
    for (size_t i = 0; i < runs->count; i++) {
        bool ended = value_is_text(value_get(runs->items[i], "status"), "completed");
        add(out, value_get_text(runs->items[i], "name"),
            ended ? state_of(value_get_text(runs->items[i], "conclusion"), true) : STATUS_PENDING);
    }
    return true;
}
