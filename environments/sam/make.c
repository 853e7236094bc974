#include <stdarg.h>
#include <stdio.h>

#include "base/digest.h"
#include "environments/make.h"
#include "environments/sam/transform.h"

void sam_fail(struct sam *sam, const struct value *at, const char *id, const char *format, ...)
{
    struct error one = ERROR_INIT;
    char message[ERROR_MESSAGE_MAX / 2];
    va_list arguments;
    if (sam->failed)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    sam->failed = true;
    at = at && at->source ? at : sam->current;
    if (id && *id)
        value_error(at, &one, ERROR_INVALID, "resource '%s': %s", id, message);
    else
        value_error(at, &one, ERROR_INVALID, "%s", message);
    if (sam->mistakes++ == 0)
        sam->first = one;
    else
        value_append(sam->arena, sam->mistake_list,
                     make(sam, "{'id': '%s', 'message': '%s'}", id ? id : "", one.message));
}

struct value *make(struct sam *sam, const char *shape, ...)
{
    va_list arguments;
    va_start(arguments, shape);
    struct value *value = make_shape(sam->arena, shape, &arguments);
    va_end(arguments);
    return value;
}

const char *text(struct sam *sam, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *made = make_textv(sam->arena, format, arguments);
    va_end(arguments);
    return made;
}

struct value *make_text(struct sam *sam, const char *content)
{
    return value_stringz(sam->arena, content);
}

struct value *make_if(struct sam *sam, struct value *condition, struct value *then, struct value *otherwise)
{
    return make(sam, "{'Fn::If': [%v, %v, %v]}", condition, then,
                is_none(otherwise) ? make(sam, "{'Ref': 'AWS::NoValue'}") : otherwise);
}

bool is_alphanumeric(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
            return false;
    }
    return id.len > 0;
}

const char *sha1_digits(struct sam *sam, struct str data, size_t length)
{
    return arena_strz(sam->arena, str_slice(sha1_hex(sam->arena, data), 0, length));
}

const char *hashed_id(struct sam *sam, const char *prefix, const struct value *data)
{
    if (!is_truthy(data))
        return prefix;
    struct buf dumped = BUF_INIT(BUF_LARGE);
    if (data->kind == VALUE_STRING)
        buf_add(&dumped, data->text);
    else
        python_dumps(sam->arena, &dumped, data, DUMPS_SORTED | DUMPS_COMPACT);
    const char *id = text(sam, "%s%s", prefix, sha1_digits(sam, buf_str(&dumped), 10));
    buf_release(&dumped);
    return id;
}
