#include "reconciler/restore.h"

#include <string.h>

#include "environments/selection.h"
#include "gitsync/lineage.h"
#include "providers/resource.h"
#include "reconciler/secret_mark.h"

/* Releases that are looked through for old code. */
enum { HISTORY_MAX = 200 };

/* Where the code of one function is looked for. */
struct search {
    struct subject *subject;
    const struct inventory_entry *entry;
};

/* Has the commit this code? */
static bool has_code(struct mirror *mirror, struct arena *arena, const struct commit_id *commit,
                     const struct artifact *artifact, struct snapshot **snapshot)
{
    struct error ignored = ERROR_INIT;
    struct str digest;
    if (!lineage_has(mirror, commit) || !snapshot_open(mirror, commit, snapshot, &ignored))
        return false;
    struct files files = snapshot_files(*snapshot);
    struct selection *selection;
    bool read = artifact->patterns
                    ? selection_new(arena, artifact->patterns, &selection, &ignored) &&
                          selection_digest(selection, &files, arena, artifact->path, &digest, &ignored)
                    : files_digest(&files, arena, artifact->path, &digest, &ignored);
    bool found = read && str_equal(digest, artifact->digest);
    if (!found)
        snapshot_close(*snapshot);
    return found;
}

static bool find_code(struct subject *subject, struct arena *arena, const struct artifact *artifact,
                      struct snapshot **snapshot, struct error *error)
{
    struct ledger_record *records;
    size_t count = 0;
    struct commit_id last = {.hex = ""};
    struct str path = record_path(arena, subject->environment.region, subject->environment.name,
                                  subject->application->name, "release.json");
    if (!ledger_history(subject->ledger, arena, path, HISTORY_MAX, &records, &count, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct commit_id commit = {.hex = ""};
        struct str text;
        if (!ledger_trailer(arena, &records[i], "Commit", &text) || text.len != COMMIT_ID_SIZE ||
            strncmp(text.ptr, last.hex, COMMIT_ID_SIZE) == 0)
            continue;
        memcpy(commit.hex, text.ptr, COMMIT_ID_SIZE);
        last = commit;
        if (has_code(session_mirror(subject->session), arena, &commit, artifact, snapshot))
            return true;
    }
    return error_set(error, ERROR_NOT_FOUND,
                     "no release of the last %zu in the ledger has the code '%.*s' of %.*s", count,
                     STR_ARG(artifact->digest), STR_ARG(artifact->path));
}

static bool zip(void *self, struct arena *arena, struct str digest, struct str *bytes, struct error *error)
{
    struct search *search = self;
    const struct value *code = value_path(search->entry->properties, "Code", "Plumb::Artifact", NULL);
    const struct artifact artifact = {
        .digest = digest, .path = value_get_text(code, "Path"), .patterns = value_get(code, "Patterns")};
    struct snapshot *snapshot;
    if (!find_code(search->subject, arena, &artifact, &snapshot, error))
        return false;
    struct files files = snapshot_files(snapshot);
    bool ok = artifact_zip(&files, arena, &artifact, bytes, error);
    snapshot_close(snapshot);
    return ok;
}

static bool asset(void *self, struct arena *arena, struct str path, bool zipped, struct str *bytes,
                  struct error *error)
{
    (void)self;
    (void)arena;
    (void)zipped;
    (void)bytes;
    return error_set(error, ERROR_BUG, "the asset '%.*s' is not restored", STR_ARG(path));
}

static bool is_mark(const struct value *value, const void *self)
{
    (void)self;
    return secret_is_marked(value);
}

/* What the two agree on is taken from the present one, so that it is not written: a secret that the ledger
 * only has a mark of could not be.  The rest must be without. */
static bool merge(struct arena *arena, const struct inventory_entry *former,
                  const struct inventory_entry *present, const struct value *previous, struct value **out,
                  struct error *error)
{
    *out = value_map(arena);
    for (size_t i = 0; i < former->properties->count; i++) {
        struct str key = former->properties->entries[i].key;
        struct value *was = former->properties->entries[i].value;
        bool same = value_equal(was, value_get_str(present->properties, key));
        if (!same && value_find(was, is_mark, NULL))
            return error_set(error, ERROR_INVALID,
                             "its former '%.*s' holds a secret, which the ledger does not keep",
                             STR_ARG(key));
        value_set(arena, *out, key, same ? value_get_str(previous, key) : was);
    }
    return true;
}

/* Dynamic references as they were applied then. */
static bool resolve(struct subject *subject, struct inventory_entry *entry, struct error *error)
{
    struct question question = {.answers = subject->answers, .pinned = entry->versions, .applied = true};
    const struct outside outside = question_outside(&question);
    return references_resolve(subject->arena, entry->properties, &outside, &entry->properties, error);
}

static bool restore_one(struct subject *subject, struct claim *claim, const struct inventory_entry *recorded,
                        struct inventory_entry *present, struct error *error)
{
    struct inventory_entry resolved = *recorded, *former = &resolved;
    struct arena *arena = subject->arena;
    const struct resource_type *type = resource_type_find(former->type);
    struct search search = {.subject = subject, .entry = former};
    const struct artifact_source source = {.self = &search, .zip = zip, .asset = asset};
    const struct value *previous = secrets_hidden(arena, present->properties);
    struct value *properties;
    if (!resolve(subject, former, error) || !merge(arena, former, present, previous, &properties, error))
        return false;
    struct resource_call call = {
        .aws = subject->aws,
        .arena = arena,
        .logical_id = former->logical_id,
        .type = former->type,
        .physical_id = present->physical_id,
        .name = resource_name(arena, &subject->owner, former->logical_id, former->generation, type),
        .properties = properties,
        .previous = previous,
        .attributes = present->attributes,
        .tags = ownership_tags(arena, &subject->owner, former->logical_id, former->generation),
        .artifacts = &source,
    };
    struct resource_state state = {.physical_id = STR_EMPTY}, live = {.physical_id = STR_EMPTY};
    if (!claim_check(claim, error) || !type->update(&call, &state, error) || !type->read(&call, &live, error))
        return false;
    *present = *recorded;
    present->attributes = live.attributes ? live.attributes : former->attributes;
    if (type->attribute_of_code)
        present->code = value_get_text(present->attributes, type->attribute_of_code);
    return true;
}

bool restore_functions(struct subject *subject, struct claim *claim, struct inventory *inventory,
                       const struct value *restore, struct error *error)
{
    struct error first = ERROR_INIT;
    for (size_t i = 0; value_is(restore, VALUE_LIST) && i < restore->count; i++) {
        struct error one = ERROR_INIT;
        const struct inventory_entry former = inventory_entry_read(subject->arena, restore->items[i]);
        struct inventory_entry *present = inventory_find(inventory, former.logical_id);
        if (!present || restore_one(subject, claim, &former, present, &one))
            continue;
        error_prefix(&one, "%.*s keeps its new code and configuration", STR_ARG(former.logical_id));
        if (first.code == ERROR_NONE)
            first = one;
    }
    if (first.code == ERROR_NONE)
        return true;
    *error = first;
    return false;
}
