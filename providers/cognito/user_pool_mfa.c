#include "providers/cognito/user_pool.h"

#include "providers/cognito/operations.h"

const char *const pool_mfa_properties[] = {"MfaConfiguration",
                                           "EnabledMfas",
                                           "EmailAuthenticationMessage",
                                           "EmailAuthenticationSubject",
                                           "WebAuthnFactorConfiguration",
                                           "WebAuthnRelyingPartyID",
                                           "WebAuthnUserVerification",
                                           NULL};

/* Paths of the API's answer, and of SetUserPoolMfaConfig. */
static const struct {
    const char *property, *map, *member;
} texts[] = {
    {"EmailAuthenticationMessage", "EmailMfaConfiguration", "Message"},
    {"EmailAuthenticationSubject", "EmailMfaConfiguration", "Subject"},
    {"WebAuthnFactorConfiguration", "WebAuthnConfiguration", "FactorConfiguration"},
    {"WebAuthnRelyingPartyID", "WebAuthnConfiguration", "RelyingPartyId"},
    {"WebAuthnUserVerification", "WebAuthnConfiguration", "UserVerification"},
};

static bool is_off(const struct value *properties)
{
    struct str word = value_get_text(properties, "MfaConfiguration");
    return word.len == 0 || str_is(word, "OFF");
}

static bool declares_any(const struct value *properties)
{
    for (const char *const *name = pool_mfa_properties; *name; name++)
        if (value_get(properties, *name))
            return true;
    return false;
}

/* With MFA off none is enabled, whatever is kept for the day on which it is on. */
static struct value *enabled(struct arena *arena, const struct value *answer)
{
    struct value *list = value_list(arena);
    if (is_off(answer))
        return list;
    if (value_get(answer, "EmailMfaConfiguration"))
        value_append(arena, list, value_stringz(arena, "EMAIL_OTP"));
    if (value_get(answer, "SmsMfaConfiguration"))
        value_append(arena, list, value_stringz(arena, "SMS_MFA"));
    if (value_get_bool(value_get(answer, "SoftwareTokenMfaConfiguration"), "Enabled", false))
        value_append(arena, list, value_stringz(arena, "SOFTWARE_TOKEN_MFA"));
    return list;
}

static bool get(const struct resource_call *call, struct value *properties, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *answer;
    if (!aws_call(call->aws, &cognito_operations[COGNITO_GET_USER_POOL_MFA_CONFIG], arena,
                  input_with(arena, "UserPoolId", call->physical_id), &answer, error))
        return false;
    struct str word = value_get_text(answer, "MfaConfiguration");
    and_with(arena, properties, "MfaConfiguration", word.len ? word : STR("OFF"));
    value_setz(arena, properties, "EnabledMfas", enabled(arena, answer));
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct str text = value_get_text(value_get(answer, texts[i].map), texts[i].member);
        if (text.len)
            and_with(arena, properties, texts[i].property, text);
    }
    return true;
}

bool pool_mfa_receive(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (call->properties && is_off(state->properties) && !declares_any(call->properties))
        return true;
    struct resource_call there = *call;
    there.physical_id = state->physical_id;
    return get(&there, state->properties, error);
}

/* Declared, or else as it was. */
static const struct value *wanted(const struct value *target, const struct resource_state *before,
                                  const char *name)
{
    const struct value *value = value_get(target, name);
    return value ? value : value_get(before->properties, name);
}

static struct value *map_in(struct arena *arena, struct value *input, const char *name)
{
    if (!value_get(input, name))
        value_setz(arena, input, name, value_map(arena));
    return value_get(input, name);
}

static void add_sms(struct arena *arena, const struct value *target, const struct resource_state *before,
                    struct value *input)
{
    static const char *const members[] = {"SmsAuthenticationMessage", "SmsConfiguration"};
    struct value *sms = map_in(arena, input, "SmsMfaConfiguration");
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        const struct value *value = wanted(target, before, members[i]);
        if (value && value->kind != VALUE_NULL)
            value_setz(arena, sms, members[i], without_nulls(arena, value));
    }
}

/* Which factors a pool has that says none is what CreateUserPool would give it: text messages. */
static void add_factors(struct arena *arena, const struct value *target, const struct resource_state *before,
                        struct value *input)
{
    const struct value *factors = wanted(target, before, "EnabledMfas");
    bool any = value_is(factors, VALUE_LIST) && factors->count;
    if (!any || list_has(factors, STR("SMS_MFA")))
        add_sms(arena, target, before, input);
    if (any && list_has(factors, STR("EMAIL_OTP")))
        (void)map_in(arena, input, "EmailMfaConfiguration");
    value_setz(arena, map_in(arena, input, "SoftwareTokenMfaConfiguration"), "Enabled",
               value_bool(arena, any && list_has(factors, STR("SOFTWARE_TOKEN_MFA"))));
}

static struct value *set_input(const struct resource_call *call, const struct value *target,
                               const struct resource_state *before)
{
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, "UserPoolId", call->physical_id);
    const struct value *word = wanted(target, before, "MfaConfiguration");
    bool off = !word || str_is(value_text(word), "OFF");
    and_with(arena, input, "MfaConfiguration", off ? STR("OFF") : value_text(word));
    if (!off)
        add_factors(arena, target, before, input);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        const struct value *value = wanted(target, before, texts[i].property);
        bool email = str_is(str_from(texts[i].map), "EmailMfaConfiguration");
        if (value && value->kind != VALUE_NULL && (!email || value_get(input, texts[i].map)))
            value_setz(arena, map_in(arena, input, texts[i].map), texts[i].member, value_copy(arena, value));
    }
    return input;
}

bool pool_mfa_write(const struct resource_call *call, const struct value *target,
                    const struct resource_state *before, struct error *error)
{
    struct value *now = value_map(call->arena);
    bool differs = false;
    if (!declares_any(target) && is_off(before->properties))
        return true;
    if (!get(call, now, error))
        return false;
    for (const char *const *name = pool_mfa_properties; *name; name++) {
        const struct value *value = wanted(target, before, *name);
        differs = differs || (value && !shape_covers(value, value_get(now, *name)));
    }
    return !differs || call_over_hurdles(call->aws, &cognito_operations[COGNITO_SET_USER_POOL_MFA_CONFIG],
                                         call->arena, set_input(call, target, before), cognito_hurdles,
                                         COGNITO_HURDLES_MS, NULL, error);
}
