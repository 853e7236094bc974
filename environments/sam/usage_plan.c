#include "environments/sam/rest_api.h"

/* Usage plans of REST APIs: one for each, or one that several share. */

struct usage_plan {
    struct value *depends_on, *stages, *keys; /* of the shared plan */
    struct value *conditions;
    bool unconditional;
    struct value *deletion_policy, *replace_policy;
};

static struct usage_plan *shared_plan(struct sam *sam)
{
    if (!sam->usage_plan) {
        sam->usage_plan = arena_alloc(sam->arena, sizeof *sam->usage_plan);
        sam->usage_plan->depends_on = value_list(sam->arena);
        sam->usage_plan->stages = value_list(sam->arena);
        sam->usage_plan->keys = value_list(sam->arena);
        sam->usage_plan->conditions = value_list(sam->arena);
    }
    return sam->usage_plan;
}

static void append_once(struct sam *sam, struct value *list, struct value *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (value_equal(list->items[i], item))
            return;
    value_append(sam->arena, list, item);
}

#define SHARED_CONDITION "SharedUsagePlanCondition"

static void share_condition(struct sam *sam, struct usage_plan *plan, struct value *condition, const char *id)
{
    if (plan->unconditional)
        return;
    if (!condition) {
        plan->unconditional = true;
        if (sam->conditions)
            value_remove(sam->conditions, STR(SHARED_CONDITION));
        return;
    }
    size_t before = plan->conditions->count;
    append_once(sam, plan->conditions, condition);
    if (!sam->conditions) {
        sam_fail(sam, condition, id, "'Condition' needs a section 'Conditions'");
        return;
    }
    if (plan->conditions->count == before)
        return;
    struct value *all = value_list(sam->arena);
    for (size_t i = 0; i < plan->conditions->count; i++)
        value_append(sam->arena, all, make(sam, "{'Condition': %v}", plan->conditions->items[i]));
    value_setz(sam->arena, sam->conditions, SHARED_CONDITION,
               all->count == 1 ? condition : make(sam, "{'Fn::Or': %v}", all));
}

/* The attributes of what is shared: the most careful of all APIs'. */
static struct value *shared_attributes(struct rest_api *api, struct usage_plan *plan)
{
    struct sam *sam = api->sam;
    struct value *deletion = value_get(api->passthrough, "DeletionPolicy");
    struct value *replace = value_get(api->passthrough, "UpdateReplacePolicy");
    if (is_truthy(deletion) && (!plan->deletion_policy || value_is_text(deletion, "Retain")))
        plan->deletion_policy = deletion;
    if (is_truthy(replace) &&
        (!plan->replace_policy || value_is_text(replace, "Retain") ||
         (value_is_text(replace, "Snapshot") && value_is_text(plan->replace_policy, "Delete"))))
        plan->replace_policy = replace;
    share_condition(sam, plan, value_get(api->passthrough, "Condition"), api->source->id);
    bool conditional = plan->conditions->count > 0 && !plan->unconditional;
    return make(sam, "{'DeletionPolicy': %v, 'UpdateReplacePolicy': %v, 'Condition': %v}",
                plan->deletion_policy, plan->replace_policy,
                conditional ? make_text(sam, SHARED_CONDITION) : NULL);
}

static const char *check_plan(struct rest_api *api, const struct value *plan)
{
    static const char *const known[] = {"CreateUsagePlan", "Description",  "Quota", "Tags",
                                        "Throttle",        "UsagePlanName"};
    static const char *const kinds[] = {"SHARED", "PER_API", "NONE"};
    const struct value *create = value_get(plan, "CreateUsagePlan");
    if (!expect(api->sam, plan, NULL, api->source->id, "Auth.UsagePlan", VALUE_MAP))
        return NULL;
    for (size_t i = 0; i < plan->count; i++) {
        bool found = false;
        for (size_t k = 0; k < ARRAY_LENGTH(known); k++)
            found = found || str_is(plan->entries[i].key, known[k]);
        if (!found)
            sam_fail(api->sam, plan->entries[i].value, api->source->id, "'UsagePlan' has no '%.*s'",
                     STR_ARG(plan->entries[i].key));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (value_is_text(create, kinds[i]))
            return kinds[i];
    sam_fail(api->sam, plan, api->source->id, "'CreateUsagePlan' must be SHARED, PER_API or NONE");
    return NULL;
}

struct plan_ids {
    const char *plan, *key, *plan_key;
};

static void add_plan(struct rest_api *api, const struct value *given, struct usage_plan *shared,
                     const struct plan_ids *ids, struct value *stage, struct made_list *list)
{
    static const char *const same[] = {"UsagePlanName", "Description", "Quota", "Tags", "Throttle"};
    struct sam *sam = api->sam;
    struct made *plan = made_new(sam, ids->plan, "AWS::ApiGateway::UsagePlan",
                                 shared ? shared_attributes(api, shared) : api->passthrough);
    plan->depends_on =
        shared ? python_copy(sam->arena, shared->depends_on) : make(sam, "['%s']", api->source->id);
    made_set(sam, plan, "ApiStages",
             shared ? python_copy(sam->arena, shared->stages) : make(sam, "[%v]", stage));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        if (is_truthy(value_get(given, same[i])))
            made_set(sam, plan, same[i], value_get(given, same[i]));
    made_add(sam, list, plan);
}

static void add_key(struct rest_api *api, struct usage_plan *shared, const struct plan_ids *ids,
                    struct value *stage, struct made_list *list)
{
    struct sam *sam = api->sam;
    struct made *key = made_new(sam, ids->key, "AWS::ApiGateway::ApiKey",
                                shared ? shared_attributes(api, shared) : api->passthrough);
    key->depends_on = make(sam, "['%s']", ids->plan);
    made_set(sam, key, "Enabled", value_bool(sam->arena, true));
    if (shared)
        append_once(sam, shared->keys, stage);
    made_set(sam, key, "StageKeys",
             shared ? python_copy(sam->arena, shared->keys) : make(sam, "[%v]", stage));
    made_add(sam, list, key);
    struct made *plan_key = made_new(sam, ids->plan_key, "AWS::ApiGateway::UsagePlanKey",
                                     shared ? shared_attributes(api, shared) : api->passthrough);
    plan_key->depends_on = make(sam, "['%s']", ids->key);
    made_set(sam, plan_key, "KeyId", make(sam, "{'Ref': '%s'}", ids->key));
    made_set(sam, plan_key, "KeyType", make_text(sam, "API_KEY"));
    made_set(sam, plan_key, "UsagePlanId", make(sam, "{'Ref': '%s'}", ids->plan));
    made_add(sam, list, plan_key);
}

void api_build_usage_plan(struct rest_api *api, struct made *stage)
{
    struct sam *sam = api->sam;
    struct value *given = value_get(api_own(api, "Auth"), "UsagePlan");
    const char *id = api->source->id, *kind = is_none(given) ? NULL : check_plan(api, given);
    if (!kind || str_is(str_from(kind), "NONE"))
        return;
    struct usage_plan *shared = str_is(str_from(kind), "SHARED") ? shared_plan(sam) : NULL;
    struct plan_ids ids = {"ServerlessUsagePlan", "ServerlessApiKey", "ServerlessUsagePlanKey"};
    if (!shared)
        ids = (struct plan_ids){text(sam, "%sUsagePlan", id), text(sam, "%sApiKey", id),
                                text(sam, "%sUsagePlanKey", id)};
    struct value *plan_stage = make(sam, "{'ApiId': {'Ref': '%s'}, 'Stage': {'Ref': '%s'}}", id, stage->id);
    struct value *key_stage =
        make(sam, "{'RestApiId': {'Ref': '%s'}, 'StageName': {'Ref': '%s'}}", id, stage->id);
    if (shared) {
        append_once(sam, shared->depends_on, make_text(sam, id));
        append_once(sam, shared->stages, plan_stage);
    }
    add_plan(api, given, shared, &ids, plan_stage, api->list);
    add_key(api, shared, &ids, key_stage, api->list);
}
