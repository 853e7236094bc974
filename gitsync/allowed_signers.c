/* The files of SSH keys: allowed signers (ssh-keygen(1), ALLOWED SIGNERS) and revoked keys. */

#include <time.h>

#include "base/digest.h"
#include "base/wildcard.h"
#include "gitsync/signature_private.h"

static bool refuse(const struct signer_file *file, size_t line, struct error *error, const char *words,
                   struct str text)
{
    return error_set(error, ERROR_INVALID, "%s '%.*s' (%.*s:%zu)", words, STR_ARG(str_clip(text, 100)),
                     STR_ARG(file->path), line);
}

/* Cuts a field off: it ends at a space, but not at one within quotes. */
static struct str take_field(struct str *rest)
{
    bool quoted = false;
    size_t end = 0;
    *rest = str_trim(*rest);
    while (end < rest->len && (quoted || (rest->ptr[end] != ' ' && rest->ptr[end] != '\t'))) {
        quoted = quoted != (rest->ptr[end] == '"' && (end == 0 || rest->ptr[end - 1] != '\\'));
        end++;
    }
    struct str field = str_slice(*rest, 0, end);
    *rest = str_trim(str_from_index(*rest, end));
    return field;
}

static struct str unquoted(struct str text)
{
    bool quoted = text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"';
    return quoted ? str_slice(text, 1, text.len - 2) : text;
}

static bool two_digits(struct str text, size_t at, int most, int *out)
{
    uint64_t number = 0;
    if (!str_to_uint(str_slice(text, at, 2), (uint64_t)most, &number))
        return false;
    *out = (int)number;
    return true;
}

/* "20260131", "202601312359" or "20260131235959", with or without a Z behind. */
static bool read_time(struct str text, int64_t *ms)
{
    struct tm tm = {.tm_mday = 1};
    uint64_t year;
    text = str_ends(text, "Z") ? str_slice(text, 0, text.len - 1) : text;
    if ((text.len != 8 && text.len != 12 && text.len != 14) ||
        !str_to_uint(str_slice(text, 0, 4), 9999, &year) || year < 1970 ||
        !two_digits(text, 4, 12, &tm.tm_mon) || !two_digits(text, 6, 31, &tm.tm_mday) || !tm.tm_mon ||
        !tm.tm_mday)
        return false;
    if ((text.len >= 12 &&
         (!two_digits(text, 8, 23, &tm.tm_hour) || !two_digits(text, 10, 59, &tm.tm_min))) ||
        (text.len == 14 && !two_digits(text, 12, 60, &tm.tm_sec)))
        return false;
    tm.tm_year = (int)year - 1900;
    tm.tm_mon--;
    *ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

/* One of `cert-authority`, `namespaces="git,file"`, `valid-after="20260101"`; cuts it off at its comma. */
static bool take_option(const struct signer_file *file, size_t line, struct str *rest,
                        struct ssh_signer *signer, struct error *error)
{
    bool quoted = false;
    size_t end = 0;
    for (; end < rest->len && (quoted || rest->ptr[end] != ','); end++)
        quoted = quoted != (rest->ptr[end] == '"');
    struct str option = str_slice(*rest, 0, end), name = str_slice(option, 0, str_find(option, '='));
    struct str value = unquoted(str_from_index(option, name.len + 1));
    *rest = str_from_index(*rest, end + 1);
    if (str_equal_nocase(name, STR("cert-authority")))
        return refuse(file, line, error,
                      "certificates are not verified: write the keys that sign, instead of", option);
    if (str_equal_nocase(name, STR("namespaces")) && value.len) {
        signer->namespaces = value;
        return true;
    }
    int64_t *limit = str_equal_nocase(name, STR("valid-after"))    ? &signer->after_ms
                     : str_equal_nocase(name, STR("valid-before")) ? &signer->before_ms
                                                                   : NULL;
    if (!limit)
        return refuse(file, line, error, "there is no option", option);
    return read_time(value, limit) ||
           refuse(file, line, error, "a time must look like '20261231' or '20261231235959Z', not", value);
}

/* "ssh-ed25519 AAAA... comment": the key, decoded; the name must be the one inside it. */
static bool take_key(struct arena *arena, struct str *rest, struct str *key)
{
    struct str type = take_field(rest), digits = take_field(rest);
    struct reader reader = {.broken = false};
    if (!digits.len || !base64_decode(arena, digits, key))
        return false;
    reader.rest = *key;
    return str_equal(reader_string(&reader), type) && !reader.broken;
}

static bool is_key_type(struct str text)
{
    return str_starts(text, "ssh-") || str_starts(text, "ecdsa-") || str_starts(text, "sk-");
}

static bool read_line(struct arena *arena, const struct signer_file *file, size_t number, struct str line,
                      struct ssh_signer *signer, struct error *error)
{
    struct str rest = line;
    *signer = (struct ssh_signer){.principals = unquoted(take_field(&rest))};
    struct str ahead = rest, options = take_field(&ahead);
    if (!is_key_type(options)) {
        rest = ahead;
        while (options.len)
            if (!take_option(file, number, &options, signer, error))
                return false;
    }
    return (signer->principals.len && take_key(arena, &rest, &signer->key)) ||
           refuse(file, number, error,
                  "a line must be principals, options if need be, and a public key, as in 'ann@example.com "
                  "ssh-ed25519 AAAA...', not",
                  line);
}

/* The lines with something in them; at most SIGNER_LINES_MAX. */
static bool next_line(struct str *rest, size_t *number, struct str *line)
{
    while (str_split(rest, '\n', line)) {
        ++*number;
        *line = str_trim(*line);
        if (line->len && line->ptr[0] != '#')
            return true;
    }
    return false;
}

static bool count_lines(const struct signer_file *file, size_t *count, struct error *error)
{
    struct str rest = file->bytes, line;
    size_t number = 0;
    for (*count = 0; next_line(&rest, &number, &line); ++*count)
        ;
    return (file->bytes.len <= SIGNER_FILE_MAX && *count <= SIGNER_LINES_MAX) ||
           error_set(error, ERROR_OUT_OF_MEMORY, "'%.*s' has more than %d bytes or %d lines",
                     STR_ARG(file->path), SIGNER_FILE_MAX, SIGNER_LINES_MAX);
}

bool allowed_signers_read(struct arena *arena, const struct signer_file *file, struct signers *out,
                          struct error *error)
{
    struct str rest = file->bytes, line;
    size_t number = 0, count;
    if (!count_lines(file, &count, error))
        return false;
    out->ssh = arena_array(arena, count + 1, sizeof *out->ssh);
    while (next_line(&rest, &number, &line))
        if (!read_line(arena, file, number, line, &out->ssh[out->ssh_count++], error))
            return false;
    return true;
}

bool revoked_keys_read(struct arena *arena, const struct signer_file *file, struct signers *out,
                       struct error *error)
{
    struct str rest = file->bytes, line;
    size_t number = 0, count;
    if (str_starts(file->bytes, "SSHKRL\n"))
        return error_set(error, ERROR_INVALID,
                         "'%.*s' is a binary list of revoked keys: write one public key a line instead",
                         STR_ARG(file->path));
    if (!count_lines(file, &count, error))
        return false;
    out->revoked = arena_array(arena, count + 1, sizeof *out->revoked);
    while (next_line(&rest, &number, &line)) {
        struct str key = line;
        if (!take_key(arena, &key, &out->revoked[out->revoked_count++]))
            return refuse(file, number, error,
                          "a line must be a public key, as in 'ssh-ed25519 AAAA...', not", line);
    }
    return true;
}

bool ssh_patterns_fit(struct str patterns, struct str text)
{
    struct str pattern;
    bool fits = false;
    while (str_split(&patterns, ',', &pattern)) {
        bool not = str_starts(pattern, "!");
        if (!wildcard_covers(str_from_index(pattern, not ? 1 : 0), text, WILDCARD_EXACT))
            continue;
        if (not )
            return false;
        fits = true;
    }
    return fits;
}
