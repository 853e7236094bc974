#include "reconciler/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "providers/resource.h"
#include "reconciler/secret_mark.h"

static const char *const states[] = {
    [RELEASE_NONE] = "none",         [RELEASE_APPLYING] = "applying", [RELEASE_ROLLING] = "rolling",
    [RELEASE_RELEASED] = "released", [RELEASE_FAILED] = "failed",     [RELEASE_ADOPTED] = "adopted",
};

static const char *const policies[] = {
    [REMOVAL_DELETE] = "Delete",
    [REMOVAL_RETAIN] = "Retain",
    [REMOVAL_SNAPSHOT] = "Snapshot",
    [REMOVAL_RETAIN_EXCEPT_ON_CREATE] = "RetainExceptOnCreate",
};

const char *release_state_name(enum release_state state)
{
    return states[state];
}

bool release_is_unfinished(const struct release *release)
{
    return release->state == RELEASE_APPLYING || release->state == RELEASE_FAILED;
}

struct str record_path(struct arena *arena, struct str region, struct str environment, struct str application,
                       const char *file)
{
    return arena_printf(arena, "%.*s/%.*s/%.*s/%s", STR_ARG(region), STR_ARG(environment),
                        STR_ARG(application), file);
}

/* The position of `name` in `names`, or 0. */
static size_t index_of(struct str name, const char *const *names, size_t count)
{
    size_t place = str_place(name, names, count);
    return place < count ? place : 0;
}

/* Always false. */
static bool of_newer(struct error *error)
{
    error_set_name(error, RECORD_OF_NEWER);
    return false;
}

/* Taking a word that is not known for another one, or for none, would be a guess. */
static bool refuse_word(struct str path, const char *what, struct str word, struct error *error)
{
    error_set(error, ERROR_INVALID,
              "'%.*s' in the ledger has the %s '%.*s', which this plumb does not know: use a newer plumb",
              STR_ARG(path), what, STR_ARG(word));
    return of_newer(error);
}

static bool check_word(struct str path, const char *what, struct str word, const char *const *names,
                       size_t count, struct error *error)
{
    return !word.len || str_place(word, names, count) < count || refuse_word(path, what, word, error);
}

bool record_load(struct ledger *ledger, struct arena *arena, struct str path, struct value **out,
                 struct error *error)
{
    struct str bytes;
    *out = NULL;
    if (!ledger_read(ledger, arena, path, &bytes, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    if (!json_read(arena, path, bytes, out, error))
        return error_prefix(error, "the ledger is damaged");
    int64_t version = value_get_int(*out, "version", 0);
    if (version >= 1 && version <= RECORD_VERSION)
        return true;
    error_set(error, ERROR_INVALID,
              "'%.*s' in the ledger has version %lld, this plumb knows %d: use a newer plumb", STR_ARG(path),
              (long long)version, RECORD_VERSION);
    return of_newer(error);
}

static struct str *read_strings(struct arena *arena, const struct value *list, size_t *count)
{
    *count = value_is(list, VALUE_LIST) ? list->count : 0;
    struct str *strings = arena_array(arena, *count, sizeof *strings);
    for (size_t i = 0; i < *count; i++)
        strings[i] = value_text(list->items[i]);
    return strings;
}

struct inventory_entry inventory_entry_read(struct arena *arena, const struct value *node)
{
    struct inventory_entry entry = {
        .logical_id = value_get_text(node, "logicalId"),
        .type = value_get_text(node, "type"),
        .physical_id = value_get_text(node, "physicalId"),
        .properties = value_get(node, "properties"),
        .versions = value_get(node, "references"),
        .attributes = value_get(node, "attributes"),
        .deletion_policy = (enum removal_policy)index_of(value_get_text(node, "deletionPolicy"), policies,
                                                         ARRAY_LENGTH(policies)),
        .generation = value_get_int(node, "generation", 0),
        .artifact = value_get_text(node, "artifact"),
        .code = value_get_text(node, "code"),
        .tags = value_get(node, "tags"),
        .leaving = value_get_bool(node, "leaving", false),
    };
    if (!entry.properties)
        entry.properties = value_map(arena);
    if (!entry.attributes)
        entry.attributes = value_map(arena);
    entry.depends_on = read_strings(arena, value_get(node, "dependsOn"), &entry.depends_count);
    return entry;
}

bool inventory_load(struct ledger *ledger, struct arena *arena, struct str path, struct inventory *out,
                    struct error *error)
{
    struct value *root;
    *out = (struct inventory){.count = 0};
    if (!record_load(ledger, arena, path, &root, error))
        return false;
    out->outputs = value_get(root, "outputs");
    out->imports = value_get(root, "imports");
    out->former_versions = value_get(root, "formerVersions");
    const struct value *list = value_get(root, "resources");
    if (!value_is(list, VALUE_LIST))
        return true;
    out->entries = arena_array(arena, list->count, sizeof *out->entries);
    out->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (!check_word(path, "deletion policy", value_get_text(list->items[i], "deletionPolicy"), policies,
                        ARRAY_LENGTH(policies), error))
            return false;
        out->entries[i] = inventory_entry_read(arena, list->items[i]);
    }
    return true;
}

static bool check_release(struct str path, const struct value *root, struct error *error)
{
    const char *what;
    struct str word;
    if (!check_word(path, "state", value_get_text(root, "state"), states, ARRAY_LENGTH(states), error))
        return false;
    return rollout_is_known(value_get(root, "rollout"), &what, &word) || refuse_word(path, what, word, error);
}

bool release_load(struct ledger *ledger, struct arena *arena, struct str path, struct release *out,
                  struct error *error)
{
    struct value *root;
    *out = (struct release){.state = RELEASE_NONE};
    if (!record_load(ledger, arena, path, &root, error))
        return false;
    if (!root)
        return true;
    if (!check_release(path, root, error))
        return false;
    out->state = (enum release_state)index_of(value_get_text(root, "state"), states, ARRAY_LENGTH(states));
    struct str commit = value_get_text(root, "commit");
    if (commit.len == COMMIT_ID_SIZE)
        memcpy(out->commit.hex, commit.ptr, COMMIT_ID_SIZE);
    out->plan_hash = value_get_text(root, "planHash");
    out->started = value_get_text(root, "startedAt");
    out->finished = value_get_text(root, "finishedAt");
    out->verdict = value_get_text(root, "verdict");
    out->holder = value_get_text(root, "holder");
    out->epoch = value_get_int(root, "epoch", 0);
    out->lease_until_ms = value_get_int(root, "leaseUntil", 0);
    out->rollout = rollout_read(arena, value_get(root, "rollout"));
    out->rejected = value_get_text(root, "rejected");
    const struct value *changes = value_get(root, "changes");
    out->change_count = value_is(changes, VALUE_LIST) ? changes->count : 0;
    out->changes = arena_array(arena, out->change_count, sizeof *out->changes);
    for (size_t i = 0; i < out->change_count; i++)
        out->changes[i] = (struct release_change){
            .logical_id = value_get_text(changes->items[i], "logicalId"),
            .type = value_get_text(changes->items[i], "type"),
            .action = value_get_text(changes->items[i], "action"),
            .generation = value_get_int(changes->items[i], "generation", 0),
            .identity = value_get(changes->items[i], "identity"),
        };
    return true;
}

static void set_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
    if (text.len)
        value_setz(arena, map, key, value_string(arena, text));
}

struct value *inventory_entry_write(struct arena *arena, const struct inventory_entry *entry)
{
    struct value *node = value_map(arena);
    struct str place =
        arena_printf(arena, "%.*s/%.*s", STR_ARG(entry->physical_id), STR_ARG(entry->logical_id));
    set_text(arena, node, "logicalId", entry->logical_id);
    set_text(arena, node, "type", entry->type);
    set_text(arena, node, "physicalId", entry->physical_id);
    if (entry->generation)
        value_setz(arena, node, "generation", value_int(arena, entry->generation));
    if (entry->leaving)
        value_setz(arena, node, "leaving", value_bool(arena, true));
    if (entry->deletion_policy != REMOVAL_DELETE)
        value_setz(arena, node, "deletionPolicy", value_stringz(arena, policies[entry->deletion_policy]));
    struct value *depends = value_list(arena);
    for (size_t i = 0; i < entry->depends_count; i++)
        value_append(arena, depends, value_string(arena, entry->depends_on[i]));
    value_setz(arena, node, "dependsOn", depends);
    set_text(arena, node, "artifact", entry->artifact);
    set_text(arena, node, "code", entry->code);
    value_setz(arena, node, "properties", secrets_marked(arena, entry->properties, place));
    if (entry->tags && entry->tags->count)
        value_setz(arena, node, "tags", entry->tags);
    if (entry->versions && entry->versions->count)
        value_setz(arena, node, "references", entry->versions);
    value_setz(arena, node, "attributes", entry->attributes);
    return node;
}

static int compare_entries(const void *a, const void *b)
{
    const struct inventory_entry *x = a, *y = b;
    int order = str_compare(x->logical_id, y->logical_id);
    return order ? order : (int)x->leaving - (int)y->leaving;
}

static struct str text_of(struct arena *arena, const struct value *root)
{
    return arena_printf(arena, "%.*s\n", STR_ARG(json_text(arena, root, JSON_PRETTY)));
}

struct str inventory_text(struct arena *arena, const struct inventory *inventory)
{
    struct inventory_entry *sorted = arena_array(arena, inventory->count, sizeof *sorted);
    if (inventory->count)
        memcpy(sorted, inventory->entries, inventory->count * sizeof *sorted);
    qsort(sorted, inventory->count, sizeof *sorted, compare_entries);
    struct value *root = value_map(arena), *list = value_list(arena);
    for (size_t i = 0; i < inventory->count; i++)
        value_append(arena, list, inventory_entry_write(arena, &sorted[i]));
    value_setz(arena, root, "version", value_int(arena, RECORD_VERSION));
    value_setz(arena, root, "resources", list);
    if (inventory->outputs && inventory->outputs->count)
        value_setz(arena, root, "outputs", inventory->outputs);
    if (inventory->imports && inventory->imports->count)
        value_setz(arena, root, "imports", inventory->imports);
    if (inventory->former_versions && inventory->former_versions->count)
        value_setz(arena, root, "formerVersions", inventory->former_versions);
    return text_of(arena, root);
}

static struct value *write_changes(struct arena *arena, const struct release *release)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < release->change_count; i++) {
        struct value *node = value_map(arena);
        set_text(arena, node, "logicalId", release->changes[i].logical_id);
        set_text(arena, node, "type", release->changes[i].type);
        set_text(arena, node, "action", release->changes[i].action);
        if (release->changes[i].generation)
            value_setz(arena, node, "generation", value_int(arena, release->changes[i].generation));
        if (release->changes[i].identity)
            value_setz(arena, node, "identity", value_copy(arena, release->changes[i].identity));
        value_append(arena, list, node);
    }
    return list;
}

struct str release_text(struct arena *arena, const struct release *release)
{
    struct value *root = value_map(arena);
    value_setz(arena, root, "version", value_int(arena, RECORD_VERSION));
    value_setz(arena, root, "state", value_stringz(arena, states[release->state]));
    set_text(arena, root, "commit", str_from(release->commit.hex));
    set_text(arena, root, "planHash", release->plan_hash);
    set_text(arena, root, "startedAt", release->started);
    set_text(arena, root, "finishedAt", release->finished);
    set_text(arena, root, "verdict", release->verdict);
    value_setz(arena, root, "epoch", value_int(arena, release->epoch));
    set_text(arena, root, "rejected", release->rejected);
    if (release->rollout.phase != ROLLOUT_NONE)
        value_setz(arena, root, "rollout", rollout_write(arena, &release->rollout));
    if (release->state == RELEASE_APPLYING || release->state == RELEASE_ROLLING) {
        set_text(arena, root, "holder", release->holder);
        value_setz(arena, root, "leaseUntil", value_int(arena, release->lease_until_ms));
    }
    value_setz(arena, root, "changes", write_changes(arena, release));
    return text_of(arena, root);
}

bool inventory_is_version(struct str type)
{
    return str_is(type, "AWS::Lambda::Version") || str_is(type, "AWS::StepFunctions::StateMachineVersion");
}

static bool stands(const struct inventory *inventory, struct str physical_id)
{
    for (size_t i = 0; i < inventory->count; i++)
        if (str_equal(inventory->entries[i].physical_id, physical_id))
            return true;
    return false;
}

void inventory_retire(struct arena *arena, const struct inventory *before, struct inventory *after)
{
    struct value *former = value_list(arena);
    const struct value *known = before->former_versions;
    for (size_t i = 0; value_is(known, VALUE_LIST) && i < known->count; i++)
        if (!stands(after, value_text(known->items[i])))
            value_append(arena, former, value_string(arena, value_text(known->items[i])));
    for (size_t i = 0; i < before->count; i++) {
        struct str arn = before->entries[i].physical_id;
        if (inventory_is_version(before->entries[i].type) && arn.len && !stands(after, arn) &&
            !list_has(former, arn))
            value_append(arena, former, value_string(arena, arn));
    }
    size_t surplus = former->count > FORMER_VERSIONS_MAX ? former->count - FORMER_VERSIONS_MAX : 0;
    after->former_versions = former;
    former->items += surplus;
    former->count -= surplus;
}

struct inventory_entry *inventory_find(const struct inventory *inventory, struct str logical_id)
{
    for (size_t i = 0; i < inventory->count; i++)
        if (!inventory->entries[i].leaving && str_equal(inventory->entries[i].logical_id, logical_id))
            return &inventory->entries[i];
    return NULL;
}
