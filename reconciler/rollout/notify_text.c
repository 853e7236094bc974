#include "reconciler/rollout/notify_text.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"

enum {
    TEXT_MAX = 1000, /* of one member */
    ID_DIGITS = 32,
    COMMIT_DIGITS = 7,
};

static const struct {
    const char *name, *event;
    const char *words; /* behind "rollout of 4f2c1e0 "; '%' stands for the weight */
} kinds[] = {
    [NOTICE_START] = {"start", "Rollout Started", "started"},
    [NOTICE_STEP] = {"step", "Rollout Step", "goes on: % of the traffic"},
    [NOTICE_HOLD] = {"hold", "Rollout Held", "holds at %"},
    [NOTICE_SUCCESS] = {"success", "Rollout Succeeded", "succeeded"},
    [NOTICE_ROLLBACK] = {"rollback", "Rollout Rolled Back", "rolled back"},
};

const char *notice_kind_name(enum notice_kind kind)
{
    return kinds[kind].name;
}

const char *notice_event(enum notice_kind kind)
{
    return kinds[kind].event;
}

/* --- for programs --- */

static void put(struct arena *arena, struct value *document, const char *key, struct str text)
{
    value_setz(arena, document, key, value_string(arena, text.len ? str_clip(text, TEXT_MAX) : STR_EMPTY));
}

/* All members, without the id. */
static struct value *members_of(struct arena *arena, const struct notice *notice)
{
    struct value *document = value_map(arena);
    put(arena, document, "kind", str_from(notice_kind_name(notice->kind)));
    put(arena, document, "repository", notice->repository);
    put(arena, document, "environment", notice->environment);
    put(arena, document, "application", notice->application);
    put(arena, document, "account", notice->account);
    put(arena, document, "region", notice->region);
    put(arena, document, "commit", notice->commit);
    put(arena, document, "author", notice->author);
    put(arena, document, "subject", notice->subject);
    value_setz(arena, document, "weight", value_int(arena, notice->weight));
    put(arena, document, "reason", notice->reason);
    put(arena, document, "time", time_iso8601(arena, notice->time_ms));
    return document;
}

/* The document tells seconds; two notices within one are two. */
struct str notice_id(struct arena *arena, const struct notice *notice)
{
    struct str members = json_text(arena, members_of(arena, notice), JSON_CANONICAL);
    struct str all = arena_printf(arena, "%lld %.*s", (long long)notice->time_ms, STR_ARG(members));
    return str_slice(sha256_hex(arena, all), 0, ID_DIGITS);
}

struct value *notice_document(struct arena *arena, const struct notice *notice)
{
    struct value *document = value_map(arena), *members = members_of(arena, notice);
    put(arena, document, "id", notice_id(arena, notice));
    for (size_t i = 0; i < members->count; i++)
        value_set(arena, document, members->entries[i].key, members->entries[i].value);
    return document;
}

/* --- for people --- */

static struct str taken(struct arena *arena, struct buf *text)
{
    struct str copy = arena_str(arena, buf_str(text));
    buf_release(text);
    return copy;
}

/* One line, whatever it holds. */
static struct str shown(struct arena *arena, struct str text)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    text_escape(&out, str_clip(text, TEXT_MAX));
    return taken(arena, &out);
}

static struct str words_of(struct arena *arena, const struct notice *notice)
{
    struct str words = str_from(kinds[notice->kind].words);
    size_t at = str_find(words, '%');
    if (at == words.len)
        return words;
    return arena_printf(arena, "%.*s%lld%.*s", STR_ARG(str_slice(words, 0, at)), (long long)notice->weight,
                        STR_ARG(str_from_index(words, at)));
}

struct str notice_title(struct arena *arena, const struct notice *notice)
{
    return arena_printf(arena, "%.*s/%.*s: rollout of %.*s %.*s", STR_ARG(shown(arena, notice->environment)),
                        STR_ARG(shown(arena, notice->application)),
                        STR_ARG(shown(arena, str_slice(notice->commit, 0, COMMIT_DIGITS))),
                        STR_ARG(words_of(arena, notice)));
}

/* A character that is not ASCII becomes one '?'. */
struct str notice_subject(struct arena *arena, const struct notice *notice)
{
    struct str title = notice_title(arena, notice);
    struct buf out = BUF_INIT(NOTICE_SUBJECT_MAX + 1); /* and its NUL */
    for (size_t i = 0; i < title.len && out.len < NOTICE_SUBJECT_MAX; i++) {
        unsigned char c = (unsigned char)title.ptr[i];
        if (c < 0x80)
            buf_addc(&out, (char)c);
        else if (c >= 0xc0) /* the first byte of a character */
            buf_addc(&out, '?');
    }
    return taken(arena, &out);
}

static void add_line(struct arena *arena, struct buf *out, const char *label, struct str text)
{
    if (text.len)
        buf_printf(out, "\n%s%.*s", label, STR_ARG(shown(arena, text)));
}

static void add_details(struct arena *arena, struct buf *out, const struct notice *notice)
{
    add_line(arena, out, "", notice->reason);
    buf_addz(out, "\n");
    add_line(arena, out, "Commit: ", notice->commit);
    add_line(arena, out, "Subject: ", notice->subject);
    add_line(arena, out, "Author: ", notice->author);
    add_line(arena, out, "Repository: ", notice->repository);
    add_line(arena, out, "Account: ", notice->account);
    add_line(arena, out, "Region: ", notice->region);
    add_line(arena, out, "Time: ", time_iso8601(arena, notice->time_ms));
}

struct str notice_text(struct arena *arena, const struct notice *notice)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    buf_add(&out, notice_title(arena, notice));
    add_details(arena, &out, notice);
    buf_addc(&out, '\n');
    return taken(arena, &out);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* https://docs.slack.dev/messaging/formatting-message-text#escaping; a zero-width space behind an '@' that
 * begins a word, as Mattermost calls all members for a plain "@all". */
static void add_slack(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '&' || c == '<' || c == '>')
            buf_addz(out, c == '&' ? "&amp;" : c == '<' ? "&lt;" : "&gt;");
        else
            buf_addc(out, c);
        if (c == '@' && (i == 0 || !is_word(text.ptr[i - 1])))
            buf_addz(out, "\xe2\x80\x8b");
    }
}

struct str notice_slack(struct arena *arena, const struct notice *notice)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    add_slack(&out, notice_text(arena, notice));
    return taken(arena, &out);
}
