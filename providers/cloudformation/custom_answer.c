#include "providers/cloudformation/custom_answer.h"

#include <stdarg.h>

#include "base/json.h"

enum { REASON_MAX = 1000 };

static bool refuse(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

static bool refuse(struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_setv(error, ERROR_INVALID, format, arguments);
    va_end(arguments);
    error_set_name(error, CUSTOM_RESOURCE_FAILED);
    return error_prefix(error, "its handler's answer is not valid");
}

/* A text, or nothing. */
static bool text_of(const struct value *answer, const char *name, struct str *text, struct error *error)
{
    const struct value *value = value_get(answer, name);
    *text = value_get_text(answer, name);
    return !value || value->kind == VALUE_NULL || value->kind == VALUE_STRING ||
           refuse(error, "'%s' must be a string, not %s", name, value_kind_name(value->kind));
}

static bool is_mine(const struct custom_request *request, const struct value *answer, bool *mine,
                    struct error *error)
{
    const struct {
        const char *name;
        struct str wanted;
    } known[] = {{"RequestId", request->id},
                 {"StackId", request->call->stack_id},
                 {"LogicalResourceId", request->call->logical_id}};
    *mine = true;
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        struct str text;
        if (!text_of(answer, known[i].name, &text, error))
            return false;
        if (!text.len)
            return refuse(error, "'%s' is missing", known[i].name);
        *mine = *mine && str_equal(text, known[i].wanted);
    }
    return true;
}

/* What GetAtt gives: texts, where AWS too makes texts of them. */
static struct value *attribute_of(struct arena *arena, const struct value *value, bool secret)
{
    bool scalar =
        value_is(value, VALUE_STRING) || value_is(value, VALUE_NUMBER) || value_is(value, VALUE_BOOL);
    struct value *out;
    if (scalar)
        return secret ? value_secret(arena, value_text(value)) : value_string(arena, value_text(value));
    out = value_copy(arena, value);
    for (size_t i = 0; out->kind == VALUE_LIST && i < out->count; i++)
        out->items[i] = attribute_of(arena, out->items[i], secret);
    for (size_t i = 0; out->kind == VALUE_MAP && i < out->count; i++)
        out->entries[i].value = attribute_of(arena, out->entries[i].value, secret);
    return out;
}

static bool read_data(struct arena *arena, const struct value *answer, struct value **data,
                      struct error *error)
{
    const struct value *given = value_get(answer, "Data"), *no_echo = value_get(answer, "NoEcho");
    bool secret = false;
    *data = value_map(arena);
    if (no_echo && no_echo->kind != VALUE_NULL && !value_to_bool(no_echo, &secret))
        return refuse(error, "'NoEcho' must be true or false");
    if (!given || given->kind == VALUE_NULL)
        return true;
    if (given->kind != VALUE_MAP)
        return refuse(error, "'Data' must be a mapping, not %s", value_kind_name(given->kind));
    *data = attribute_of(arena, given, secret);
    return true;
}

/* One line, whatever the handler wrote: it goes into messages and the ledger. */
static struct str as_line(struct arena *arena, struct str text)
{
    char *line = arena_strz(arena, str_clip(str_trim(text), REASON_MAX));
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = ' ';
    return *line ? str_from(line) : STR("no reason given");
}

static bool read_outcome(struct arena *arena, const struct value *answer, struct custom_answer *out,
                         struct error *error)
{
    struct str status;
    if (!text_of(answer, "Status", &status, error) || !text_of(answer, "Reason", &out->reason, error) ||
        !text_of(answer, "PhysicalResourceId", &out->physical_id, error))
        return false;
    if (!str_is(status, "SUCCESS") && !str_is(status, "FAILED"))
        return refuse(error, "'Status' must be SUCCESS or FAILED, not '%.*s'", STR_ARG(str_clip(status, 64)));
    if (out->physical_id.len > CUSTOM_PHYSICAL_ID_MAX)
        return refuse(error, "'PhysicalResourceId' has more than %d bytes", CUSTOM_PHYSICAL_ID_MAX);
    out->success = str_is(status, "SUCCESS");
    out->reason = as_line(arena, out->reason);
    return true;
}

bool custom_answer_read(const struct custom_request *request, struct str bytes, bool *mine,
                        struct custom_answer *out, struct error *error)
{
    struct arena *arena = request->call->arena;
    struct value *answer;
    if (bytes.len > CUSTOM_ANSWER_MAX)
        return refuse(error, "it has more than %d bytes", CUSTOM_ANSWER_MAX);
    if (!json_read(arena, STR_EMPTY, bytes, &answer, error)) {
        struct error reason = *error;
        return refuse(error, "it is no JSON: %s", reason.message);
    }
    if (answer->kind != VALUE_MAP)
        return refuse(error, "it must be a mapping, not %s", value_kind_name(answer->kind));
    if (!is_mine(request, answer, mine, error) || !*mine)
        return !*mine && error->code == ERROR_NONE;
    return read_outcome(arena, answer, out, error) && read_data(arena, answer, &out->data, error);
}
