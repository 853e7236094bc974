#include <stdlib.h>

#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/remote_refs.h"
#include "gitsync/session.h"

enum { REF_NAME_MAX = 1024, ATTEMPTS = 5 };

/* Where HEAD points here when the remote's HEAD is no branch. */
#define REMOTE_HEAD "refs/remote/HEAD"

static const char *const prefixes[] = {"refs/heads/", "refs/tags/", LEDGER_REFS};

struct ref {
    const char *name;
    const git_oid *oid; /* NULL in a change: delete it */
};

struct ref_list {
    struct ref *refs; /* sorted by name */
    size_t count, capacity;
};

struct fetch {
    struct mirror *mirror;
    struct arena *arena;
    struct session session;
    const char *only; /* this ref alone; NULL: everything that is mirrored */
    struct ref_list theirs, ours, changes;
    const char *head; /* what our HEAD must point to */
    bool head_moves, downloads;
    bool disturbed; /* another mirror on the same cache has removed a ref while this one listed them */
};

bool mirror_keeps(const char *name)
{
    int valid;
    for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
        if (str_starts(str_from(name), prefixes[i]))
            return strlen(name) < REF_NAME_MAX && git_reference_name_is_valid(&valid, name) == 0 && valid;
    return false;
}

bool mirror_keeps_head(const char *target)
{
    return strlen(target) < REF_NAME_MAX && str_starts(str_from(target), "refs/heads/");
}

static bool is_wanted(const struct fetch *fetch, const char *name)
{
    if (fetch->only)
        return strcmp(fetch->only, name) == 0;
    return mirror_keeps(name) || strcmp(name, REMOTE_HEAD) == 0;
}

static void add_ref(struct arena *arena, struct ref_list *list, const char *name, const git_oid *oid)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 64;
        struct ref *refs = arena_array(arena, capacity, sizeof *refs);
        if (list->count)
            memcpy(refs, list->refs, list->count * sizeof *refs);
        list->refs = refs;
        list->capacity = capacity;
    }
    list->refs[list->count++] = (struct ref){.name = name, .oid = oid};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct ref *)a)->name, ((const struct ref *)b)->name);
}

static void sort_refs(struct ref_list *list)
{
    if (list->count)
        qsort(list->refs, list->count, sizeof *list->refs, by_name);
}

/* The branch that the remote's HEAD names, or the place for a HEAD that is a bare commit. */
static const char *head_target(struct fetch *fetch)
{
    git_buf name = GIT_BUF_INIT;
    const char *target = REMOTE_HEAD;
    if (git_remote_default_branch(&name, fetch->session.remote) == 0 && mirror_keeps_head(name.ptr))
        target = arena_strz(fetch->arena, str_from(name.ptr));
    git_buf_dispose(&name);
    return target;
}

static bool list_theirs(struct fetch *fetch, struct error *error)
{
    const git_remote_head **heads;
    size_t count;
    if (!session_connect(&fetch->session, GIT_DIRECTION_FETCH, &heads, &count, error))
        return false;
    if (count > REFS_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "'%s' has more than %d refs", fetch->mirror->url.shown,
                         REFS_MAX);
    fetch->head = head_target(fetch);
    for (size_t i = 0; i < count; i++) {
        bool head = strcmp(heads[i]->name, "HEAD") == 0 && strcmp(fetch->head, REMOTE_HEAD) == 0;
        const char *name = head ? REMOTE_HEAD : heads[i]->name;
        if (is_wanted(fetch, name))
            add_ref(fetch->arena, &fetch->theirs, arena_strz(fetch->arena, str_from(name)), &heads[i]->oid);
    }
    sort_refs(&fetch->theirs);
    return true;
}

static int add_ours(git_reference *reference, void *payload)
{
    struct fetch *fetch = payload;
    const git_oid *oid = git_reference_target(reference);
    const char *name = git_reference_name(reference);
    if (oid && is_wanted(fetch, name)) {
        git_oid *copy = arena_alloc(fetch->arena, sizeof *copy);
        git_oid_cpy(copy, oid);
        add_ref(fetch->arena, &fetch->ours, arena_strz(fetch->arena, str_from(name)), copy);
    }
    git_reference_free(reference);
    return 0;
}

static void note_disturbance(struct fetch *fetch, int result)
{
    const git_error *last = git_error_last();
    fetch->disturbed = result == GIT_ENOTFOUND && last && last->klass == GIT_ERROR_REFERENCE;
}

static int list_one(struct fetch *fetch)
{
    git_reference *reference;
    int result = git_reference_lookup(&reference, fetch->mirror->repository, fetch->only);
    return result == 0 ? add_ours(reference, fetch) : result == GIT_ENOTFOUND ? 0 : result;
}

static bool list_ours(struct fetch *fetch, struct error *error)
{
    int result =
        fetch->only ? list_one(fetch) : git_reference_foreach(fetch->mirror->repository, add_ours, fetch);
    note_disturbance(fetch, result);
    if (result != 0)
        return mirror_unreadable(fetch->mirror, error, result, "cannot list the refs of the cache '%s'",
                                 fetch->mirror->directory);
    sort_refs(&fetch->ours);
    return true;
}

/* Two sorted lists, one walk. */
static void compare(struct fetch *fetch)
{
    struct ref_list *theirs = &fetch->theirs, *ours = &fetch->ours;
    for (size_t t = 0, o = 0; t < theirs->count || o < ours->count;) {
        int order = t == theirs->count ? 1
                    : o == ours->count ? -1
                                       : strcmp(theirs->refs[t].name, ours->refs[o].name);
        if (order > 0) {
            add_ref(fetch->arena, &fetch->changes, ours->refs[o++].name, NULL);
            continue;
        }
        if (order < 0 || !git_oid_equal(theirs->refs[t].oid, ours->refs[o].oid)) {
            add_ref(fetch->arena, &fetch->changes, theirs->refs[t].name, theirs->refs[t].oid);
            fetch->downloads = true;
        }
        t++;
        o += order == 0;
    }
}

static bool head_differs(struct fetch *fetch)
{
    git_reference *head;
    if (fetch->only)
        return false;
    if (git_reference_lookup(&head, fetch->mirror->repository, "HEAD") != 0)
        return true;
    const char *target = git_reference_symbolic_target(head);
    bool differs = !target || strcmp(target, fetch->head) != 0;
    git_reference_free(head);
    return differs;
}

static bool download(struct fetch *fetch, struct error *error)
{
    char one[2 * REF_NAME_MAX + 2];
    char *all[] = {"+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", "+refs/plumb/*:refs/plumb/*",
                   ("+HEAD:" REMOTE_HEAD)};
    char *single[] = {one};
    git_strarray refspecs = {.strings = all, .count = ARRAY_LENGTH(all)};
    git_fetch_options options;
    if (strcmp(fetch->head, REMOTE_HEAD) != 0)
        refspecs.count--;
    if (fetch->only) {
        snprintf(one, sizeof one, "+%s:%s", fetch->only, fetch->only);
        refspecs = (git_strarray){.strings = single, .count = 1};
    }
    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.callbacks = fetch->session.callbacks;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    int result = git_remote_download(fetch->session.remote, &refspecs, &options);
    note_disturbance(fetch, result);
    return result == 0 || session_failed(&fetch->session, result, error, "cannot fetch from");
}

/* The server may have promised what it did not send. */
static bool have_all(struct fetch *fetch, struct error *error)
{
    git_odb *odb;
    int result = git_repository_odb(&odb, fetch->mirror->repository);
    if (result != 0)
        return library_error(error, result, "cannot read the cache '%s'", fetch->mirror->directory);
    const struct ref *missing = NULL;
    for (size_t i = 0; i < fetch->changes.count && !missing; i++)
        if (fetch->changes.refs[i].oid && !git_odb_exists(odb, fetch->changes.refs[i].oid))
            missing = &fetch->changes.refs[i];
    git_odb_free(odb);
    return !missing || error_set(error, ERROR_CORRUPT, "'%s' says that '%s' is at '%s' but does not send it",
                                 fetch->mirror->url.shown, missing->name, commit_id_of(missing->oid).hex);
}

static int set_ref(const struct mirror *mirror, const struct ref *change)
{
    git_reference *reference;
    int result = git_reference_create(&reference, mirror->repository, change->name, change->oid, true, NULL);
    if (result == GIT_ERROR && mirror_unlink(mirror, change->name, "")) /* what is there cannot be read */
        result = git_reference_create(&reference, mirror->repository, change->name, change->oid, true, NULL);
    if (result == 0)
        git_reference_free(reference);
    return result;
}

static int apply_changes(struct fetch *fetch, const char **name)
{
    git_repository *repository = fetch->mirror->repository;
    git_reference *head;
    int result = 0;
    mirror_unbar(fetch->mirror, "packed-refs");
    for (int deletes = 1; deletes >= 0; deletes--) { /* first, so that "a" makes room for "a/b" */
        for (size_t i = 0; i < fetch->changes.count && result == 0; i++) {
            const struct ref *change = &fetch->changes.refs[i];
            *name = change->name;
            mirror_unbar(fetch->mirror, change->name);
            if (!change->oid && deletes)
                result = git_reference_remove(repository, change->name);
            else if (change->oid && !deletes)
                result = set_ref(fetch->mirror, change);
        }
    }
    if (result != 0 || !fetch->head_moves)
        return result;
    *name = "HEAD";
    mirror_unbar(fetch->mirror, *name);
    result = git_reference_symbolic_create(&head, repository, "HEAD", fetch->head, true, NULL);
    if (result == 0)
        git_reference_free(head);
    return result;
}

static bool update_refs(struct fetch *fetch, struct error *error)
{
    const char *name = "";
    int lock = mirror_lock(fetch->mirror, error);
    if (lock < 0)
        return false;
    int result = apply_changes(fetch, &name);
    if (result != 0)
        mirror_unreadable(fetch->mirror, error, result, "cannot set '%s' in the cache '%s'", name,
                          fetch->mirror->directory);
    mirror_unlock(lock);
    return result == 0;
}

/* ---- what costs less than a conversation ---- */

/* Of a server the whole list is worth asking for at once where much of it is wanted. */
static bool is_cheap(const struct mirror *mirror, bool one)
{
    return mirror->url.kind == REMOTE_LOCAL || (mirror->url.kind == REMOTE_HTTP && one);
}

static void add_cheap(struct fetch *fetch, const struct remote_refs *refs)
{
    for (size_t i = 0; i < refs->count; i++) {
        const char *name = arena_strz(fetch->arena, refs->refs[i].name);
        git_oid *oid = arena_alloc(fetch->arena, sizeof *oid);
        if (is_wanted(fetch, name) && git_oid_fromstr(oid, refs->refs[i].id.hex) == 0)
            add_ref(fetch->arena, &fetch->theirs, name, oid);
    }
    sort_refs(&fetch->theirs);
}

/* False: it cannot be told so.  Which branch a HEAD stands for that names none is the library's guess. */
static bool list_cheaply(struct fetch *fetch)
{
    const struct str all[] = {STR("HEAD"), STR("refs/heads/"), STR("refs/tags/"), STR(LEDGER_REFS)};
    const struct str one = str_from(fetch->only ? fetch->only : "");
    struct remote_refs refs;
    if (!is_cheap(fetch->mirror, fetch->only) ||
        !remote_refs_read(&fetch->session, fetch->arena, fetch->only ? &one : all,
                          fetch->only ? 1 : ARRAY_LENGTH(all), &refs))
        return false;
    const struct remote_ref *head = remote_refs_find(&refs, STR("HEAD"));
    fetch->head = head ? arena_strz(fetch->arena, head->target) : REMOTE_HEAD;
    add_cheap(fetch, &refs);
    return !head || mirror_keeps_head(fetch->head);
}

/* `same`: there is nothing new for certain. */
static bool look_first(struct fetch *fetch, bool *same, struct error *error)
{
    *same = list_cheaply(fetch);
    if (fetch->session.error.code != ERROR_NONE)
        return session_failed(&fetch->session, GIT_ERROR, error, "cannot read");
    if (*same && !list_ours(fetch, error))
        return false;
    if (*same)
        compare(fetch);
    *same = *same && fetch->changes.count == 0 && !head_differs(fetch);
    fetch->theirs = fetch->ours = fetch->changes = (struct ref_list){.count = 0};
    fetch->downloads = false;
    return true;
}

static bool run(struct fetch *fetch, struct error *error)
{
    bool same;
    if (!look_first(fetch, &same, error))
        return false;
    if (same)
        return true;
    if (!list_theirs(fetch, error) || !list_ours(fetch, error))
        return false;
    compare(fetch);
    fetch->head_moves = head_differs(fetch);
    if (fetch->changes.count == 0 && !fetch->head_moves)
        return true;
    if (fetch->downloads && !download(fetch, error))
        return false;
    return have_all(fetch, error) && update_refs(fetch, error);
}

static bool fetch_once(struct mirror *mirror, const char *only, bool *disturbed, struct error *error)
{
    struct fetch fetch = {.mirror = mirror, .only = only, .arena = arena_new()};
    bool done = session_begin(&fetch.session, mirror, error) && run(&fetch, error);
    session_end(&fetch.session);
    arena_free(fetch.arena);
    *disturbed = fetch.disturbed;
    return done;
}

static bool fetch_from_remote(struct mirror *mirror, const char *only, struct error *error)
{
    struct error why = ERROR_INIT;
    bool disturbed = true;
    for (int i = 0; i < ATTEMPTS && disturbed; i++)
        if (fetch_once(mirror, only, &disturbed, &why))
            return true;
    *error = why;
    return false;
}

bool mirror_fetch(struct mirror *mirror, struct error *error)
{
    return fetch_from_remote(mirror, NULL, error);
}

bool mirror_fetch_ref(struct mirror *mirror, const char *ref, struct error *error)
{
    return fetch_from_remote(mirror, ref, error);
}

static bool read_from_list(struct session *session, const char *ref, git_oid *oid, struct error *error)
{
    const git_remote_head **heads;
    size_t count;
    bool done = session_connect(session, GIT_DIRECTION_FETCH, &heads, &count, error);
    for (size_t i = 0; done && i < count; i++)
        if (strcmp(heads[i]->name, ref) == 0)
            git_oid_cpy(oid, &heads[i]->oid);
    return done;
}

static bool read_ref(struct session *session, struct arena *arena, const char *ref, git_oid *oid,
                     struct error *error)
{
    const struct str name = str_from(ref);
    struct remote_refs refs;
    if (is_cheap(session->mirror, true) && remote_refs_read(session, arena, &name, 1, &refs)) {
        const struct remote_ref *found = remote_refs_find(&refs, name);
        return !found || commit_id_to_oid(&found->id, oid, error);
    }
    if (session->error.code != ERROR_NONE)
        return session_failed(session, GIT_ERROR, error, "cannot read");
    return read_from_list(session, ref, oid, error);
}

bool mirror_read_remote_ref(struct mirror *mirror, const char *ref, git_oid *oid, struct error *error)
{
    struct session session;
    struct arena *arena = arena_new();
    *oid = (git_oid){.id = {0}};
    bool done = session_begin(&session, mirror, error) && read_ref(&session, arena, ref, oid, error);
    session_end(&session);
    arena_free(arena);
    return done;
}
