#include "reconciler/pull_commands.h"

#include <string.h>

/* A forge may note a comment's making and its last change a moment apart. */
enum { EDIT_SLACK_MS = 2000, WORDS_MAX = 4, HASH_SHOWN = 12, LINE_KEPT = 200 };

/* ---- Reading ---- */

static bool is_hash(struct str word)
{
    bool hex = word.len >= PULL_HASH_MIN && word.len <= 64;
    for (size_t i = 0; i < word.len; i++)
        hex = hex && strchr("0123456789abcdefABCDEF", word.ptr[i]);
    return hex;
}

static struct str lower_case(struct arena *arena, struct str text)
{
    char *copy = arena_strz(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return (struct str){.ptr = copy, .len = text.len};
}

/* Also tabs, as people write. */
static size_t split_words(struct str line, struct str *words)
{
    size_t count = 0;
    while (line.len && count < WORDS_MAX + 1) {
        line = str_trim(line);
        size_t end = 0;
        while (end < line.len && line.ptr[end] != ' ' && line.ptr[end] != '\t')
            end++;
        if (end)
            words[count++] = str_slice(line, 0, end);
        line = str_from_index(line, end);
    }
    return count;
}

static void read_target(struct pull_command *command, struct str word)
{
    size_t slash = str_find(word, '/');
    command->environment = str_slice(word, 0, slash);
    command->application = str_from_index(word, slash + 1);
}

/* "plumb" begins many a sentence: only the words that are commands make one. */
static bool read_line(struct arena *arena, struct str line, struct pull_command *command)
{
    struct str words[WORDS_MAX + 1];
    size_t count = split_words(line, words);
    if (count < 2 || !str_is(words[0], "plumb"))
        return false;
    if (str_is(words[1], "plan"))
        command->word = PULL_PLAN;
    else if (str_is(words[1], "approve"))
        command->word = PULL_APPROVE;
    else
        return false;
    for (size_t i = 2; i < count; i++) {
        bool hash = is_hash(words[i]) && command->word == PULL_APPROVE && !command->hash.len;
        if (hash && (i > 2 || count == 3))
            command->hash = lower_case(arena, words[i]);
        else if (i == 2)
            read_target(command, words[i]);
        else
            command->malformed = true;
    }
    command->text = arena_str(arena, str_clip(str_trim(line), LINE_KEPT));
    return true;
}

static void read_comment(struct arena *arena, const struct comment *comment, struct pull_command *all,
                         size_t *count)
{
    struct str rest = comment->body, line;
    bool code = false;
    while (*count < PULL_COMMANDS_MAX && str_split(&rest, '\n', &line)) {
        struct str trimmed = str_trim(line);
        if (str_starts(trimmed, "```") || str_starts(trimmed, "~~~"))
            code = !code;
        struct pull_command command = {
            .by = comment->author,
            .comment = comment->id,
            .time_ms = comment->created_ms,
            .edited = comment->updated_ms > comment->created_ms + EDIT_SLACK_MS,
        };
        if (!code && !str_starts(line, "    ") && !str_starts(line, "\t") && read_line(arena, line, &command))
            all[(*count)++] = command;
    }
}

size_t pull_commands_read(struct arena *arena, const struct comments *comments, int64_t after,
                          struct str self, struct pull_command **out)
{
    size_t count = 0;
    *out = arena_array(arena, PULL_COMMANDS_MAX, sizeof **out);
    for (size_t i = 0; i < comments->count; i++)
        if (comments->items[i].id > after && !str_equal_nocase(comments->items[i].author, self))
            read_comment(arena, &comments->items[i], *out, &count);
    return count;
}

/* ---- Who may ---- */

/* A lone hash may be of any stage. */
bool pull_command_is_about(const struct pull_command *command, const struct told_stage *stage)
{
    if (command->environment.len)
        return str_equal(command->environment, stage->name);
    for (size_t i = 0; command->hash.len && i < stage->count; i++)
        if (str_equal(str_slice(stage->applications[i].hash, 0, command->hash.len), command->hash))
            return true;
    return !command->hash.len;
}

struct str pull_command_refusal(struct arena *arena, const struct pull_command *command,
                                const struct told_stage *stage, const struct pull_policy *policy,
                                struct str author)
{
    if (!pull_policy_names(policy, command->by))
        return arena_printf(arena, "not done: pullRequests.approvers of %.*s does not name them",
                            STR_ARG(stage->name));
    if (command->edited)
        return STR("not done: the comment was edited, perhaps by somebody else: write a new one");
    if (command->malformed)
        return STR("not done: it must be plumb plan [ENV[/APP]] or plumb approve [ENV[/APP]] [HASH]");
    if (command->word == PULL_APPROVE && str_equal_nocase(command->by, author))
        return STR("not done: who made the pull request does not approve it");
    return STR_EMPTY;
}

/* ---- Approving ---- */

/* Why this one is not approved, or empty. */
static struct str obstacle(struct arena *arena, const struct pull_command *command,
                           const struct told_application *one)
{
    if (!one->hash.len)
        return arena_printf(arena, "%.*s has no plan", STR_ARG(one->name));
    bool same = str_equal(str_slice(one->hash, 0, command->hash.len), command->hash);
    if (command->hash.len && !same)
        return arena_printf(arena, "the plan of %.*s is %.*s by now: look again", STR_ARG(one->name),
                            STR_ARG(str_slice(one->hash, 0, HASH_SHOWN)));
    if (!command->hash.len && command->time_ms < one->shown_ms)
        return arena_printf(arena, "the plan of %.*s is another since: look again, and name its hash",
                            STR_ARG(one->name));
    return STR_EMPTY;
}

struct str pull_command_approve(struct arena *arena, const struct pull_command *command,
                                struct told_stage *stage)
{
    struct buf done = BUF_INIT(BUF_SMALL);
    struct str why = STR_EMPTY;
    bool found = false;
    for (size_t i = 0; i < stage->count; i++) {
        struct told_application *one = &stage->applications[i];
        if (command->application.len && !str_equal(command->application, one->name))
            continue;
        found = true;
        struct str hindrance = obstacle(arena, command, one);
        if (hindrance.len) {
            why = why.len ? why : hindrance;
            continue;
        }
        one->approved_by = arena_str(arena, command->by);
        one->approved_at = time_iso8601(arena, command->time_ms);
        buf_printf(&done, "%s%.*s/%.*s %.*s", done.len ? ", " : "approved ", STR_ARG(stage->name),
                   STR_ARG(one->name), STR_ARG(str_slice(one->hash, 0, HASH_SHOWN)));
    }
    if (!found)
        why = arena_printf(arena, "there is no plan of it in %.*s", STR_ARG(stage->name));
    struct str outcome =
        done.len ? arena_str(arena, buf_str(&done)) : arena_printf(arena, "not done: %.*s", STR_ARG(why));
    buf_release(&done);
    return outcome;
}
