#include "environments/serverless/rest.h"

/* From what an event `http` says to what the methods are made of. */

static const struct {
    const char *code, *pattern;
} default_codes[] = {
    {"200", ""},
    {"400", "[\\s\\S]*\\[400\\][\\s\\S]*"},
    {"401", "[\\s\\S]*\\[401\\][\\s\\S]*"},
    {"403", "[\\s\\S]*\\[403\\][\\s\\S]*"},
    {"404", "[\\s\\S]*\\[404\\][\\s\\S]*"},
    {"422", "[\\s\\S]*\\[422\\][\\s\\S]*"},
    {"500", "[\\s\\S]*(Process\\s?exited\\s?before\\s?completing\\s?request|\\[500\\])[\\s\\S]*"},
    {"502", "[\\s\\S]*\\[502\\][\\s\\S]*"},
    {"504", "([\\s\\S]*\\[504\\][\\s\\S]*)|(.*Task timed out after \\d+\\.\\d+ seconds$)"},
};

static const char *upper_text(struct sls *sls, const struct value *value)
{
    char *copy = arena_strz(sls->arena, value_text(value));
    for (size_t i = 0; copy[i]; i++)
        if (copy[i] >= 'a' && copy[i] <= 'z')
            copy[i] = (char)(copy[i] - 'a' + 'A');
    return copy;
}

static const char *lower_text(struct sls *sls, struct str text)
{
    char *copy = arena_strz(sls->arena, text);
    for (size_t i = 0; copy[i]; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return copy;
}

/* "GET users/{id}" is the short form. */
static struct value *long_form(struct sls *sls, const struct sls_event *event)
{
    if (event->value->kind == VALUE_MAP)
        return event->value;
    struct str text = event->value->text;
    size_t space = str_find(text, ' ');
    if (space == text.len)
        sls_fail(sls, event->value, "event 'http' of function '%s' must be like 'GET users/{id}'",
                 event->function->key);
    struct str path = str_from_index(text, space < text.len ? space + 1 : space);
    struct value *form_of_two =
        form(sls, "{'method': %v, 'path': %v}", value_string(sls->arena, str_slice(text, 0, space)),
             value_string(sls->arena, str_slice(path, 0, str_find(path, ' '))));
    return value_at_position_of(form_of_two, event->value);
}

static const char *integration_of(struct sls *sls, const struct value *http)
{
    static const char *const known[][2] = {
        {"LAMBDA", "AWS"}, {"LAMBDA_PROXY", "AWS_PROXY"}, {"AWS", "AWS"},   {"AWS_PROXY", "AWS_PROXY"},
        {"HTTP", "HTTP"},  {"HTTP_PROXY", "HTTP_PROXY"},  {"MOCK", "MOCK"},
    };
    struct value *given = value_get(http, "integration");
    if (!truthy(given))
        return truthy(value_get(http, "async")) ? "AWS" : "AWS_PROXY";
    const char *name = name_replace(sls, str_from(upper_text(sls, given)), "-", "_");
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (str_is(str_from(name), known[i][0]))
            return known[i][1];
    sls_fail(sls, given, "integration '%.*s' is not known: lambda-proxy, lambda, http, http-proxy or mock",
             STR_ARG(given->text));
    return "AWS_PROXY";
}

static struct value *cors_of(struct sls *sls, const struct rest_event *event)
{
    struct value *given = value_get(event->http, "cors"), *method;
    struct value *headers =
        form(sls, "['Content-Type', 'X-Amz-Date', 'Authorization', 'X-Api-Key', 'X-Amz-Security-Token', "
                  "'X-Amz-User-Agent', 'X-Amzn-Trace-Id']");
    struct value *cors = value_map(sls->arena);
    if (!truthy(given))
        return NULL;
    if (!truthy(value_get(given, "origins")))
        value_setz(sls->arena, cors, "origin", form_text(sls, "*"));
    value_setz(sls->arena, cors, "methods", form(sls, "['OPTIONS']"));
    for (size_t i = 0; given->kind == VALUE_MAP && i < given->count; i++)
        value_set(sls->arena, cors, given->entries[i].key, value_copy(sls->arena, given->entries[i].value));
    if (!truthy(value_get(cors, "headers")))
        value_setz(sls->arena, cors, "headers", headers);
    struct value *methods = value_get(cors, "methods");
    method = form_text(sls, upper_text(sls, form_text(sls, event->method)));
    value_append(sls->arena, methods, form_text(sls, "OPTIONS"));
    value_append(sls->arena, methods, method);
    value_setz(sls->arena, cors, "methods", unique_list(sls, methods));
    return cors;
}

static struct value *parameters_of(struct sls *sls, const struct rest_event *event)
{
    static const char *const places[][2] = {
        {"querystrings", "querystring"}, {"paths", "path"}, {"headers", "header"}};
    const struct value *given = value_path(event->http, "request", "parameters", NULL);
    if (!truthy(given))
        return NULL;
    struct value *all = value_map(sls->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        const struct value *place = value_get(given, places[i][0]);
        for (size_t k = 0; value_is(place, VALUE_MAP) && k < place->count; k++)
            value_setz(sls->arena, all,
                       textf(sls, "method.request.%s.%.*s", places[i][1], STR_ARG(place->entries[k].key)),
                       place->entries[k].value);
    }
    return all;
}

/* In the order of their numbers, as JavaScript keeps such keys. */
static struct value *sorted_codes(struct sls *sls, const struct value *codes)
{
    struct value *sorted = value_map(sls->arena);
    struct str last = STR_EMPTY;
    for (size_t n = 0; n < codes->count; n++) {
        const struct value_entry *next = NULL;
        for (size_t i = 0; i < codes->count; i++) {
            const struct value_entry *entry = &codes->entries[i];
            if ((n == 0 || str_compare(entry->key, last) > 0) &&
                (!next || str_compare(entry->key, next->key) < 0))
                next = entry;
        }
        value_set(sls->arena, sorted, next->key, next->value);
        last = next->key;
    }
    return sorted;
}

static struct value *default_responses(struct sls *sls)
{
    struct value *codes = value_map(sls->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(default_codes); i++)
        value_setz(sls->arena, codes, default_codes[i].code,
                   form(sls, "{'pattern': '%s'}", default_codes[i].pattern));
    return codes;
}

static struct value *responses_of(struct sls *sls, const struct rest_event *event)
{
    struct str type = str_from(event->integration);
    struct value *response = value_get(event->http, "response"), *codes = value_get(response, "statusCodes");
    bool success = false;
    if (str_ends(type, "_PROXY") || (!truthy(response) && str_is(type, "MOCK")))
        return NULL;
    if (!truthy(codes) && (truthy(response) ? !str_is(type, "MOCK") : str_is(type, "AWS")))
        return default_responses(sls);
    if (!truthy(codes)) {
        sls_fail(sls, event->http, "event 'http' of function '%s' needs 'response' with 'statusCodes'",
                 event->function->key);
        return NULL;
    }
    for (size_t i = 0; i < codes->count; i++)
        success = success || value_is_text(value_get(codes->entries[i].value, "pattern"), "");
    if (!success && !str_is(type, "MOCK"))
        value_setz(sls->arena, codes, "200", form(sls, "{'pattern': ''}"));
    return sorted_codes(sls, codes);
}

static const char *name_in_arn(struct sls *sls, struct str arn)
{
    struct str last = str_from_index(arn, str_find_last(arn, ':') + 1);
    size_t dash = str_find_last(last, '-');
    return arena_strz(sls->arena, dash < last.len ? str_from_index(last, dash + 1) : last);
}

static void authorizer_by_text(struct sls *sls, struct rest_authorizer *authorizer, const struct value *given)
{
    if (str_equal_nocase(given->text, STR("AWS_IAM"))) {
        authorizer->type = "AWS_IAM";
    } else if (str_contains(given->text, ":")) {
        authorizer->arn = (struct value *)given;
        authorizer->name = name_in_arn(sls, given->text);
    } else {
        authorizer->name = text_of(sls, given);
    }
}

static void authorizer_by_map(struct sls *sls, struct rest_authorizer *authorizer, const struct value *given)
{
    struct value *type = value_get(given, "type"), *arn = value_get(given, "arn");
    struct value *name = value_get(given, "name"), *ttl = value_get(given, "resultTtlInSeconds");
    if (truthy(type))
        authorizer->type = str_equal_nocase(type->text, STR("AWS_IAM")) ? "AWS_IAM" : text_of(sls, type);
    if (truthy(type) && truthy(value_get(given, "authorizerId"))) {
        authorizer->id = value_get(given, "authorizerId");
    } else if (truthy(arn)) {
        authorizer->arn = arn;
        if (truthy(name) || arn->kind == VALUE_STRING)
            authorizer->name = truthy(name) ? text_of(sls, name) : name_in_arn(sls, arn->text);
        else
            sls_fail(sls, given, "an authorizer whose 'arn' is a function of CloudFormation needs 'name'");
    } else if (truthy(name)) {
        authorizer->name = text_of(sls, name);
    } else if (!authorizer->type || !str_is(str_from(authorizer->type), "AWS_IAM")) {
        sls_fail(sls, given, "an authorizer needs 'name' or 'arn'");
    }
    authorizer->ttl = value_is(ttl, VALUE_NUMBER) ? ttl : value_int(sls->arena, 300);
    authorizer->claims = if_truthy(value_get(given, "claims"));
    authorizer->scopes = if_truthy(value_get(given, "scopes"));
    authorizer->expression = if_given(value_get(given, "identityValidationExpression"));
    authorizer->external = truthy(value_get(given, "managedExternally"));
    if (truthy(value_get(given, "identitySource")))
        authorizer->identity_source = text_of(sls, value_get(given, "identitySource"));
}

static bool is_cognito(const struct rest_authorizer *authorizer)
{
    struct str arn = value_is(authorizer->arn, VALUE_STRING) ? authorizer->arn->text : STR_EMPTY;
    size_t partition = str_starts(arn, "arn:") ? str_find(str_from_index(arn, 4), ':') : 0;
    return (authorizer->type && str_equal_nocase(str_from(authorizer->type), STR("COGNITO_USER_POOLS"))) ||
           (str_starts(arn, "arn:") && str_starts(str_from_index(arn, 4 + partition), ":cognito-idp"));
}

static struct rest_authorizer *authorizer_of(struct sls *sls, const struct rest_event *event)
{
    const struct value *given = value_get(event->http, "authorizer");
    if (!truthy(given))
        return NULL;
    struct rest_authorizer *authorizer = arena_alloc(sls->arena, sizeof *authorizer);
    if (given->kind == VALUE_STRING)
        authorizer_by_text(sls, authorizer, given);
    else
        authorizer_by_map(sls, authorizer, given);
    if (authorizer->name && !authorizer->arn) {
        const struct sls_function *f = sls_function(sls, str_from(authorizer->name));
        if (!f) {
            sls_fail(sls, given, "authorizer '%s' of function '%s' is not a function of this service",
                     authorizer->name, event->function->key);
            return authorizer;
        }
        authorizer->arn = sls_target(sls, f);
        authorizer->alias = f->alias;
    }
    bool request = authorizer->type && str_equal_nocase(str_from(authorizer->type), STR("REQUEST"));
    bool uncached = request && str_is(value_text(authorizer->ttl), "0");
    if (!authorizer->identity_source && !uncached)
        authorizer->identity_source = "method.request.header.Authorization";
    authorizer->cognito = is_cognito(authorizer);
    if (str_is(str_from(event->integration), "AWS_PROXY") && authorizer->cognito &&
        value_is(authorizer->arn, VALUE_STRING) && authorizer->claims && authorizer->claims->count)
        sls_fail(sls, given, "claims of Cognito can be filtered with integration 'lambda' only");
    return authorizer;
}

static void check_uri(struct sls *sls, const struct rest_event *event)
{
    const struct value *connection = value_get(event->http, "connectionType");
    if (!truthy(value_path(event->http, "request", "uri", NULL)))
        sls_fail(sls, event->http, "event 'http' of function '%s' needs 'request.uri' for integration %s",
                 event->function->key, event->integration);
    if (truthy(connection) && !truthy(value_get(event->http, "connectionId")))
        sls_fail(sls, connection, "event 'http' of function '%s' needs 'connectionId'", event->function->key);
}

void rest_read_event(struct rest *rest, const struct sls_event *given, struct rest_event *event)
{
    struct sls *sls = rest->sls;
    *event = (struct rest_event){.function = given->function, .http = long_form(sls, given)};
    struct str path = value_get_text(event->http, "path");
    if (str_starts(path, "/"))
        path = str_from_index(path, 1);
    if (str_ends(path, "/"))
        path.len--;
    event->path = arena_strz(sls->arena, path);
    event->method = lower_text(sls, value_get_text(event->http, "method"));
    event->integration = integration_of(sls, event->http);
    event->cors = cors_of(sls, event);
    event->authorizer = authorizer_of(sls, event);
    event->parameters = parameters_of(sls, event);
    if (str_starts(str_from(event->integration), "HTTP"))
        check_uri(sls, event);
    event->responses = responses_of(sls, event);
}
