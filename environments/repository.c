#include "environments/repository.h"

#include "environments/fields.h"

static const char file_name[] = "plumb.yaml";

const struct field repository_fields[REPOSITORY_FIELD_COUNT] = {
    [REPOSITORY_GUARDS] = {"guards", FIELD_MAP, .help = "What no release may do, whatever a template says",
                           KEYS(guard_fields)},
    [REPOSITORY_POLL] = {"poll", FIELD_DURATION, .help = "How often to look for commits",
                         .least = REPOSITORY_POLL_LEAST_MS, .otherwise = "30s"},
};

const struct field repository_file = {file_name, FIELD_MAP,
                                      .help = "What holds for everybody who runs plumb on this repository",
                                      KEYS(repository_fields)};

const struct repository repository_otherwise = {.poll_ms = REPOSITORY_POLL_MS};

bool repository_load(const struct files *files, struct arena *arena, struct repository *out,
                     struct error *error)
{
    struct value *node;
    *out = repository_otherwise;
    if (!files_exist(files, str_from(file_name)))
        return true;
    if (!field_file(files, arena, str_from(file_name), &node, error) ||
        !fields_check(node, file_name, repository_fields, ARRAY_LENGTH(repository_fields), error))
        return false;
    if (!guards_read(arena, value_get(node, "guards"), &out->guards, error)) {
        *out = repository_otherwise;
        return false;
    }
    out->node = node;
    out->poll_ms = field_ms(node, "poll", out->poll_ms);
    return true;
}
