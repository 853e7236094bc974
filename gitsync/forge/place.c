/* Which forge keeps a repository, and where its API is. */

#include "base/digest.h"
#include "gitsync/forge/private.h"
#include "gitsync/remote_url.h"

enum { REPOSITORY_PARTS_MAX = 20 };

static const struct {
    const char *name;
    enum forge_kind kind;
} kinds[] = {
    {"auto", FORGE_AUTO},     {"none", FORGE_NONE},   {"github", FORGE_GITHUB},
    {"gitlab", FORGE_GITLAB}, {"gitea", FORGE_GITEA}, {"forgejo", FORGE_GITEA},
};

static const struct {
    const char *host;
    enum forge_kind kind;
} hosts[] = {
    {"github.com", FORGE_GITHUB},        {"ssh.github.com", FORGE_GITHUB}, {"gitlab.com", FORGE_GITLAB},
    {"altssh.gitlab.com", FORGE_GITLAB}, {"codeberg.org", FORGE_GITEA},    {"gitea.com", FORGE_GITEA},
};

bool forge_kind_read(struct str text, enum forge_kind *kind, struct error *error)
{
    const char *known[ARRAY_LENGTH(kinds)];
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        known[i] = kinds[i].name;
        if (str_is(text, kinds[i].name)) {
            *kind = kinds[i].kind;
            return true;
        }
    }
    const char *nearest = str_nearest(text, known, ARRAY_LENGTH(known));
    error_set(error, ERROR_INVALID,
              "'%.*s' is no forge: it must be auto, github, gitlab, gitea, forgejo or none", STR_ARG(text));
    return nearest ? error_suffix(error, "; did you mean '%s'?", nearest) : false;
}

static const struct forge_api *api_of(enum forge_kind kind)
{
    return kind == FORGE_GITHUB   ? &forge_github
           : kind == FORGE_GITLAB ? &forge_gitlab
           : kind == FORGE_GITEA  ? &forge_gitea
                                  : NULL;
}

static enum forge_kind kind_of_host(const char *host)
{
    for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++)
        if (str_equal_nocase(str_from(host), str_from(hosts[i].host)))
            return hosts[i].kind;
    /* GitHub's own domain for companies' data:
     * https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency */
    return str_ends(str_from(host), ".ghe.com") ? FORGE_GITHUB : FORGE_AUTO;
}

static const char *below_of(enum forge_kind kind)
{
    return kind == FORGE_GITHUB ? "/api/v3" : kind == FORGE_GITLAB ? "/api/v4" : "/api/v1";
}

/* ---- The API's address ---- */

static bool check_api(struct str api, struct error *error)
{
    bool secure = str_starts(api, "https://") && api.len > sizeof "https://";
    if (!secure && !(str_starts(api, "http://") && http_is_loopback_url(api.ptr)))
        return error_set(error, ERROR_INVALID,
                         "the forge's API must be at an https:// address: plain http is for loopback only");
    struct str rest = str_from_index(api, str_find(api, ':') + 3);
    struct str authority = str_slice(rest, 0, str_find(rest, '/'));
    if (str_find(authority, '@') < authority.len)
        return error_set(error, ERROR_INVALID,
                         "the address of the forge's API must have no user in it: give a token instead");
    for (size_t i = 0; i < api.len; i++)
        if ((unsigned char)api.ptr[i] <= 0x20 || (unsigned char)api.ptr[i] >= 0x7f || api.ptr[i] == '?' ||
            api.ptr[i] == '#')
            return error_set(error, ERROR_INVALID,
                             "the address of the forge's API must be plain, without spaces, '?' and '#'");
    return authority.len != 0 ||
           error_set(error, ERROR_INVALID, "the address of the forge's API names no host");
}

static struct str without_slashes(struct str text)
{
    while (str_ends(text, "/"))
        text.len--;
    return text;
}

/* What the API of a host is at where nobody says anything else.  `below` is the path under which the web of
 * the forge is: "" or "/git". */
static struct str usual_api(struct arena *arena, enum forge_kind kind, const struct remote_url *remote,
                            struct str below)
{
    struct str host = str_from(remote->host);
    if (kind == FORGE_GITHUB && (str_is(host, "github.com") || str_is(host, "ssh.github.com")))
        return STR("https://api.github.com");
    if (kind == FORGE_GITHUB && str_ends(host, ".ghe.com"))
        return arena_printf(arena, "https://api.%.*s", STR_ARG(host));
    if (str_is(host, "altssh.gitlab.com"))
        host = STR("gitlab.com");
    bool web = remote->kind == REMOTE_HTTP, six = str_find(host, ':') < host.len;
    const char *scheme = web && str_starts(str_from(remote->base), "http://") ? "http" : "https";
    return arena_printf(arena, "%s://%s%.*s%s%s%s%.*s%s", scheme, six ? "[" : "", STR_ARG(host),
                        six ? "]" : "", web && *remote->port ? ":" : "", web ? remote->port : "",
                        STR_ARG(below), below_of(kind));
}

/* ---- The repository's name ---- */

static bool part_is_safe(struct str part)
{
    if (part.len == 0 || str_is(part, ".") || str_is(part, ".."))
        return false;
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '_' || c == '.' || c == '+' || c == '~'))
            return false;
    }
    return true;
}

static bool check_parts(struct str path, struct error *error)
{
    struct str rest = path, part;
    size_t count = 0;
    while (str_split(&rest, '/', &part)) {
        count++;
        if (!part_is_safe(part) || count > REPOSITORY_PARTS_MAX)
            return error_set(error, ERROR_INVALID, "'%.*s' in the repository's URL is no name on a forge",
                             STR_ARG(path));
    }
    return count >= 2 || error_set(error, ERROR_INVALID,
                                   "the repository's URL must name owner and repository on the forge, not "
                                   "only '%.*s'",
                                   STR_ARG(path));
}

/* The last two parts, and in *below what stands before them, with a slash: "/git". */
static struct str last_two(struct str path, struct str *below)
{
    size_t name = str_find_last(path, '/');
    size_t owner = name < path.len ? str_find_last(str_slice(path, 0, name), '/') : path.len;
    if (name == path.len || owner == name)
        return path;
    *below = str_slice(path, 0, owner);
    return str_from_index(path, owner + 1);
}

/* Takes off what the API's own address has in front: "/git" of "https://host/git/api/v1". */
static struct str without_prefix(struct str path, struct str api, enum forge_kind kind)
{
    struct str rest = str_from_index(api, str_find(api, ':') + 3);
    struct str prefix = str_from_index(rest, str_find(rest, '/'));
    if (str_ends(prefix, below_of(kind)))
        prefix.len -= str_from(below_of(kind)).len;
    if (prefix.len < 2 || path.len <= prefix.len - 1 || path.ptr[prefix.len - 1] != '/' ||
        !str_equal(str_slice(path, 0, prefix.len - 1), str_from_index(prefix, 1)))
        return path;
    return str_from_index(path, prefix.len);
}

static bool find_repository(struct arena *arena, const struct forge_options *options, enum forge_kind kind,
                            const struct remote_url *remote, struct forge_place *place, struct error *error)
{
    struct str path = without_slashes(str_from(remote->path)), below = STR_EMPTY;
    while (str_starts(path, "/"))
        path = str_from_index(path, 1);
    if (str_ends(path, ".git"))
        path.len -= 4;
    if (options->api.len && remote->kind == REMOTE_HTTP)
        path = without_prefix(path, place->base, kind);
    else if (kind == FORGE_GITEA && remote->kind == REMOTE_HTTP)
        path = last_two(path, &below);
    if (!check_parts(path, error))
        return false;
    size_t slashes = 0;
    for (size_t i = 0; i < path.len; i++)
        slashes += path.ptr[i] == '/';
    if (place->api->flat && slashes != 1)
        return error_set(error, ERROR_INVALID, "'%.*s' is no repository on %s: it must be owner/name",
                         STR_ARG(path), place->api->name);
    place->repository = arena_str(arena, path);
    if (options->api.len == 0)
        place->base = usual_api(arena, kind, remote,
                                below.len ? arena_printf(arena, "/%.*s", STR_ARG(below)) : STR_EMPTY);
    return true;
}

bool forge_find_place(struct arena *arena, const struct forge_options *options, struct forge_place *place,
                      struct error *error)
{
    struct remote_url remote;
    enum forge_kind kind = options->kind;
    *place = (struct forge_place){.base = STR_EMPTY, .repository = STR_EMPTY};
    if (kind == FORGE_NONE)
        return true;
    if (!remote_url_read(arena, options->repository, &remote, error))
        return false;
    if (remote.kind == REMOTE_LOCAL && kind == FORGE_AUTO)
        return true;
    if (remote.kind == REMOTE_LOCAL)
        return error_set(error, ERROR_INVALID, "a repository at a local path is on no forge");
    if (kind == FORGE_AUTO)
        kind = kind_of_host(remote.host);
    if (kind == FORGE_AUTO)
        return error_set(error, ERROR_INVALID,
                         "it is not known which forge is at '%s': say github, gitlab, gitea, forgejo or none",
                         remote.host);
    place->api = api_of(kind);
    if (options->api.len) {
        place->base = arena_str(arena, without_slashes(options->api));
        if (!check_api(place->base, error))
            return false;
    }
    return find_repository(arena, options, kind, &remote, place, error);
}
