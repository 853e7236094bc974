/* The schema of a GraphQL API: taken in slowly, and given back in a form of AppSync's own.  Of the language
 * only as much is understood as resolvers need: types and their fields. */

#include "tests/simulator/services/appsync.h"

#include <string.h>

#include "base/digest.h"

enum { SCHEMA_MAX = 1024 * 1024 };

static bool is_name(char c)
{
    return c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", c);
}

/* Words and single signs; comments and descriptions are passed over. */
static bool next_token(struct str *rest, struct str *token)
{
    for (;;) {
        while (rest->len && strchr(" \t\r\n,", rest->ptr[0]))
            *rest = str_from_index(*rest, 1);
        if (!rest->len)
            return false;
        size_t end = 0;
        if (rest->ptr[0] == '#') {
            *rest = str_from_index(*rest, str_find(*rest, '\n'));
        } else if (str_starts(*rest, "\"\"\"")) {
            for (end = 3; end < rest->len && !str_starts(str_from_index(*rest, end), "\"\"\""); end++)
                ;
            *rest = str_from_index(*rest, end + 3);
        } else if (rest->ptr[0] == '"') {
            *rest = str_from_index(*rest, 2 + str_find(str_from_index(*rest, 1), '"'));
        } else {
            while (end < rest->len && is_name(rest->ptr[end]))
                end++;
            *token = str_slice(*rest, 0, end ? end : 1);
            *rest = str_from_index(*rest, end ? end : 1);
            return true;
        }
    }
}

/* What stands in the braces of the type: a name before ":" or "(", outside of arguments, is a field. */
static bool fields_have(struct str *rest, struct str field)
{
    struct str token, before = STR_EMPTY;
    int depth = 0, arguments = 0;
    bool found = false;
    while (next_token(rest, &token)) {
        bool opens = str_is(token, "("), colon = str_is(token, ":");
        if (depth == 1 && arguments == 0 && (opens || colon) && str_equal(before, field))
            found = true;
        depth += str_is(token, "{") - str_is(token, "}");
        arguments += opens - str_is(token, ")");
        if (str_is(token, "}") && depth == 0)
            return found;
        before = token;
    }
    return found;
}

static bool text_has_field(struct str text, struct str type, struct str field)
{
    struct str token, before = STR_EMPTY;
    while (next_token(&text, &token)) {
        bool begins = str_is(before, "type") || str_is(before, "interface");
        if (begins && str_equal(token, type) && fields_have(&text, field))
            return true;
        before = token;
    }
    return false;
}

bool appsync_has_field(struct call *call, const struct value *api, struct str type, struct str field)
{
    (void)call;
    return text_has_field(value_get_text(value_get(api, "schema"), "text"), type, field);
}

static const char *fault_of(struct str text)
{
    struct str token, rest = text;
    int depth = 0;
    size_t types = 0;
    while (depth >= 0 && next_token(&rest, &token)) {
        depth += str_is(token, "{") - str_is(token, "}");
        types += str_is(token, "type");
    }
    if (depth != 0)
        return "Failed to parse schema document - ensure it's a valid SDL-formatted document.";
    return types ? NULL : "There is no top level schema object.";
}

bool appsync_schema_is_new(struct call *call, const struct value *api)
{
    const struct value *schema = value_get(api, "schema");
    return schema && call->now < value_get_int(schema, "since", 0) + call_delay(call, "appsync.schema");
}

bool appsync_start_schema(struct call *call)
{
    struct value *api = appsync_still_api(call);
    struct str text;
    if (!api || !call_need(call, "definition", 400, "BadRequestException"))
        return false;
    if (!base64_decode(call->arena, call_text(call, "definition"), &text) || text.len > SCHEMA_MAX)
        return appsync_bad(call, "Invalid schema definition.");
    const char *fault = fault_of(text);
    struct value *schema = value_get(api, "schema");
    if (!schema)
        schema = state_put(call, api, STR("schema"), value_map(call->arena));
    (void)value_remove(schema, STR("fault"));
    if (fault)
        state_text(call, schema, "fault", str_from(fault));
    else
        state_text(call, schema, "text", text);
    state_int(call, schema, "since", call->now);
    put_text(call, call->output, "status", STR("PROCESSING"));
    return true;
}

bool appsync_schema_status(struct call *call)
{
    struct value *api = appsync_api(call);
    const struct value *schema = value_get(api, "schema");
    struct str fault = value_get_text(schema, "fault");
    if (!api)
        return false;
    put_text(call, call->output, "status",
             !schema                            ? STR("NOT_APPLICABLE")
             : appsync_schema_is_new(call, api) ? STR("PROCESSING")
             : fault.len                        ? STR("FAILED")
                                                : STR("SUCCESS"));
    if (fault.len && !appsync_schema_is_new(call, api))
        put_text(call, call->output, "details", fault);
    return true;
}

/* One token a line: nobody should compare it with what was given. */
bool appsync_introspection(struct call *call)
{
    struct value *api = appsync_api(call);
    struct str rest = value_get_text(value_get(api, "schema"), "text"), token;
    struct buf text = BUF_INIT(4 * SCHEMA_MAX);
    if (!api)
        return false;
    if (!rest.len)
        return call_fail(call, 400, "GraphQLSchemaException", "There is no schema.");
    while (next_token(&rest, &token)) {
        buf_add(&text, token);
        buf_addc(&text, '\n');
    }
    call_answer_raw(call, "application/graphql", arena_str(call->arena, buf_str(&text)));
    buf_release(&text);
    return true;
}
