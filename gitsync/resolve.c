#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

enum { ABBREVIATION_MIN = 7 };

static bool is_hex(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdefABCDEF", text.ptr[i]))
            return false;
    return true;
}

static int peel(struct mirror *mirror, const char *ref, git_oid *oid)
{
    git_reference *found, *reference = NULL;
    git_object *commit;
    int result = git_reference_lookup(&found, mirror->repository, ref);
    if (result != 0)
        return result;
    result = git_reference_resolve(&reference, found);
    git_reference_free(found);
    if (result != 0)
        return result;
    result = git_reference_peel(&commit, reference, GIT_OBJECT_COMMIT);
    git_reference_free(reference);
    if (result != 0)
        return result == GIT_ENOTFOUND ? GIT_EMISMATCH : result; /* it says what is not there */
    git_oid_cpy(oid, git_object_id(commit));
    git_object_free(commit);
    return 0;
}

static int resolve_id(struct mirror *mirror, struct str text, git_oid *oid)
{
    git_oid prefix;
    git_object *object, *commit;
    if (text.len < ABBREVIATION_MIN || text.len > GIT_OID_HEXSZ || !is_hex(text))
        return GIT_ENOTFOUND;
    int result = git_oid_fromstrn(&prefix, text.ptr, text.len);
    if (result == 0)
        result = git_object_lookup_prefix(&object, mirror->repository, &prefix, text.len, GIT_OBJECT_ANY);
    if (result != 0)
        return result;
    result = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
    git_object_free(object);
    if (result != 0)
        return result;
    git_oid_cpy(oid, git_object_id(commit));
    git_object_free(commit);
    return 0;
}

/* A full ref name first, then branch, tag and commit id: the revision is a name, never an expression. */
static int resolve_name(struct mirror *mirror, struct str revision, git_oid *oid)
{
    static const char *const prefixes[] = {"", "refs/heads/", "refs/tags/"};
    int result = GIT_ENOTFOUND, valid;
    for (size_t i = 0; i < ARRAY_LENGTH(prefixes) && result == GIT_ENOTFOUND; i++) {
        char name[1024];
        snprintf(name, sizeof name, "%s%.*s", prefixes[i], STR_ARG(revision));
        bool full = prefixes[i][0] || str_starts(revision, "refs/");
        if (full && git_reference_name_is_valid(&valid, name) == 0 && valid)
            result = peel(mirror, name, oid);
    }
    return result == GIT_ENOTFOUND ? resolve_id(mirror, revision, oid) : result;
}

bool mirror_resolve(struct mirror *mirror, struct str revision, struct commit_id *id, struct error *error)
{
    git_oid oid;
    bool head = revision.len == 0 || str_is(revision, "HEAD");
    int result = head ? peel(mirror, "HEAD", &oid) : resolve_name(mirror, revision, &oid);
    if (result == 0) {
        *id = commit_id_of(&oid);
        return true;
    }
    if (result != GIT_ENOTFOUND)
        return mirror_unreadable(mirror, error, result, "cannot resolve revision '%.*s' of '%s'",
                                 STR_ARG(revision), mirror->url.shown);
    if (!head)
        return error_set(
            error, ERROR_NOT_FOUND,
            "there is no branch, tag or commit '%.*s' in '%s' (at least %d digits of a commit id)",
            STR_ARG(revision), mirror->url.shown, ABBREVIATION_MIN);
    return error_set(error, ERROR_NOT_FOUND, "'%s' has no commit on its default branch", mirror->url.shown);
}
