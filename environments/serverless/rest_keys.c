#include "environments/serverless/rest.h"

/* API keys and usage plans. */

static struct value *plans_of(const struct rest *rest)
{
    return value_get(rest->settings, "usagePlan");
}

/* `usagePlan` may be a list of maps of one plan each. */
static struct value *named_plan(const struct rest *rest, struct str name)
{
    const struct value *plans = plans_of(rest);
    for (size_t i = 0; value_is(plans, VALUE_LIST) && i < plans->count; i++)
        if (value_get_str(plans->items[i], name))
            return value_get_str(plans->items[i], name);
    return NULL;
}

static struct value *limits(struct sls *sls, const struct value *plan)
{
    const struct value *quota = value_get(plan, "quota"), *throttle = value_get(plan, "throttle");
    struct value *both = value_map(sls->arena);
    if (truthy(quota) && quota->count)
        value_setz(sls->arena, both, "Quota",
                   form(sls, "{'Limit': %v, 'Offset': %v, 'Period': %v}", value_get(quota, "limit"),
                        value_get(quota, "offset"), value_get(quota, "period")));
    if (truthy(throttle) && throttle->count)
        value_setz(sls->arena, both, "Throttle",
                   form(sls, "{'BurstLimit': %v, 'RateLimit': %v}", value_get(throttle, "burstLimit"),
                        value_get(throttle, "rateLimit")));
    return both;
}

static void compile_plan(struct rest *rest, const char *name, const struct value *plan)
{
    struct sls *sls = rest->sls;
    const char *quoted = *name ? textf(sls, " \"%s\"", name) : "";
    const char *dashed = *name ? textf(sls, "-%s", name) : "";
    struct value *properties =
        form(sls,
             "{'ApiStages': [{'ApiId': %v, 'Stage': '%s'}], 'Description': 'Usage plan%s for %s %s stage', "
             "'UsagePlanName': '%s%s-%s'}",
             rest_api_id(rest), sls->stage, quoted, sls->name, sls->stage, sls->name, dashed, sls->stage);
    sls_merge(sls, properties, limits(sls, plan));
    sls_add(sls, textf(sls, "ApiGatewayUsagePlan%s", name_upper_first(sls, str_from(name))),
            form(sls, "{'Type': 'AWS::ApiGateway::UsagePlan', 'DependsOn': '%s', 'Properties': %v}",
                 rest->deployment_id, properties),
            rest->settings);
}

static void compile_plans(struct rest *rest)
{
    const struct value *plans = plans_of(rest);
    if (!value_is(plans, VALUE_LIST)) {
        compile_plan(rest, "", plans);
        return;
    }
    for (size_t i = 0; i < plans->count; i++)
        if (plans->items[i]->count)
            compile_plan(rest, arena_strz(rest->sls->arena, plans->items[i]->entries[0].key),
                         plans->items[i]->entries[0].value);
}

static void compile_key(struct rest *rest, size_t number, const char *plan, struct value *key)
{
    struct sls *sls = rest->sls;
    const char *id = textf(sls, "ApiGatewayApiKey%s%zu", plan, number);
    bool map = key->kind == VALUE_MAP;
    struct value *enabled = map ? if_given(value_get(key, "enabled")) : NULL;
    sls_add(sls, id,
            form(sls,
                 "{'Type': 'AWS::ApiGateway::ApiKey', 'Properties': {'Enabled': %v, 'Name': %v, 'Value': %v, "
                 "'Description': %v, 'CustomerId': %v, 'StageKeys': [{'RestApiId': %v, 'StageName': '%s'}]}, "
                 "'DependsOn': '%s'}",
                 enabled ? enabled : value_bool(sls->arena, true), map ? value_get(key, "name") : key,
                 if_truthy(value_get(key, "value")), value_get(key, "description"),
                 value_get(key, "customerId"), rest_api_id(rest), sls->stage, rest->deployment_id),
            key);
    sls_add(
        sls, textf(sls, "ApiGatewayUsagePlanKey%s%zu", plan, number),
        form(sls,
             "{'Type': 'AWS::ApiGateway::UsagePlanKey', 'Properties': {'KeyId': {'Ref': '%s'}, 'KeyType': "
             "'API_KEY', 'UsagePlanId': {'Ref': 'ApiGatewayUsagePlan%s'}}}",
             id, plan),
        key);
}

/* {plan: [keys]} counts anew, and the plain keys behind it go on from there. */
static void compile_keys(struct rest *rest, const struct value *keys)
{
    struct sls *sls = rest->sls;
    size_t number = 0;
    for (size_t i = 0; i < keys->count; i++) {
        struct value *key = keys->items[i];
        struct value_entry *first = key->kind == VALUE_MAP && key->count ? &key->entries[0] : NULL;
        if (!first || !named_plan(rest, first->key)) {
            if (first && first->value->kind == VALUE_LIST)
                sls_fail(sls, key, "API keys of '%.*s' have no usage plan of that name", STR_ARG(first->key));
            compile_key(rest, ++number, "", key);
            continue;
        }
        number = 0;
        for (size_t k = 0; k < first->value->count; k++)
            compile_key(rest, ++number, name_upper_first(sls, first->key), first->value->items[k]);
    }
}

void rest_compile_keys(struct rest *rest)
{
    const struct value *keys = value_get(rest->settings, "apiKeys");
    if (truthy(keys) || truthy(plans_of(rest)))
        compile_plans(rest);
    if (value_is(keys, VALUE_LIST))
        compile_keys(rest, keys);
}
