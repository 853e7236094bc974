#include <stdlib.h>
#include <string.h>

#include "providers/cloudcontrol/permissions.h"
#include "reconciler/imports.h"
#include "reconciler/permissions_private.h"

/* --- the lists --- */

static void append(struct arena *arena, struct permission_list *list, const struct permission *permission)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 64;
        struct permission *bigger = arena_array(arena, list->capacity, sizeof *bigger);
        if (list->count)
            memcpy(bigger, list->items, list->count * sizeof *bigger);
        list->items = bigger;
    }
    list->items[list->count++] = *permission;
}

static void add_to(struct permission_search *search, size_t which, struct permission_list *list,
                   const struct permission *permission)
{
    struct arena *arena = search->arena;
    struct str key =
        arena_printf(arena, "%.*s %.*s %.*s %.*s", STR_ARG(permission->action), STR_ARG(permission->resource),
                     STR_ARG(permission->key), STR_ARG(permission->value));
    if (value_get_str(search->seen[which], key))
        return;
    value_set(arena, search->seen[which], key, value_null(arena));
    append(arena, list, permission);
}

void permission_add(struct permission_search *search, bool planning, const struct permission *permission)
{
    if (planning)
        add_to(search, 0, &search->out->planning, permission);
    add_to(search, 1, &search->out->applying, permission);
}

void permission_note(struct permission_search *search, struct str sentence)
{
    if (value_get_str(search->noted, sentence))
        return;
    value_set(search->arena, search->noted, sentence, value_null(search->arena));
    value_append(search->arena, search->out->notes, value_string(search->arena, sentence));
}

static int compare(const void *a, const void *b)
{
    const struct permission *left = a, *right = b;
    int order = str_compare(left->action, right->action);
    if (order == 0)
        order = str_compare(left->resource, right->resource);
    return order ? order : str_compare(left->value, right->value);
}

/* --- one type --- */

/* An operation on its way to the lists. */
struct granting {
    struct permission_search *search;
    struct str action;
    struct str key, value;
    bool planning;
};

static void grant(void *self, struct str resource)
{
    struct granting *granting = self;
    permission_add(granting->search, granting->planning,
                   &(struct permission){.action = granting->action,
                                        .resource = resource,
                                        .key = granting->key,
                                        .value = granting->value});
}

void permission_operation(struct permission_search *search, const struct permission_target *target,
                          const struct aws_operation *operation, bool planning)
{
    struct arena *arena = search->arena;
    struct str actions =
        operation->iam_action
            ? str_from(operation->iam_action)
            : arena_printf(arena, "%s:%s", operation->service->signing_name, operation->name);
    struct granting granting = {.search = search, .planning = planning};
    while (str_split(&actions, ',', &granting.action))
        permission_resources(search, target, operation->iam_resource, grant, &granting);
}

static void grant_list(struct permission_search *search, const struct permission_target *target,
                       const struct grant *list, bool planning)
{
    struct str account = search->subject->environment.account;
    for (; list->operation; list++)
        if (grant_applies(target->grants, list, target->properties, account))
            permission_operation(search, target, list->operation, planning);
}

/* --- what is asked besides --- */

static struct str filled(struct permission_search *search, const char *form, struct str text)
{
    struct str all = str_from(form);
    size_t at = str_find(all, '{');
    if (at == all.len || all.ptr[at + 1] != '}')
        return permission_place(search, all);
    if (at == 0 && !str_starts(text, "arn:"))
        return STR("*");
    return permission_place(search,
                            arena_printf(search->arena, "%.*s%.*s%.*s", STR_ARG(str_slice(all, 0, at)),
                                         STR_ARG(text), STR_ARG(str_from_index(all, at + 2))));
}

static void grant_beside(struct permission_search *search, const struct grant_beside *row, struct str text)
{
    struct arena *arena = search->arena;
    struct str actions = str_from(row->actions), forms;
    struct granting granting = {.search = search};
    if (row->service && str_starts(actions, "kms:")) {
        granting.key = STR("kms:ViaService");
        granting.value =
            arena_printf(arena, "%s.%.*s.%.*s", row->service, STR_ARG(search->subject->environment.region),
                         STR_ARG(url_suffix_of_region(search->subject->environment.region)));
    } else if (row->service) {
        granting.key = STR("iam:PassedToService");
        granting.value = str_from(row->service);
    }
    while (str_split(&actions, ',', &granting.action)) {
        forms = str_from(row->resource);
        for (struct str form; str_split(&forms, ',', &form);)
            grant(&granting, filled(search, arena_strz(arena, form), text));
    }
}

static void walk(struct permission_search *search, const struct grant_beside *row, const struct value *value,
                 struct str path);

static void walk_all(struct permission_search *search, const struct grant_beside *row,
                     const struct value *value, struct str path)
{
    for (size_t i = 0; i < value->count; i++)
        walk(search, row, value_is(value, VALUE_LIST) ? value->items[i] : value->entries[i].value, path);
}

/* Follows the path; where it ends every text below it counts. */
static void walk(struct permission_search *search, const struct grant_beside *row, const struct value *value,
                 struct str path)
{
    struct str rest = path, step;
    bool inner = value_is(value, VALUE_MAP) || value_is(value, VALUE_LIST);
    if (!value)
        return;
    if (!path.len) {
        if (inner)
            walk_all(search, row, value, path);
        else
            grant_beside(search, row, value_text(value));
        return;
    }
    if (!inner || value_is(value, VALUE_LIST)) {
        if (inner)
            walk_all(search, row, value, path);
        return;
    }
    bool more = str_split(&rest, '.', &step);
    if (more && str_is(step, "**")) {
        walk(search, row, value_get_str(value, rest), STR_EMPTY);
        walk_all(search, row, value, path);
    } else if (more && str_is(step, "*")) {
        walk_all(search, row, value, rest);
    } else {
        walk(search, row, value_get_str(value, step), rest);
    }
}

static void grant_all_beside(struct permission_search *search, const struct permission_target *target)
{
    for (const struct grant_beside *row = grants_beside(); row->type; row++)
        if (strcmp(row->type, target->grants->type) == 0)
            walk(search, row, target->properties, str_from(row->property));
}

/* --- one resource --- */

/* Roles that the properties name are those that may be handed over. */
static void pass_roles(struct permission_search *search, const struct value *value)
{
    struct granting granting = {.search = search, .action = STR("iam:PassRole")};
    struct str text = value_text(value);
    if (str_starts(text, "arn:") && str_contains(text, ":role/"))
        grant(&granting, text);
    for (size_t i = 0; value && (value->kind == VALUE_LIST || value->kind == VALUE_MAP) && i < value->count;
         i++)
        pass_roles(search, value->kind == VALUE_LIST ? value->items[i] : value->entries[i].value);
}

/* "ecs:DescribeClusters,ListTags kms:Decrypt" */
static void grant_handlers(struct permission_search *search, const struct permission_target *target,
                           const char *packed, bool planning)
{
    struct str services = str_from(packed), service, action;
    while (str_split(&services, ' ', &service)) {
        struct str prefix = str_slice(service, 0, str_find(service, ':'));
        struct str actions = str_from_index(service, prefix.len + 1);
        while (str_split(&actions, ',', &action)) {
            struct granting granting = {.search = search, .planning = planning};
            granting.action = arena_printf(search->arena, "%.*s:%.*s", STR_ARG(prefix), STR_ARG(action));
            if (str_is(granting.action, "iam:PassRole"))
                pass_roles(search, target->properties);
            else
                grant(&granting, STR("*"));
        }
    }
}

static void grant_by_cloudcontrol(struct permission_search *search, const struct permission_target *target)
{
    const struct cloudcontrol_permissions *handlers = cloudcontrol_permissions_find(target->type_name);
    grant_handlers(search, target, handlers->reading, true);
    grant_handlers(search, target, handlers->writing, false);
    permission_note(search,
                    arena_printf(search->arena,
                                 "%.*s is managed through Cloud Control: what its handlers call, by the "
                                 "registry, is allowed on all resources",
                                 STR_ARG(target->type_name)));
}

static void grant_target(struct permission_search *search, struct permission_target *target)
{
    target->type = resource_type_find(target->type_name);
    target->grants = grants_find(target->type_name);
    if (!target->type || !target->grants)
        return;
    grant_list(search, target, target->grants->reads, true);
    grant_list(search, target, target->grants->writes, false);
    for (const struct grant *extra = target->grants->extras;
         search->subject->environment.removes_extras && extra->operation; extra++)
        permission_operation(search, target, extra->operation, false);
    grant_all_beside(search, target);
    if (strcmp(target->grants->type, "AWS::*") == 0)
        grant_by_cloudcontrol(search, target);
}

/* What was applied of it, of the same type. */
static const struct inventory_entry *applied(const struct subject *subject, struct str logical_id,
                                             struct str type)
{
    for (size_t i = 0; i < subject->inventory.count; i++) {
        const struct inventory_entry *entry = &subject->inventory.entries[i];
        if (str_equal(entry->logical_id, logical_id) && str_equal(entry->type, type))
            return entry;
    }
    return NULL;
}

/* A property that is no longer declared has to be set back. */
static void add_applied(struct arena *arena, struct value *properties, const struct inventory_entry *entry)
{
    const struct value *before = entry ? entry->properties : NULL;
    for (size_t i = 0; value_is(before, VALUE_MAP) && i < before->count; i++)
        if (!value_get_str(properties, before->entries[i].key))
            value_set(arena, properties, before->entries[i].key, before->entries[i].value);
}

static bool grant_desired(struct permission_search *search, const struct desired_resource *resource,
                          struct error *error)
{
    struct value *properties = permission_properties(search, resource->properties);
    if (!resource_type_find(resource->type))
        return value_error(resource->node, error, ERROR_INVALID,
                           "plumb does not manage resources of type '%.*s'", STR_ARG(resource->type));
    add_applied(search->arena, properties, applied(search->subject, resource->logical_id, resource->type));
    grant_target(search, &(struct permission_target){.logical_id = resource->logical_id,
                                                     .type_name = resource->type,
                                                     .properties = properties,
                                                     .desired = resource});
    return true;
}

static void grant_leaving(struct permission_search *search)
{
    const struct subject *subject = search->subject;
    for (size_t i = 0; i < subject->inventory.count; i++) {
        const struct inventory_entry *entry = &subject->inventory.entries[i];
        const struct desired_resource *desired = desired_find(&subject->desired, entry->logical_id);
        if (!desired || !str_equal(desired->type, entry->type))
            grant_target(search, &(struct permission_target){.logical_id = entry->logical_id,
                                                             .type_name = entry->type,
                                                             .properties = entry->properties,
                                                             .physical_id = entry->physical_id});
    }
}

/* --- plumb itself --- */

static void grant_plainly(struct permission_search *search, bool planning, const char *action,
                          const char *form)
{
    permission_add(search, planning,
                   &(struct permission){.action = str_from(action),
                                        .resource = permission_place(search, str_from(form))});
}

/* Parameters whose value lies in SSM. */
static void grant_parameters(struct permission_search *search)
{
    const struct desired *desired = &search->subject->desired;
    const struct value *declared = value_get(desired->template, "Parameters");
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++) {
        const struct value *parameter = declared->entries[i].value;
        if (!str_starts(value_get_text(parameter, "Type"), "AWS::SSM::Parameter::"))
            continue;
        const struct value *given =
            value_get_str(search->subject->application->parameters, declared->entries[i].key);
        struct str name = given ? value_text(given) : value_get_text(parameter, "Default");
        grant_plainly(search, true, "ssm:GetParameters",
                      arena_printf(search->arena, "arn:{partition}:ssm:{region}:{account}:parameter%s%.*s",
                                   str_starts(name, "/") ? "" : "/", STR_ARG(name.len ? name : STR("*")))
                          .ptr);
    }
}

static void grant_assets(struct permission_search *search)
{
    static const char *const making[] = {
        "s3:CreateBucket",        "s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration",
        "s3:PutBucketVersioning", "s3:PutBucketTagging",           "s3:TagResource",
        "s3:GetBucketTagging",    "s3:GetBucketPublicAccessBlock", "s3:GetEncryptionConfiguration",
        "s3:GetBucketVersioning"};
    const struct desired *desired = &search->subject->desired;
    for (size_t i = 0; i < desired->asset_count; i++) {
        struct str name = value_text(desired->assets[i].bucket);
        const char *bucket =
            arena_printf(search->arena, "arn:{partition}:s3:::%.*s", STR_ARG(name.len ? name : STR("*"))).ptr;
        const char *objects = arena_printf(search->arena, "%s/*", bucket).ptr;
        grant_plainly(search, true, "s3:GetObject", objects);
        grant_plainly(search, true, "s3:ListBucket", bucket);
        grant_plainly(search, false, "s3:PutObject", objects);
        for (size_t k = 0; search->subject->environment.create_asset_bucket && k < ARRAY_LENGTH(making); k++)
            grant_plainly(search, false, making[k], bucket);
    }
}

static void note_role(struct permission_search *search)
{
    struct str role = search->subject->environment.role_arn;
    if (role.len)
        permission_note(search, arena_printf(search->arena,
                                             "these policies belong to %.*s; whoever plumb starts as needs "
                                             "sts:AssumeRole on it, and its trust policy has to name him",
                                             STR_ARG(role)));
}

bool permissions_find(struct subject *subject, struct permissions *out, struct error *error)
{
    struct arena *arena = subject->arena;
    struct permission_search search = {.subject = subject,
                                       .arena = arena,
                                       .out = out,
                                       .seen = {value_map(arena), value_map(arena)},
                                       .noted = value_map(arena)};
    *out = (struct permissions){.notes = value_list(arena)};
    subject->offline = true;
    if (!subject_render(subject, error) || !subject_recall(subject, error) || !imports_give(subject, error))
        return false;
    for (size_t i = 0; i < subject->desired.count; i++)
        if (!grant_desired(&search, &subject->desired.resources[i], error))
            return false;
    permission_properties(&search, subject->desired.outputs);
    grant_leaving(&search);
    grant_parameters(&search);
    grant_assets(&search);
    permission_traffic(&search);
    permission_rollout(&search, subject->application->deployment.node);
    note_role(&search);
    if (out->planning.count)
        qsort(out->planning.items, out->planning.count, sizeof *out->planning.items, compare);
    if (out->applying.count)
        qsort(out->applying.items, out->applying.count, sizeof *out->applying.items, compare);
    return true;
}
