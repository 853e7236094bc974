#include "base/digest.h"
#include "base/json.h"
#include "gitsync/webhook/forms.h"

enum { COMMIT_DIGITS_LEAST = 4, COMMIT_DIGITS_MOST = 64 };

/* In the order in which they are looked for: Forgejo sends Gitea's headers as well, both send GitHub's. */
static const struct row {
    enum webhook_forge forge;
    const char *name;
    const char *event;         /* the header that names the event */
    const char *deliveries[2]; /* headers that may have the id */
    bool (*read)(struct delivery *);
} rows[] = {
    {WEBHOOK_FORGEJO, "forgejo", "X-Forgejo-Event", {"X-Forgejo-Delivery", NULL}, github_read},
    {WEBHOOK_GITEA, "gitea", "X-Gitea-Event", {"X-Gitea-Delivery", NULL}, github_read},
    {WEBHOOK_GITLAB, "gitlab", "X-Gitlab-Event", {"Idempotency-Key", "X-Gitlab-Event-UUID"}, gitlab_read},
    {WEBHOOK_BITBUCKET, "bitbucket", "X-Event-Key", {"X-Request-UUID", "X-Request-Id"}, bitbucket_read},
    {WEBHOOK_GITHUB, "github", "X-GitHub-Event", {"X-GitHub-Delivery", NULL}, github_read},
    {WEBHOOK_GENERIC, "generic", "X-Plumb-Signature", {"X-Plumb-Delivery", NULL}, generic_read},
};

const char *webhook_forge_name(enum webhook_forge forge)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (rows[i].forge == forge)
            return rows[i].name;
    return "any";
}

bool webhook_forge_named(struct str name, enum webhook_forge *forge)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (str_is(name, rows[i].name)) {
            *forge = rows[i].forge;
            return true;
        }
    return false;
}

const char *webhook_kind_name(enum webhook_kind kind)
{
    static const char *const names[] = {
        [WEBHOOK_OTHER] = "other",     [WEBHOOK_PING] = "ping",
        [WEBHOOK_PUSH] = "push",       [WEBHOOK_PULL_REQUEST] = "pull request",
        [WEBHOOK_COMMENT] = "comment", [WEBHOOK_REVIEW] = "review",
        [WEBHOOK_SYNC] = "sync",
    };
    return names[kind];
}

/* --- fields --- */

static bool not_a(struct delivery *delivery, const char *path, const struct value *found, const char *wanted)
{
    return error_set(delivery->error, ERROR_INVALID, "'%s' is %s, not %s", path, value_kind_name(found->kind),
                     wanted);
}

/* What stands at the path; NULL where nothing does. */
static bool walk(struct delivery *delivery, const struct value *from, const char *path, enum field_need need,
                 const struct value **out)
{
    struct str rest = str_from(path), part;
    while (from && str_split(&rest, '.', &part)) {
        if (from->kind != VALUE_MAP) {
            struct str above = {.ptr = path, .len = (size_t)(part.ptr - path)};
            struct str name = above.len ? str_slice(above, 0, above.len - 1) : STR("the body");
            return error_set(delivery->error, ERROR_INVALID, "'%.*s' is %s, not a mapping", STR_ARG(name),
                             value_kind_name(from->kind));
        }
        from = value_get_str(from, part);
        if (from && from->kind == VALUE_NULL)
            from = NULL;
    }
    *out = from;
    return from || need == FIELD_MAY || error_set(delivery->error, ERROR_INVALID, "'%s' is missing", path);
}

static bool take(struct delivery *delivery, const struct value *from, const char *path, enum field_need need,
                 enum value_kind kind, const struct value **out)
{
    if (!walk(delivery, from, path, need, out))
        return false;
    return !*out || (*out)->kind == kind || not_a(delivery, path, *out, value_kind_name(kind));
}

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return true;
    return false;
}

bool take_text(struct delivery *delivery, const struct value *from, const char *path, enum field_need need,
               struct str *out)
{
    const struct value *found;
    if (!take(delivery, from, path, need, VALUE_STRING, &found))
        return false;
    if (!found)
        return true;
    if (found->text.len > WEBHOOK_TEXT_MAX)
        return error_set(delivery->error, ERROR_INVALID, "'%s' has %zu bytes, at most %d are allowed", path,
                         found->text.len, WEBHOOK_TEXT_MAX);
    if (has_control(found->text))
        return error_set(delivery->error, ERROR_INVALID, "'%s' has control characters", path);
    *out = found->text;
    return true;
}

bool take_prose(struct delivery *delivery, const struct value *from, const char *path, struct str *out)
{
    const struct value *found;
    if (!take(delivery, from, path, FIELD_MAY, VALUE_STRING, &found))
        return false;
    if (found)
        *out = found->text;
    return true;
}

bool take_commit(struct delivery *delivery, const struct value *from, const char *path, enum field_need need,
                 struct str *out)
{
    struct str text = STR_EMPTY;
    if (!take_text(delivery, from, path, need, &text))
        return false;
    bool ok = text.len >= COMMIT_DIGITS_LEAST && text.len <= COMMIT_DIGITS_MOST && str_is_hex(text);
    if (!ok && (text.len || need == FIELD_MUST))
        return error_set(delivery->error, ERROR_INVALID, "'%s' is no commit id", path);
    if (text.len)
        *out = text;
    return true;
}

bool take_number(struct delivery *delivery, const struct value *from, const char *path, enum field_need need,
                 int64_t *out)
{
    const struct value *found;
    uint64_t number;
    if (!take(delivery, from, path, need, VALUE_NUMBER, &found))
        return false;
    if (!found)
        return true;
    if (!str_to_uint(found->text, INT64_MAX, &number))
        return error_set(delivery->error, ERROR_INVALID, "'%s' is no whole number", path);
    *out = (int64_t)number;
    return true;
}

bool take_id(struct delivery *delivery, const struct value *from, const char *path, struct str *out)
{
    int64_t number = -1;
    if (!take_number(delivery, from, path, FIELD_MUST, &number))
        return false;
    *out = arena_printf(delivery->arena, "%lld", (long long)number);
    return true;
}

bool take_flag(struct delivery *delivery, const struct value *from, const char *path, bool *out)
{
    const struct value *found;
    if (!take(delivery, from, path, FIELD_MAY, VALUE_BOOL, &found))
        return false;
    if (found)
        *out = found->boolean;
    return true;
}

bool take_map(struct delivery *delivery, const struct value *from, const char *path, enum field_need need,
              const struct value **out)
{
    return take(delivery, from, path, need, VALUE_MAP, out);
}

bool take_list(struct delivery *delivery, const struct value *from, const char *path, enum field_need need,
               const struct value **out)
{
    return take(delivery, from, path, need, VALUE_LIST, out);
}

bool make_refs(struct delivery *delivery, size_t count)
{
    if (count > WEBHOOK_REFS_MAX)
        return error_set(delivery->error, ERROR_INVALID, "it is about %zu refs, at most %d are allowed",
                         count, WEBHOOK_REFS_MAX);
    delivery->event->refs = arena_array(delivery->arena, count + 1, sizeof *delivery->event->refs);
    delivery->event->ref_count = count;
    return true;
}

bool take_meaning(struct delivery *delivery, const struct meaning *meanings, size_t count, struct str name)
{
    size_t i = 0;
    while (i < count && !str_is(name, meanings[i].name))
        i++;
    if (i == count)
        return false;
    delivery->event->kind = meanings[i].kind;
    delivery->event->action = meanings[i].action;
    delivery->event->verdict = meanings[i].verdict;
    return true;
}

/* --- all of it --- */

static const struct row *row_of(const struct delivery *delivery)
{
    size_t count;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        (void)delivery_header(delivery, rows[i].event, &count);
        if (count)
            return &rows[i];
    }
    return NULL;
}

/* Of headers, which nobody has signed. */
static bool is_plain(struct str text)
{
    return text.len <= WEBHOOK_TEXT_MAX && !has_control(text) && str_is_utf8(text);
}

static bool take_names(struct delivery *delivery, const struct row *row)
{
    struct webhook_event *event = delivery->event;
    event->name = row->forge == WEBHOOK_GENERIC ? delivery_header(delivery, "X-Plumb-Event", NULL)
                                                : delivery_header(delivery, row->event, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(row->deliveries) && row->deliveries[i]; i++)
        if (!event->delivery.len)
            event->delivery = delivery_header(delivery, row->deliveries[i], NULL);
    if (row->forge != WEBHOOK_GENERIC && !event->name.len)
        return error_set(delivery->error, ERROR_INVALID, "more than one %s, or an empty one", row->event);
    if (!is_plain(event->name) || !is_plain(event->delivery))
        return error_set(delivery->error, ERROR_INVALID, "the name of the event or its id is no plain text");
    event->name = arena_str(delivery->arena, event->name);
    event->delivery = arena_str(delivery->arena, event->delivery);
    return true;
}

static bool read_body(struct delivery *delivery)
{
    struct str type = delivery_header(delivery, "Content-Type", NULL);
    bool form = str_starts(type, "application/x-www-form-urlencoded"); /* curl says so of JSON too */
    if (form && !str_starts(delivery->body, "{"))
        return error_set(delivery->error, ERROR_INVALID,
                         "its body is a form: choose application/json as the webhook's content type");
    if (!json_read_max(delivery->arena, STR_EMPTY, delivery->body, WEBHOOK_NODES_MAX, &delivery->json,
                       delivery->error)) {
        delivery->error->code = ERROR_INVALID; /* also where it is too large: its sender is to blame */
        return false;
    }
    return delivery->json->kind == VALUE_MAP ||
           error_set(delivery->error, ERROR_INVALID, "the body is %s, not a mapping",
                     value_kind_name(delivery->json->kind));
}

bool webhook_read(const struct webhook_options *options, const struct http_header *headers,
                  size_t header_count, struct str body, struct arena *arena, struct webhook_event *event,
                  struct error *error)
{
    struct delivery delivery = {.options = options,
                                .headers = headers,
                                .header_count = header_count,
                                .body = body,
                                .arena = arena,
                                .event = event,
                                .error = error};
    *event = (struct webhook_event){.name = STR_EMPTY};
    const struct row *row = row_of(&delivery);
    if (!row)
        return error_set(error, ERROR_DENIED, "no header says which forge it is from");
    event->forge = row->forge;
    if (!delivery_verify(&delivery))
        return error_prefix(error, "webhook of %s", row->name);
    if (!take_names(&delivery, row) || !read_body(&delivery) || !row->read(&delivery))
        return error_prefix(error, "webhook of %s", row->name);
    return true;
}

bool webhook_read_trusted(struct str body, struct arena *arena, struct webhook_event *event,
                          struct error *error)
{
    struct delivery delivery = {.body = body, .arena = arena, .event = event, .error = error};
    *event = (struct webhook_event){.forge = WEBHOOK_GENERIC, .content = sha256_hex(arena, body)};
    return read_body(&delivery) && generic_read(&delivery);
}
