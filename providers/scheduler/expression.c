#include "providers/scheduler/expression.h"

enum { EXPRESSION_MAX = 256 };

/* The words of the brackets with one blank between, in capitals where `capitals`. */
static struct str words(struct arena *arena, struct str text, bool capitals)
{
    char out[EXPRESSION_MAX];
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool blank = c == ' ' || c == '\t' || c == '\n';
        if (blank && (length == 0 || out[length - 1] == ' '))
            continue;
        out[length++] = blank ? ' ' : capitals && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    while (length && out[length - 1] == ' ')
        length--;
    return arena_str(arena, (struct str){.ptr = out, .len = length});
}

struct str schedule_expression(struct arena *arena, struct str text)
{
    size_t open = str_find(text, '(');
    if (text.len > EXPRESSION_MAX || open >= text.len || !str_ends(text, ")"))
        return text;
    struct str kind = str_slice(text, 0, open), inner = str_slice(text, open + 1, text.len - open - 2);
    bool cron = str_is(kind, "cron"), rate = str_is(kind, "rate");
    if (!cron && !rate && !str_is(kind, "at"))
        return text;
    inner = words(arena, inner, cron);
    bool plural = !rate || !inner.len || str_ends(inner, "s");
    return arena_printf(arena, "%.*s(%.*s%s)", STR_ARG(kind), STR_ARG(inner), plural ? "" : "s");
}
