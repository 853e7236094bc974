#include "base/json.h"
#include "reconciler/adoption.h"
#include "reconciler/cli/each.h"
#include "reconciler/report.h"

enum { WORDS_MAX = 501 }; /* the application, and a template's 500 resources */

/* LOGICAL=PHYSICAL words over what the stack says. */
static bool add_words(const struct context *context, struct value *ids, struct error *error)
{
    const struct value *words = context->options.words;
    for (size_t i = 1; i < words->count; i++) {
        struct str word = words->items[i]->text;
        size_t equals = str_find(word, '=');
        if (equals == 0 || equals + 1 >= word.len)
            return error_set(error, ERROR_INVALID, "'%.*s' is not of the form LOGICAL=PHYSICAL",
                             STR_ARG(word));
        value_set(context->arena, ids, str_slice(word, 0, equals),
                  value_string(context->arena, str_from_index(word, equals + 1)));
    }
    return true;
}

static bool prepare(struct context *context, struct subject *subject, struct adoption *adoption,
                    struct error *error)
{
    struct str stack = context->options.from_stack;
    *adoption = (struct adoption){.ids = NULL};
    if (stack.len && (!subject_connect(subject, error) ||
                      !adoption_of_stack(subject->aws, context->arena, stack, adoption, error)))
        return false;
    struct value *ids = adoption->ids ? value_copy(context->arena, adoption->ids) : value_map(context->arena);
    adoption->ids = ids;
    return add_words(context, ids, error);
}

/* Words that name no resource, or one that is managed already, are mistakes. */
static bool check_words(const struct context *context, const struct plan *plan, struct error *error)
{
    const char **known = arena_array(context->arena, plan->count + 1, sizeof *known);
    for (size_t i = 0; i < plan->count; i++)
        known[i] = arena_strz(context->arena, plan->changes[i].logical_id);
    for (size_t i = 1; i < context->options.words->count; i++) {
        struct str word = context->options.words->items[i]->text,
                   id = str_slice(word, 0, str_find(word, '='));
        const struct change *change = plan_find(plan, id);
        const char *nearest = str_nearest(id, known, plan->count);
        if (!change)
            return error_set(error, ERROR_NOT_FOUND, "the template has no resource '%.*s'%s%s%s", STR_ARG(id),
                             nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
        if (change->last)
            return error_set(error, ERROR_INVALID, "'%.*s' is managed already: it is '%.*s'", STR_ARG(id),
                             STR_ARG(change->last->physical_id));
    }
    return true;
}

static void verdict(struct each *each, const struct subject *subject, size_t adopted)
{
    text_escape(each->text, subject->environment.name);
    buf_addc(each->text, '/');
    text_escape(each->text, subject->application->name);
    if (adopted)
        buf_printf(each->text,
                   ": adopted %zu, nothing else was changed: plumb plan shows what apply would do\n",
                   adopted);
    else
        buf_addz(each->text, ": nothing to adopt\n");
}

static void add_json(struct each *each, const struct subject *subject, struct plan *plan, size_t adopted)
{
    struct arena *arena = each->context->arena;
    if (each->context->options.output != OUTPUT_JSON)
        return;
    struct value *node = value_copy(arena, report_plan_json(subject->arena, subject, plan));
    value_setz(arena, node, "adopted", value_int(arena, (int64_t)adopted));
    value_append(arena, each->list, node);
}

static bool adopt(struct each *each, struct subject *subject, struct plan *plan, struct error *error)
{
    const struct apply_options options = {.ledger = subject->ledger, .clock = each->context->clock};
    struct adoption_result result;
    if (!check_words(each->context, plan, error))
        return false;
    report_plan(each->text, subject, plan, each->context->options.color);
    if (!adoption_carry_out(plan, &options, &result, error))
        return false;
    verdict(each, subject, result.adopted);
    add_json(each, subject, plan, result.adopted);
    return true;
}

static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    struct adoption adoption;
    struct plan *plan;
    (void)differences;
    if (!prepare(each->context, subject, &adoption, error))
        return false;
    subject->adoption = &adoption;
    if (!subject_plan(subject, &plan, error))
        return false;
    bool ok = adopt(each, subject, plan, error);
    plan_free(plan);
    return ok;
}

static enum exit_status run(struct context *context, struct error *error)
{
    if (!str_contains(context->options.target, "/")) {
        error_set(error, ERROR_INVALID, "name one application, as in plumb adopt prod/orders");
        return EXIT_ERROR;
    }
    return for_each_application(context, visit, error);
}

const struct command command_adopt = {
    .name = "adopt",
    .arguments = "[OPTIONS] ENV/APP [LOGICAL=PHYSICAL...]",
    .summary = "take over resources that exist",
    .help = "Looks for the template's resources that plumb does not manage yet: by their names, by the ids "
            "given as\n"
            "LOGICAL=PHYSICAL, or as a CloudFormation stack had them.  Shows what the next apply would "
            "change, and\n"
            "writes ownership tags and the ledger, nothing else.  What a stack still owns is not taken: "
            "delete the\n"
            "stack with DeletionPolicy Retain on its resources first, and then name it by its id.",
    .options = OPTION_FROM_STACK,
    .targets = WORDS_MAX,
    .run = run,
};
