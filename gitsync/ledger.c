#include <stdlib.h>

#include "gitsync/ledger_private.h"
#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/push.h"

#define VERSION_PATH "VERSION"

enum { ACCOUNT_DIGITS = 12, VERSION_BYTES_MAX = 16, NONCE_BYTES = 8 };

static bool is_account(struct str account)
{
    for (size_t i = 0; i < account.len; i++)
        if (account.ptr[i] < '0' || account.ptr[i] > '9')
            return false;
    return account.len == ACCOUNT_DIGITS;
}

/* The commit that a local ref names; all zero where there is none. */
static bool read_ref(struct ledger *ledger, const char *ref, git_oid *oid, struct error *error)
{
    int result = git_reference_name_to_id(oid, ledger->mirror->repository, ref);
    if (result == GIT_ENOTFOUND)
        *oid = (git_oid){.id = {0}};
    else if (result != 0)
        return library_error(error, result, "cannot read '%s' in the cache '%s'", ref,
                             ledger->mirror->directory);
    return true;
}

static void set_tip(struct ledger *ledger, const git_oid *oid)
{
    ledger->tip = git_oid_is_zero(oid) ? (struct commit_id){.hex = ""} : commit_id_of(oid);
}

bool ledger_open(struct mirror *mirror, struct str account, struct ledger **out, struct error *error)
{
    git_oid seen;
    if (!is_account(account))
        return error_set(error, ERROR_INVALID, "'%.*s' is no AWS account: it must be %d digits",
                         STR_ARG(account), ACCOUNT_DIGITS);
    struct ledger *ledger = memory_alloc(sizeof *ledger);
    ledger->mirror = mirror;
    snprintf(ledger->ref, sizeof ledger->ref, "refs/plumb/%.*s", STR_ARG(account));
    snprintf(ledger->seen, sizeof ledger->seen, "refs/seen/%.*s", STR_ARG(account));
    if (!read_ref(ledger, ledger->seen, &seen, error)) {
        ledger_close(ledger);
        return false;
    }
    set_tip(ledger, &seen);
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

/* Goes back from `tip`, one parent at a time: is `old` on that line?  It cannot be at `end` or before, where
 * that is not NULL. */
static bool is_on_line(struct ledger *ledger, const git_oid *tip, const git_oid *old, const git_oid *end,
                       bool *yes, struct error *error)
{
    git_oid at = *tip;
    while (!git_oid_equal(&at, old)) {
        if (end && git_oid_equal(&at, end)) {
            *yes = false;
            return true;
        }
        git_commit *commit;
        if (!mirror_commit_lookup(ledger->mirror, &at, &commit, error))
            return false;
        unsigned parents = git_commit_parentcount(commit);
        if (parents == 1)
            git_oid_cpy(&at, git_commit_parent_id(commit, 0));
        git_commit_free(commit);
        if (parents == 1)
            continue;
        *yes = false;
        return parents == 0 ||
               error_set(error, ERROR_CORRUPT, "the history has a merge at '%s'", commit_id_of(&at).hex);
    }
    *yes = true;
    return true;
}

static bool not_a_successor(struct ledger *ledger, const git_oid *old, const git_oid *tip,
                            struct error *error)
{
    return error_set(error, ERROR_CORRUPT,
                     "the ledger '%s' in '%s' was at '%s' and is now at '%s', which does not follow from it: "
                     "somebody has reset it; put it back, or delete the cache '%s' to accept it",
                     ledger->ref, ledger->mirror->url.shown, commit_id_of(old).hex,
                     git_oid_is_zero(tip) ? "nothing" : commit_id_of(tip).hex, ledger->mirror->directory);
}

static bool check_follows(struct ledger *ledger, const git_oid *old, const git_oid *tip, struct error *error)
{
    bool follows = git_oid_is_zero(old);
    if (!follows && !git_oid_is_zero(tip) && !is_on_line(ledger, tip, old, NULL, &follows, error))
        return error_prefix(error, "the ledger '%s' in '%s' is not sound", ledger->ref,
                            ledger->mirror->url.shown);
    return follows || not_a_successor(ledger, old, tip, error);
}

static bool write_seen(struct ledger *ledger, const git_oid *tip, struct error *error)
{
    git_reference *reference;
    int result = git_reference_create(&reference, ledger->mirror->repository, ledger->seen, tip, true, NULL);
    if (result != 0)
        return library_error(error, result, "cannot set '%s' in the cache '%s'", ledger->seen,
                             ledger->mirror->directory);
    git_reference_free(reference);
    return true;
}

/* Remembers the tip, unless another ledger on this cache has seen a newer one meanwhile. */
static bool advance_from(struct ledger *ledger, const git_oid *seen, const git_oid *tip, struct error *error)
{
    bool older = false;
    struct error why = ERROR_INIT;
    if (check_follows(ledger, seen, tip, &why))
        return write_seen(ledger, tip, error);
    if (is_on_line(ledger, seen, tip, NULL, &older, error) && older)
        return true;
    *error = why;
    return false;
}

static bool advance_seen(struct ledger *ledger, const git_oid *tip, struct error *error)
{
    git_oid seen;
    int lock = mirror_lock(ledger->mirror, error);
    if (lock < 0)
        return false;
    bool done = read_ref(ledger, ledger->seen, &seen, error) && advance_from(ledger, &seen, tip, error);
    mirror_unlock(lock);
    return done;
}

static bool check_version(struct ledger *ledger, struct error *error)
{
    struct arena *arena = arena_new();
    struct str bytes;
    uint64_t version;
    bool fine = ledger_read(ledger, arena, STR(VERSION_PATH), &bytes, error);
    if (!fine || bytes.len > VERSION_BYTES_MAX || !str_to_uint(str_trim(bytes), UINT32_MAX, &version))
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
    if (!read_ref(ledger, ledger->ref, &tip, error) || !check_follows(ledger, before, &tip, error))
        return false;
    set_tip(ledger, &tip);
    if (git_oid_is_zero(&tip))
        return true;
    if (check_version(ledger, error) && advance_seen(ledger, &tip, error))
        return true;
    ledger->tip = old;
    return false;
}

bool ledger_refresh(struct ledger *ledger, struct error *error)
{
    git_oid before;
    return read_ref(ledger, ledger->seen, &before, error) &&
           mirror_fetch_ref(ledger->mirror, ledger->ref, error) && take_fetched(ledger, &before, error);
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

static bool make_commit(struct ledger *ledger, git_commit *parent, const git_oid *tree_id,
                        const char *message, git_oid *id, struct error *error)
{
    git_tree *tree;
    git_signature *author;
    git_repository *repository = ledger->mirror->repository;
    const git_commit *parents[] = {parent};
    git_time_t now = clock_wall(ledger->mirror->options.clock) / 1000;
    int result = git_tree_lookup(&tree, repository, tree_id);
    if (result == 0) {
        result = git_signature_new(&author, "plumb", "plumb@localhost", now, 0);
        if (result == 0) {
            result = git_commit_create(id, repository, NULL, author, author, NULL, message, tree,
                                       parent ? 1 : 0, parents);
            git_signature_free(author);
        }
        git_tree_free(tree);
    }
    return result == 0 || library_error(error, result, "cannot write the commit of an event");
}

static void fill_nonce(const struct random *random, char nonce[2 * NONCE_BYTES + 1])
{
    unsigned char bytes[NONCE_BYTES];
    random->fill(random->self, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(nonce + 2 * i, 3, "%02x", bytes[i]);
}

static bool write_event(struct ledger *ledger, const struct ledger_event *event, git_oid *id,
                        struct error *error)
{
    char nonce[2 * NONCE_BYTES + 1];
    git_oid tip, tree;
    git_commit *parent = NULL;
    struct buf message;
    fill_nonce(ledger->mirror->options.random, nonce);
    if (!ledger_message(event, nonce, &message, error))
        return false;
    bool done = !ledger->tip.hex[0] || (commit_id_to_oid(&ledger->tip, &tip, error) &&
                                        mirror_commit_lookup(ledger->mirror, &tip, &parent, error));
    done = done && ledger_tree(ledger, parent, event, &tree, error) &&
           make_commit(ledger, parent, &tree, message.ptr, id, error);
    git_commit_free(parent);
    buf_release(&message);
    return done;
}

/* It is on the remote: trouble with the cache's memory of it does not undo that, and the next refresh
 * compares with what was remembered before. */
static bool appended(struct ledger *ledger, const git_oid *id)
{
    struct error ignored = ERROR_INIT;
    set_tip(ledger, id);
    (void)!advance_seen(ledger, id, &ignored);
    return true;
}

/* The answer to the push was lost, or was the answer to a second copy of the request (proxies repeat what
 * they lost).  The ref decides: our commit is on its line, or was not written. */
static bool resolve_outcome(struct ledger *ledger, const git_oid *id, const git_oid *parent,
                            struct error *error)
{
    git_oid tip;
    struct error why = ERROR_INIT;
    bool ours = false;
    if (!mirror_fetch_ref(ledger->mirror, ledger->ref, &why) || !read_ref(ledger, ledger->ref, &tip, &why) ||
        (!git_oid_is_zero(&tip) && !is_on_line(ledger, &tip, id, parent, &ours, &why))) {
        error->code = ERROR_TIMEOUT;
        return error_suffix(error, "; whether it was written is unknown: %s", why.message);
    }
    return ours ? appended(ledger, id) : error_suffix(error, "; it was not written");
}

bool ledger_append(struct ledger *ledger, const struct ledger_event *event, struct error *error)
{
    git_oid expected = {.id = {0}}, id;
    bool sent = false;
    if (ledger->tip.hex[0] && !commit_id_to_oid(&ledger->tip, &expected, error))
        return false;
    if (!write_event(ledger, event, &id, error))
        return error_prefix(error, "cannot append to the ledger '%s'", ledger->ref);
    struct error why = ERROR_INIT;
    if (push_ref(ledger->mirror, ledger->ref, &expected, &id, &sent, &why))
        return appended(ledger, &id);
    if (sent && why.code != ERROR_DENIED && resolve_outcome(ledger, &id, &expected, &why))
        return true;
    *error = why;
    return false;
}
