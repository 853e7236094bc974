#include <stdio.h>
#include <stdlib.h>

#include "base/yaml_reader.h"
#include "providers/facts.h"
#include "tests/providers/lives/lives.h"

static bool read_bytes(struct arena *arena, const char *path, struct str *bytes)
{
    struct buf text = BUF_INIT(YAML_BYTES_MAX);
    char piece[4096];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&text, (struct str){.ptr = piece, .len = got});
    fclose(file);
    *bytes = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return true;
}

static bool check_keys(struct life *life)
{
    static const char *const known[] = {"Needs",    "Type",       "Properties", "Changes", "Equal",
                                        "Replaces", "Unreadable", "Stays",      "Moto"};
    for (size_t i = 0; i < life->file->count; i++) {
        struct str key = life->file->entries[i].key;
        size_t k = 0;
        while (k < ARRAY_LENGTH(known) && !str_is(key, known[k]))
            k++;
        if (k == ARRAY_LENGTH(known))
            return life_fail(life, "file", "unknown key '%.*s'", STR_ARG(key));
    }
    return true;
}

bool life_read(struct life *life, const char *path)
{
    struct error error = ERROR_INIT;
    struct str bytes;
    struct value *file;
    life->path = path;
    if (!read_bytes(life->arena, path, &bytes))
        return life_fail(life, "file", "cannot be read");
    if (!yaml_read(life->arena, str_from(path), bytes, &file, &error))
        return life_fail(life, "file", "%s", error.message);
    life->file = file;
    struct str name = value_get_text(file, "Type");
    life->type = resource_type_find(name);
    life->facts = facts_find(name);
    if (!life->type)
        return life_fail(life, "file", "no native type '%.*s'", STR_ARG(name));
    return check_keys(life);
}

/* Of a need, or what AWS calls a pseudo parameter. */
static struct value *referred(struct life *life, struct str name, struct str attribute)
{
    struct arena *arena = life->arena;
    const struct value *need = value_get_str(life->needs, name);
    if (!attribute.len && str_is(name, "AWS::AccountId"))
        return value_string(arena, aws_account(life->account->aws));
    if (!attribute.len && str_is(name, "AWS::Region"))
        return value_string(arena, aws_region(life->account->aws));
    if (!attribute.len && str_is(name, "AWS::Partition"))
        return value_string(arena, aws_partition(life->account->aws));
    if (!attribute.len && str_is(name, "AWS::URLSuffix"))
        return value_string(arena, aws_url_suffix(life->account->aws));
    struct value *found =
        attribute.len ? value_get_str(value_get(need, "Attributes"), attribute) : value_get(need, "Id");
    if (!need)
        life_fail(life, "needs", "no need is called '%.*s'", STR_ARG(name));
    else if (!found)
        life_fail(life, "needs", "'%.*s' has no attribute '%.*s'", STR_ARG(name), STR_ARG(attribute));
    return found;
}

static struct value *attribute_of(struct life *life, const struct value *argument)
{
    struct str text = value_text(argument);
    if (value_is(argument, VALUE_LIST))
        return referred(life, value_text(value_at(argument, 0)), value_text(value_at(argument, 1)));
    size_t dot = str_find(text, '.');
    return referred(life, str_slice(text, 0, dot), str_from_index(text, dot + 1));
}

/* Of the second argument, or of a need. */
static struct value *variable(struct life *life, const struct value *own, struct str name)
{
    struct value *given = value_get_str(own, name);
    if (given)
        return life_resolve(life, given);
    size_t dot = str_find(name, '.');
    return referred(life, str_slice(name, 0, dot), str_from_index(name, dot + 1));
}

static struct value *substituted(struct life *life, const struct value *argument)
{
    bool list = value_is(argument, VALUE_LIST);
    struct str rest = value_text(list ? value_at(argument, 0) : argument), out = STR_EMPTY;
    for (size_t dollar; rest.len; rest = str_from_index(rest, dollar)) {
        dollar = str_find(rest, '$');
        out = arena_printf(life->arena, "%.*s%.*s", STR_ARG(out), STR_ARG(str_slice(rest, 0, dollar)));
        struct str name = str_from_index(rest, dollar + 2);
        if (!str_starts(str_from_index(rest, dollar), "${") || str_find(name, '}') == name.len) {
            out = arena_printf(life->arena, "%.*s%.*s", STR_ARG(out), STR_ARG(str_slice(rest, dollar, 1)));
            dollar++;
            continue;
        }
        name = str_slice(name, 0, str_find(name, '}'));
        dollar += name.len + 3;
        struct value *value = str_starts(name, "!")
                                  ? value_stringf(life->arena, "${%.*s}", STR_ARG(str_from_index(name, 1)))
                                  : variable(life, list ? value_at(argument, 1) : NULL, name);
        if (!value)
            return NULL;
        out = arena_printf(life->arena, "%.*s%.*s", STR_ARG(out), STR_ARG(value_text(value)));
    }
    return value_string(life->arena, out);
}

static struct value *resolve_parts(struct life *life, const struct value *value)
{
    struct value *copy = value_copy(life->arena, value);
    for (size_t i = 0; i < copy->count && (value_is(value, VALUE_LIST) || value_is(value, VALUE_MAP)); i++) {
        struct value **part = value_is(value, VALUE_LIST) ? &copy->items[i] : &copy->entries[i].value;
        *part = life_resolve(life, *part);
        if (!*part)
            return NULL;
    }
    return copy;
}

struct value *life_resolve(struct life *life, const struct value *value)
{
    struct value *result = NULL;
    const struct value *argument = value && value->count == 1 ? value_get(value, "Ref") : NULL;
    if (argument)
        result = referred(life, value_text(argument), STR_EMPTY);
    else if (value && value->count == 1 && (argument = value_get(value, "Fn::GetAtt")))
        result = attribute_of(life, argument);
    else if (value && value->count == 1 && (argument = value_get(value, "Fn::Sub")))
        result = substituted(life, argument);
    else
        return resolve_parts(life, value);
    return result ? value_at_position_of(value_copy(life->arena, result), value) : NULL;
}

void life_set(struct arena *arena, struct value *properties, struct str path, const struct value *value)
{
    size_t dot = str_find(path, '.');
    struct str name = str_slice(path, 0, dot);
    struct value *part = value_get_str(properties, name);
    bool removes = !value || value_is(value, VALUE_NULL);
    if (dot < path.len) {
        if (!part && removes)
            return;
        if (!part)
            value_set(arena, properties, name, part = value_map(arena));
        life_set(arena, part, str_from_index(path, dot + 1), value);
    } else if (removes) {
        value_remove(properties, name);
    } else {
        value_set(arena, properties, name, value_copy(arena, value));
    }
}

struct str life_lacks(struct life *life, const char *section, struct str name)
{
    const struct value *moto = life->account->simulated ? NULL : value_get(life->file, "Moto");
    return value_text(value_get_str(value_get(moto, section), name));
}

static bool lacks_path(struct life *life, struct str path)
{
    for (size_t end = path.len; end > 0; end = str_find_last(str_slice(path, 0, end), '.')) {
        if (life_lacks(life, "Properties", str_slice(path, 0, end)).len)
            return true;
        if (str_find(str_slice(path, 0, end), '.') >= end)
            return false;
    }
    return false;
}

bool life_lacks_property(struct life *life, struct str key)
{
    struct str path;
    while (str_split(&key, ',', &path))
        if (lacks_path(life, str_trim(path)))
            return true;
    return false;
}
