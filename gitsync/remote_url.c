#include "gitsync/remote_url.h"

#include <limits.h>
#include <stdlib.h>

#include "base/digest.h"

/* [user[:password]@]host[:port] */
struct authority {
    struct str user, host, port;
    bool has_user;
};

static bool plain_text(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= 0x20 || text.ptr[i] == 0x7f)
            return false;
    return true;
}

static bool host_is_safe(struct str host)
{
    if (host.len == 0 || host.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                    c == '-' || c == '_' || c == ':';
        if (!fine)
            return false;
    }
    return true;
}

/* Takes "[::1]:22", "host:22" or "host" apart. */
static bool split_host(struct str text, struct authority *out)
{
    size_t end = str_find(text, ':');
    if (text.len && text.ptr[0] == '[') {
        end = str_find(text, ']');
        if (end == text.len)
            return false;
        out->host = str_slice(text, 1, end - 1);
        end++;
    } else {
        out->host = str_slice(text, 0, end);
    }
    out->port = STR_EMPTY;
    if (end == text.len)
        return host_is_safe(out->host);
    uint64_t port;
    out->port = str_from_index(text, end + 1);
    return text.ptr[end] == ':' && str_to_uint(out->port, 65535, &port) && host_is_safe(out->host);
}

static bool refuse_password(struct error *error)
{
    return error_set(error, ERROR_INVALID,
                     "the repository's URL has a password in it: take it out and give a token instead");
}

static bool split_authority(struct str text, struct authority *out, struct error *error)
{
    size_t at = str_find_last(text, '@');
    out->has_user = at < text.len;
    out->user = out->has_user ? str_slice(text, 0, at) : STR_EMPTY;
    struct str host = out->has_user ? str_from_index(text, at + 1) : text;
    if (str_find(out->user, ':') < out->user.len)
        return refuse_password(error);
    if (out->has_user && (out->user.len == 0 || out->user.ptr[0] == '-'))
        return error_set(error, ERROR_INVALID, "the user name in the repository's URL is not valid");
    if (!split_host(host, out))
        return error_set(error, ERROR_INVALID, "'%.*s' in the repository's URL is no host name",
                         STR_ARG(host));
    return true;
}

static bool is_loopback(struct str host)
{
    return str_equal_nocase(host, STR("localhost")) || str_is(host, "::1") || str_is(host, "127.0.0.1");
}

static const char *url_shown(struct arena *arena, const char *scheme, const struct authority *where,
                             struct str path)
{
    bool six = str_find(where->host, ':') < where->host.len;
    return arena_printf(arena, "%s://%s%.*s%s%s%.*s%.*s", scheme, six ? "[" : "", STR_ARG(where->host),
                        six ? "]" : "", where->port.len ? ":" : "", STR_ARG(where->port), STR_ARG(path))
        .ptr;
}

static void set_authority(struct arena *arena, const struct authority *where, struct remote_url *out)
{
    out->user = arena_strz(arena, where->user);
    out->host = arena_strz(arena, where->host);
    out->port = arena_strz(arena, where->port);
}

/* The part behind "scheme://" to authority and path; the path keeps its slash. */
static bool split_url(struct str rest, struct authority *where, struct str *path, struct error *error)
{
    size_t slash = str_find(rest, '/');
    *path = str_from_index(rest, slash);
    if (!split_authority(str_slice(rest, 0, slash), where, error))
        return false;
    if (path->len < 2)
        return error_set(error, ERROR_INVALID, "the repository's URL names no repository on '%.*s'",
                         STR_ARG(where->host));
    return true;
}

static bool read_http(struct arena *arena, const char *scheme, struct str rest, struct remote_url *out,
                      struct error *error)
{
    struct authority where = {.has_user = false};
    struct str path;
    if (!split_url(rest, &where, &path, error))
        return false;
    if (str_is(str_from(scheme), "http") && !is_loopback(where.host))
        return error_set(error, ERROR_INVALID, "plain http to '%.*s' is refused: use https",
                         STR_ARG(where.host));
    if (str_find(path, '?') < path.len || str_find(path, '#') < path.len)
        return error_set(error, ERROR_INVALID, "the repository's URL must not have '?' or '#'");
    while (str_ends(path, "/"))
        path.len--;
    out->kind = REMOTE_HTTP;
    set_authority(arena, &where, out);
    out->path = arena_strz(arena, path);
    out->base = out->shown = url_shown(arena, scheme, &where, path);
    return true;
}

static bool read_ssh(struct arena *arena, struct str rest, struct remote_url *out, struct error *error)
{
    struct authority where = {.has_user = false};
    struct str path;
    if (!split_url(rest, &where, &path, error))
        return false;
    out->kind = REMOTE_SSH;
    set_authority(arena, &where, out);
    out->shown = url_shown(arena, "ssh", &where, path);
    /* "/~user/x" is in a home directory, as git has it. */
    out->path = arena_strz(arena, str_starts(path, "/~") ? str_from_index(path, 1) : path);
    return true;
}

/* user@host:path */
static bool read_scp(struct arena *arena, struct str text, size_t colon, struct remote_url *out,
                     struct error *error)
{
    struct authority where = {.has_user = false};
    struct str path = str_from_index(text, colon + 1);
    struct str first = str_slice(path, 0, str_find(path, '/'));
    if (str_find(first, '@') < first.len) /* user:password@host:path */
        return refuse_password(error);
    if (!split_authority(str_slice(text, 0, colon), &where, error))
        return false;
    if (where.port.len || path.len == 0 || path.ptr[0] == '-')
        return error_set(error, ERROR_INVALID, "the repository's path on '%.*s' is not valid",
                         STR_ARG(where.host));
    out->kind = REMOTE_SSH;
    set_authority(arena, &where, out);
    out->path = arena_strz(arena, path);
    out->shown = arena_printf(arena, "%.*s:%.*s", STR_ARG(where.host), STR_ARG(path)).ptr;
    return true;
}

static bool read_local(struct arena *arena, struct str path, struct remote_url *out, struct error *error)
{
    char real[PATH_MAX];
    if (!realpath(arena_strz(arena, path), real))
        return error_set(error, ERROR_NOT_FOUND, "there is no repository at '%.*s'", STR_ARG(path));
    out->kind = REMOTE_LOCAL;
    out->path = out->shown = arena_strz(arena, str_from(real));
    return true;
}

static bool read_file_url(struct arena *arena, struct str rest, struct remote_url *out, struct error *error)
{
    struct str path;
    if (str_starts(rest, "localhost/"))
        rest = str_from_index(rest, sizeof "localhost" - 1);
    if (!str_starts(rest, "/") || !uri_decode(arena, rest, &path) || str_find(path, '\0') < path.len)
        return error_set(error, ERROR_INVALID,
                         "'file://%.*s' is not valid: it must be file:// and an absolute path",
                         STR_ARG(rest));
    return read_local(arena, path, out, error);
}

static bool read_with_scheme(struct arena *arena, struct str scheme, struct str rest, struct remote_url *out,
                             struct error *error)
{
    if (str_is(scheme, "file"))
        return read_file_url(arena, rest, out, error);
    if (!plain_text(rest))
        return error_set(error, ERROR_INVALID,
                         "the repository's URL has spaces or control characters in it: encode them");
    if (str_is(scheme, "https"))
        return read_http(arena, "https", rest, out, error);
    if (str_is(scheme, "http"))
        return read_http(arena, "http", rest, out, error);
    if (str_is(scheme, "ssh"))
        return read_ssh(arena, rest, out, error);
    return error_set(error, ERROR_INVALID,
                     "the scheme '%.*s' is not supported: use https, ssh, file or a path", STR_ARG(scheme));
}

bool remote_url_read(struct arena *arena, struct str text, struct remote_url *out, struct error *error)
{
    *out = (struct remote_url){.user = "", .host = "", .port = "", .path = "", .base = "", .shown = ""};
    if (text.len == 0 || text.len > REMOTE_URL_MAX)
        return error_set(error, ERROR_INVALID, "the repository's URL must have 1 to %d bytes, not %zu",
                         REMOTE_URL_MAX, text.len);
    if (text.ptr[0] == '-')
        return error_set(error, ERROR_INVALID, "the repository's URL must not start with '-'");
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return error_set(error, ERROR_INVALID, "the repository's URL has a control character in it");
    const char *mark = memmem(text.ptr, text.len, "://", 3);
    size_t slash = str_find(text, '/'), colon = str_find(text, ':');
    if (mark && (size_t)(mark - text.ptr) < slash)
        return read_with_scheme(arena, str_slice(text, 0, colon), str_from_index(text, colon + 3), out,
                                error);
    if (colon < slash && text.ptr[0] != '[')
        return plain_text(text) ? read_scp(arena, text, colon, out, error)
                                : error_set(error, ERROR_INVALID, "the repository's URL has a space in it");
    return read_local(arena, text, out, error);
}
