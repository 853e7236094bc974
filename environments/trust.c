#include "environments/trust.h"

#include "base/json.h"
#include "environments/fields.h"

enum {
    KEYS_MAX = 64,
    KEY_FILE_MAX = 1024 * 1024,
    COMMIT_ID_LENGTH = 40,
    TEXT_MAX = 1024,
    FILES_MAX = 4 * 1024 * 1024
};

static const char *const signatures[] = {"off", "required"}, *const pushes[] = {"stop", "follow"};

static const struct field rule_fields[] = {
    {"paths", FIELD_LIST | FIELD_REQUIRED, .help = "Patterns of paths: '*' stops at a '/', '**' does not",
     .items = FIELD_TEXT, .fewest = 1},
    {"signers", FIELD_LIST | FIELD_REQUIRED, .help = "Who may change them: principals or mail addresses",
     .items = FIELD_TEXT, .fewest = 1},
};

const struct field trust_fields[] = {
    {"acceptRewrite", FIELD_TEXT, .help = "Whole id of the commit that a rewritten history may abandon",
     .pattern = "^[0-9a-f]{40}$"},
    {"branches", FIELD_LIST, .help = "Patterns of branches that may be released; left out: the watched one",
     .items = FIELD_TEXT},
    {"forcePush", FIELD_TEXT, .help = "Whether a rewritten history is followed", WORDS(pushes),
     .otherwise = "stop"},
    {"keys", FIELD_LIST, .help = "Paths of OpenPGP keys", .items = FIELD_TEXT, .many = KEYS_MAX},
    {"revoked", FIELD_TEXT, .help = "Path of the revoked SSH keys", .pattern = FIELD_PATH_PATTERN,
     .needs = {"signers"}},
    {"rules", FIELD_LIST, .help = "Who may change what", KEYS(rule_fields)},
    {"signatures", FIELD_TEXT, .help = "Whether commits must be signed", WORDS(signatures),
     .otherwise = "off"},
    {"signers", FIELD_TEXT, .help = "Path of the file of allowed signers, as ssh-keygen reads it",
     .pattern = FIELD_PATH_PATTERN},
};

static bool check_path(const struct value *node, const char *key, struct error *error)
{
    return !node || (value_is(node, VALUE_STRING) && path_is_safe(node->text)) ||
           value_error(node, error, ERROR_INVALID,
                       "%s '%.*s' must be a path in the repository, from its root, without '..'", key,
                       STR_ARG(value_text(node)));
}

static bool read_keys(struct arena *arena, const struct value *node, struct trust_policy *out,
                      struct error *error)
{
    if (!field_names(arena, node, "keys", &out->keys, &out->key_count, error))
        return false;
    if (out->key_count > KEYS_MAX)
        return value_error(node, error, ERROR_INVALID, "'keys' has more than %d files", KEYS_MAX);
    for (size_t i = 0; i < out->key_count; i++)
        if (!check_path(node->items[i], "keys", error))
            return false;
    return true;
}

static bool read_rule(struct arena *arena, const struct value *node, struct trust_rule *out,
                      struct error *error)
{
    if (!fields_check(node, "a trust rule", rule_fields, ARRAY_LENGTH(rule_fields), error) ||
        !field_names(arena, value_get(node, "paths"), "paths", &out->paths, &out->path_count, error) ||
        !field_names(arena, value_get(node, "signers"), "signers", &out->signers, &out->signer_count, error))
        return false;
    return (out->path_count && out->signer_count) ||
           value_error(node, error, ERROR_INVALID, "a trust rule needs at least one path and one signer");
}

static bool read_rules(struct arena *arena, const struct value *node, struct trust_policy *out,
                       struct error *error)
{
    out->rule_count = node ? node->count : 0;
    out->rules = arena_array(arena, out->rule_count + 1, sizeof *out->rules);
    for (size_t i = 0; i < out->rule_count; i++)
        if (!read_rule(arena, node->items[i], &out->rules[i], error))
            return false;
    return !out->rule_count || out->signatures ||
           value_error(node, error, ERROR_INVALID, "'rules' need 'signatures: required'");
}

static bool read_rewrite(const struct value *node, struct trust_policy *out, struct error *error)
{
    out->accept_rewrite = value_text(node);
    bool sound = value_is(node, VALUE_STRING) && node->text.len == COMMIT_ID_LENGTH && str_is_hex(node->text);
    return !node || sound ||
           value_error(node, error, ERROR_INVALID,
                       "'acceptRewrite' must be the whole id of the commit that is abandoned, in quotes");
}

static bool check_signers(const struct value *trust, const struct trust_policy *policy, struct error *error)
{
    return !policy->signatures || policy->signers.len || policy->key_count ||
           value_error(value_get(trust, "signatures"), error, ERROR_INVALID,
                       "'signatures: required' needs 'signers' (SSH) or 'keys' (OpenPGP)");
}

bool trust_read(struct arena *arena, const struct value *node, struct trust_policy *out, struct error *error)
{
    *out = (struct trust_policy){.signatures = value_is_text(value_get(node, "signatures"), "required"),
                                 .follows = value_is_text(value_get(node, "forcePush"), "follow")};
    if (!node)
        return true;
    if (!fields_check(node, "'trust'", trust_fields, ARRAY_LENGTH(trust_fields), error) ||
        !check_path(value_get(node, "signers"), "signers", error) ||
        !check_path(value_get(node, "revoked"), "revoked", error))
        return false;
    out->signers = value_get_text(node, "signers");
    out->revoked = value_get_text(node, "revoked");
    return field_names(arena, value_get(node, "branches"), "branches", &out->branches, &out->branch_count,
                       error) &&
           read_keys(arena, value_get(node, "keys"), out, error) &&
           read_rules(arena, value_get(node, "rules"), out, error) &&
           read_rewrite(value_get(node, "acceptRewrite"), out, error) && check_signers(node, out, error);
}

/* Which beginnings of the text the pattern's beginning fits, a byte of the pattern at a time: no pattern
 * costs more than its length times the text's. */
bool trust_pattern_fits(struct str pattern, struct str text)
{
    bool fits[TEXT_MAX + 1] = {true};
    if (text.len > TEXT_MAX)
        return false;
    for (size_t p = 0; p < pattern.len; p++) {
        char c = pattern.ptr[p];
        bool deep = c == '*' && p + 1 < pattern.len && pattern.ptr[p + 1] == '*';
        p += deep;
        if (c == '*') {
            for (size_t i = 1; i <= text.len; i++)
                fits[i] = fits[i] || (fits[i - 1] && (deep || text.ptr[i - 1] != '/'));
            continue;
        }
        for (size_t i = text.len; i > 0; i--)
            fits[i] = fits[i - 1] && (c == '?' ? text.ptr[i - 1] != '/' : text.ptr[i - 1] == c);
        fits[0] = false;
    }
    return fits[text.len];
}

static bool gather_file(const struct files *files, struct arena *arena, struct str path, struct value *out,
                        struct error *error)
{
    struct str bytes;
    if (!path.len)
        return true;
    if (!files_read(files, arena, path, KEY_FILE_MAX, &bytes, error))
        return error_prefix(error, "trust");
    if (!str_is_utf8(bytes) || memchr(bytes.len ? bytes.ptr : "", '\0', bytes.len))
        return error_set(error, ERROR_INVALID, "trust: '%.*s' is no text", STR_ARG(path));
    value_set(arena, out, path, value_string(arena, bytes));
    return true;
}

bool trust_gather(const struct files *files, struct arena *arena, struct str environment, struct str *text,
                  struct error *error)
{
    struct str path = arena_printf(arena, "environments/%.*s/environment.yaml", STR_ARG(environment));
    struct value *root, *whole = value_map(arena), *contents = value_map(arena);
    struct trust_policy policy;
    size_t size = 0;
    *text = STR_EMPTY;
    if (!files_exist(files, path))
        return true;
    if (!field_file(files, arena, path, &root, error) ||
        !trust_read(arena, value_get(root, "trust"), &policy, error))
        return false;
    struct value *node =
        value_get(root, "trust") ? value_copy(arena, value_get(root, "trust")) : value_map(arena);
    (void)value_remove(node, STR("acceptRewrite"));
    if (!gather_file(files, arena, policy.signers, contents, error) ||
        !gather_file(files, arena, policy.revoked, contents, error))
        return false;
    for (size_t i = 0; i < policy.key_count; i++)
        if (!gather_file(files, arena, policy.keys[i], contents, error))
            return false;
    for (size_t i = 0; i < contents->count; i++)
        size += contents->entries[i].value->text.len;
    if (size > FILES_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "the files of trust have more than %d bytes together",
                         FILES_MAX);
    value_setz(arena, whole, "policy", node);
    value_setz(arena, whole, "files", contents);
    *text = json_text(arena, whole, JSON_CANONICAL);
    return true;
}

bool trust_parse(struct arena *arena, struct str text, struct trust_gathered *out, struct error *error)
{
    struct value *root;
    if (!json_read(arena, STR("trust"), text, &root, error) ||
        !trust_read(arena, value_get(root, "policy"), &out->policy, error))
        return false;
    const struct value *files = value_get(root, "files");
    out->file_count = value_is(files, VALUE_MAP) ? files->count : 0;
    out->files = arena_array(arena, out->file_count + 1, sizeof *out->files);
    for (size_t i = 0; i < out->file_count; i++)
        out->files[i] =
            (struct trust_file){.path = files->entries[i].key, .bytes = value_text(files->entries[i].value)};
    return true;
}

const struct trust_file *trust_file(const struct trust_gathered *gathered, struct str path)
{
    for (size_t i = 0; i < gathered->file_count; i++)
        if (str_equal(gathered->files[i].path, path))
            return &gathered->files[i];
    return NULL;
}
