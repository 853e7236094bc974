#include "base/yaml_reader.h"
#include "environments/cloudformation/template.h"
#include "environments/serverless/service.h"
#include "environments/serverless/variables.h"

/*
 * Where values come from.  Nothing is taken from the machine: no environment variable, no file outside of the
 * repository, no clock, no call.  What the account alone knows becomes a function or a dynamic reference of
 * CloudFormation.
 */

enum { KEYS_MAX = 32 };

static bool wrong(const struct variable_call *call, struct error *error, const char *format, ...)
    PRINTF_LIKE(3, 4);

static bool wrong(const struct variable_call *call, struct error *error, const char *format, ...)
{
    struct error reason = ERROR_INIT;
    va_list arguments;
    va_start(arguments, format);
    error_setv(&reason, ERROR_INVALID, format, arguments);
    va_end(arguments);
    return value_error(call->at, error, ERROR_INVALID, "variable '%.*s': %s",
                       STR_ARG(str_clip(call->written, 200)), reason.message);
}

static bool need_address(const struct variable_call *call, struct error *error)
{
    return call->address.len ||
           wrong(call, error, "an address is missing behind '%.*s:'", STR_ARG(call->type));
}

static bool split_keys(const struct variable_call *call, struct str keys[KEYS_MAX], size_t *count,
                       struct error *error)
{
    struct str rest = call->address;
    *count = 0;
    while (rest.len && str_split(&rest, '.', &keys[*count]))
        if (++*count == KEYS_MAX)
            return wrong(call, error, "its address has more than %d parts", KEYS_MAX - 1);
    return true;
}

static struct value *text_of(const struct variable_call *call, struct str text)
{
    return value_at_position_of(value_string(call->variables->arena, text), call->at);
}

static bool call_self(const struct variable_call *call, struct value **out, struct error *error)
{
    struct str keys[KEYS_MAX];
    size_t count;
    return split_keys(call, keys, &count, error) &&
           variables_find(call->variables, call->at, keys, count, out, error);
}

/* The application's parameters, then the environment's.  Which of the first were asked for is remembered. */
static bool take_parameter(const struct variable_call *call, struct value **out, struct error *error)
{
    struct variables *variables = call->variables;
    const struct value *own = value_get_str(variables->options->parameters, call->address);
    const struct value *given =
        own ? own : value_get_str(variables->options->shared_parameters, call->address);
    *out = NULL;
    if (!given)
        return true;
    if (own)
        value_set(variables->arena, variables->taken, call->address, value_copy(variables->arena, own));
    return variables_copy(variables, call->at, given, out, error);
}

static bool call_env(const struct variable_call *call, struct value **out, struct error *error)
{
    struct value *names;
    if (!need_address(call, error) || !take_parameter(call, out, error))
        return false;
    if (*out)
        return true;
    if (!variables_dotenv(call->variables, call->at, &names, error))
        return false;
    *out = value_get_str(names, call->address);
    return !*out || variables_copy(call->variables, call->at, *out, out, error);
}

static bool call_opt(const struct variable_call *call, struct value **out, struct error *error)
{
    if (!need_address(call, error))
        return false;
    if (str_is(call->address, "stage") && call->variables->options->environment.len)
        return variables_stage(call->variables, call->at, out, error);
    if (str_is(call->address, "region") && !call->variables->options->region_assumed)
        return variables_region(call->variables, call->at, out, error);
    return take_parameter(call, out, error);
}

/* A parameter of the application, else of the stage, else of all stages. */
static bool call_param(const struct variable_call *call, struct value **out, struct error *error)
{
    struct value *stage;
    if (!need_address(call, error) || !take_parameter(call, out, error))
        return false;
    if (*out)
        return true;
    if (!variables_stage(call->variables, call->at, &stage, error))
        return false;
    const struct str of_stage[] = {STR("params"), stage->text, call->address};
    const struct str of_all[] = {STR("params"), STR("default"), call->address};
    return variables_find(call->variables, call->at, of_stage, 3, out, error) &&
           (*out || variables_find(call->variables, call->at, of_all, 3, out, error));
}

static bool call_sls(const struct variable_call *call, struct value **out, struct error *error)
{
    if (str_is(call->address, "stage"))
        return variables_stage(call->variables, call->at, out, error);
    if (str_is(call->address, "instanceId"))
        return wrong(call, error, "it changes with each run, so that nothing would ever be up to date");
    return wrong(call, error, "'sls' knows 'stage' alone");
}

static struct value *function_of(const struct variable_call *call, const char *name, struct value *argument)
{
    struct value *function = value_at_position_of(value_map(call->variables->arena), call->at);
    value_setz(call->variables->arena, function, name, value_at_position_of(argument, call->at));
    function->mark = VARIABLE_OF_ACCOUNT;
    return function;
}

static bool call_aws(const struct variable_call *call, struct value **out, struct error *error)
{
    struct str account = call->variables->options->account;
    if (str_is(call->address, "region"))
        return variables_region(call->variables, call->at, out, error);
    if (!str_is(call->address, "accountId"))
        return wrong(call, error, "'aws' knows 'accountId' and 'region'");
    *out = account.len ? text_of(call, account)
                       : function_of(call, "Ref", value_stringz(call->variables->arena, "AWS::AccountId"));
    return true;
}

/* The region among the parameters that is not the environment's own; empty: none. */
static bool other_region(const struct variable_call *call, struct str *out, struct error *error)
{
    struct value *own;
    *out = STR_EMPTY;
    if (!variables_region(call->variables, call->at, &own, error))
        return false;
    for (size_t i = 0; i < call->parameter_count; i++) {
        struct str text = value_text(call->parameters[i]);
        bool flag = str_is(text, "raw") || str_is(text, "noDecrypt");
        *out = !flag && !str_equal(text, own->text) ? text : *out;
    }
    return true;
}

static bool is_parameter_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
              c == '.' || c == '-' || c == '/' || c == ':'))
            return false;
    }
    return name.len > 0 && name.len <= 2048;
}

/* A dynamic reference: resolved late, never stored. */
static bool call_ssm(const struct variable_call *call, struct value **out, struct error *error)
{
    static const char secrets[] = "/aws/reference/secretsmanager/";
    struct arena *arena = call->variables->arena;
    struct str region, name = call->address;
    if (!need_address(call, error) || !other_region(call, &region, error))
        return false;
    if (region.len)
        return wrong(call, error, "a parameter of another region ('%.*s') cannot be referred to",
                     STR_ARG(region));
    if (!is_parameter_name(name))
        return wrong(call, error, "'%.*s' is no name of a parameter", STR_ARG(name));
    if (str_starts(name, secrets))
        *out = text_of(call,
                       arena_printf(arena, "{{resolve:secretsmanager:%s}}", name.ptr + sizeof secrets - 1));
    else
        *out = text_of(call, arena_printf(arena, "{{resolve:ssm:%.*s}}", STR_ARG(name)));
    return true;
}

static bool call_cf(const struct variable_call *call, struct value **out, struct error *error)
{
    struct arena *arena = call->variables->arena;
    size_t dot = str_find(call->address, '.');
    struct str region;
    if (!need_address(call, error) || !other_region(call, &region, error))
        return false;
    if (dot == 0 || dot + 1 >= call->address.len)
        return wrong(call, error, "its address must be the name of a stack, '.' and the name of an output");
    struct value *argument = value_map(arena);
    value_setz(arena, argument, "StackName", text_of(call, str_slice(call->address, 0, dot)));
    value_setz(arena, argument, "OutputName", text_of(call, str_from_index(call->address, dot + 1)));
    if (region.len)
        value_setz(arena, argument, "Region", text_of(call, region));
    *out = function_of(call, "Fn::GetStackOutput", argument);
    return true;
}

static bool call_s3(const struct variable_call *call, struct value **out, struct error *error)
{
    (void)out;
    return wrong(
        call, error,
        "an object of S3 is not read: take its value as a parameter of the application, '${param:NAME}'");
}

static bool call_str_to_bool(const struct variable_call *call, struct value **out, struct error *error)
{
    struct str text = call->parameter_count ? str_trim(value_text(call->parameters[0])) : STR_EMPTY;
    bool yes = str_equal_nocase(text, STR("true")) || str_is(text, "1");
    if (!yes && !str_equal_nocase(text, STR("false")) && !str_is(text, "0"))
        return wrong(call, error, "strToBool takes 'true', 'false', '1' or '0', not '%.*s'",
                     STR_ARG(str_clip(text, 100)));
    *out = value_at_position_of(value_bool(call->variables->arena, yes), call->at);
    return true;
}

/* Where the file is in the repository. */
static bool file_path(const struct variable_call *call, struct str *out, struct error *error)
{
    struct str given = call->parameter_count ? value_text(call->parameters[0]) : STR_EMPTY;
    static const char *const programs[] = {".js", ".cjs", ".mjs", ".ts"};
    if (!given.len)
        return wrong(call, error, "the path of a file is missing");
    for (size_t i = 0; i < ARRAY_LENGTH(programs); i++)
        if (str_ends(given, programs[i]))
            return serverless_unsupported(call->at, error, "'%.*s' is a program, which is not run",
                                          STR_ARG(given));
    while (str_starts(given, "./"))
        given = str_from_index(given, 2);
    return path_join(call->variables->arena, call->variables->directory, given, out) ||
           wrong(call, error, "'%.*s' leads out of the repository", STR_ARG(given));
}

static bool is_data(struct str path)
{
    return str_ends(path, ".yml") || str_ends(path, ".yaml") || str_ends(path, ".json") ||
           str_ends(path, ".tfstate");
}

/* The content, read once: a tree, or a text; NULL where there is no such file. */
static bool read_file(const struct variable_call *call, struct str path, struct value **out,
                      struct error *error)
{
    struct variables *variables = call->variables;
    struct str bytes;
    *out = value_get_str(variables->files, path);
    if (*out || !files_exist(variables->options->files, path))
        return true;
    if (!files_read(variables->options->files, variables->arena, path, VARIABLE_FILE_BYTES_MAX, &bytes,
                    error))
        return wrong(call, error, "%s", arena_printf(variables->arena, "%s", error->message).ptr);
    variables->file_bytes += bytes.len;
    if (variables->file_bytes > VARIABLE_FILES_BYTES_MAX)
        return wrong(call, error, "the files that are read have more than %d bytes",
                     VARIABLE_FILES_BYTES_MAX);
    if (is_data(path)) {
        if (!yaml_read_merging(variables->arena, path, bytes, out, error))
            return false;
    } else {
        if (!str_is_utf8(bytes))
            return wrong(call, error, "'%.*s' is no text in UTF-8", STR_ARG(path));
        *out = text_of(call, bytes);
    }
    value_set(variables->arena, variables->files, path, *out);
    return true;
}

/* Down the address; a text on the way is replaced first. */
static bool call_file(const struct variable_call *call, struct value **out, struct error *error)
{
    struct str path, keys[KEYS_MAX];
    struct value *found;
    size_t count;
    if (!file_path(call, &path, error) || !read_file(call, path, &found, error) ||
        !split_keys(call, keys, &count, error))
        return false;
    for (size_t i = 0; i < count && found; i++) {
        uint64_t index;
        if (value_is(found, VALUE_STRING) &&
            !variables_replace(call->variables, found, call->nested + 1, &found, error))
            return false;
        if (value_is(found, VALUE_LIST) && found->count && str_to_uint(keys[i], found->count - 1, &index))
            found = found->items[index];
        else
            found = value_get_str(found, keys[i]);
    }
    *out = NULL;
    return !found || variables_copy(call->variables, call->at, found, out, error);
}

static const struct {
    const char *type;
    bool (*call)(const struct variable_call *, struct value **out, struct error *);
} sources[] = {
    {"aws", call_aws},
    {"cf", call_cf},
    {"env", call_env},
    {"file", call_file},
    {"opt", call_opt},
    {"param", call_param},
    {"s3", call_s3},
    {"self", call_self},
    {"sls", call_sls},
    {"ssm", call_ssm},
    {"strToBool", call_str_to_bool},
};

bool variable_source_call(const struct variable_call *call, struct value **out, struct error *error)
{
    const char *names[ARRAY_LENGTH(sources)];
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
        names[i] = sources[i].type;
        if (str_is(call->type, names[i]))
            return sources[i].call(call, out, error);
    }
    return serverless_unsupported(
        call->at, error, "variable '%.*s' has the unknown source '%.*s'%s",
        STR_ARG(str_clip(call->written, 200)), STR_ARG(str_clip(call->type, 60)),
        nearest_name(call->variables->arena, call->type, names, ARRAY_LENGTH(sources)));
}

bool variable_missing(const struct variable_call *call, struct error *error)
{
    struct str address = str_clip(call->address, 200);
    if (str_is(call->type, "env") || str_is(call->type, "opt"))
        return wrong(
            call, error,
            "it has no value: the environment and the options of this program are not read; set '%.*s' under "
            "'parameters' of the application or give it a default",
            STR_ARG(address));
    if (str_is(call->type, "param"))
        return wrong(
            call, error,
            "it has no value: set '%.*s' under 'parameters' of the application or under 'params' of the "
            "service",
            STR_ARG(address));
    if (str_is(call->type, "file"))
        return wrong(call, error,
                     "it has no value: there is no such file in the repository, or no '%.*s' in it",
                     STR_ARG(address));
    return wrong(call, error, "it has no value: the service has no '%.*s'", STR_ARG(address));
}
