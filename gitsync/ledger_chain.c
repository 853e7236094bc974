#include "gitsync/cache.h"
#include "gitsync/ledger_private.h"
#include "gitsync/library.h"
#include "gitsync/lineage.h"
#include "gitsync/mirror_private.h"

bool ledger_read_ref(struct ledger *ledger, const char *ref, git_oid *oid, struct error *error)
{
    int result = git_reference_name_to_id(oid, ledger->mirror->repository, ref);
    if (result == GIT_ENOTFOUND)
        *oid = (git_oid){.id = {0}};
    else if (result != 0)
        return mirror_unreadable(ledger->mirror, error, result, "cannot read '%s' in the cache '%s'", ref,
                                 ledger->mirror->directory);
    return true;
}

bool ledger_read_seen(struct ledger *ledger, git_oid *oid, struct error *error)
{
    if (!ledger_read_ref(ledger, ledger->seen, oid, error))
        return false;
    git_oid before;
    if (git_oid_is_zero(oid) &&
        cache_seen(ledger->mirror->directory, ledger->seen + sizeof LEDGER_SEEN_REFS - 1, &before))
        *oid = before;
    return true;
}

void ledger_set_tip(struct ledger *ledger, const git_oid *oid)
{
    ledger->tip = git_oid_is_zero(oid) ? (struct commit_id){.hex = ""} : commit_id_of(oid);
}

bool ledger_is_on_line(struct ledger *ledger, const git_oid *tip, const git_oid *old, const git_oid *end,
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
            return mirror_broken(ledger->mirror, error);
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

bool ledger_check_follows(struct ledger *ledger, const git_oid *old, const git_oid *tip, struct error *error)
{
    bool follows = git_oid_is_zero(old);
    if (!follows && !git_oid_is_zero(tip) && !ledger_is_on_line(ledger, tip, old, NULL, &follows, error))
        return error_prefix(error, "the ledger '%s' in '%s' is not sound", ledger->ref,
                            ledger->mirror->url.shown);
    return follows || not_a_successor(ledger, old, tip, error);
}

static bool write_seen(struct ledger *ledger, const git_oid *tip, struct error *error)
{
    git_reference *reference;
    mirror_unbar(ledger->mirror, ledger->seen);
    int result = git_reference_create(&reference, ledger->mirror->repository, ledger->seen, tip, true, NULL);
    if (result != 0)
        return library_error(error, result, "cannot set '%s' in the cache '%s'", ledger->seen,
                             ledger->mirror->directory);
    git_reference_free(reference);
    return true;
}

static bool advance_from(struct ledger *ledger, const git_oid *seen, const git_oid *tip, struct error *error)
{
    bool older = false;
    const struct commit_id id = commit_id_of(seen);
    struct error why = ERROR_INIT;
    if (ledger_check_follows(ledger, seen, tip, &why))
        return write_seen(ledger, tip, error);
    if (lineage_has(ledger->mirror, &id) && ledger_is_on_line(ledger, seen, tip, NULL, &older, error) &&
        older)
        return true;
    *error = why;
    return false;
}

bool ledger_advance_seen(struct ledger *ledger, const git_oid *tip, struct error *error)
{
    git_oid seen;
    int lock = mirror_lock(ledger->mirror, error);
    if (lock < 0)
        return false;
    bool done = ledger_read_seen(ledger, &seen, error) && advance_from(ledger, &seen, tip, error);
    mirror_unlock(lock);
    return done;
}
