#include "reconciler/rollout/expectation.h"

#include "base/json.h"

enum {
    STATUS_BAD = 400, /* from here on, where none is expected */
    WANTED_MAX = 200, /* bytes of what was expected, in a sentence */
    NODES_MAX = 100 * 1000,
};

static bool is_text(const struct value *value)
{
    return value_is(value, VALUE_STRING) || value_is(value, VALUE_SECRET);
}

/* Secrets masked. */
static struct str shown(struct arena *arena, const struct value *wanted)
{
    return str_clip(json_text(arena, wanted, JSON_COMPACT), WANTED_MAX);
}

static bool status_met(struct arena *arena, const struct value *wanted, int64_t status, struct str *why)
{
    int64_t number;
    if (!wanted) {
        *why = arena_printf(arena, "status %lld", (long long)status);
        return status < STATUS_BAD;
    }
    if (value_to_int(wanted, &number) && number == status)
        return true;
    *why = status ? arena_printf(arena, "status %lld instead of %.*s", (long long)status,
                                 STR_ARG(value_text(wanted)))
                  : arena_printf(arena, "the answer has no status, expected is %.*s",
                                 STR_ARG(value_text(wanted)));
    return false;
}

static bool scalar_met(const struct value *wanted, const struct value *found)
{
    if (is_text(wanted))
        return !(wanted->kind == VALUE_SECRET && wanted->boolean) && value_is(found, VALUE_STRING) &&
               str_equal(wanted->text, found->text);
    return value_equal(wanted, found);
}

/* "the body", "the body's 'a.b'" */
static struct str place(struct arena *arena, struct str path)
{
    return path.len ? arena_printf(arena, "the body's '%.*s'", STR_ARG(path)) : STR("the body");
}

static bool contained(struct arena *arena, const struct value *wanted, const struct value *found,
                      struct str path, struct str *why)
{
    if (!value_is(wanted, VALUE_MAP)) {
        *why = arena_printf(arena, "%.*s is not %.*s", STR_ARG(place(arena, path)),
                            STR_ARG(shown(arena, wanted)));
        return scalar_met(wanted, found);
    }
    if (!value_is(found, VALUE_MAP)) {
        *why = arena_printf(arena, "%.*s is not a map", STR_ARG(place(arena, path)));
        return false;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        const struct value_entry *entry = &wanted->entries[i];
        struct str below =
            arena_printf(arena, "%.*s%s%.*s", STR_ARG(path), path.len ? "." : "", STR_ARG(entry->key));
        const struct value *member = value_get_str(found, entry->key);
        if (!member) {
            *why = arena_printf(arena, "the body has no '%.*s'", STR_ARG(below));
            return false;
        }
        if (!contained(arena, entry->value, member, below, why))
            return false;
    }
    return true;
}

static bool text_contained(struct str body, struct str part)
{
    for (size_t i = 0; i + part.len <= body.len; i++)
        if (str_equal(str_slice(body, i, part.len), part))
            return true;
    return false;
}

static bool body_met(struct arena *arena, const struct value *wanted, struct str body, struct str *why)
{
    struct value *found;
    struct error error = ERROR_INIT;
    if (!wanted)
        return true;
    if (is_text(wanted)) {
        *why = arena_printf(arena, "the body does not contain %.*s", STR_ARG(shown(arena, wanted)));
        return !(wanted->kind == VALUE_SECRET && wanted->boolean) && text_contained(body, wanted->text);
    }
    if (!json_read_max(arena, STR_EMPTY, body, NODES_MAX, &found, &error)) {
        *why = STR("the body is not JSON");
        return false;
    }
    return contained(arena, wanted, found, STR_EMPTY, why);
}

static bool latency_met(struct arena *arena, const struct value *wanted, int64_t latency, struct str *why)
{
    int64_t most;
    if (!wanted || (value_to_int(wanted, &most) && latency <= most))
        return true;
    *why = arena_printf(arena, "%lld ms instead of %.*s at most", (long long)latency,
                        STR_ARG(value_text(wanted)));
    return false;
}

bool expectation_met(struct arena *arena, const struct value *expect, const struct synthetic_answer *answer,
                     struct str *why)
{
    return status_met(arena, value_get(expect, "status"), answer->status, why) &&
           body_met(arena, value_get(expect, "body"), answer->body, why) &&
           latency_met(arena, value_get(expect, "latency"), answer->latency_ms, why);
}
