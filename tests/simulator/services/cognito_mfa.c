/* The second factors of a user pool.  pool.mfa has "software" (true or absent), "sms" (likewise), "email" and
 * "webauthn" (as the API has them, or absent). */

#include "tests/simulator/services/cognito.h"

#include "tests/simulator/roles.h"

bool cognito_check_sms(struct call *call, const struct value *sms)
{
    struct str role = value_get_text(sms, "SnsCallerArn");
    if (!sms)
        return true;
    switch (role_check(call, role, "cognito-idp.amazonaws.com")) {
    case ROLE_GOOD:
        return true;
    case ROLE_MALFORMED:
    case ROLE_FOREIGN:
        return cognito_invalid(call,
                               "1 validation error detected: Value '%.*s' at "
                               "'smsConfiguration.snsCallerArn' failed to satisfy constraint",
                               STR_ARG(role));
    case ROLE_UNKNOWN:
    case ROLE_UNTRUSTING:
        break;
    }
    return call_fail(call, 400, "InvalidSmsRoleTrustRelationshipException",
                     "Role does not have a trust relationship allowing Cognito to assume the role");
}

bool cognito_check_mfa(struct call *call, const struct value *pool)
{
    struct str wanted = call_text(call, "MfaConfiguration");
    const struct value *mfa = value_get(pool, "mfa");
    if (!wanted.len || str_is(wanted, "OFF"))
        return true;
    if (!str_is(wanted, "ON") && !str_is(wanted, "OPTIONAL"))
        return cognito_invalid(call,
                               "1 validation error detected: Value '%.*s' at 'mfaConfiguration' failed to "
                               "satisfy constraint",
                               STR_ARG(wanted));
    return call_has(call, "SmsConfiguration") || value_get(mfa, "software") || value_get(mfa, "email") ||
           cognito_invalid(call, "SMS configuration and Auto verification for phone_number are required when "
                                 "MFA is required/optional");
}

void cognito_settle_mfa(struct value *pool)
{
    static const char *const factors[] = {"software", "sms", "email"};
    struct value *mfa = value_get(pool, "mfa");
    if (!value_is_text(value_get(pool, "MfaConfiguration"), "OFF"))
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(factors); i++)
        (void)value_remove(mfa, str_from(factors[i]));
}

static void mfa_shape(struct call *call, const struct value *pool, struct value *out)
{
    const struct value *mfa = value_get(pool, "mfa");
    bool on = !value_is_text(value_get(pool, "MfaConfiguration"), "OFF");
    put(call, out, "MfaConfiguration", value_get(pool, "MfaConfiguration"));
    if (on) {
        struct value *software = value_map(call->arena);
        put_bool(call, software, "Enabled", value_get(mfa, "software") != NULL);
        put(call, out, "SoftwareTokenMfaConfiguration", software);
    }
    if (on && value_get(pool, "SmsConfiguration") && (value_get(mfa, "sms") || mfa->count == 0)) {
        struct value *sms = value_map(call->arena);
        put(call, sms, "SmsAuthenticationMessage", value_get(pool, "SmsAuthenticationMessage"));
        put(call, sms, "SmsConfiguration", value_get(pool, "SmsConfiguration"));
        put(call, out, "SmsMfaConfiguration", sms);
    }
    put(call, out, "EmailMfaConfiguration", value_get(mfa, "email"));
    put(call, out, "WebAuthnConfiguration", value_get(mfa, "webauthn"));
}

bool cognito_get_mfa(struct call *call)
{
    struct value *pool = cognito_pool(call);
    if (pool)
        mfa_shape(call, pool, call->output);
    return pool;
}

static bool check_factors(struct call *call, const struct value *pool, struct str wanted, bool software)
{
    const struct value *sms = value_get(call->input, "SmsMfaConfiguration");
    bool any = software || sms || call_has(call, "EmailMfaConfiguration");
    if (!str_is(wanted, "OFF") && !str_is(wanted, "ON") && !str_is(wanted, "OPTIONAL"))
        return cognito_invalid(call,
                               "1 validation error detected: Value '%.*s' at 'mfaConfiguration' failed to "
                               "satisfy constraint",
                               STR_ARG(wanted));
    if (str_is(wanted, "OFF") && any)
        return cognito_invalid(call,
                               "Invalid MFA configuration given, can't turn off MFA and configure an MFA "
                               "together.");
    if (!str_is(wanted, "OFF") && !any)
        return cognito_invalid(call,
                               "Invalid MFA configuration given, can't disable all MFAs with a required "
                               "or optional configuration.");
    if (call_has(call, "EmailMfaConfiguration") &&
        !value_is_text(value_path(pool, "EmailConfiguration", "EmailSendingAccount", NULL), "DEVELOPER"))
        return cognito_invalid(call, "Email MFA needs an email configuration of one's own.");
    return cognito_check_sms(call, value_get(sms, "SmsConfiguration"));
}

static void set_sms(struct call *call, struct value *pool, const struct value *sms)
{
    struct value *mfa = value_get(pool, "mfa");
    if (!sms)
        return;
    state_bool(call, mfa, "sms", true);
    if (value_get(sms, "SmsConfiguration"))
        state_put(call, pool, STR("SmsConfiguration"), value_get(sms, "SmsConfiguration"));
    if (value_get(sms, "SmsAuthenticationMessage"))
        state_put(call, pool, STR("SmsAuthenticationMessage"), value_get(sms, "SmsAuthenticationMessage"));
}

bool cognito_set_mfa(struct call *call)
{
    static const char *const pairs[][2] = {{"EmailMfaConfiguration", "email"},
                                           {"WebAuthnConfiguration", "webauthn"}};
    struct value *pool = cognito_pool(call);
    struct str wanted = call_has(call, "MfaConfiguration") ? call_text(call, "MfaConfiguration") : STR("OFF");
    bool software = value_get_bool(value_get(call->input, "SoftwareTokenMfaConfiguration"), "Enabled", false);
    if (!pool || !check_factors(call, pool, wanted, software))
        return false;
    struct value *mfa = state_put(call, pool, STR("mfa"), value_map(call->arena));
    if (software)
        state_bool(call, mfa, "software", true);
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        if (call_has(call, pairs[i][0]))
            state_put(call, mfa, str_from(pairs[i][1]), value_get(call->input, pairs[i][0]));
    set_sms(call, pool, value_get(call->input, "SmsMfaConfiguration"));
    state_text(call, pool, "MfaConfiguration", wanted);
    state_int(call, pool, "modified", call->now);
    cognito_settle_mfa(pool);
    mfa_shape(call, pool, call->output);
    return true;
}
