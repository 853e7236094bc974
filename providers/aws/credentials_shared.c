/* ~/.aws/credentials and ~/.aws/config: keys, role_arn with source_profile or credential_source, and
 * web_identity_token_file. */

#include "providers/aws/session.h"

enum { PROFILE_DEPTH_MAX = 5 };

struct profiles {
    struct aws_session *session;
    struct arena *arena;
    struct str region;
    struct value *map; /* profile -> map of key -> text; nested keys of config are left out */
};

/* "[profile x]" of config and "[x]" of credentials; "" for sections that are no profile. */
static struct str profile_of(struct str line, bool config)
{
    struct str name = str_trim(str_slice(line, 1, str_find(line, ']') - 1));
    if (!config || str_is(name, "default"))
        return name;
    return str_starts(name, "profile ") ? str_trim(str_from_index(name, 8)) : STR_EMPTY;
}

/* The credentials file is read last: its keys win, as in the SDKs. */
static void read_profiles(struct profiles *profiles, struct str text, bool config)
{
    struct value *profile = NULL;
    struct str line;
    while (str_split(&text, '\n', &line)) {
        bool nested = str_starts(line, " ") || str_starts(line, "\t");
        struct str trimmed = str_trim(line);
        if (trimmed.len == 0 || nested || strchr("#;", trimmed.ptr[0]))
            continue;
        if (trimmed.ptr[0] == '[') {
            struct str name = profile_of(trimmed, config);
            profile = name.len ? value_get_str(profiles->map, name) : NULL;
            if (name.len && !profile) {
                profile = value_map(profiles->arena);
                value_set(profiles->arena, profiles->map, name, profile);
            }
            continue;
        }
        size_t equals = str_find(trimmed, '=');
        if (profile && equals < trimmed.len)
            value_set(profiles->arena, profile, str_trim(str_slice(trimmed, 0, equals)),
                      value_string(profiles->arena, str_trim(str_from_index(trimmed, equals + 1))));
    }
}

static const char *path_of(const struct profiles *profiles, const char *variable, const char *name)
{
    const char *path = environment_get(&profiles->session->environment, variable);
    const char *home = environment_get(&profiles->session->environment, "HOME");
    if (path)
        return path;
    return home ? arena_printf(profiles->arena, "%s/.aws/%s", home, name).ptr : NULL;
}

/* A file that is not there is as good as an empty one. */
static bool load(struct profiles *profiles, const char *variable, const char *name, bool config,
                 struct error *error)
{
    struct error failure = ERROR_INIT;
    struct str text;
    const char *path = path_of(profiles, variable, name);
    if (!path)
        return true;
    if (credentials_read_file(profiles->arena, path, &text, &failure)) {
        read_profiles(profiles, text, config);
        return true;
    }
    if (failure.code == ERROR_NOT_FOUND)
        return true;
    *error = failure;
    return false;
}

static bool resolve(struct profiles *profiles, struct str name, int depth, struct credentials *credentials,
                    struct error *error);

static bool refuse_unsupported(const struct value *profile, struct str name, struct error *error)
{
    static const char *const keys[] = {"credential_process", "sso_session", "sso_start_url", "mfa_serial"};
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
        if (value_get(profile, keys[i]))
            return error_set(error, ERROR_INVALID,
                             "profile '%.*s' needs %s, which plumb does not do: use a role", STR_ARG(name),
                             keys[i]);
    return true;
}

static bool from_credential_source(struct profiles *profiles, struct str source,
                                   struct credentials *credentials, struct error *error)
{
    static const struct {
        const char *name;
        const struct credential_source *source;
    } known[] = {
        {"Environment", &credentials_environment},
        {"Ec2InstanceMetadata", &credentials_imds},
        {"EcsContainer", &credentials_container},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (str_is(source, known[i].name))
            return known[i].source->find(profiles->session, profiles->region, credentials, error) ==
                   CREDENTIALS_FOUND;
    return error_set(error, ERROR_INVALID,
                     "credential_source '%.*s' is not one of Environment, Ec2InstanceMetadata, EcsContainer",
                     STR_ARG(source));
}

static bool base_of_role(struct profiles *profiles, const struct value *profile, struct str name, int depth,
                         struct credentials *base, struct error *error)
{
    struct str source = value_get_text(profile, "source_profile");
    struct str kind = value_get_text(profile, "credential_source");
    if (kind.len)
        return from_credential_source(profiles, kind, base, error);
    if (source.len == 0)
        return error_set(error, ERROR_INVALID,
                         "profile '%.*s' has a role_arn, but neither source_profile nor credential_source",
                         STR_ARG(name));
    return resolve(profiles, source, depth + 1, base, error);
}

static bool keys_of(const struct value *profile, struct str name, struct credentials *credentials,
                    struct error *error)
{
    struct str access_key = value_get_text(profile, "aws_access_key_id");
    struct str secret_key = value_get_text(profile, "aws_secret_access_key");
    if (access_key.len == 0 || secret_key.len == 0)
        return error_set(error, ERROR_NOT_FOUND, "profile '%.*s' holds no keys and no role", STR_ARG(name));
    credentials_set(credentials, access_key, secret_key, value_get_text(profile, "aws_session_token"), 0);
    return true;
}

static bool resolve(struct profiles *profiles, struct str name, int depth, struct credentials *credentials,
                    struct error *error)
{
    const struct value *profile = value_get_str(profiles->map, name);
    struct str role = value_get_text(profile, "role_arn");
    struct str token_file = value_get_text(profile, "web_identity_token_file");
    struct str session_name = value_get_text(profile, "role_session_name");
    if (!profile)
        return error_set(error, ERROR_NOT_FOUND, "there is no profile '%.*s'", STR_ARG(name));
    if (depth > PROFILE_DEPTH_MAX)
        return error_set(error, ERROR_INVALID, "profile '%.*s': more than %d source_profiles in a chain",
                         STR_ARG(name), PROFILE_DEPTH_MAX);
    if (!refuse_unsupported(profile, name, error))
        return false;
    /* A profile with keys that names itself as its source means its own keys. */
    bool own = depth > 0 && value_get(profile, "aws_access_key_id");
    if (role.len == 0 || own)
        return keys_of(profile, name, credentials, error);
    if (token_file.len)
        return credentials_assume_by_token(profiles->session, profiles->region, role, session_name,
                                           arena_strz(profiles->arena, token_file), credentials, error);
    struct credentials base = {0};
    if (!base_of_role(profiles, profile, name, depth, &base, error))
        return false;
    struct assume_role assume = {.role_arn = role,
                                 .external_id = value_get_text(profile, "external_id"),
                                 .session_name = session_name,
                                 .region = profiles->region,
                                 .base = &base};
    bool done = credentials_assume_role(profiles->session, &assume, credentials, error);
    credentials_release(&base);
    return done;
}

static enum credential_outcome look(struct profiles *profiles, struct credentials *credentials,
                                    struct error *error)
{
    const struct aws_environment *environment = &profiles->session->environment;
    const char *chosen = environment_get(environment, "AWS_PROFILE");
    if (!chosen)
        chosen = environment_get(environment, "AWS_DEFAULT_PROFILE");
    if (!load(profiles, "AWS_CONFIG_FILE", "config", true, error) ||
        !load(profiles, "AWS_SHARED_CREDENTIALS_FILE", "credentials", false, error))
        return CREDENTIALS_FAILED;
    if (resolve(profiles, str_from(chosen ? chosen : "default"), 0, credentials, error))
        return CREDENTIALS_FOUND;
    /* A profile that somebody chose must work; the default one need not be there. */
    return chosen || error->code != ERROR_NOT_FOUND ? CREDENTIALS_FAILED : CREDENTIALS_ABSENT;
}

static enum credential_outcome find(struct aws_session *session, struct str region,
                                    struct credentials *credentials, struct error *error)
{
    struct profiles profiles = {.session = session, .arena = arena_new(), .region = region};
    profiles.map = value_map(profiles.arena);
    enum credential_outcome outcome = look(&profiles, credentials, error);
    arena_wipe(profiles.arena);
    return outcome;
}

const struct credential_source credentials_shared = {"shared files", find};
