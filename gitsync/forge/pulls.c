/* Pull requests: opened once, and merged as they were looked at. */

#include "gitsync/forge/check.h"

enum { MERGE_ATTEMPTS = 6 };

static int by_number(const void *left, const void *right)
{
    int64_t a = ((const struct pull *)left)->number, b = ((const struct pull *)right)->number;
    return (a > b) - (a < b);
}

/* Not every forge selects, and a fork's branch may have the name of one of ours. */
static bool is_wanted(const struct pull *pull, struct str base, struct str head)
{
    if (pull->state != PULL_OPEN || (base.len && !str_equal(pull->base_ref, base)))
        return false;
    return head.len == 0 || (!pull->fork && str_equal(pull->head_ref, head));
}

bool forge_pulls(struct forge *forge, struct arena *arena, struct str base, struct str head,
                 struct pulls *pulls, struct error *error)
{
    if (!forge_check(forge, error) || (base.len && !forge_check_ref(base, error)) ||
        (head.len && !forge_check_ref(head, error)) ||
        !forge->api->pulls(forge, arena, base, head, pulls, error))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < pulls->count; i++)
        if (is_wanted(&pulls->items[i], base, head))
            pulls->items[kept++] = pulls->items[i];
    pulls->count = kept;
    if (kept)
        qsort(pulls->items, kept, sizeof *pulls->items, by_number);
    return true;
}

/* ---- Opening ---- */

struct opening {
    struct forge *forge;
    struct arena *arena;
    struct str head, base;
    const struct pull_text *text;
};

static bool find_open(const struct opening *opening, struct pull *pull, bool *found, struct error *error)
{
    struct pulls pulls;
    *found = false;
    if (!forge_pulls(opening->forge, opening->arena, opening->base, opening->head, &pulls, error))
        return false;
    if (pulls.count) {
        *pull = pulls.items[0];
        *found = true;
    }
    return true;
}

static bool create(const struct opening *opening, struct pull *pull, struct error *error)
{
    return opening->forge->api->create_pull(opening->forge, opening->arena, opening->head, opening->base,
                                            opening->text, pull, error);
}

/* A refusal may be because there is one by now: GitHub says so by 422, others by 409. */
static bool create_once(const struct opening *opening, struct pull *pull, bool *found, struct error *error)
{
    struct error failure = ERROR_INIT;
    if (create(opening, pull, &failure))
        return true;
    bool lost = forge_answer_lost(&failure);
    bool refused = failure.code == ERROR_CONFLICT || failure.code == ERROR_INVALID;
    if (lost && !forge_sleep(opening->forge, FORGE_SETTLE_MS, error))
        return false;
    if ((lost || refused) && !find_open(opening, pull, found, error))
        return false;
    if (*found)
        return true;
    if (lost)
        return create(opening, pull, error);
    *error = failure;
    return false;
}

static bool bring_text(const struct opening *opening, struct pull *pull, struct error *error)
{
    const struct pull_text *text = opening->text;
    if (forge_same_text(pull->title, text->title) && forge_same_text(pull->body, text->body))
        return true;
    if (!opening->forge->api->update_pull(opening->forge, opening->arena, pull->number, text, error))
        return false;
    pull->title = arena_str(opening->arena, text->title);
    pull->body = arena_str(opening->arena, text->body);
    return true;
}

bool forge_open_pull(struct forge *forge, struct arena *arena, struct str head, struct str base,
                     const struct pull_text *text, struct pull *pull, struct error *error)
{
    struct opening opening = {.forge = forge, .arena = arena, .head = head, .base = base, .text = text};
    bool found = false;
    if (!forge_check(forge, error) || !forge_check_ref(head, error) || !forge_check_ref(base, error) ||
        !forge_check_text(text, error) || !find_open(&opening, pull, &found, error))
        return false;
    if (!found && !create_once(&opening, pull, &found, error))
        return false;
    return !found || bring_text(&opening, pull, error);
}

/* ---- Ending ---- */

bool forge_close_pull(struct forge *forge, struct arena *arena, int64_t number, struct error *error)
{
    struct pull pull;
    if (!forge_pull(forge, arena, number, &pull, error))
        return false;
    return pull.state != PULL_OPEN || forge->api->close_pull(forge, arena, number, error);
}

struct merging {
    struct forge *forge;
    struct arena *arena;
    int64_t number;
    const struct merge *merge;
    struct pull pull; /* as it was found after the merge was refused */
};

/* Gitea, also where it will never be: "Please try again later"; GitHub, when the base moved just now: "try
 * the merge again". */
static bool says_again(const struct error *failure)
{
    struct str words = str_from(failure->message);
    return str_contains(words, "try again") || str_contains(words, "try the merge again");
}

/* The merge was refused, or nobody knows: was it done, or did the head move?  *again where the forge has not
 * found out yet whether it can be merged. */
static bool judge(struct merging *merging, const struct error *failure, bool *again, struct error *error)
{
    const struct pull *pull = &merging->pull;
    struct str wanted = merging->merge->head_sha;
    if (!forge_pull(merging->forge, merging->arena, merging->number, &merging->pull, error))
        return false;
    if (!str_equal(pull->head_sha, wanted))
        return error_set(error, ERROR_CONFLICT,
                         "%s has another head of the pull request by now: %.*s, not %.*s",
                         merging->forge->api->name, STR_ARG(pull->head_sha), STR_ARG(wanted));
    if (pull->state == PULL_MERGED)
        return true;
    if (pull->state == PULL_CLOSED)
        return error_set(error, ERROR_CONFLICT, "the pull request is closed without a merge");
    *again = failure->code == ERROR_CONFLICT && (pull->checking || says_again(failure));
    *error = *failure;
    if (*again && pull->checking)
        error->code = ERROR_UNAVAILABLE;
    return false;
}

static bool merge_once(struct merging *merging, bool *again, struct error *error)
{
    struct error failure = ERROR_INIT, ignored = ERROR_INIT;
    if (merging->forge->api->merge_pull(merging->forge, merging->arena, merging->number, merging->merge,
                                        &failure)) {
        if (!forge_pull(merging->forge, merging->arena, merging->number, &merging->pull, &ignored))
            merging->pull.merge_sha = STR_EMPTY;
        return true;
    }
    bool lost = forge_answer_lost(&failure);
    if (lost && !forge_sleep(merging->forge, FORGE_SETTLE_MS, error))
        return false;
    /* Gitea knows nothing of a closed one when it is to be merged. */
    if (lost || failure.code == ERROR_CONFLICT || failure.code == ERROR_NOT_FOUND)
        return judge(merging, &failure, again, error);
    *error = failure;
    return false;
}

bool forge_merge_pull(struct forge *forge, struct arena *arena, int64_t number, const struct merge *merge,
                      struct str *merge_sha, struct error *error)
{
    struct merging merging = {.forge = forge, .arena = arena, .number = number, .merge = merge};
    if (!forge_check_pull(forge, number, error) || !forge_check_sha(merge->head_sha, error) ||
        !forge_check_body(merge->message, error) || !forge_check_body(merge->title, error))
        return false;
    for (int i = 0; i < MERGE_ATTEMPTS; i++) {
        struct error failure = ERROR_INIT;
        bool again = false;
        if (merge_once(&merging, &again, &failure)) {
            *merge_sha = merging.pull.merge_sha;
            return true;
        }
        if (!again || i == MERGE_ATTEMPTS - 1) {
            *error = failure;
            return false;
        }
        if (!forge_sleep(forge, FORGE_SETTLE_MS, error))
            return false;
    }
    return error_set(error, ERROR_BUG, "a merge was not tried");
}
