#include "environments/sam/editor.h"

struct value *skeleton(struct sam *sam, bool http)
{
    struct value *doc = python_dict(sam->arena), *info = python_dict(sam->arena);
    python_put(sam->arena, doc, http ? "openapi" : "swagger", make_text(sam, http ? "3.0.1" : "2.0"));
    python_put(sam->arena, doc, "info", info);
    python_put(sam->arena, info, "version", make_text(sam, "1.0"));
    python_put(sam->arena, info, "title", make(sam, "{'Ref': 'AWS::StackName'}"));
    python_put(sam->arena, doc, "paths", python_dict(sam->arena));
    return doc;
}

bool editor_takes(const struct value *doc, bool http)
{
    if (!value_is(value_get(doc, "paths"), VALUE_MAP))
        return false;
    if (!http && is_truthy(value_get(doc, "swagger")))
        return true;
    return is_truthy(value_get(doc, "openapi")) && is_openapi_3(value_get(doc, "openapi"));
}

/* A mapping of the document; an empty one where it has none. */
static struct value *part(struct editor *editor, const struct value *doc, const char *name)
{
    struct sam *sam = editor->sam;
    struct value *found = value_get(doc, name);
    if (is_truthy(found) && !value_is(found, VALUE_MAP))
        sam_fail(sam, found, editor->id, "'%s' in an API's definition must be a mapping", name);
    return is_truthy(found) && value_is(found, VALUE_MAP) ? found : python_dict(sam->arena);
}

struct value *conditional_contents(struct sam *sam, struct value *item)
{
    struct value *branches = value_get(item, "Fn::If"), *contents = value_list(sam->arena);
    if (!branches) {
        if (item)
            value_append(sam->arena, contents, item);
        return contents;
    }
    if (!value_is(branches, VALUE_LIST)) {
        sam_fail(sam, branches, "", "'Fn::If' in an API's definition must be a list");
        return contents;
    }
    for (size_t i = 1; i < branches->count; i++)
        if (!is_no_value(branches->items[i]))
            value_append(sam->arena, contents, branches->items[i]);
    return contents;
}

static void check_paths(struct editor *editor)
{
    for (size_t i = 0; i < editor->paths->count; i++) {
        struct value *contents = conditional_contents(editor->sam, editor->paths->entries[i].value);
        for (size_t k = 0; k < contents->count; k++)
            if (!value_is(contents->items[k], VALUE_MAP))
                sam_fail(editor->sam, contents->items[k], editor->id, "path '%.*s' must be a mapping",
                         STR_ARG(editor->paths->entries[i].key));
    }
}

struct editor *editor_new(struct sam *sam, struct value *doc, const char *id, bool http)
{
    if (!editor_takes(doc, http)) {
        sam_fail(sam, doc, id, "'DefinitionBody' must be an OpenAPI document with a version and 'paths'");
        return NULL;
    }
    struct editor *editor = arena_alloc(sam->arena, sizeof *editor);
    editor->sam = sam;
    editor->id = id;
    editor->http = http;
    editor->doc = python_document_copy(sam->arena, &sam->scratch, doc);
    editor->paths = value_get(editor->doc, "paths");
    editor->definitions = part(editor, editor->doc, "definitions");
    const struct value *components = part(editor, editor->doc, "components");
    if (http) {
        editor->security = part(editor, components, "securitySchemes");
        editor->tags = value_get(editor->doc, "tags");
        editor->tags = is_truthy(editor->tags) ? editor->tags : value_list(sam->arena);
        editor->info = part(editor, editor->doc, "info");
        return sam->failed ? NULL : editor;
    }
    editor->security = part(editor, editor->doc, "securityDefinitions");
    editor->responses = part(editor, editor->doc, "x-amazon-apigateway-gateway-responses");
    editor->policy = part(editor, editor->doc, "x-amazon-apigateway-policy");
    if (editor->doc != doc) /* else it was checked before */
        check_paths(editor);
    return sam->failed ? NULL : editor;
}

struct editor editor_view(struct sam *sam, struct value *doc, const char *id, bool http)
{
    return (struct editor){.sam = sam, .id = id, .http = http, .doc = doc, .paths = value_get(doc, "paths")};
}

static void put_if(struct editor *editor, const char *name, struct value *value)
{
    if (is_truthy(value))
        python_put(editor->sam->arena, editor->doc, name, value);
}

struct value *editor_result(struct editor *editor)
{
    struct arena *arena = editor->sam->arena;
    python_put(arena, editor->doc, "paths", editor->paths);
    if (editor->http) {
        put_if(editor, "tags", editor->tags);
        if (is_truthy(editor->security)) {
            if (!is_truthy(value_get(editor->doc, "components")))
                python_put(arena, editor->doc, "components", python_dict(arena));
            python_put(arena, value_get(editor->doc, "components"), "securitySchemes", editor->security);
        }
        put_if(editor, "info", editor->info);
    } else {
        put_if(editor, "securityDefinitions", editor->security);
        put_if(editor, "x-amazon-apigateway-gateway-responses", editor->responses);
        put_if(editor, "definitions", editor->definitions);
    }
    return python_document_copy(arena, &editor->sam->scratch, editor->doc);
}

struct str method_name(struct sam *sam, struct str method)
{
    char *small = arena_strz(sam->arena, method);
    for (size_t i = 0; i < method.len; i++)
        if (small[i] >= 'A' && small[i] <= 'Z')
            small[i] = (char)(small[i] - 'A' + 'a');
    struct str name = {.ptr = small, .len = method.len};
    return str_is(name, "any") ? STR(ANY_METHOD) : name;
}

static bool has_integration(struct editor *editor, struct value *definition)
{
    struct value *contents = conditional_contents(editor->sam, definition);
    for (size_t i = 0; i < contents->count; i++)
        if (is_truthy(value_get(contents->items[i], INTEGRATION)))
            return true;
    return false;
}

bool editor_has_integration(struct editor *editor, struct str path, struct str method)
{
    struct value *item = value_get_str(editor->paths, path);
    method = method_name(editor->sam, method);
    if (!item)
        return false;
    struct value *contents = conditional_contents(editor->sam, item);
    for (size_t i = 0; i < contents->count; i++) {
        struct value *definition = value_get_str(contents->items[i], method);
        if (!value_is(definition, VALUE_MAP) || !has_integration(editor, definition))
            return false;
    }
    return true;
}

void editor_add_path(struct editor *editor, const struct value *path, const struct value *method)
{
    struct sam *sam = editor->sam;
    struct str name = method_name(sam, value_text(method));
    bool unicode = is_unicode(method) && !str_is(name, ANY_METHOD);
    if (!value_get_str(editor->paths, path->text))
        python_set(sam->arena, editor->paths, path->text, is_unicode(path), python_dict(sam->arena));
    struct value *item = value_get_str(editor->paths, path->text);
    if (!value_is(item, VALUE_MAP)) {
        sam_fail(sam, item, editor->id, "path '%.*s' must be a mapping", STR_ARG(path->text));
        return;
    }
    struct value *contents = conditional_contents(sam, item);
    for (size_t i = 0; i < contents->count; i++) {
        if (!value_is(contents->items[i], VALUE_MAP))
            sam_fail(sam, contents->items[i], editor->id, "path '%.*s' must be a mapping",
                     STR_ARG(path->text));
        else if (!value_get_str(contents->items[i], name))
            python_set(sam->arena, contents->items[i], name, unicode, python_dict(sam->arena));
    }
}

void editor_make_path_conditional(struct editor *editor, struct str path, struct value *condition)
{
    python_set(editor->sam->arena, editor->paths, path, true,
               make_if(editor->sam, condition, value_get_str(editor->paths, path), NULL));
}

static bool is_no_method(struct str name)
{
    return str_is(name, "summary") || str_is(name, "description") || str_is(name, "parameters");
}

static void each_definition(struct editor *editor, struct str path, struct str name, struct value *method,
                            void (*edit)(void *, struct str, struct value *), void *self)
{
    struct value *contents = conditional_contents(editor->sam, method);
    for (size_t i = 0; i < contents->count; i++) {
        if (!value_is(contents->items[i], VALUE_MAP))
            sam_fail(editor->sam, contents->items[i], editor->id,
                     "method '%.*s' of path '%.*s' must be a mapping", STR_ARG(name), STR_ARG(path));
        else if (is_truthy(value_get(contents->items[i], INTEGRATION)))
            edit(self, method_name(editor->sam, name), contents->items[i]);
    }
}

void editor_each(struct editor *editor, struct str path, struct str method,
                 void (*edit)(void *self, struct str method, struct value *definition), void *self)
{
    struct value *items = conditional_contents(editor->sam, value_get_str(editor->paths, path));
    for (size_t i = 0; i < items->count; i++) {
        if (!value_is(items->items[i], VALUE_MAP)) {
            sam_fail(editor->sam, items->items[i], editor->id, "path '%.*s' must be a mapping",
                     STR_ARG(path));
            return;
        }
        if (method.len > 0) {
            struct str name = method_name(editor->sam, method);
            each_definition(editor, path, name, value_get_str(items->items[i], name), edit, self);
            continue;
        }
        struct python_items all = python_items(editor->sam->arena, items->items[i]);
        for (size_t k = 0; k < all.count; k++)
            if (!is_no_method(all.items[k].key))
                each_definition(editor, path, all.items[k].key, all.items[k].value, edit, self);
    }
}

struct value *single(struct sam *sam, const char *key, bool unicode, struct value *value)
{
    struct value *map = python_dict(sam->arena);
    python_set(sam->arena, map, str_from(key), unicode, value);
    return map;
}
