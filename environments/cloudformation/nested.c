#include "base/digest.h"
#include "environments/cloudformation/template.h"
#include "environments/codedeploy.h"

/*
 * Nested stacks become part of the application: the template of one is evaluated in a scope of its own, and
 * its resources get the nested stack's logical id in front of theirs.  Its parameters may hold what only the
 * account knows; they stay the functions that they are in the parent.
 *
 * A stack is opened when it is met in the order of the template or when something needs an output of it, so
 * that stacks may use each other in any order.
 */

static const char *const stack_properties[] = {"NotificationARNs", "Parameters", "Tags", "TemplateURL",
                                               "TimeoutInMinutes"};

struct str application_id(struct evaluation *evaluation, struct str logical_id)
{
    if (!evaluation->prefix.len)
        return logical_id;
    struct str id =
        arena_printf(evaluation->arena, "%.*s%.*s", STR_ARG(evaluation->prefix), STR_ARG(logical_id));
    if (id.len <= LOGICAL_ID_MAX)
        return id;
    struct str digest = sha1_hex(evaluation->arena, id);
    return arena_printf(evaluation->arena, "%.*s%.*s", (int)(LOGICAL_ID_MAX - digest.len), id.ptr,
                        STR_ARG(digest));
}

struct nested_stack *nested_get(const struct evaluation *scope, struct str logical_id)
{
    const struct value *found = value_get_str(scope->nested, logical_id);
    return found ? found->extra : NULL;
}

/* Where the root is made of the stacks of a source, its resources are in their order. */
static const struct front_end_stack *stack_of(const struct evaluation *scope, size_t index)
{
    const struct front_end_result *source = scope->own ? NULL : scope->source;
    return source && source->stack_count > 1 ? &source->stacks[index] : NULL;
}

static struct nested_stack *nested_new(struct evaluation *parent, const struct value_entry *entry,
                                       const struct front_end_stack *stack)
{
    struct arena *arena = parent->arena;
    struct nested_stack *nested = arena_alloc(arena, sizeof *nested);
    nested->id = application_id(parent, entry->key);
    nested->entry = entry;
    nested->parent = parent;
    nested->stack = stack;
    nested->depth = parent->own ? parent->own->depth + 1 : 1;
    nested->uses = value_map(arena);
    nested->options = stack ? options_of_stack(arena, parent->options, stack) : *parent->options;
    if (!stack)
        nested->options.stack_name =
            arena_printf(arena, "%.*s-%.*s", STR_ARG(parent->options->stack_name), STR_ARG(entry->key));
    const struct value *policy = value_get(entry->value, "DeletionPolicy");
    nested->retain = value_is_text(policy, "Retain") || value_is_text(policy, "RetainExceptOnCreate") ||
                     (parent->own && parent->own->retain);
    nested->scope = (struct evaluation){
        .arena = arena,
        .options = &nested->options,
        .root = parent->root,
        .own = nested,
        .prefix = nested->id,
    };
    return nested;
}

/* The first run of 64 hexadecimal digits in a text of the tree that names a template of the source. */
static const struct value *find_by_digest(const struct value *known, const struct value *tree)
{
    enum { DIGEST_DIGITS = 64 };
    const struct value *found = NULL;
    struct str text = value_is(tree, VALUE_STRING) ? tree->text : STR_EMPTY;
    size_t run = 0;
    for (size_t i = 0; i < text.len && !found; i++) {
        char c = text.ptr[i];
        run = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? run + 1 : 0;
        if (run >= DIGEST_DIGITS)
            found = value_get_str(known, str_slice(text, i + 1 - DIGEST_DIGITS, DIGEST_DIGITS));
    }
    for (size_t i = 0; value_is(tree, VALUE_LIST) && i < tree->count && !found; i++)
        found = find_by_digest(known, tree->items[i]);
    for (size_t i = 0; value_is(tree, VALUE_MAP) && i < tree->count && !found; i++)
        found = find_by_digest(known, tree->entries[i].value);
    return found;
}

static bool refuse_place(const struct nested_stack *nested, const struct value *at, struct error *error)
{
    struct str written = value_text(at);
    return value_error(
        at, error, ERROR_INVALID,
        "nested stack '%.*s': its template%s%.*s%s is not in the repository: commit it and give "
        "its path as 'TemplateURL'",
        STR_ARG(nested->id), written.len ? " '" : "", STR_ARG(written), written.len ? "'" : "");
}

static bool is_url(const struct value *value, const void *self)
{
    (void)self;
    return value->kind == VALUE_STRING && str_contains(value->text, "://");
}

/* A template that lies elsewhere stays a stack of CloudFormation's own: nothing is fetched. */
static bool lies_elsewhere(const struct evaluation *scope, const struct value *resource)
{
    const struct front_end_result *source = scope->root->source;
    const struct value *url = value_path(resource, "Properties", "TemplateURL", NULL);
    return value_find(url, is_url, NULL) && !(source && find_by_digest(source->nested, url)) &&
           !value_is_text(value_path(resource, "Metadata", "aws:asset:property", NULL), "TemplateURL");
}

bool nested_find_all(struct evaluation *scope, struct error *error)
{
    const struct value *resources = value_get(scope->template, "Resources");
    scope->nested = value_map(scope->arena);
    for (size_t i = 0; i < resources->count; i++) {
        const struct value_entry *entry = &resources->entries[i];
        if (!value_is_text(value_get(entry->value, "Type"), "AWS::CloudFormation::Stack") ||
            !value_get_str(scope->present, entry->key)->boolean || lies_elsewhere(scope, entry->value))
            continue;
        struct nested_stack *nested = nested_new(scope, entry, stack_of(scope, i));
        if (nested->depth > NESTED_DEPTH_MAX)
            return value_key_error(resources, entry, error, ERROR_INVALID,
                                   "nested stack '%.*s': stacks are nested more than %d deep",
                                   STR_ARG(nested->id), NESTED_DEPTH_MAX);
        struct value *place = value_null(scope->arena);
        place->extra = nested;
        value_set(scope->arena, scope->nested, entry->key, place);
    }
    return true;
}

/* A path as `aws cloudformation package` takes it; what another tool has uploaded is known by its digest, or
 * by the metadata that CDK leaves. */
static bool find_template(const struct nested_stack *nested, const struct value *url, struct str *path,
                          struct error *error)
{
    const struct front_end_result *source = nested->scope.root->source;
    const struct value *metadata = value_get(nested->entry->value, "Metadata");
    const struct value *known = source ? find_by_digest(source->nested, url) : NULL;
    if (known) {
        *path = known->text;
        return true;
    }
    bool plain = value_is(url, VALUE_STRING) && !str_contains(url->text, "://");
    if (!plain && value_is_text(value_get(metadata, "aws:asset:property"), "TemplateURL")) {
        url = value_get(metadata, "aws:asset:path");
        plain = value_is(url, VALUE_STRING);
    }
    if (!plain)
        return refuse_place(nested, url, error);
    struct str relative = str_starts(url->text, "./") ? str_from_index(url->text, 2) : url->text;
    if (!path_join(nested->scope.arena, path_directory(nested->parent->options->path), relative, path))
        return value_error(url, error, ERROR_INVALID,
                           "nested stack '%.*s': '%.*s' leads out of the repository", STR_ARG(nested->id),
                           STR_ARG(url->text));
    return files_exist(nested->options.files, *path) ||
           value_error(url, error, ERROR_NOT_FOUND,
                       "nested stack '%.*s': there is no '%.*s' in the repository", STR_ARG(nested->id),
                       STR_ARG(*path));
}

/* A template that nests itself would have no end. */
static bool check_ancestors(const struct nested_stack *nested, const struct value *at, struct error *error)
{
    const struct str path = nested->options.path;
    const struct evaluation *scope = nested->parent;
    while (scope && !str_equal(scope->options->path, path))
        scope = scope->own ? scope->own->parent : NULL;
    if (!scope)
        return true;
    struct buf way = BUF_INIT(ERROR_MESSAGE_MAX);
    const struct evaluation *chain[NESTED_DEPTH_MAX + 1];
    size_t count = 0;
    for (const struct evaluation *up = nested->parent;; up = up->own->parent) {
        chain[count++] = up;
        if (up == scope)
            break;
    }
    for (; count > 0; count--)
        buf_printf(&way, "%.*s -> ", STR_ARG(chain[count - 1]->options->path));
    buf_add(&way, path);
    value_error(at, error, ERROR_INVALID, "templates nest each other in a circle: %s", way.ptr);
    buf_release(&way);
    return false;
}

static bool check_properties(const struct nested_stack *nested, const struct value *properties,
                             struct error *error)
{
    if (!value_is(properties, VALUE_MAP) || !value_get(properties, "TemplateURL"))
        return value_error(nested->entry->value, error, ERROR_INVALID,
                           "nested stack '%.*s' needs a 'TemplateURL'", STR_ARG(nested->id));
    for (size_t i = 0; i < properties->count; i++) {
        const struct value_entry *property = &properties->entries[i];
        bool known = false;
        for (size_t k = 0; k < ARRAY_LENGTH(stack_properties); k++)
            known = known || str_is(property->key, stack_properties[k]);
        if (!known)
            return value_key_error(properties, property, error, ERROR_INVALID,
                                   "nested stack '%.*s' has the unknown property '%.*s'%s",
                                   STR_ARG(nested->id), STR_ARG(property->key),
                                   nearest_name(nested->scope.arena, property->key, stack_properties,
                                                ARRAY_LENGTH(stack_properties)));
    }
    return true;
}

/* In the parent's scope.  Its own node may be under evaluation there: that one does not use what these use.
 */
static bool evaluate_given(struct nested_stack *nested, const struct value *parameters, struct error *error)
{
    struct evaluation *parent = nested->parent;
    struct value *before = parent->uses;
    if (!parameters || value_is(parameters, VALUE_NULL))
        return true;
    parent->uses = nested->uses;
    bool done = evaluate(parent, parameters, &nested->given, error);
    parent->uses = before;
    if (!done)
        return error_prefix(error, "nested stack '%.*s'", STR_ARG(nested->id));
    return (value_is(nested->given, VALUE_MAP) && !function_call(nested->given)) ||
           value_error(parameters, error, ERROR_INVALID,
                       "'Parameters' of nested stack '%.*s' must be a mapping", STR_ARG(nested->id));
}

static bool add_tag(struct nested_stack *nested, struct value *tags, const struct value *tag,
                    struct error *error)
{
    struct str key, text;
    const struct value *value = value_get(tag, "Value");
    if (!scalar_text(value_get(tag, "Key"), &key) || !value)
        return value_error(tag, error, ERROR_INVALID,
                           "a tag of nested stack '%.*s' needs a 'Key' and a 'Value'", STR_ARG(nested->id));
    if (!scalar_text(value, &text))
        return value_error(
            tag, error, ERROR_INVALID,
            "the tag '%.*s' of nested stack '%.*s' must be known when the template is rendered", STR_ARG(key),
            STR_ARG(nested->id));
    value_set(nested->scope.arena, tags, key, value_string(nested->scope.arena, text));
    return true;
}

/* As CloudFormation, which puts the tags of a stack on everything in it. */
static bool find_tags(struct nested_stack *nested, const struct value *written, struct error *error)
{
    struct evaluation *parent = nested->parent;
    struct value *found, *tags;
    nested->scope.tags = nested->stack && nested->stack->tags ? nested->stack->tags : parent->tags;
    if (!written)
        return true;
    if (!evaluate(parent, written, &found, error))
        return error_prefix(error, "nested stack '%.*s'", STR_ARG(nested->id));
    tags = parent->tags ? value_copy(parent->arena, parent->tags) : value_map(parent->arena);
    for (size_t i = 0; value_is(found, VALUE_LIST) && i < found->count; i++)
        if (!add_tag(nested, tags, found->items[i], error))
            return false;
    nested->scope.tags = tags;
    return !found || value_is(found, VALUE_LIST) ||
           value_error(written, error, ERROR_INVALID, "'Tags' of nested stack '%.*s' must be a list",
                       STR_ARG(nested->id));
}

static bool find_stack(struct nested_stack *nested, struct error *error)
{
    const struct value *properties = value_get(nested->entry->value, "Properties");
    if (!check_properties(nested, properties, error))
        return false;
    const struct value *url = value_get(properties, "TemplateURL");
    if (!find_template(nested, url, &nested->options.path, error) || !check_ancestors(nested, url, error) ||
        !evaluate_given(nested, value_get(properties, "Parameters"), error))
        return false;
    nested->options.parameters = nested->given;
    nested->options.shared_parameters = NULL;
    nested->options.parameters_open = false;
    return true;
}

/* A template that was read needs not lie in S3. */
static void note_read(struct evaluation *scope)
{
    struct evaluation *root = scope->root;
    if (!root->read)
        root->read = value_map(scope->arena);
    value_set(scope->arena, root->read, scope->options->path, value_null(scope->arena));
}

static bool refuse_cycle(const struct nested_stack *nested, struct error *error)
{
    struct buf way = BUF_INIT(ERROR_MESSAGE_MAX);
    const struct nested_stack *next = nested;
    for (size_t i = 0; next && (next != nested || i == 0) && i < APPLICATION_RESOURCES_MAX; i++) {
        buf_printf(&way, "%.*s -> ", STR_ARG(next->id));
        next = next->waits;
    }
    buf_add(&way, nested->id);
    value_error(nested->entry->value, error, ERROR_INVALID,
                "nested stacks depend on each other in a circle: %s", way.ptr);
    buf_release(&way);
    return false;
}

bool nested_open(struct nested_stack *nested, struct error *error)
{
    struct evaluation *scope = &nested->scope, *root = scope->root;
    if (nested->state == NESTED_OPEN)
        return true;
    if (nested->state == NESTED_OPENING)
        return refuse_cycle(nested, error);
    struct nested_stack *before = root->opening;
    if (before)
        before->waits = nested;
    root->opening = nested;
    nested->state = NESTED_OPENING;
    const struct value *tags = value_path(nested->entry->value, "Properties", "Tags", NULL);
    if ((!nested->stack && !find_stack(nested, error)) || !find_tags(nested, tags, error))
        return false;
    struct value *template = nested->stack ? nested->stack->template : NULL;
    if ((!template && !template_read(scope->arena, scope->options, &template, error)) ||
        !template_expand(scope->arena, scope->options, &template, true, error) ||
        !codedeploy_rewrite(scope->arena, scope->options, scope->prefix, &template, error))
        return false;
    scope->template = template;
    note_read(scope);
    if (!scope_open(scope, error))
        return error_prefix(error, "nested stack '%.*s'", STR_ARG(nested->id));
    nested->state = NESTED_OPEN;
    root->opening = before;
    return true;
}

void nested_note_use(struct evaluation *scope, struct nested_stack *nested)
{
    struct value *place = value_null(scope->arena);
    place->extra = nested;
    if (scope->uses)
        value_set(scope->arena, scope->uses, nested->id, place);
}

bool nested_ref(struct evaluation *scope, struct nested_stack *nested, struct value **out,
                struct error *error)
{
    if (!nested_open(nested, error))
        return false;
    nested_note_use(scope, nested);
    *out = stack_id(&nested->scope);
    if (!*out) {
        *out = value_map(scope->arena);
        value_setz(scope->arena, *out, "Ref", value_stringz(scope->arena, "AWS::StackId"));
    }
    return true;
}

bool nested_output(struct evaluation *scope, struct nested_stack *nested, const struct value *at,
                   struct str name, struct value **out, struct error *error)
{
    if (!nested_open(nested, error))
        return false;
    const struct value *outputs = value_get(nested->scope.template, "Outputs");
    const struct value_entry *entry = value_entry(outputs, name);
    struct value *output;
    if (!entry)
        return value_error(at, error, ERROR_INVALID, "nested stack '%.*s' has no output '%.*s'%s",
                           STR_ARG(nested->id), STR_ARG(name), nearest_key(scope->arena, name, outputs));
    if (!output_evaluate(&nested->scope, entry, &output, error))
        return error_prefix(error, "nested stack '%.*s'", STR_ARG(nested->id));
    if (!output)
        return value_error(at, error, ERROR_INVALID,
                           "output '%.*s' of nested stack '%.*s' is not there because its condition is false",
                           STR_ARG(name), STR_ARG(nested->id));
    nested_note_use(scope, nested);
    *out = value_get(output, "Value");
    return *out || value_error(at, error, ERROR_INVALID, "output '%.*s' of nested stack '%.*s' has no value",
                               STR_ARG(name), STR_ARG(nested->id));
}

bool nested_attribute(struct evaluation *scope, struct nested_stack *nested, const struct value *at,
                      struct str attribute, struct value **out, struct error *error)
{
    if (!str_starts(attribute, "Outputs."))
        return value_error(
            at, error, ERROR_INVALID,
            "nested stack '%.*s' has no attribute '%.*s': only 'Outputs.NAME' can be had of it",
            STR_ARG(nested->id), STR_ARG(attribute));
    return nested_output(scope, nested, at, str_from_index(attribute, 8), out, error);
}
