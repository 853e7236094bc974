#include "reconciler/imports.h"

#include "providers/cloudformation/stacks.h"

struct str output_export(const struct value *declared)
{
    return value_get_text(value_get(declared, "Export"), "Name");
}

/* Where else than in ledgers something may be; each place is looked at once. */
struct search {
    struct subject *subject;
    struct value *exports;  /* of CloudFormation's stacks; NULL: not asked yet */
    struct error trouble;   /* why stacks cannot tell */
    struct value *declared; /* what the other applications declare, by export or output_key -> "beta/network";
                               NULL likewise */
};

static struct str stack_of(struct arena *arena, struct str environment, struct str application)
{
    return arena_printf(arena, "%.*s-%.*s", STR_ARG(environment), STR_ARG(application));
}

static struct str output_key(struct arena *arena, struct str stack, struct str output)
{
    return arena_printf(arena, "%.*s %.*s", STR_ARG(stack), STR_ARG(output));
}

static void note_declared(struct search *search, const struct subject *other)
{
    struct arena *arena = search->subject->arena;
    struct str environment = other->environment.name, application = other->application->name;
    struct value *place = value_stringf(arena, "%.*s/%.*s", STR_ARG(environment), STR_ARG(application));
    const struct value *outputs = other->desired.outputs;
    for (size_t i = 0; i < outputs->count; i++) {
        struct str export = output_export(outputs->entries[i].value);
        if (export.len)
            value_set(arena, search->declared, arena_str(arena, export), place);
        struct str stack = stack_of(arena, environment, application);
        value_set(arena, search->declared, output_key(arena, stack, outputs->entries[i].key), place);
    }
}

/* The templates of the environment as of now.  One that cannot be rendered has its own trouble. */
static void read_declared(struct search *search)
{
    struct subject *subject = search->subject, *other;
    const struct environment *environment = &subject->environment;
    search->declared = value_map(subject->arena);
    for (size_t i = 0; i < environment->application_count; i++) {
        struct str name = environment->applications[i].name;
        struct error ignored = ERROR_INIT;
        if (str_equal(name, subject->application->name) ||
            !subject_open(subject->session, environment->name, name, &other, &ignored))
            continue;
        if (subject_render_asking(other, &ignored))
            note_declared(search, other);
        subject_close(other);
    }
}

static struct str find_declared(struct search *search, const struct outside_value *wanted)
{
    struct str key = wanted->kind == OUTSIDE_IMPORT
                         ? wanted->name
                         : output_key(search->subject->arena, wanted->name, wanted->key);
    if (!search->declared)
        read_declared(search);
    return value_text(value_get_str(search->declared, key));
}

/* Of a CloudFormation stack; NULL where there is none, or it may not be looked for. */
static const struct value *stack_value(struct search *search, const struct outside_value *wanted)
{
    struct subject *subject = search->subject;
    struct error *trouble = &search->trouble;
    struct value *outputs = NULL;
    bool elsewhere =
        wanted->role.len || (wanted->region.len && !str_equal(wanted->region, subject->environment.region));
    if (elsewhere || subject->offline || trouble->code != ERROR_NONE || !subject_connect(subject, trouble))
        return NULL;
    if (wanted->kind == OUTSIDE_IMPORT) {
        if (!search->exports && !stack_exports_read(subject->aws, subject->arena, &search->exports, trouble))
            return NULL;
        return value_get_str(search->exports, wanted->name);
    }
    if (!stack_outputs_read(subject->aws, subject->arena, wanted->name, &outputs, trouble) &&
        trouble->code == ERROR_NOT_FOUND)
        error_clear(trouble);
    return value_get_str(outputs, wanted->key);
}

static void give_absent(struct search *search, const struct outside_value *wanted, struct str refused)
{
    struct given given = {.value = stack_value(search, wanted)};
    if (!given.value)
        given.waits_for = find_declared(search, wanted);
    if (!given.value && !given.waits_for.len)
        given.refused =
            search->trouble.code == ERROR_NONE
                ? refused
                : arena_printf(search->subject->arena,
                               "%.*s; whether a stack of CloudFormation has it cannot be told: %s",
                               STR_ARG(refused), search->trouble.message);
    answers_give(search->subject->answers, wanted, &given);
}

/* ", did you mean 'x'?" of all that the environment exports. */
static const char *nearest_export(struct subject *subject, struct str name)
{
    struct arena *arena = subject->arena;
    struct value *names = value_list(arena);
    for (size_t i = 0; i < subject->neighbours.count; i++) {
        const struct value *outputs = subject->neighbours.items[i].inventory.outputs;
        for (size_t k = 0; value_is(outputs, VALUE_MAP) && k < outputs->count; k++)
            if (value_get(outputs->entries[k].value, "export"))
                value_append(arena, names, value_get(outputs->entries[k].value, "export"));
    }
    const char **known = arena_array(arena, names->count + 1, sizeof *known);
    for (size_t i = 0; i < names->count; i++)
        known[i] = arena_strz(arena, names->items[i]->text);
    const char *nearest = str_nearest(name, known, names->count);
    return nearest ? arena_printf(arena, ", did you mean '%s'?", nearest).ptr : "";
}

static void give_import(struct search *search, const struct outside_value *wanted)
{
    struct subject *subject = search->subject;
    const struct value *value;
    if (neighbours_exporter(&subject->neighbours, wanted->name, &value)) {
        answers_give(subject->answers, wanted, &(struct given){.value = value});
        return;
    }
    give_absent(search, wanted,
                arena_printf(subject->arena, "no application of environment '%.*s' exports it%s",
                             STR_ARG(subject->environment.name), nearest_export(subject, wanted->name)));
}

/* The outputs of a stack in a ledger; *found is false where no application has that stack's name. */
static bool find_stack(struct ledger *ledger, struct arena *arena, struct str region, struct str stack,
                       bool *found, struct value **outputs, struct error *error)
{
    struct file_list environments, applications;
    *found = false;
    if (!ledger_list(ledger, arena, region, &environments, error))
        return false;
    for (size_t i = 0; i < environments.count && !*found; i++) {
        struct str environment = environments.entries[i].name;
        struct str directory = arena_printf(arena, "%.*s/%.*s", STR_ARG(region), STR_ARG(environment));
        if (!ledger_list(ledger, arena, directory, &applications, error))
            return false;
        for (size_t k = 0; k < applications.count && !*found; k++) {
            struct inventory inventory;
            struct str application = applications.entries[k].name;
            if (!str_equal(stack, stack_of(arena, environment, application)))
                continue;
            if (!inventory_load(ledger, arena,
                                record_path(arena, region, environment, application, "inventory.json"),
                                &inventory, error))
                return false;
            *found = true;
            *outputs = inventory.outputs;
        }
    }
    return true;
}

/* The account in "arn:aws:iam::222222222222:role/reader". */
static struct str account_of_role(struct str arn)
{
    struct str part = STR_EMPTY;
    for (int i = 0; i < 5 && str_split(&arn, ':', &part); i++)
        ;
    return part;
}

static bool give_output(struct search *search, const struct outside_value *wanted, struct error *error)
{
    struct subject *subject = search->subject;
    struct arena *arena = subject->arena;
    const struct environment *environment = &subject->environment;
    struct str account = wanted->role.len ? account_of_role(wanted->role) : environment->account;
    struct str region = wanted->region.len ? wanted->region : environment->region;
    struct ledger *ledger;
    struct value *outputs = NULL;
    bool found;
    if (!session_ledger(subject->session, account, &ledger, error) ||
        !find_stack(ledger, arena, region, wanted->name, &found, &outputs, error))
        return error_prefix(error, "%.*s", STR_ARG(wanted->reference));
    const struct value *value = value_get(value_get_str(outputs, wanted->key), "value");
    if (value)
        answers_give(subject->answers, wanted, &(struct given){.value = value});
    else
        give_absent(
            search, wanted,
            found ? STR("that application has released no such output")
                  : arena_printf(arena,
                                 "the ledger of account %.*s has no application with that stack's name in "
                                 "%.*s: it is '<environment>-<application>'",
                                 STR_ARG(account), STR_ARG(region)));
    return true;
}

static bool exports(const struct subject *subject)
{
    const struct value *declared = subject->desired.outputs, *recorded = subject->inventory.outputs;
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++)
        if (value_get(declared->entries[i].value, "Export"))
            return true;
    for (size_t i = 0; value_is(recorded, VALUE_MAP) && i < recorded->count; i++)
        if (value_get(recorded->entries[i].value, "export"))
            return true;
    return false;
}

bool imports_give(struct subject *subject, struct error *error)
{
    const struct desired *desired = &subject->desired;
    struct outside_list list = {.count = 0};
    struct search search = {.subject = subject, .trouble = ERROR_INIT};
    for (size_t i = 0; i < desired->count; i++)
        outside_find(subject->arena, desired->resources[i].properties, &list);
    outside_find(subject->arena, desired->outputs, &list);
    if ((list.count || exports(subject)) &&
        !neighbours_load(subject->ledger, subject->arena, subject->environment.region,
                         subject->environment.name, subject->application->name, &subject->neighbours, error))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].kind == OUTSIDE_IMPORT)
            give_import(&search, &list.items[i]);
        else if (!give_output(&search, &list.items[i], error))
            return false;
    }
    return true;
}
