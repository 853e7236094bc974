#include "providers/iam/operations.h"
#include "providers/resource.h"
#include "reconciler/doctor.h"
#include "reconciler/permissions.h"

enum { NAMED_MAX = 3 }; /* missing permissions that a message names */

struct examination {
    const struct doctor *doctor;
    struct aws *aws;
    struct str source; /* whose policies */
    struct value *missing;
    size_t asked;
};

/* A session of a role stands for the role, whose path nobody tells; the account itself has no policies. */
static struct str source_of(const struct doctor *doctor, const struct environment *environment,
                            struct str caller)
{
    struct str rest = caller, part[6];
    if (environment->role_arn.len)
        return environment->role_arn;
    for (size_t i = 0; i < ARRAY_LENGTH(part); i++)
        if (!str_split(&rest, ':', &part[i]))
            return STR_EMPTY;
    if (str_starts(part[5], "user/"))
        return caller;
    if (!str_starts(part[5], "assumed-role/"))
        return STR_EMPTY;
    struct str role = str_from_index(part[5], sizeof "assumed-role/" - 1);
    return arena_printf(doctor->arena, "arn:%.*s:iam::%.*s:role/%.*s", STR_ARG(part[1]), STR_ARG(part[4]),
                        STR_ARG(str_slice(role, 0, str_find(role, '/'))));
}

static struct value *as_list(struct arena *arena, const struct value *one_or_list)
{
    struct value *list = value_list(arena);
    if (value_is(one_or_list, VALUE_LIST))
        return value_copy(arena, one_or_list);
    value_append(arena, list, value_copy(arena, one_or_list));
    return list;
}

/* {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}} as IAM wants to be told of it. */
static void add_context(struct arena *arena, struct value *input, const struct value *condition)
{
    const struct value *equals = value_get(condition, "StringEquals");
    struct value *entries = value_list(arena), *entry = value_map(arena), *values = value_list(arena);
    if (!equals)
        return;
    and_with(arena, entry, "ContextKeyName", equals->entries[0].key);
    value_append(arena, values, value_copy(arena, equals->entries[0].value));
    value_setz(arena, entry, "ContextKeyValues", values);
    and_with(arena, entry, "ContextKeyType", STR("string"));
    value_append(arena, entries, entry);
    value_setz(arena, input, "ContextEntries", entries);
}

static bool examine(struct examination *examination, const struct value *statement, struct error *error)
{
    struct arena *arena = examination->doctor->arena;
    struct value *input = input_with(arena, "PolicySourceArn", examination->source), *results;
    value_setz(arena, input, "ActionNames", as_list(arena, value_get(statement, "Action")));
    value_setz(arena, input, "ResourceArns", as_list(arena, value_get(statement, "Resource")));
    add_context(arena, input, value_get(statement, "Condition"));
    if (!aws_list(examination->aws, &iam_operations[IAM_SIMULATE_PRINCIPAL_POLICY], arena, input, &results,
                  error))
        return false;
    for (size_t i = 0; i < results->count; i++) {
        const struct value *result = results->items[i];
        examination->asked++;
        if (!value_is_text(value_get(result, "EvalDecision"), "allowed"))
            value_append(arena, examination->missing,
                         value_stringf(arena, "%.*s on %.*s",
                                       STR_ARG(value_get_text(result, "EvalActionName")),
                                       STR_ARG(value_get_text(result, "EvalResourceName"))));
    }
    return true;
}

static void tell_missing(const struct examination *examination, struct str name)
{
    struct arena *arena = examination->doctor->arena;
    const struct value *missing = examination->missing;
    struct str words = STR_EMPTY;
    for (size_t i = 0; i < missing->count && i < NAMED_MAX; i++)
        words = arena_printf(arena, "%.*s%s%.*s", STR_ARG(words), i ? ", " : "",
                             STR_ARG(missing->items[i]->text));
    struct str message =
        arena_printf(arena, "%zu of %zu permissions are missing: %.*s%s", missing->count, examination->asked,
                     STR_ARG(words), missing->count > NAMED_MAX ? " and others" : "");
    doctor_tell(examination->doctor, name, "permissions", FINDING_FAILED, message,
                arena_printf(arena,
                             "attach to %.*s the policies for applying that `plumb policy %.*s` prints",
                             STR_ARG(examination->source), STR_ARG(name)));
}

static void tell_unknown(const struct doctor *doctor, struct str name, struct str why)
{
    doctor_tell(
        doctor, name, "permissions", FINDING_UNKNOWN, why,
        arena_printf(doctor->arena,
                     "allow iam:SimulatePrincipalPolicy to have them checked, or compare with what `plumb "
                     "policy %.*s` prints",
                     STR_ARG(name)));
}

static void examine_all(struct examination *examination, struct str name, const struct value *documents)
{
    struct error error = ERROR_INIT;
    for (size_t i = 0; i < documents->count; i++) {
        const struct value *statements = value_get(documents->items[i], "Statement");
        for (size_t k = 0; k < statements->count; k++)
            if (!examine(examination, statements->items[k], &error)) {
                tell_unknown(examination->doctor, name,
                             arena_str(examination->doctor->arena, str_from(error.message)));
                return;
            }
    }
    if (examination->missing->count)
        tell_missing(examination, name);
    else
        doctor_tell(examination->doctor, name, "permissions", FINDING_OK,
                    arena_printf(examination->doctor->arena,
                                 "all %zu that planning and applying need are there", examination->asked),
                    STR_EMPTY);
}

void doctor_permissions(const struct doctor *doctor, struct aws *aws, struct subject *subject)
{
    struct permissions permissions;
    struct error error = ERROR_INIT;
    struct str caller;
    struct str name = arena_printf(doctor->arena, "%.*s/%.*s", STR_ARG(subject->environment.name),
                                   STR_ARG(subject->application->name));
    struct examination examination = {.doctor = doctor, .aws = aws, .missing = value_list(doctor->arena)};
    if (!permissions_find(subject, &permissions, &error) ||
        !aws_caller(aws, doctor->arena, &caller, &error)) {
        doctor_tell(doctor, name, "permissions", FINDING_FAILED,
                    arena_str(doctor->arena, str_from(error.message)), STR("mend what it names"));
        return;
    }
    examination.source = source_of(doctor, &subject->environment, caller);
    if (!examination.source.len)
        tell_unknown(doctor, name,
                     arena_printf(doctor->arena, "IAM does not tell what '%.*s' may do", STR_ARG(caller)));
    else
        examine_all(&examination, name, permissions_documents(doctor->arena, &permissions.applying));
}
