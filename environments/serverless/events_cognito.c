#include "environments/serverless/compile.h"

/* Events `cognitoUserPool`: pools that the service makes.  One that is there already needs the framework's
 * Lambda. */

static const char *pool_id(struct sls *sls, const struct value *given)
{
    return textf(sls, "CognitoUserPool%s", name_alphanumeric(sls, value_get_text(given, "pool")));
}

static bool is_sender(const struct value *trigger)
{
    return value_is_text(trigger, "CustomSMSSender") || value_is_text(trigger, "CustomEmailSender");
}

static void set_trigger(struct sls *sls, const struct sls_event *event, struct value *triggers)
{
    const struct value *given = event->value, *trigger = value_get(given, "trigger");
    struct value *target = sls_target(sls, event->function), *key = value_get(given, "kmsKeyId");
    struct value *known = value_get(triggers, "KMSKeyID");
    if (!is_sender(trigger)) {
        value_set(sls->arena, triggers, value_text(trigger), target);
        return;
    }
    if (!truthy(key))
        sls_fail(sls, given, "trigger '%.*s' needs 'kmsKeyId'", STR_ARG(value_text(trigger)));
    else if (known && !value_equal(known, key))
        sls_fail(sls, given, "user pool '%.*s' takes one 'kmsKeyId'", STR_ARG(value_get_text(given, "pool")));
    if (sls->failed)
        return;
    value_set(sls->arena, triggers, value_text(trigger),
              form(sls, "{'LambdaArn': %v, 'LambdaVersion': %v}", target,
                   truthy_or(value_get(given, "lambdaVersion"), form_text(sls, "V1_0"))));
    value_setz(sls->arena, triggers, "KMSKeyID", key);
}

static void compile_pool(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct value *given = event->value;
    const char *id = pool_id(sls, given);
    (void)self;
    if (truthy(value_get(given, "existing"))) {
        sls_unsupported(sls, given, "event 'cognitoUserPool' of function '%s' has 'existing: true'",
                        event->function->key);
        return;
    }
    if (!sls_has(sls, id))
        sls_put(
            sls, id,
            form(sls,
                 "{'Type': 'AWS::Cognito::UserPool', 'Properties': {'UserPoolName': %v, 'LambdaConfig': {}}, "
                 "'DependsOn': []}",
                 value_get(given, "pool")),
            given);
    set_trigger(sls, event, value_path(sls->resources, id, "Properties", "LambdaConfig", NULL));
    value_append(sls->arena, value_path(sls->resources, id, "DependsOn", NULL),
                 form_text(sls, event->function->alias ? event->function->alias : event->function->lambda));
}

static void permit_pool(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct value *given = event->value;
    (void)self;
    sls_add(sls,
            textf(sls, "%sLambdaPermissionCognitoUserPool%sTriggerSource%s", event->function->id,
                  name_alphanumeric(sls, value_get_text(given, "pool")),
                  name_alphanumeric(sls, value_get_text(given, "trigger"))),
            sls_permission(sls, event->function, "cognito-idp.amazonaws.com",
                           form(sls, "{'Fn::GetAtt': ['%s', 'Arn']}", pool_id(sls, given))),
            given);
}

void compile_cognito_user_pool(struct sls *sls)
{
    each_event(sls, "cognitoUserPool", compile_pool, NULL);
    if (!sls->failed)
        each_event(sls, "cognitoUserPool", permit_pool, NULL);
}
