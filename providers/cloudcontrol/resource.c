#include <string.h>

#include "providers/cloudcontrol/model.h"
#include "providers/cloudcontrol/operations.h"
#include "providers/cloudcontrol/patch.h"
#include "providers/cloudcontrol/request.h"
#include "providers/cloudcontrol/types.h"
#include "providers/cloudcontrol/types_table.h"
#include "providers/policy.h"
#include "providers/shape.h"

enum { REPEATS_MAX = 8, APPEAR_MS = 15 * 1000, READS_MAX = 1000 };

static struct value *type_input(const struct resource_call *call)
{
    return input_with(call->arena, "TypeName", call->type);
}

static struct value *identifier_input(const struct resource_call *call, struct str identifier)
{
    return and_with(call->arena, type_input(call), "Identifier", identifier);
}

/* --- reading --- */

static bool read_model(const struct resource_call *call, struct str identifier, struct value **model,
                       struct error *error)
{
    struct value *answer;
    return aws_call(call->aws, &cloudcontrol_operations[CLOUDCONTROL_GET_RESOURCE], call->arena,
                    identifier_input(call, identifier), &answer, error) &&
           json_of_answer(call->arena,
                          value_text(value_path(answer, "ResourceDescription", "Properties", NULL)), model,
                          error);
}

static bool read_identified(const struct resource_call *call, const struct subject_type *subject,
                            struct str identifier, struct resource_state *state, struct error *error)
{
    struct value *model;
    if (!read_model(call, identifier, &model, error))
        return false;
    model_state(call, subject, model, state);
    return true;
}

bool cloudcontrol_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct subject_type subject = subject_of(call);
    struct str identifier;
    return model_identifier(call, &subject, &identifier, error) &&
           read_identified(call, &subject, identifier, state, error);
}

/* --- finding --- */

/* What a list needs to know: whose children are asked for. */
static struct value *list_input(const struct resource_call *call, const struct subject_type *subject)
{
    struct value *input = type_input(call), *model = value_map(call->arena);
    static const enum facts_set sets[] = {FACTS_PRIMARY_IDENTIFIER, FACTS_CREATE_ONLY};
    struct str path;
    for (size_t set = 0; set < ARRAY_LENGTH(sets); set++)
        for (size_t i = 0; facts_path(subject->facts, sets[set], i, &path); i++) {
            const struct value *given = value_get_str(call->properties, path);
            if (value_is(given, VALUE_STRING))
                value_set(call->arena, model, path, value_copy(call->arena, given));
        }
    if (model->count)
        and_with(call->arena, input, "ResourceModel", json_for_request(call->arena, model));
    return input;
}

/* The last word of an identifier, as ARNs have names. */
static bool ends_with_name(struct str identifier, struct str name)
{
    return identifier.len > name.len &&
           str_equal(str_from_index(identifier, identifier.len - name.len), name) &&
           strchr(":/|", identifier.ptr[identifier.len - name.len - 1]);
}

/* May it be the one, by what the list shows of it? */
static bool may_be(const struct resource_call *call, const struct subject_type *subject, struct str name,
                   const struct value *listed, struct str identifier)
{
    const struct value *shown = name.len ? value_get(listed, subject->type->name_property) : NULL;
    if (shown)
        return str_equal(value_text(shown), name);
    if (name.len && (ends_with_name(identifier, name) || str_contains(identifier, name.ptr)))
        return true;
    return call->sought;
}

/* What has no name is told from others by its tags, or by all that is declared. */
static bool is_the_one(const struct resource_call *call, const struct subject_type *subject, struct str name,
                       const struct value *model)
{
    if (name.len)
        return str_equal(value_get_text(model, subject->type->name_property), name);
    if (subject->type->traits & RESOURCE_TAGGED)
        return carries_our_tags(call, model_live_tags(call->arena, subject, model));
    struct value *desired = facts_kinds(subject->facts, call->arena, call->properties);
    return patch_covers(call->arena, subject->facts, desired, model);
}

static bool find_listed(const struct resource_call *call, const struct subject_type *subject,
                        struct resource_state *state, struct error *error)
{
    struct value *items;
    struct str name = str_from(arena_strz(call->arena, model_wanted_name(call, subject)));
    if (!aws_list(call->aws, &cloudcontrol_operations[CLOUDCONTROL_LIST_RESOURCES], call->arena,
                  list_input(call, subject), &items, error))
        return false;
    for (size_t i = 0, reads = 0; i < items->count && reads < READS_MAX; i++) {
        struct str identifier = value_get_text(items->items[i], "Identifier");
        struct value *listed, *model;
        if (!json_of_answer(call->arena, value_get_text(items->items[i], "Properties"), &listed, error))
            return false;
        if (!may_be(call, subject, name, listed, identifier))
            continue;
        reads++;
        if (!read_model(call, identifier, &model, error)) {
            if (error->code != ERROR_NOT_FOUND)
                return false;
            error_clear(error); /* it went since */
        } else if (is_the_one(call, subject, name, model)) {
            model_state(call, subject, model, state);
            if (name.len || !list_has(call->taken, state->physical_id))
                return true;
        }
    }
    return error_set(error, ERROR_NOT_FOUND, "no such %s", subject->type->name);
}

/* A list that cannot be had proves nothing, but a create is safe by its token. */
bool cloudcontrol_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct subject_type subject = subject_of(call);
    struct str identifier;
    if (model_wanted_identifier(call, &subject, &identifier))
        return read_identified(call, &subject, identifier, state, error);
    bool told = model_wanted_name(call, &subject).len || call->sought;
    if (!told || !facts_has_handler(subject.facts, 'L'))
        return error_set(error, ERROR_NOT_FOUND, "no such %s", subject.type->name);
    if (find_listed(call, &subject, state, error))
        return true;
    if (error->code == ERROR_INVALID)
        error->code = ERROR_NOT_FOUND;
    return false;
}

/* --- creating --- */

struct appearance {
    const struct resource_call *call;
    const struct subject_type *subject;
    struct str identifier;
    struct resource_state *state;
    struct error last;
};

static bool appears(void *self, bool *done, struct error *error)
{
    struct appearance *a = self;
    error_clear(&a->last);
    *done = read_identified(a->call, a->subject, a->identifier, a->state, &a->last);
    if (*done || a->last.code == ERROR_NOT_FOUND)
        return true;
    *error = a->last;
    return false;
}

/* A read may lag behind the create. */
static bool read_made(const struct resource_call *call, const struct subject_type *subject,
                      struct str identifier, struct resource_state *state, struct error *error)
{
    struct appearance a = {
        .call = call, .subject = subject, .identifier = identifier, .state = state, .last = ERROR_INIT};
    if (wait_until(call, "what was created", APPEAR_MS, appears, &a, error))
        return true;
    if (a.last.code == ERROR_NOT_FOUND)
        *error = a.last;
    return false;
}

static bool make(const struct resource_call *call, const struct subject_type *subject,
                 struct resource_state *state, struct error *error)
{
    struct request request = {.call = call,
                              .operation = &cloudcontrol_operations[CLOUDCONTROL_CREATE_RESOURCE],
                              .input = type_input(call)};
    and_with(call->arena, request.input, "DesiredState",
             json_for_request(call->arena, model_desired(call, subject)));
    for (int repeat = 0; repeat < REPEATS_MAX; repeat++) {
        if (!request_run(&request, error))
            return false;
        bool read = request.old ? read_identified(call, subject, request.identifier, state, error)
                                : read_made(call, subject, request.identifier, state, error);
        if (read || !request.old || error->code != ERROR_NOT_FOUND)
            return read;
        error_clear(error); /* made by an earlier release, and gone since */
    }
    return error_set(error, ERROR_UNAVAILABLE, "it was made before and is gone, again and again");
}

static bool is_taken(const struct error *error)
{
    return error_is(error, "AlreadyExists") || error_is(error, "AlreadyExistsException");
}

bool cloudcontrol_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct subject_type subject = subject_of(call);
    struct resource_call made = *call;
    bool found = false;
    if (!make(call, &subject, state, error)) {
        struct error first = *error;
        if (!is_taken(error) || !(subject.type->traits & RESOURCE_TAGGED))
            return false;
        error_clear(error);
        if (!find_ours(call, subject.type, state, &found, error))
            return false;
        if (!found) {
            *error = first;
            return false;
        }
    }
    made.physical_id = state->physical_id;
    made.attributes = state->attributes;
    bool unmarked = subject.type->traits & RESOURCE_TAGGED && !carries_our_tags(call, state->tags);
    if (!subject.type->update || (!found && !unmarked))
        return true;
    return subject.type->update(&made, state, error);
}

/* --- updating --- */

static struct patch patch_of(const struct resource_call *call, const struct subject_type *subject,
                             const struct value *model)
{
    struct arena *arena = call->arena;
    struct value *desired = facts_kinds(subject->facts, arena, call->properties);
    struct patch patch = patch_make(arena, subject->facts, desired, model, call->previous, subject->tags);
    struct value *tags = model_tags(call, subject, model);
    if (tags)
        patch_set(arena, &patch, subject->tags, model, tags);
    return patch;
}

static bool write_patch(struct request *request, const struct patch *patch, struct error *error)
{
    struct arena *arena = request->call->arena;
    and_with(arena, request->input, "PatchDocument", json_for_request(arena, patch->operations));
    return request_run(request, error);
}

bool cloudcontrol_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct subject_type subject = subject_of(call);
    struct str identifier;
    if (!model_identifier(call, &subject, &identifier, error))
        return false;
    struct request request = {.call = call,
                              .operation = &cloudcontrol_operations[CLOUDCONTROL_UPDATE_RESOURCE],
                              .input = identifier_input(call, identifier),
                              .old = true};
    for (int repeat = 0; repeat < REPEATS_MAX; repeat++) {
        struct value *model;
        if (!read_model(call, identifier, &model, error))
            return false;
        struct patch patch = patch_of(call, &subject, model);
        if (!patch.needed || !request.old) {
            model_state(call, &subject, model, state);
            return true;
        }
        if (!write_patch(&request, &patch, error))
            return false;
    }
    return error_set(error, ERROR_UNAVAILABLE, "it was updated before and differs, again and again");
}

/* --- removing --- */

/* Is there nothing under this identifier? */
static bool is_gone(const struct resource_call *call, struct str identifier, bool *gone, struct error *error)
{
    struct value *model;
    *gone = !read_model(call, identifier, &model, error);
    if (!*gone || error->code != ERROR_NOT_FOUND)
        return !*gone;
    error_clear(error);
    return true;
}

bool cloudcontrol_remove(const struct resource_call *call, struct error *error)
{
    struct subject_type subject = subject_of(call);
    struct str identifier;
    if (!model_identifier(call, &subject, &identifier, error))
        return false;
    struct request request = {.call = call,
                              .operation = &cloudcontrol_operations[CLOUDCONTROL_DELETE_RESOURCE],
                              .input = identifier_input(call, identifier)};
    for (int repeat = 0; repeat < REPEATS_MAX; repeat++) {
        bool gone = false;
        if (!request_run(&request, error)) {
            if (error->code != ERROR_NOT_FOUND)
                return false;
            error_clear(error);
            return true;
        }
        if (!request.old)
            return true;
        if (!is_gone(call, identifier, &gone, error))
            return false;
        if (gone)
            return true;
    }
    return error_set(error, ERROR_UNAVAILABLE, "it was deleted before and is there again, again and again");
}
