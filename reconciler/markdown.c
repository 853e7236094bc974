#include "reconciler/markdown.h"

#include <string.h>

#include "base/log.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* What is markup nowhere, inside of a line; a ':' makes links and emoji, a '.' may be in "www.". */
static bool is_plain(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || (c && strchr(" -/,;=%+?", c));
}

#define NO_WIDTH "\xe2\x80\x8b"

static void add_entities(struct buf *out, struct str text, bool parted)
{
    struct buf visible = BUF_INIT(BUF_LARGE);
    text_escape(&visible, text);
    for (size_t i = 0; i < visible.len; i++) {
        char c = visible.ptr[i];
        bool dot = c == '.' && !(i && (visible.ptr[i - 1] == 'w' || visible.ptr[i - 1] == 'W'));
        bool begins = parted && i == 0 && !is_letter(c); /* "1. ", "- ", "    ": lists and code */
        if ((is_plain(c) || dot) && !begins)
            buf_addc(out, c);
        else
            buf_printf(out, "&#%d;", c);
        if (c && strchr(parted ? "@#!:$~&" : "@", c) && i + 1 < visible.len && visible.ptr[i + 1] != ' ')
            buf_addz(out, NO_WIDTH);
    }
    buf_release(&visible);
}

void markdown_text(struct buf *out, struct str text, size_t max)
{
    struct str shown = str_clip(text, max);
    add_entities(out, shown, true);
    buf_addz(out, shown.len < text.len ? "..." : "");
}

void markdown_code(struct buf *out, struct str text, size_t max)
{
    if (!text.len)
        return;
    struct str shown = str_clip(text, max);
    buf_addz(out, "<code>");
    add_entities(out, shown, false);
    buf_addz(out, shown.len < text.len ? "...</code>" : "</code>");
}
