#include "reconciler/inputs.h"

#include <stdlib.h>
#include <string.h>

enum { ID_SIZE = 40 };

struct input {
    char *name;
    bool revision;
    char id[ID_SIZE + 1]; /* "" where there is nothing */
};

struct inputs {
    struct input *items; /* sorted by name, revisions first */
    size_t count, capacity;
    bool full;
};

struct inputs *inputs_new(void)
{
    return memory_alloc(sizeof(struct inputs));
}

void inputs_clear(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        free(inputs->items[i].name);
    free(inputs->items);
    *inputs = (struct inputs){.items = NULL};
}

void inputs_free(struct inputs *inputs)
{
    if (!inputs)
        return;
    inputs_clear(inputs);
    free(inputs);
}

static int compare(const struct input *input, bool revision, struct str name)
{
    if (input->revision != revision)
        return input->revision ? -1 : 1;
    size_t len = strlen(input->name), least = len < name.len ? len : name.len;
    int order = least ? memcmp(input->name, name.ptr, least) : 0;
    return order ? order : (len > name.len) - (len < name.len);
}

/* Where it stands, or belongs. */
static size_t place_of(const struct inputs *inputs, bool revision, struct str name, bool *found)
{
    size_t low = 0, high = inputs->count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&inputs->items[middle], revision, name);
        *found = *found || order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_known(const struct inputs *inputs, bool revision, struct str name)
{
    bool found;
    (void)place_of(inputs, revision, name, &found);
    return found;
}

static void add(struct inputs *inputs, bool revision, struct str name, struct str id)
{
    bool found;
    size_t place = place_of(inputs, revision, name, &found);
    inputs->full = inputs->full || (!found && inputs->count == INPUTS_MAX) || id.len > ID_SIZE;
    if (found || inputs->full)
        return;
    if (inputs->count == inputs->capacity) {
        inputs->capacity = inputs->capacity ? inputs->capacity * 2 : 8;
        inputs->items = memory_resize(inputs->items, inputs->capacity * sizeof *inputs->items);
    }
    struct input *input = &inputs->items[place];
    memmove(input + 1, input, (inputs->count - place) * sizeof *input);
    inputs->count++;
    *input = (struct input){.revision = revision, .name = memory_text(name)};
    if (id.len)
        memcpy(input->id, id.ptr, id.len);
}

/* What is not there, or may not be read, has no id. */
static struct str id_of(const struct files *files, struct arena *arena, struct str path)
{
    struct error ignored = ERROR_INIT;
    struct str id;
    return files_digest(files, arena, path, &id, &ignored) ? id : STR_EMPTY;
}

void inputs_note(struct inputs *inputs, const struct files *files, struct str path)
{
    if (is_known(inputs, false, path))
        return;
    struct arena *arena = arena_new();
    add(inputs, false, path, id_of(files, arena, path));
    arena_free(arena);
}

void inputs_note_revision(struct inputs *inputs, struct str revision, struct str commit)
{
    add(inputs, true, revision, commit);
}

/* Empty where it comes to nothing. */
static struct str commit_of(struct mirror *mirror, struct arena *arena, struct str revision)
{
    struct commit_id id;
    struct error ignored = ERROR_INIT;
    bool known = mirror_resolve(mirror, revision, &id, &ignored);
    return known ? arena_str(arena, str_from(id.hex)) : STR_EMPTY;
}

bool inputs_same(const struct inputs *inputs, const struct files *files, struct mirror *mirror)
{
    struct arena *arena = arena_new();
    bool same = inputs->count > 0 && !inputs->full;
    for (size_t i = 0; same && i < inputs->count; i++) {
        const struct input *input = &inputs->items[i];
        struct str name = str_from(input->name);
        struct str id = input->revision ? commit_of(mirror, arena, name) : id_of(files, arena, name);
        same = str_is(id, input->id);
    }
    arena_free(arena);
    return same;
}

/* --- files that are watched --- */

struct watched {
    struct inputs *inputs;
    const struct files *inner;
};

static bool read_watched(void *self, struct arena *arena, struct str path, size_t max, struct str *bytes,
                         struct error *error)
{
    const struct watched *watched = self;
    inputs_note(watched->inputs, watched->inner, path);
    return watched->inner->read(watched->inner->self, arena, path, max, bytes, error);
}

static bool list_watched(void *self, struct arena *arena, struct str directory, struct file_list *list,
                         struct error *error)
{
    const struct watched *watched = self;
    inputs_note(watched->inputs, watched->inner, directory);
    return watched->inner->list(watched->inner->self, arena, directory, list, error);
}

static bool kind_watched(void *self, struct str path, enum file_kind *kind, struct error *error)
{
    const struct watched *watched = self;
    inputs_note(watched->inputs, watched->inner, path);
    return watched->inner->kind(watched->inner->self, path, kind, error);
}

static bool digest_watched(void *self, struct arena *arena, struct str path, struct str *hex,
                           struct error *error)
{
    const struct watched *watched = self;
    inputs_note(watched->inputs, watched->inner, path);
    return watched->inner->digest(watched->inner->self, arena, path, hex, error);
}

struct files inputs_files(struct inputs *inputs, struct arena *arena, const struct files *inner)
{
    struct watched *watched = arena_array(arena, 1, sizeof *watched);
    *watched = (struct watched){.inputs = inputs, .inner = inner};
    return (struct files){.self = watched,
                          .read = read_watched,
                          .list = list_watched,
                          .kind = kind_watched,
                          .digest = digest_watched};
}
