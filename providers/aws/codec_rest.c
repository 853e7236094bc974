/* What both rest protocols share: members in the path, the query and the headers. */

#include "base/digest.h"
#include "providers/aws/codec.h"

enum { URL_PART_MAX = 16 * 1024 };

static bool path_parameter(struct arena *arena, const struct value *input, struct str name, struct buf *path,
                           struct error *error)
{
    bool greedy = str_ends(name, "+");
    struct str member = str_slice(name, 0, name.len - greedy);
    struct str text = codec_scalar(value_get_str(input, member));
    if (text.len == 0 || str_is(text, ".") || str_is(text, ".."))
        return error_set(error, ERROR_INVALID, "'%.*s' cannot be '%.*s'", STR_ARG(member), STR_ARG(text));
    buf_add(path, uri_encode(arena, text, greedy ? "/" : ""));
    return true;
}

static bool bind_path(struct arena *arena, struct str template, const struct value *input, struct str *out,
                      struct error *error)
{
    struct buf path = BUF_INIT(URL_PART_MAX);
    bool bound = true;
    while (bound && template.len) {
        size_t open = str_find(template, '{'), close = str_find(template, '}');
        buf_add(&path, str_slice(template, 0, open));
        if (open < template.len)
            bound =
                path_parameter(arena, input, str_slice(template, open + 1, close - open - 1), &path, error);
        template = str_from_index(template, open < template.len ? close + 1 : open);
    }
    if (!bound) {
        buf_release(&path);
        return false;
    }
    return codec_take(arena, &path, out, error);
}

static void add_parameter(struct arena *arena, struct buf *query, struct str name, const struct value *value)
{
    buf_addz(query, query->len ? "&" : "");
    buf_add(query, uri_encode(arena, name, ""));
    buf_addc(query, '=');
    buf_add(query, uri_encode(arena, codec_scalar(value), ""));
}

static bool bind_query(struct arena *arena, const char *binding, struct str fixed, const struct value *input,
                       struct str *out, struct error *error)
{
    struct buf query = BUF_INIT(URL_PART_MAX);
    struct str rest = str_from(binding), member, name;
    buf_add(&query, fixed);
    while (binding_next(&rest, &member, &name)) {
        const struct value *value = value_get_str(input, member);
        for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
            add_parameter(arena, &query, name, value->items[i]);
        for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
            add_parameter(arena, &query, value->entries[i].key, value->entries[i].value);
        if (value && value->kind != VALUE_LIST && value->kind != VALUE_MAP)
            add_parameter(arena, &query, name, value);
    }
    return codec_take(arena, &query, out, error);
}

static bool is_header_text(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 127)
            return false;
    return true;
}

static bool bind_headers(struct arena *arena, const char *binding, const struct value *input,
                         struct aws_message *message, struct error *error)
{
    struct str rest = str_from(binding), member, name;
    while (binding_next(&rest, &member, &name)) {
        const struct value *value = value_get_str(input, member);
        if (!value)
            continue;
        if (!is_header_text(codec_scalar(value)))
            return error_set(error, ERROR_INVALID, "'%.*s' holds a control character", STR_ARG(member));
        message_add_header(message, arena_strz(arena, name), codec_scalar(value));
    }
    return true;
}

/* Is the member named in a binding, or a "{member}" of the path? */
static bool is_bound(const struct aws_operation *operation, struct str wanted)
{
    const char *bindings[] = {operation->query, operation->headers};
    for (size_t i = 0; i < ARRAY_LENGTH(bindings); i++) {
        struct str rest = str_from(bindings[i]), member, name;
        while (binding_next(&rest, &member, &name))
            if (str_equal(member, wanted))
                return true;
    }
    struct str rest = str_from(operation->path);
    while (str_find(rest, '{') < rest.len) {
        rest = str_from_index(rest, str_find(rest, '{') + 1);
        struct str name = str_slice(rest, 0, str_find(rest, '}'));
        if (str_equal(str_slice(name, 0, name.len - str_ends(name, "+")), wanted))
            return true;
    }
    return false;
}

bool rest_bind(struct arena *arena, const struct aws_operation *operation, const struct value *input,
               struct aws_message *message, struct value **left, struct error *error)
{
    struct str path = str_from(operation->path);
    size_t question = str_find(path, '?');
    message->method = str_from(operation->method);
    if (!bind_path(arena, str_slice(path, 0, question), input, &message->path, error) ||
        !bind_query(arena, operation->query, str_from_index(path, question + 1), input, &message->query,
                    error) ||
        !bind_headers(arena, operation->headers, input, message, error))
        return false;
    *left = value_map(arena);
    for (size_t i = 0; value_is(input, VALUE_MAP) && i < input->count; i++)
        if (!is_bound(operation, input->entries[i].key))
            value_set(arena, *left, input->entries[i].key, input->entries[i].value);
    return true;
}

bool rest_answer_payload(struct arena *arena, const struct aws_operation *operation,
                         const struct http_response *response, struct value **output)
{
    if (!operation->answer_payload)
        return false;
    *output = value_map(arena);
    value_setz(arena, *output, operation->answer_payload, value_string(arena, response->body));
    return true;
}

void rest_answer_headers(struct arena *arena, const struct aws_operation *operation,
                         const struct http_response *response, struct value *output)
{
    struct str rest = str_from(operation->answer_headers), member, name;
    while (value_is(output, VALUE_MAP) && binding_next(&rest, &member, &name)) {
        struct str text = http_header(response, arena_strz(arena, name));
        if (text.len)
            value_set(arena, output, member, value_string(arena, text));
    }
}
