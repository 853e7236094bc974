#include "environments/serverless/variables.h"

#include "base/json.h"
#include "base/yaml_reader.h"
#include "environments/serverless/service.h"

/*
 * The tree is resolved in place, from the root down; `self:` resolves what it asks for first and takes a
 * copy. A text that is being resolved is marked, so that one that leads back to itself is found; a finished
 * branch is marked as well, so that it is walked once.  All that can grow is counted in struct variables.
 */

enum mark { MARK_ACCOUNT = VARIABLE_OF_ACCOUNT, MARK_BUSY = 2, MARK_DONE = 4 };

/* The texts that are being resolved, innermost first. */
struct chain {
    const struct chain *below;
    const struct variable_path *path;
    const struct value *text;
    size_t length;
};

static void write_path(struct buf *out, const struct variable_path *path)
{
    if (!path || !path->up)
        return;
    write_path(out, path->up);
    if (out->len)
        buf_addc(out, '.');
    if (path->key.ptr)
        buf_add(out, path->key);
    else
        buf_printf(out, "%zu", path->index);
}

static void write_chain(struct buf *out, const struct chain *chain, const struct value *until)
{
    if (chain->text != until)
        write_chain(out, chain->below, until);
    if (out->len)
        buf_addz(out, " -> ");
    struct buf path = BUF_INIT(BUF_SMALL);
    write_path(&path, chain->path);
    buf_add(out, buf_str(&path));
    buf_release(&path);
}

static bool refuse_cycle(const struct variables *variables, const struct value *text, struct error *error)
{
    struct buf way = BUF_INIT(BUF_SMALL);
    const struct chain *first = variables->chain;
    while (first->text != text)
        first = first->below;
    write_chain(&way, variables->chain, text);
    buf_addz(&way, " -> ");
    struct buf back = BUF_INIT(BUF_SMALL);
    write_path(&back, first->path);
    buf_add(&way, buf_str(&back));
    value_error(text, error, ERROR_INVALID, "variables lead back to themselves: %.*s",
                STR_ARG(str_clip(buf_str(&way), 400)));
    buf_release(&back);
    buf_release(&way);
    return false;
}

static bool count_step(struct variables *variables, const struct value *at, struct error *error)
{
    return ++variables->steps <= VARIABLE_STEPS_MAX ||
           value_error(at, error, ERROR_OUT_OF_MEMORY, "more than %d variables are looked up",
                       VARIABLE_STEPS_MAX);
}

static bool count_bytes(struct variables *variables, const struct value *at, size_t bytes,
                        struct error *error)
{
    variables->bytes += bytes;
    return variables->bytes <= VARIABLE_BYTES_MAX ||
           value_error(at, error, ERROR_OUT_OF_MEMORY, "variables give more than %d bytes of text",
                       VARIABLE_BYTES_MAX);
}

static bool count_nodes(struct variables *variables, const struct value *at, const struct value *value,
                        struct error *error)
{
    if (++variables->nodes > VARIABLE_NODES_MAX)
        return value_error(at, error, ERROR_OUT_OF_MEMORY, "variables give more than %d values",
                           VARIABLE_NODES_MAX);
    if (!count_bytes(variables, at, value->text.len, error))
        return false;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        if (!count_nodes(variables, at, value->items[i], error))
            return false;
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        if (!count_bytes(variables, at, value->entries[i].key.len, error) ||
            !count_nodes(variables, at, value->entries[i].value, error))
            return false;
    return true;
}

/* What a variable gives is searched again in its new place, as the framework does. */
static void forget(struct value *value)
{
    value->mark &= MARK_ACCOUNT;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        forget(value->items[i]);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        forget(value->entries[i].value);
}

bool variables_copy(struct variables *variables, const struct value *at, const struct value *value,
                    struct value **out, struct error *error)
{
    if (!count_nodes(variables, at, value, error))
        return false;
    *out = value_copy(variables->arena, value);
    forget(*out);
    return true;
}

static bool resolve(struct variables *variables, struct value **slot, const struct variable_path *path,
                    size_t nested, struct error *error);

static bool resolve_children(struct variables *variables, struct value *value,
                             const struct variable_path *path, size_t nested, struct error *error)
{
    if (value->mark & MARK_DONE)
        return true;
    if (path->depth > YAML_DEPTH_MAX)
        return value_error(value, error, ERROR_INVALID,
                           "values are more than %d deep once variables are replaced", YAML_DEPTH_MAX);
    struct variable_path child = {.up = path, .depth = path->depth + 1};
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++) {
        child.index = i;
        if (!resolve(variables, &value->items[i], &child, nested, error))
            return false;
    }
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++) {
        child.key = value->entries[i].key;
        if (!resolve(variables, &value->entries[i].value, &child, nested, error))
            return false;
    }
    value->mark |= MARK_DONE;
    return true;
}

/* The text in the slot, for itself. */
static bool resolve_text(struct variables *variables, struct value **slot, const struct variable_path *path,
                         size_t nested, struct error *error)
{
    struct value *text = *slot, *made;
    if (text->mark & MARK_BUSY)
        return refuse_cycle(variables, text, error);
    if (text->mark & MARK_DONE || !str_contains(text->text, "${"))
        return true;
    struct chain chain = {.below = variables->chain,
                          .path = path,
                          .text = text,
                          .length = variables->chain ? variables->chain->length + 1 : 1};
    if (chain.length > VARIABLE_CHAIN_MAX)
        return value_error(text, error, ERROR_INVALID, "variables lead to one another more than %d times",
                           VARIABLE_CHAIN_MAX);
    variables->chain = &chain;
    text->mark |= MARK_BUSY;
    bool done = variables_replace(variables, text, nested, &made, error);
    text->mark &= (uint8_t)~MARK_BUSY;
    if (done) {
        /* In its place before its own variables: they may lead to its other parts. */
        *slot = made;
        if (value_is(made, VALUE_LIST) || value_is(made, VALUE_MAP))
            done = resolve_children(variables, made, path, nested + 1, error);
        made->mark |= MARK_DONE;
    }
    variables->chain = chain.below;
    return done;
}

static bool resolve(struct variables *variables, struct value **slot, const struct variable_path *path,
                    size_t nested, struct error *error)
{
    if (value_is(*slot, VALUE_STRING))
        return resolve_text(variables, slot, path, nested, error);
    if (value_is(*slot, VALUE_LIST) || value_is(*slot, VALUE_MAP))
        return resolve_children(variables, *slot, path, nested, error);
    return true;
}

bool variables_resolve(struct variables *variables, struct error *error)
{
    const struct variable_path root = {.depth = 0};
    return resolve_children(variables, variables->service, &root, 0, error);
}

static struct value **child_slot(struct value *value, struct str key)
{
    uint64_t index;
    if (value_is(value, VALUE_MAP)) {
        struct value_entry *entry = value_entry(value, key);
        return entry ? &entry->value : NULL;
    }
    if (value_is(value, VALUE_LIST) && value->count && str_to_uint(key, value->count - 1, &index))
        return &value->items[index];
    return NULL;
}

/* `${self:custom.secret.key}` where `secret` is a secret of Secrets Manager: the framework reads it as JSON.
 */
static bool secret_key(struct arena *arena, const struct value *text, struct str key, struct value **out)
{
    static const char start[] = "{{resolve:secretsmanager:";
    if (!value_is(text, VALUE_STRING) || !str_starts(text->text, start) || !str_ends(text->text, "}}"))
        return false;
    struct str name = str_slice(text->text, sizeof start - 1, text->text.len - (sizeof start - 1) - 2);
    if (str_find(name, ':') < name.len || str_find(name, '}') < name.len)
        return false;
    *out = value_at_position_of(
        value_stringf(arena, "%s%.*s:SecretString:%.*s}}", start, STR_ARG(name), STR_ARG(key)), text);
    return true;
}

/* Down the keys, texts on the way first; then all that is there. */
static bool find_below(struct variables *variables, struct value **slot, const struct variable_path *path,
                       const struct str *keys, size_t count, struct value **out, struct error *error)
{
    if (value_is(*slot, VALUE_STRING) && !resolve_text(variables, slot, path, 0, error))
        return false;
    if (!count) {
        *out = *slot;
        return resolve(variables, slot, path, 0, error);
    }
    if (count == 1 && secret_key(variables->arena, *slot, keys[0], out))
        return true;
    struct value **child = child_slot(*slot, keys[0]);
    const struct variable_path next = {.up = path, .key = keys[0], .depth = path->depth + 1};
    *out = NULL;
    return !child || find_below(variables, child, &next, keys + 1, count - 1, out, error);
}

bool variables_find(struct variables *variables, const struct value *at, const struct str *keys, size_t count,
                    struct value **out, struct error *error)
{
    const struct variable_path root = {.depth = 0};
    struct value *found, *service = variables->service;
    *out = NULL;
    if (!find_below(variables, &service, &root, keys, count, &found, error))
        return false;
    return !found || value_is(found, VALUE_NULL) || variables_copy(variables, at, found, out, error);
}

static bool first_text(struct variables *variables, const struct value *at, struct str given, const char *key,
                       const char *otherwise, struct value **out, struct error *error)
{
    const struct str path[] = {STR("provider"), str_from(key)};
    if (given.len) {
        *out = value_at_position_of(value_string(variables->arena, given), at);
        return true;
    }
    if (!variables_find(variables, at, path, 2, out, error))
        return false;
    if (!*out)
        *out = value_at_position_of(value_stringz(variables->arena, otherwise), at);
    if (value_is(*out, VALUE_NUMBER) || value_is(*out, VALUE_BOOL))
        *out = value_at_position_of(value_string(variables->arena, value_text(*out)), *out);
    return value_is(*out, VALUE_STRING) ||
           value_error(*out, error, ERROR_INVALID, "'provider.%s' must be a text, not %s", key,
                       value_kind_name((*out)->kind));
}

/*
 * The name that teams give to `--stage` is that of the environment.  Where one stage has several environments
 * (prod-eu, prod-us), their `stage` tells, which is written with a capital.
 */
static struct str stage_of_environment(struct arena *arena, const struct template_options *options)
{
    if (!options->stage.len || str_equal_nocase(options->stage, options->environment))
        return options->environment;
    char *stage = arena_strz(arena, options->stage);
    if (stage[0] >= 'A' && stage[0] <= 'Z')
        stage[0] = (char)(stage[0] - 'A' + 'a');
    return str_from(stage);
}

bool variables_stage(struct variables *variables, const struct value *at, struct value **out,
                     struct error *error)
{
    return first_text(variables, at, stage_of_environment(variables->arena, variables->options), "stage",
                      "dev", out, error);
}

bool variables_region(struct variables *variables, const struct value *at, struct value **out,
                      struct error *error)
{
    const struct template_options *options = variables->options;
    return first_text(variables, at, options->region_assumed ? STR_EMPTY : options->region, "region",
                      "us-east-1", out, error);
}

/* A list of scalars as JavaScript makes a text of it: "a,b". */
static struct value *list_text(struct arena *arena, struct value *list)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < list->count; i++) {
        if (value_is(list->items[i], VALUE_LIST) || value_is(list->items[i], VALUE_MAP)) {
            buf_release(&text);
            return list;
        }
        if (i)
            buf_addc(&text, ',');
        buf_add(&text, value_is(list->items[i], VALUE_NUMBER)
                           ? serverless_number_text(arena, list->items[i]->text)
                           : value_text(list->items[i]));
    }
    struct value *made = value_string(arena, buf_str(&text));
    buf_release(&text);
    return made;
}

/* One part of a text: a string, or a map that stands for one. */
static bool check_part(struct variables *variables, const struct value *at, struct str written,
                       struct value **part, struct error *error)
{
    if (value_is(*part, VALUE_LIST))
        *part = list_text(variables->arena, *part);
    if (value_is(*part, VALUE_NUMBER))
        *part = value_string(variables->arena, serverless_number_text(variables->arena, (*part)->text));
    else if (value_is(*part, VALUE_BOOL))
        *part = value_string(variables->arena, value_text(*part));
    if (value_is(*part, VALUE_STRING) || (value_is(*part, VALUE_MAP) && (*part)->mark & MARK_ACCOUNT))
        return true;
    return value_error(at, error, ERROR_INVALID, "variable '%.*s' inside a text must give a text, not %s",
                       STR_ARG(str_clip(written, 200)), value_kind_name((*part)->kind));
}

/* Texts side by side become one; where only the account knows a part, all become Fn::Join. */
static bool join(struct variables *variables, const struct value *at, const struct value *parts,
                 struct value **out, struct error *error)
{
    struct value *list = value_list(variables->arena);
    struct buf text = BUF_INIT(VARIABLE_BYTES_MAX + 1);
    for (size_t i = 0; i < parts->count; i++) {
        if (value_is(parts->items[i], VALUE_STRING)) {
            buf_add(&text, parts->items[i]->text);
            continue;
        }
        if (text.len)
            value_append(variables->arena, list, value_string(variables->arena, buf_str(&text)));
        value_append(variables->arena, list, parts->items[i]);
        buf_clear(&text);
    }
    bool fits = count_bytes(variables, at, text.len, error);
    struct value *rest = fits ? value_string(variables->arena, buf_str(&text)) : NULL;
    buf_release(&text);
    if (!fits)
        return false;
    *out = value_at_position_of(rest, at);
    if (!list->count)
        return true;
    if (rest->text.len)
        value_append(variables->arena, list, rest);
    struct value *arguments = value_list(variables->arena);
    value_append(variables->arena, arguments, value_stringz(variables->arena, ""));
    value_append(variables->arena, arguments, list);
    *out = value_at_position_of(value_map(variables->arena), at);
    value_setz(variables->arena, *out, "Fn::Join", arguments);
    (*out)->mark = MARK_ACCOUNT;
    return true;
}

static bool evaluate_text(struct variables *, const struct value *at, const struct variable_text *,
                          size_t nested, struct value **out, struct error *);

static bool prepare_call(struct variable_call *call, const struct variable_source *source,
                         struct error *error)
{
    struct variables *variables = call->variables;
    struct value *address = NULL;
    call->type = source->type;
    call->parameter_count = source->parameter_count;
    call->parameters = arena_array(variables->arena, source->parameter_count + 1, sizeof *call->parameters);
    for (size_t i = 0; i < source->parameter_count; i++)
        if (!evaluate_text(variables, call->at, &source->parameters[i], call->nested, &call->parameters[i],
                           error))
            return false;
    if (source->address &&
        !evaluate_text(variables, call->at, source->address, call->nested, &address, error))
        return false;
    if (value_is(address, VALUE_LIST) || value_is(address, VALUE_MAP))
        return value_error(call->at, error, ERROR_INVALID,
                           "the address in variable '%.*s' must be a text, not %s",
                           STR_ARG(str_clip(call->written, 200)), value_kind_name(address->kind));
    call->address = value_text(address);
    return true;
}

/* The first source that has a value. */
static bool evaluate_variable(struct variables *variables, const struct value *at,
                              const struct variable_part *part, size_t nested, struct value **out,
                              struct error *error)
{
    struct variable_call call = {.variables = variables, .at = at, .written = part->text, .nested = nested};
    if (!count_step(variables, at, error))
        return false;
    for (size_t i = 0; i < part->source_count; i++) {
        const struct variable_source *source = &part->sources[i];
        if (source->literal)
            return variables_copy(variables, at, source->literal, out, error);
        if (!prepare_call(&call, source, error) || !variable_source_call(&call, out, error))
            return false;
        if (*out && !value_is(*out, VALUE_NULL))
            return true;
    }
    return variable_missing(&call, error);
}

/* What a variable gives is searched as well: a text here, other values where they are used. */
static bool evaluate_part(struct variables *variables, const struct value *at,
                          const struct variable_part *part, size_t nested, struct value **out,
                          struct error *error)
{
    if (!part->sources) {
        *out = value_at_position_of(value_string(variables->arena, part->text), at);
        return true;
    }
    return evaluate_variable(variables, at, part, nested, out, error) &&
           (!value_is(*out, VALUE_STRING) || variables_replace(variables, *out, nested + 1, out, error));
}

static bool evaluate_text(struct variables *variables, const struct value *at,
                          const struct variable_text *text, size_t nested, struct value **out,
                          struct error *error)
{
    *out = text->literal;
    if (text->literal)
        return true;
    if (text->count == 1)
        return evaluate_part(variables, at, &text->parts[0], nested, out, error);
    struct value *parts = value_list(variables->arena);
    for (size_t i = 0; i < text->count; i++) {
        struct value *part;
        if (!evaluate_part(variables, at, &text->parts[i], nested, &part, error) ||
            !check_part(variables, at, text->parts[i].text, &part, error) ||
            !count_bytes(variables, at, part->text.len, error))
            return false;
        value_append(variables->arena, parts, part);
    }
    return join(variables, at, parts, out, error);
}

bool variables_replace(struct variables *variables, const struct value *text, size_t nested,
                       struct value **out, struct error *error)
{
    struct variable_text *parsed;
    if (!count_bytes(variables, text, text->text.len, error) ||
        !variable_parse(variables->arena, text, &parsed, error))
        return false;
    if (!parsed) {
        *out = value_at_position_of(value_string(variables->arena, text->text), text);
        return true;
    }
    if (nested > VARIABLE_NESTED_MAX)
        return value_error(text, error, ERROR_INVALID, "values hold variables in values more than %d deep",
                           VARIABLE_NESTED_MAX);
    return count_step(variables, text, error) && evaluate_text(variables, text, parsed, nested, out, error);
}
