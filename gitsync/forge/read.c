/* Parts of answers that several forges have. */

#include <limits.h>
#include <stdarg.h>

#include "base/digest.h"
#include "gitsync/forge/private.h"

bool forge_corrupt(const struct forge *forge, const char *what, struct error *error)
{
    return error_set(error, ERROR_CORRUPT, "%s's answer has %s where its API is described to have it",
                     forge->api->name, what);
}

bool forge_text(const struct forge *forge, const struct value *map, const char *key, struct str *out,
                struct error *error)
{
    const struct value *value = value_get(map, key);
    if (!value_is(value, VALUE_STRING) || value->text.len == 0)
        return error_set(error, ERROR_CORRUPT, "%s's answer has no text '%s'", forge->api->name, key);
    *out = value->text;
    return true;
}

bool forge_number(const struct forge *forge, const struct value *map, const char *key, int64_t *out,
                  struct error *error)
{
    const struct value *value = value_get(map, key);
    if (!value_is(value, VALUE_NUMBER) || !value_to_int(value, out) || *out <= 0)
        return error_set(error, ERROR_CORRUPT, "%s's answer has no number '%s'", forge->api->name, key);
    return true;
}

bool forge_is_sha(struct str text)
{
    return (text.len == 40 || text.len == 64) && str_is_hex(text);
}

bool forge_sha(const struct forge *forge, const struct value *map, const char *key, struct str *out,
               struct error *error)
{
    if (!forge_text(forge, map, key, out, error))
        return false;
    return forge_is_sha(*out) ||
           error_set(error, ERROR_CORRUPT, "%s's answer has a '%s' that is no commit id", forge->api->name,
                     key);
}

bool forge_base64(struct arena *arena, struct str text, struct str *bytes)
{
    struct str plain = arena_str(arena, text);
    char *to = (char *)plain.ptr;
    plain.len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\n' && text.ptr[i] != '\r')
            to[plain.len++] = text.ptr[i];
    return base64_decode(arena, plain, bytes);
}

int64_t forge_time(const struct value *map, const char *key)
{
    int64_t time;
    return time_parse(value_get_text(map, key), &time) ? time : 0;
}

struct str forge_login_of(const struct value *user, const char *key)
{
    struct str login = value_get_text(user, key);
    return login.len ? login : FORGE_GHOST;
}

static enum pull_state pull_state(const struct value *value)
{
    if (value_get_bool(value, "merged", false) || value_get_text(value, "merged_at").len)
        return PULL_MERGED;
    return value_is_text(value_get(value, "state"), "open") ? PULL_OPEN : PULL_CLOSED;
}

static void read_labels(struct arena *arena, const struct value *labels, struct pull *pull)
{
    if (!value_is(labels, VALUE_LIST))
        return;
    pull->labels = arena_array(arena, labels->count, sizeof *pull->labels);
    for (size_t i = 0; i < labels->count; i++)
        pull->labels[pull->label_count++] = value_get_text(labels->items[i], "name");
}

/* The head is here where both repositories are the same; one that is gone has none. */
static bool is_fork(const struct value *head, const struct value *base)
{
    const struct value *theirs = value_path(head, "repo", "id", NULL),
                       *ours = value_path(base, "repo", "id", NULL);
    return !theirs || !ours || !value_equal(theirs, ours);
}

bool forge_read_pull(struct forge *forge, struct arena *arena, const struct value *value, struct pull *pull,
                     struct error *error)
{
    const struct value *head = value_get(value, "head"), *base = value_get(value, "base");
    *pull = (struct pull){
        .state = pull_state(value),
        .body = value_get_text(value, "body"),
        .author = forge_login_of(value_get(value, "user"), "login"),
        .url = value_get_text(value, "html_url"),
        .base_sha = value_get_text(base, "sha"),
        .fork = is_fork(head, base),
        .draft = value_get_bool(value, "draft", false),
        .checking = value_is(value_get(value, "mergeable"), VALUE_NULL),
        .updated_ms = forge_time(value, "updated_at"),
    };
    if (pull->state == PULL_MERGED)
        pull->merge_sha = value_get_text(value, "merge_commit_sha");
    read_labels(arena, value_get(value, "labels"), pull);
    return forge_number(forge, value, "number", &pull->number, error) &&
           forge_text(forge, value, "title", &pull->title, error) &&
           forge_text(forge, head, "ref", &pull->head_ref, error) &&
           forge_sha(forge, head, "sha", &pull->head_sha, error) &&
           forge_text(forge, base, "ref", &pull->base_ref, error);
}

bool forge_read_comment(const struct forge *forge, const struct value *value, const char *author,
                        struct comment *comment, struct error *error)
{
    *comment = (struct comment){
        .author = forge_login_of(value_get(value, author), forge->api->login),
        .body = value_get_text(value, "body"),
        .created_ms = forge_time(value, "created_at"),
        .updated_ms = forge_time(value, "updated_at"),
    };
    return forge_number(forge, value, "id", &comment->id, error);
}

void forge_add_review(struct reviews *reviews, const struct review *review)
{
    size_t i = 0;
    while (i < reviews->count && !str_equal(reviews->items[i].author, review->author))
        i++;
    reviews->items[i] = *review;
    if (i == reviews->count)
        reviews->count++;
}

bool forge_same_text(struct str theirs, struct str ours)
{
    struct buf plain = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < theirs.len; i++)
        if (theirs.ptr[i] != '\r')
            buf_addc(&plain, theirs.ptr[i]);
    bool same = str_equal(str_trim(buf_str(&plain)), str_trim(ours));
    buf_release(&plain);
    return same;
}

struct value *forge_body(struct arena *arena, ...)
{
    struct value *map = value_map(arena);
    va_list texts;
    va_start(texts, arena);
    for (const char *key = va_arg(texts, const char *); key; key = va_arg(texts, const char *)) {
        struct str text = va_arg(texts, struct str);
        if (text.len)
            value_setz(arena, map, key, value_string(arena, text));
    }
    va_end(texts);
    return map;
}

struct str forge_path(const struct forge *forge, struct arena *arena, const char *format, ...)
{
    struct buf path = BUF_INIT(BUF_SMALL);
    char rest[PATH_MAX];
    va_list values;
    va_start(values, format);
    vsnprintf(rest, sizeof rest, format, values);
    va_end(values);
    buf_add(&path, forge->project);
    buf_addc(&path, '/');
    buf_addz(&path, rest);
    struct str copy = arena_str(arena, buf_str(&path));
    buf_release(&path);
    return copy;
}
