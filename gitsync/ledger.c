#include <stdlib.h>

#include "gitsync/ledger_private.h"
#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

#define VERSION_PATH "VERSION"

enum { ACCOUNT_DIGITS = 12, VERSION_BYTES_MAX = 16 };

static bool is_account(struct str account)
{
    for (size_t i = 0; i < account.len; i++)
        if (account.ptr[i] < '0' || account.ptr[i] > '9')
            return false;
    return account.len == ACCOUNT_DIGITS;
}

bool ledger_open(struct mirror *mirror, struct str account, struct ledger **out, struct error *error)
{
    git_oid seen;
    if (!is_account(account))
        return error_set(error, ERROR_INVALID, "'%.*s' is no AWS account: it must be %d digits",
                         STR_ARG(account), ACCOUNT_DIGITS);
    struct ledger *ledger = memory_alloc(sizeof *ledger);
    ledger->mirror = mirror;
    snprintf(ledger->ref, sizeof ledger->ref, LEDGER_REFS "%.*s", STR_ARG(account));
    snprintf(ledger->seen, sizeof ledger->seen, LEDGER_SEEN_REFS "%.*s", STR_ARG(account));
    if (!ledger_read_ref(ledger, ledger->seen, &seen, error)) {
        ledger_close(ledger);
        return false;
    }
    ledger_set_tip(ledger, &seen);
    *out = ledger;
    return true;
}

void ledger_close(struct ledger *ledger)
{
    free(ledger);
}

const struct commit_id *ledger_tip(const struct ledger *ledger)
{
    return &ledger->tip;
}

static bool check_version(struct ledger *ledger, struct error *error)
{
    struct arena *arena = arena_new();
    struct str bytes;
    uint64_t version;
    bool fine = ledger_read(ledger, arena, STR(VERSION_PATH), &bytes, error);
    if (!fine && error->code != ERROR_NOT_FOUND) {
        error_prefix(error, "cannot read the ledger '%s'", ledger->ref);
        (void)mirror_broken(ledger->mirror, error);
    } else if (!fine || bytes.len > VERSION_BYTES_MAX || !str_to_uint(str_trim(bytes), UINT32_MAX, &version))
        fine = error_set(error, ERROR_CORRUPT, "the ledger '%s' in '%s' has no valid VERSION", ledger->ref,
                         ledger->mirror->url.shown);
    else if (version > LEDGER_VERSION)
        fine = error_set(error, ERROR_INVALID,
                         "the ledger '%s' in '%s' was written by a newer plumb (version %llu, this one knows "
                         "%d): update this one",
                         ledger->ref, ledger->mirror->url.shown, (unsigned long long)version, LEDGER_VERSION);
    arena_free(arena);
    return fine;
}

/* What was seen before the fetch began must be on the line of what it brought. */
static bool take_fetched(struct ledger *ledger, const git_oid *before, struct error *error)
{
    git_oid tip;
    struct commit_id old = ledger->tip;
    if (!ledger_read_ref(ledger, ledger->ref, &tip, error) ||
        !ledger_check_follows(ledger, before, &tip, error))
        return false;
    ledger_set_tip(ledger, &tip);
    if (git_oid_is_zero(&tip))
        return true;
    if (check_version(ledger, error) && ledger_advance_seen(ledger, &tip, error))
        return true;
    ledger->tip = old;
    return false;
}

bool ledger_refresh_within(struct ledger *ledger, int64_t age_ms, struct error *error)
{
    return ledger->hub ? hub_refresh(ledger, age_ms, error) : ledger_refresh(ledger, error);
}

bool ledger_refresh(struct ledger *ledger, struct error *error)
{
    git_oid before;
    if (ledger->hub)
        return hub_refresh(ledger, 0, error);
    return ledger_read_seen(ledger, &before, error) && mirror_fetch_ref(ledger->mirror, ledger->ref, error) &&
           take_fetched(ledger, &before, error);
}

/* The ref in the cache lags behind what was appended here: what is on the way to the tip is no news. */
bool ledger_is_behind(struct ledger *ledger, bool *behind, struct error *error)
{
    const char *const refs[] = {ledger->ref, ledger->seen};
    *behind = false;
    for (size_t i = 0; i < ARRAY_LENGTH(refs) && !*behind; i++) {
        git_oid oid;
        bool older = false;
        if (!ledger_read_ref(ledger, refs[i], &oid, error))
            return false;
        if (git_oid_is_zero(&oid))
            continue;
        struct commit_id known = commit_id_of(&oid);
        if (ledger->tip.hex[0] && !mirror_is_ancestor(ledger->mirror, &known, &ledger->tip, &older, error))
            return false;
        *behind = !older;
    }
    return true;
}

bool ledger_read(struct ledger *ledger, struct arena *arena, struct str path, struct str *bytes,
                 struct error *error)
{
    struct snapshot *snapshot;
    if (!ledger->tip.hex[0])
        return error_set(error, ERROR_NOT_FOUND, "there is no '%.*s': the ledger is empty", STR_ARG(path));
    if (!snapshot_open(ledger->mirror, &ledger->tip, &snapshot, error))
        return false;
    struct files files = snapshot_files(snapshot);
    bool done = files.read(files.self, arena, path, LEDGER_FILE_MAX, bytes, error);
    snapshot_close(snapshot);
    return done;
}

static int by_content(const void *a, const void *b)
{
    const git_tree_entry *const *left = a, *const *right = b;
    return git_oid_cmp(git_tree_entry_id(*left), git_tree_entry_id(*right));
}

static size_t distinct_names(struct arena *arena, const git_tree *tree, struct str **names)
{
    size_t entries = git_tree_entrycount(tree), count = 0;
    const git_tree_entry **sorted = arena_array(arena, entries + 1, sizeof *sorted);
    *names = arena_array(arena, entries + 1, sizeof **names);
    for (size_t i = 0; i < entries; i++)
        sorted[i] = git_tree_entry_byindex(tree, i);
    qsort(sorted, entries, sizeof *sorted, by_content);
    for (size_t i = 0; i < entries; i++)
        if (git_tree_entry_type(sorted[i]) == GIT_OBJECT_BLOB &&
            (i == 0 || by_content(&sorted[i - 1], &sorted[i]) != 0))
            (*names)[count++] = arena_str(arena, str_from(git_tree_entry_name(sorted[i])));
    return count;
}

bool ledger_contents(struct ledger *ledger, struct arena *arena, struct str directory, struct str **names,
                     size_t *count, struct error *error)
{
    struct commit_entry entry;
    git_tree *tree;
    *count = 0;
    if (!mirror_entry(ledger->mirror, &ledger->tip, directory, &entry, error))
        return false;
    if (!entry.there || entry.mode != GIT_FILEMODE_TREE)
        return true;
    if (!mirror_tree(ledger->mirror, &entry.id, &tree, error))
        return error_prefix(error, "cannot read '%.*s'", STR_ARG(directory));
    *count = distinct_names(arena, tree, names);
    git_tree_free(tree);
    return true;
}

bool ledger_list(struct ledger *ledger, struct arena *arena, struct str directory, struct file_list *list,
                 struct error *error)
{
    struct snapshot *snapshot;
    *list = (struct file_list){.entries = NULL, .count = 0};
    if (!ledger->tip.hex[0])
        return true;
    if (!snapshot_open(ledger->mirror, &ledger->tip, &snapshot, error))
        return false;
    struct files files = snapshot_files(snapshot);
    struct error why = ERROR_INIT;
    bool done = files.list(files.self, arena, directory, list, &why);
    snapshot_close(snapshot);
    if (!done && why.code != ERROR_NOT_FOUND)
        *error = why;
    return done || why.code == ERROR_NOT_FOUND;
}
