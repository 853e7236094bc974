#include "reconciler/approvals.h"

/* "123+ann" of GitHub's own addresses and "123-ann" of GitLab's without the number. */
static struct str without_number(struct str local)
{
    size_t digits = 0;
    while (digits < local.len && local.ptr[digits] >= '0' && local.ptr[digits] <= '9')
        digits++;
    bool numbered = digits && digits < local.len && (local.ptr[digits] == '+' || local.ptr[digits] == '-');
    return numbered ? str_from_index(local, digits + 1) : local;
}

bool approvals_is_author(struct str login, const struct commit_facts *commit)
{
    struct str local = str_slice(commit->author_email, 0, str_find(commit->author_email, '@'));
    return login.len && (str_equal_nocase(login, commit->author_name) || str_equal_nocase(login, local) ||
                         str_equal_nocase(login, without_number(local)));
}

static bool is_author(struct str login, const struct commit_facts *commits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (approvals_is_author(login, &commits[i]))
            return true;
    return false;
}

bool approvals_read(struct forge *forge, struct arena *arena, const struct pull *pull,
                    const struct commit_id *head, const struct commit_facts *commits, size_t count,
                    struct approvals *out, struct error *error)
{
    struct reviews reviews;
    struct str self;
    *out = (struct approvals){.names = STR_EMPTY, .refused = STR_EMPTY};
    if (!forge_self(forge, arena, &self, error) ||
        !forge_reviews(forge, arena, pull->number, &reviews, error))
        return false;
    for (size_t i = 0; i < reviews.count; i++) {
        const struct review *review = &reviews.items[i];
        bool approves = review->state == REVIEW_APPROVED && str_is(review->commit, head->hex);
        enum permission permission;
        if (!approves && review->state != REVIEW_CHANGES_REQUESTED)
            continue;
        if (approves && (str_equal_nocase(review->author, pull->author) ||
                         str_equal_nocase(review->author, self) || is_author(review->author, commits, count)))
            continue;
        if (!forge_permission(forge, arena, review->author, &permission, error))
            return false;
        if (permission < PERMISSION_WRITE)
            continue;
        if (!approves) {
            out->refused = review->author;
            continue;
        }
        out->names = out->count
                         ? arena_printf(arena, "%.*s, %.*s", STR_ARG(out->names), STR_ARG(review->author))
                         : review->author;
        out->count++;
    }
    return true;
}
