/* Functions: made, read, changed, listed, deleted. */

#include "tests/simulator/services/lambda.h"

void lambda_touch(struct call *call, struct value *record, const char *delay, bool fresh)
{
    state_text(call, record, "revision", call_uuid(call));
    state_text(call, record, "settled", call_uuid(call)); /* settling changes the revision once more */
    state_int(call, record, "until", call->now + call_delay(call, delay));
    state_bool(call, record, "fresh", fresh);
    state_int(call, record, "modified", call->now);
}

bool lambda_is_settled(struct call *call, const struct value *function, struct str name)
{
    const struct value *latest = value_get(function, "latest");
    if (value_get_int(latest, "until", 0) <= call->now)
        return true;
    if (value_get_bool(latest, "fresh", false))
        return call_fail(call, 409, LAMBDA_CONFLICT,
                         "The operation cannot be performed at this time. The function is currently in the "
                         "following state: Pending");
    struct str text = lambda_arn(call, name, STR_EMPTY);
    return call_fail(
        call, 409, LAMBDA_CONFLICT,
        "The operation cannot be performed at this time. An update is in progress for resource: %.*s",
        STR_ARG(text));
}

/* Answers with $LATEST, or with the version just published where the call asked for one. */
static bool answer_function(struct call *call, struct value *function)
{
    struct str version = STR("$LATEST"), qualifier = STR_EMPTY;
    const struct value *record = value_get(function, "latest");
    if (value_get_bool(call->input, "Publish", false)) {
        record = lambda_publish(call, function, &version);
        qualifier = version;
    }
    call->output = lambda_configuration(call, function, record, qualifier, version, LAMBDA_FULL);
    return true;
}

static struct value *new_function(struct call *call, struct str name)
{
    struct value *function = state_put(call, lambda_functions(call), name, value_map(call->arena));
    struct value *tags = value_get(call->input, "Tags");
    static const char *const maps[] = {"versions", "aliases", "policies"};
    state_text(call, function, "name", name);
    state_put(call, function, STR("tags"), tags ? tags : value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(maps); i++)
        state_put(call, function, str_from(maps[i]), value_map(call->arena));
    struct value *latest = state_put(call, function, STR("latest"), value_map(call->arena));
    struct value *config = state_put(call, latest, STR("config"), value_map(call->arena));
    state_text(call, config, "FunctionName", name);
    lambda_config_apply(call, config, true);
    return function;
}

bool lambda_CreateFunction(struct call *call)
{
    struct str name, qualifier;
    struct lambda_code code;
    bool image = str_is(call_text(call, "PackageType"), "Image");
    if (!lambda_name(call, call_text(call, "FunctionName"), &name, &qualifier) ||
        !lambda_config_is_valid(call, true) || !lambda_tags_fit(call, NULL, value_get(call->input, "Tags")))
        return false;
    if (value_get_str(lambda_functions(call), name))
        return call_fail(call, 409, LAMBDA_CONFLICT, "Function already exist: %.*s", STR_ARG(name));
    if (!lambda_code_read(call, value_get(call->input, "Code"), image, &code))
        return false;
    struct value *function = new_function(call, name), *latest = value_get(function, "latest");
    lambda_code_apply(call, latest, &code);
    lambda_touch(call, latest, "lambda.pending", true);
    return answer_function(call, function);
}

static struct value *code_location(struct call *call, const struct value *record)
{
    struct value *code = value_map(call->arena);
    struct str image = value_get_text(record, "image"), host = call_header(call, "host");
    if (image.len) {
        put_text(call, code, "RepositoryType", STR("ECR"));
        put_text(call, code, "ImageUri", image);
        size_t end = str_find(image, '@');
        end = end < image.len ? end : str_find_last(image, ':');
        put_textf(call, code, "ResolvedImageUri", "%.*s@sha256:%.*s", (int)end, image.ptr,
                  STR_ARG(value_get_text(record, "sha256")));
        return code;
    }
    put_text(call, code, "RepositoryType", STR("S3"));
    put_textf(call, code, "Location", "http://%.*s/_simulator/blobs/%.*s", STR_ARG(host),
              STR_ARG(value_get_text(record, "digest")));
    return code;
}

bool lambda_GetFunction(struct call *call)
{
    struct lambda_target target;
    struct value *record, *tags, *concurrency = value_map(call->arena);
    struct str version;
    if (!lambda_find_qualified(call, &target, &record, &version))
        return false;
    put(call, call->output, "Configuration",
        lambda_configuration(call, target.function, record, target.qualifier, version, LAMBDA_FULL));
    put(call, call->output, "Code", code_location(call, record));
    tags = value_get(target.function, "tags");
    if (tags->count)
        put(call, call->output, "Tags", tags);
    if (value_get(target.function, "reserved")) {
        put(call, concurrency, "ReservedConcurrentExecutions", value_get(target.function, "reserved"));
        put(call, call->output, "Concurrency", concurrency);
    }
    return true;
}

bool lambda_GetFunctionConfiguration(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version;
    if (!lambda_find_qualified(call, &target, &record, &version))
        return false;
    call->output =
        lambda_configuration(call, target.function, record, target.qualifier, version, LAMBDA_FULL);
    return true;
}

/* Updates change $LATEST only. */
static bool find_to_update(struct call *call, struct lambda_target *target)
{
    if (!lambda_find(call, target))
        return false;
    if (target->qualifier.len && !str_is(target->qualifier, "$LATEST"))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "This operation does not support versions and aliases: give the function's name.");
    return lambda_is_settled(call, target->function, target->name) &&
           lambda_revision(call, lambda_current_revision(call, value_get(target->function, "latest")),
                           "GetFunction");
}

/* DryRun answers as the update would, and changes nothing. */
static bool dry_run(struct call *call, const struct lambda_target *target, const struct lambda_code *code)
{
    call->output = lambda_configuration(call, target->function, value_get(target->function, "latest"),
                                        STR_EMPTY, STR("$LATEST"), LAMBDA_FULL);
    put_text(call, call->output, "CodeSha256", code->sha256);
    put_int(call, call->output, "CodeSize", code->size);
    return true;
}

bool lambda_UpdateFunctionCode(struct call *call)
{
    struct lambda_target target;
    struct lambda_code code;
    if (!find_to_update(call, &target))
        return false;
    struct value *latest = value_get(target.function, "latest"), *config = value_get(latest, "config");
    bool image = str_is(value_get_text(config, "PackageType"), "Image");
    if (!lambda_code_read(call, call->input, image, &code))
        return false;
    if (value_get_bool(call->input, "DryRun", false))
        return dry_run(call, &target, &code);
    lambda_code_apply(call, latest, &code);
    state_member(call, config, "Architectures");
    lambda_touch(call, latest, "lambda.update", false);
    return answer_function(call, target.function);
}

bool lambda_UpdateFunctionConfiguration(struct call *call)
{
    struct lambda_target target;
    if (!find_to_update(call, &target) || !lambda_config_is_valid(call, false))
        return false;
    struct value *latest = value_get(target.function, "latest");
    lambda_config_apply(call, value_get(latest, "config"), false);
    lambda_touch(call, latest, "lambda.update", false);
    call->output =
        lambda_configuration(call, target.function, latest, STR_EMPTY, STR("$LATEST"), LAMBDA_FULL);
    return true;
}

/* Names every alias that holds the version fast; false where there is one. */
static bool version_is_free(struct call *call, const struct value *function, struct str version)
{
    const struct value *aliases = value_get(function, "aliases");
    struct buf names = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < aliases->count; i++) {
        const struct value *alias = aliases->entries[i].value;
        if (str_equal(value_get_text(alias, "FunctionVersion"), version) ||
            value_get_str(value_get(alias, "weights"), version))
            buf_printf(&names, "%s%.*s", names.len ? ", " : "", STR_ARG(aliases->entries[i].key));
    }
    bool is_free = names.len == 0;
    if (!is_free)
        call_fail(call, 409, LAMBDA_CONFLICT,
                  "Unable to delete version because the following aliases reference it: [%s]", names.ptr);
    buf_release(&names);
    return is_free;
}

static bool delete_version(struct call *call, const struct lambda_target *target)
{
    if (str_is(target->qualifier, "$LATEST"))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "$LATEST version cannot be deleted without deleting the function.");
    if (!lambda_is_number(target->qualifier))
        return call_fail(call, 400, LAMBDA_INVALID, "Deletion of aliases is not currently supported.");
    if (!version_is_free(call, target->function, target->qualifier))
        return false;
    static const char *const maps[] = {"versions", "provisioned", "policies", "invoke", "runtime"};
    for (size_t i = 0; i < ARRAY_LENGTH(maps); i++) /* absent is fine with AWS */
        if (value_get(target->function, maps[i]))
            (void)value_remove(value_get(target->function, maps[i]), target->qualifier);
    return true;
}

bool lambda_DeleteFunction(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    if (target.qualifier.len)
        return delete_version(call, &target);
    return value_remove(lambda_functions(call), target.name);
}

static void list_function(struct call *call, struct value *items, const struct value *function, bool versions)
{
    struct str name = value_get_text(function, "name");
    value_set(call->arena, items, name,
              lambda_configuration(call, function, value_get(function, "latest"),
                                   versions ? STR("$LATEST") : STR_EMPTY, STR("$LATEST"), LAMBDA_LISTED));
    const struct value *all = versions ? value_get(function, "versions") : NULL;
    for (size_t i = 0; all && i < all->count; i++)
        value_set(call->arena, items,
                  arena_printf(call->arena, "%.*s:%010llu", STR_ARG(name), (unsigned long long)i),
                  lambda_configuration(call, function, all->entries[i].value, all->entries[i].key,
                                       all->entries[i].key, LAMBDA_LISTED));
}

/* All functions are many: only those of the page are put together. */
bool lambda_ListFunctions(struct call *call)
{
    bool versions = str_is(call_text(call, "FunctionVersion"), "ALL");
    struct value *functions = lambda_functions(call), *items = functions;
    struct str next;
    if (versions) {
        items = value_map(call->arena);
        for (size_t i = 0; i < functions->count; i++)
            list_function(call, items, functions->entries[i].value, true);
    }
    struct value *page = call_page(call, items, &lambda_paging, &next);
    if (!page)
        return false;
    for (size_t i = 0; i < page->count && !versions; i++)
        page->items[i] = lambda_configuration(call, page->items[i], value_get(page->items[i], "latest"),
                                              STR_EMPTY, STR("$LATEST"), LAMBDA_LISTED);
    put(call, call->output, "Functions", page);
    if (next.len)
        put_text(call, call->output, "NextMarker", next);
    return true;
}

bool lambda_GetAccountSettings(struct call *call)
{
    struct value *limit = value_map(call->arena), *usage = value_map(call->arena);
    struct value *functions = lambda_functions(call);
    int64_t reserved = 0, size = 0;
    for (size_t i = 0; i < functions->count; i++) {
        reserved += value_get_int(functions->entries[i].value, "reserved", 0);
        size += value_get_int(value_get(functions->entries[i].value, "latest"), "size", 0);
    }
    put_int(call, limit, "TotalCodeSize", INT64_C(80530636800));
    put_int(call, limit, "CodeSizeUnzipped", 262144000);
    put_int(call, limit, "CodeSizeZipped", 52428800);
    put_int(call, limit, "ConcurrentExecutions", 1000);
    put_int(call, limit, "UnreservedConcurrentExecutions", 1000 - reserved);
    put_int(call, usage, "TotalCodeSize", size);
    put_int(call, usage, "FunctionCount", (int64_t)functions->count);
    put(call, call->output, "AccountLimit", limit);
    put(call, call->output, "AccountUsage", usage);
    return true;
}
