/* AWS query: a form with flattened names (Tags.member.1.Key=...), XML in return.  EC2's dialect is
 * Filter.1.Name=..., with the answer's members at the top. */

#include "base/digest.h"
#include "base/xml.h"
#include "providers/aws/codec.h"

enum { NAME_MAX_BYTES = 1024 };

struct form {
    struct arena *arena;
    const struct aws_operation *operation;
    struct buf name, text;
};

static void add_value(struct form *form, const struct value *value);

static void add_scalar(struct form *form, struct str text)
{
    buf_addc(&form->text, '&');
    buf_add(&form->text, uri_encode(form->arena, buf_str(&form->name), ""));
    buf_addc(&form->text, '=');
    buf_add(&form->text, uri_encode(form->arena, text, ""));
}

/* Adds `value` below the present name. */
static void add_below(struct form *form, struct str part, const struct value *value)
{
    size_t length = form->name.len;
    if (length)
        buf_addc(&form->name, '.');
    buf_add(&form->name, part);
    add_value(form, value);
    form->name.len = length;
}

static void add_list(struct form *form, const struct value *list)
{
    bool ec2 = form->operation->service->protocol == AWS_EC2;
    if (list->count == 0 && !ec2)
        add_scalar(form, STR_EMPTY); /* says "set to nothing", as the SDKs do */
    for (size_t i = 0; i < list->count; i++)
        add_below(form, arena_printf(form->arena, "%s%zu", ec2 ? "" : "member.", i + 1), list->items[i]);
}

/* What key and value of the member are called on the wire; false where it is a structure. */
static bool is_map_member(const struct aws_operation *operation, struct str name, struct str *key,
                          struct str *value)
{
    struct str rest = str_from(operation->maps), part, member;
    while (rest.len && str_split(&rest, ',', &part)) {
        if (!str_split(&part, '=', &member) || !str_equal(member, name))
            continue;
        *key = STR("key");
        *value = STR("value");
        if (str_split(&part, '/', key))
            *value = part;
        return true;
    }
    return false;
}

/* A map with free keys: Attributes.entry.1.key=..&Attributes.entry.1.value=.. */
static void add_map(struct form *form, const struct value *map, struct str key, struct str value)
{
    for (size_t i = 0; i < map->count; i++) {
        struct value *entry = value_map(form->arena);
        value_set(form->arena, entry, key, value_string(form->arena, map->entries[i].key));
        value_set(form->arena, entry, value, map->entries[i].value);
        add_below(form, arena_printf(form->arena, "entry.%zu", i + 1), entry);
    }
}

static void add_value(struct form *form, const struct value *value)
{
    struct str key_name, value_name;
    if (value_is(value, VALUE_LIST)) {
        add_list(form, value);
    } else if (!value_is(value, VALUE_MAP)) {
        add_scalar(form, codec_scalar(value));
    } else if (is_map_member(form->operation, buf_str(&form->name), &key_name, &value_name)) {
        add_map(form, value, key_name, value_name);
    } else {
        for (size_t i = 0; i < value->count; i++)
            add_below(form, value->entries[i].key, value->entries[i].value);
    }
}

static bool encode(struct arena *arena, const struct aws_operation *operation, const struct value *input,
                   struct aws_message *message, struct error *error)
{
    struct form form = {.arena = arena,
                        .operation = operation,
                        .name = BUF_INIT(NAME_MAX_BYTES),
                        .text = BUF_INIT(MESSAGE_BODY_MAX)};
    buf_printf(&form.text, "Action=%s&Version=%s", operation->name, operation->service->api_version);
    if (input)
        add_value(&form, input);
    bool named = !form.name.overflow;
    buf_release(&form.name);
    message_add_header(message, "Content-Type", STR("application/x-www-form-urlencoded; charset=utf-8"));
    if (!codec_take(arena, &form.text, &message->body, error))
        return false;
    return named ||
           error_set(error, ERROR_INVALID, "a parameter's name is longer than %d bytes", NAME_MAX_BYTES);
}

static bool decode(struct arena *arena, const struct aws_operation *operation,
                   const struct http_response *response, struct value **output, struct error *error)
{
    struct value *answer;
    char *element = arena_strz(arena, arena_printf(arena, "%sResult", operation->name));
    if (!xml_read(arena, response->body, NULL, &answer, error)) {
        error->code = ERROR_CORRUPT;
        return error_prefix(error, "answer is not XML");
    }
    bool ec2 = operation->service->protocol == AWS_EC2;
    struct value *result = ec2 ? answer : value_get(answer, element);
    *output = value_is(result, VALUE_MAP) ? result : value_map(arena);
    return true;
}

const struct codec codec_query = {encode, decode};
