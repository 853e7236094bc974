#include "environments/environment.h"

#include <string.h>

#include "base/yaml_reader.h"
#include "environments/fields.h"

enum { FILE_MAX = 1024 * 1024, ENVIRONMENTS_MAX = 1000, DRIFT_EVERY_MS = 10 * 60 * 1000, DRIFT_SHARE = 50 };

static const char *const drift_modes[] = {"report", "heal"}, *const drift_extras[] = {"report", "remove"};

static const struct field ignore_fields[] = {
    {"expires", FIELD_DATE, .help = "The day at whose end, in UTC, the rule ends, as in 2026-12-31"},
    {"path", FIELD_SCALAR, .help = "Path of the property; '*' stands for all", .otherwise = "*"},
    {"reason", FIELD_SCALAR | FIELD_REQUIRED, .help = "Why the difference is expected", .pattern = "\\S"},
    {"resource", FIELD_SCALAR, .help = "Logical id of the resource; '*' stands for all", .otherwise = "*"},
};

static const struct field drift_fields[] = {
    {"every", FIELD_DURATION, .help = "How often to look", .least = 1000, .otherwise = "10m"},
    {"extras", FIELD_TEXT, .help = "What to do about what nobody declared on our resources",
     WORDS(drift_extras), .otherwise = "report"},
    {"ignore", FIELD_LIST, .help = "Differences that are expected", KEYS(ignore_fields)},
    {"mode", FIELD_TEXT, .help = "Tell of what differs, or bring it back", WORDS(drift_modes),
     .otherwise = "report"},
    {"share", FIELD_TEXT, .help = "How much of AWS's rate limits looking may take",
     .pattern = "^0*([1-9][0-9]?|100)%$", .otherwise = "50%"},
};

static const struct field allow_fields[] = {
    {"createAssetBucket", FIELD_FLAG, .help = "Make the bucket that the CDK's bootstrap would make",
     .otherwise = "false"},
};

static const struct field environment_fields[] = {
    {"account", FIELD_TEXT | FIELD_NUMBER | FIELD_REQUIRED, .help = "The AWS account's 12 digits, in quotes",
     .pattern = "^[0-9]{12}$", .least = 100000000000, .most = 999999999999},
    {"allow", FIELD_MAP, .help = "What plumb does only where it is allowed here", KEYS(allow_fields)},
    {"drift", FIELD_MAP, .help = "What somebody changed by hand: how often to look, and what to do",
     KEYS(drift_fields)},
    {"externalId", FIELD_SCALAR, .help = "The external id that roleArn's trust policy asks for",
     .needs = {"roleArn"}},
    {"freeze", FIELD_LIST, .help = "Times in which nothing is released here", KEYS(freeze_fields)},
    {"guards", FIELD_MAP, .help = "What a release may not do, whatever a template says", KEYS(guard_fields)},
    {"parameters", FIELD_MAP, .help = "Parameters for the templates of all applications here",
     .items = FIELD_SCALAR | FIELD_LIST},
    {"pullRequests", FIELD_MAP, .help = "Who may speak in pull requests, and what a merge applies",
     KEYS(pull_fields)},
    {"region", FIELD_TEXT | FIELD_REQUIRED, .help = "The AWS region, as in eu-west-1",
     .pattern = "^[a-z]+(-[a-z]+)+-[0-9]{1,2}$"},
    {"roleArn", FIELD_TEXT, .help = "The role to assume; left out: the credentials that plumb finds",
     .pattern = "^arn:[^:]*:iam:[^:]*:[0-9]{12}:role/[^:]"},
    {"stage", FIELD_SCALAR,
     .help = "The stage's name in templates; left out: the directory's, with a capital"},
    {"stopTheLine", FIELD_MAP, .help = "Nothing is released here until this is taken out", KEYS(stop_fields)},
    {"tags", FIELD_MAP, .help = "Tags for everything that is made here", .items = FIELD_SCALAR,
     .pattern = "^(?!aws:)[\\s\\S]{0,128}$"},
    {"trust", FIELD_MAP, .help = "From which commits the environment may be released", KEYS(trust_fields)},
};

const struct field environment_file = {
    "environment.yaml", FIELD_MAP,
    .help = "Where an environment is: environments/NAME/environment.yaml of plumb", KEYS(environment_fields)};

/* Words of small letters and a number, as in "eu-west-1" and "us-gov-east-1". */
static bool check_region(const struct value *node, struct error *error)
{
    struct str rest = value_text(node), part;
    size_t words = 0;
    bool sound = value_is(node, VALUE_STRING), number = false;
    while (sound && str_split(&rest, '-', &part)) {
        bool letters = part.len > 0, digits = part.len > 0 && part.len < 3;
        for (size_t i = 0; i < part.len; i++) {
            letters = letters && part.ptr[i] >= 'a' && part.ptr[i] <= 'z';
            digits = digits && part.ptr[i] >= '0' && part.ptr[i] <= '9';
        }
        sound = !number && (letters || (digits && words >= 2));
        number = digits;
        words++;
    }
    return (sound && number) ||
           value_error(node, error, ERROR_INVALID, "region '%.*s' must look like 'eu-west-1'",
                       STR_ARG(value_text(node)));
}

static bool check_role(const struct environment *environment, const struct value *node, struct error *error)
{
    struct str text = value_text(node), rest = text, part;
    size_t number = 0;
    bool sound = str_starts(text, "arn:"), same = false;
    while (sound && number < 6 && str_split(&rest, ':', &part)) {
        if (number == 2)
            sound = str_is(part, "iam");
        if (number == 4)
            same = str_equal(part, environment->account);
        if (number == 5)
            sound = str_starts(part, "role/") && part.len > 5;
        number++;
    }
    if (!sound || number != 6)
        return value_error(node, error, ERROR_INVALID,
                           "roleArn '%.*s' must look like 'arn:aws:iam::123456789012:role/plumb'",
                           STR_ARG(text));
    return same || value_error(node, error, ERROR_INVALID, "roleArn '%.*s' is not in the account %.*s",
                               STR_ARG(text), STR_ARG(environment->account));
}

static bool read_ignore(const struct value *node, struct drift_ignore *out, struct error *error)
{
    if (!fields_check(node, "an ignore rule", ignore_fields, ARRAY_LENGTH(ignore_fields), error))
        return false;
    *out = (struct drift_ignore){
        .resource = value_get_text(node, "resource"),
        .path = value_get_text(node, "path"),
        .reason = str_trim(value_get_text(node, "reason")),
        .expires = value_get_text(node, "expires"),
    };
    if (out->reason.len == 0)
        return value_error(value_get(node, "reason"), error, ERROR_INVALID,
                           "an ignore rule needs a 'reason'");
    if (out->resource.len == 0 && out->path.len == 0)
        return value_error(node, error, ERROR_INVALID,
                           "an ignore rule needs a 'resource' or a 'path': '*' stands for all");
    out->resource = out->resource.len ? out->resource : STR("*");
    out->path = out->path.len ? out->path : STR("*");
    return !value_get(node, "expires") || field_date(value_get(node, "expires"), &out->expires_ms, error);
}

/* "30%" */
static bool read_share(const struct value *share, int64_t *percent, struct error *error)
{
    struct str text = value_text(share);
    uint64_t number;
    if (!share)
        return true;
    if (!str_ends(text, "%") || !str_to_uint(str_slice(text, 0, text.len - 1), 100, &number) || !number)
        return value_error(share, error, ERROR_INVALID,
                           "drift share '%.*s' must be from 1%% to 100%%, as 50%% is", STR_ARG(text));
    *percent = (int64_t)number;
    return true;
}

static bool read_drift(struct arena *arena, const struct value *drift, struct environment *out,
                       struct error *error)
{
    out->drift_mode = DRIFT_REPORT;
    out->drift_every_ms = DRIFT_EVERY_MS;
    out->drift_share = DRIFT_SHARE;
    if (!drift)
        return true;
    if (!fields_check(drift, "'drift'", drift_fields, ARRAY_LENGTH(drift_fields), error))
        return false;
    out->drift_mode = value_is_text(value_get(drift, "mode"), "heal") ? DRIFT_HEAL : DRIFT_REPORT;
    out->removes_extras = value_is_text(value_get(drift, "extras"), "remove");
    out->drift_every_ms = field_ms(drift, "every", DRIFT_EVERY_MS);
    if (!read_share(value_get(drift, "share"), &out->drift_share, error))
        return false;
    const struct value *ignore = value_get(drift, "ignore");
    out->ignore_count = ignore ? ignore->count : 0;
    out->ignores = arena_array(arena, out->ignore_count + 1, sizeof *out->ignores);
    for (size_t i = 0; i < out->ignore_count; i++)
        if (!read_ignore(ignore->items[i], &out->ignores[i], error))
            return false;
    return true;
}

/* "prod" gives "Prod". */
static struct str capitalized(struct arena *arena, struct str name)
{
    char *copy = arena_strz(arena, name);
    if (*copy >= 'a' && *copy <= 'z')
        *copy = (char)(*copy - 'a' + 'A');
    return (struct str){.ptr = copy, .len = name.len};
}

static bool read_tags(struct arena *arena, const struct value *node, struct value **out, struct error *error)
{
    *out = value_map(arena);
    for (size_t i = 0; node && i < node->count; i++) {
        const struct value_entry *tag = &node->entries[i];
        if (!value_is(tag->value, VALUE_STRING) && !value_is(tag->value, VALUE_NUMBER) &&
            !value_is(tag->value, VALUE_BOOL))
            return value_error(tag->value, error, ERROR_INVALID, "tag '%.*s' must be a text",
                               STR_ARG(tag->key));
        if (tag->key.len > 128 || value_text(tag->value).len > 256 || str_starts(tag->key, "aws:"))
            return value_key_error(
                node, tag, error, ERROR_INVALID,
                "tag '%.*s' must not start with 'aws:' nor be longer than 128 and 256 characters",
                STR_ARG(tag->key));
        struct value *text = value_string(arena, value_text(tag->value));
        value_set(arena, *out, tag->key, value_at_position_of(text, tag->value));
    }
    return true;
}

static bool read_allow(const struct value *node, struct environment *out, struct error *error)
{
    out->create_asset_bucket = value_get_bool(node, "createAssetBucket", false);
    return !node || fields_check(node, "'allow'", allow_fields, ARRAY_LENGTH(allow_fields), error);
}

static bool read_environment(struct arena *arena, const struct value *node, struct environment *out,
                             struct error *error)
{
    if (!fields_check(node, "environment.yaml", environment_fields, ARRAY_LENGTH(environment_fields), error))
        return false;
    out->account = value_get_text(node, "account");
    out->region = value_get_text(node, "region");
    out->stage = value_get_text(node, "stage");
    out->role_arn = value_get_text(node, "roleArn");
    out->external_id = value_get_text(node, "externalId");
    out->node = node;
    if (out->stage.len == 0)
        out->stage = capitalized(arena, out->name);
    if (!field_account(value_get(node, "account"), error) ||
        !check_region(value_get(node, "region"), error) ||
        (value_get(node, "roleArn") && !check_role(out, value_get(node, "roleArn"), error)))
        return false;
    return field_parameters(arena, value_get(node, "parameters"), &out->parameters, error) &&
           read_tags(arena, value_get(node, "tags"), &out->tags, error) &&
           read_allow(value_get(node, "allow"), out, error) &&
           freezes_read(arena, value_get(node, "freeze"), value_get(node, "stopTheLine"), &out->freezes,
                        &out->freeze_count, error) &&
           guards_read(arena, value_get(node, "guards"), &out->guards, error) &&
           read_drift(arena, value_get(node, "drift"), out, error) &&
           trust_read(arena, value_get(node, "trust"), &out->trust, error) &&
           pull_policy_read(arena, value_get(node, "pullRequests"), &out->pull_requests, error);
}

static bool name_is_sound(struct str name)
{
    bool sound = name.len > 0 && name.len <= 64;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        sound = sound && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          (i > 0 && (c == '-' || c == '_')));
    }
    return sound;
}

static bool read_applications(const struct files *files, struct arena *arena, struct environment *out,
                              struct error *error)
{
    struct file_list list;
    if (!files_list(files, arena, out->directory, &list, error))
        return false;
    out->applications = arena_array(arena, list.count + 1, sizeof *out->applications);
    for (size_t i = 0; i < list.count; i++) {
        struct str file = list.entries[i].name;
        if (list.entries[i].kind == FILE_DIRECTORY || str_is(file, "environment.yaml"))
            continue;
        struct str path = arena_printf(arena, "%.*s/%.*s", STR_ARG(out->directory), STR_ARG(file));
        if (str_ends(file, ".yml"))
            return error_set(error, ERROR_INVALID, "'%.*s' must be named '%.*s.yaml' to be an application",
                             STR_ARG(path), STR_ARG(str_slice(file, 0, file.len - 4)));
        if (!str_ends(file, ".yaml"))
            continue;
        struct application *application = &out->applications[out->application_count++];
        application->name = str_slice(file, 0, file.len - 5);
        application->file = path;
        if (!name_is_sound(application->name))
            return error_set(error, ERROR_INVALID,
                             "'%.*s' names no application: use letters, digits, '-' and '_', at most 64",
                             STR_ARG(path));
        if (!application_read(files, arena, application, error))
            return false;
    }
    return true;
}

bool field_file(const struct files *files, struct arena *arena, struct str path, struct value **out,
                struct error *error)
{
    struct str bytes;
    if (!files_read(files, arena, path, FILE_MAX, &bytes, error) ||
        !yaml_read(arena, path, bytes, out, error))
        return false;
    return value_is(*out, VALUE_MAP) || error_set(error, ERROR_INVALID, "'%.*s' must be a mapping, not %s",
                                                  STR_ARG(path), value_kind_name((*out)->kind));
}

bool environment_load(const struct files *files, struct arena *arena, struct str name,
                      struct environment *out, struct error *error)
{
    *out = (struct environment){.name = arena_str(arena, name)};
    struct value *node;
    if (!name_is_sound(name))
        return error_set(error, ERROR_INVALID,
                         "'%.*s' names no environment: use letters, digits, '-' and '_', at most 64",
                         STR_ARG(name));
    out->directory = arena_printf(arena, "environments/%.*s", STR_ARG(name));
    struct str file = arena_printf(arena, "%.*s/environment.yaml", STR_ARG(out->directory));
    if (!files_exist(files, file))
        return error_set(error, ERROR_NOT_FOUND, "environment '%.*s' has no file '%.*s'", STR_ARG(name),
                         STR_ARG(file));
    return field_file(files, arena, file, &node, error) && read_environment(arena, node, out, error) &&
           read_applications(files, arena, out, error);
}

bool environments_list(const struct files *files, struct arena *arena, struct str **names, size_t *count,
                       struct error *error)
{
    struct file_list list;
    if (!files_list(files, arena, STR("environments"), &list, error))
        return error_prefix(error, "environments");
    if (list.count > ENVIRONMENTS_MAX)
        return error_set(error, ERROR_INVALID, "'environments' has more than %d entries", ENVIRONMENTS_MAX);
    *names = arena_array(arena, list.count + 1, sizeof **names);
    *count = 0;
    for (size_t i = 0; i < list.count; i++)
        if (list.entries[i].kind == FILE_DIRECTORY)
            (*names)[(*count)++] = list.entries[i].name;
    return true;
}

const struct application *environment_application(const struct environment *environment, struct str name)
{
    for (size_t i = 0; i < environment->application_count; i++)
        if (str_equal(environment->applications[i].name, name))
            return &environment->applications[i];
    return NULL;
}
