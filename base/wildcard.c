#include "base/wildcard.h"

static bool same(char a, char b, enum wildcard_case letters)
{
    if (letters == WILDCARD_FOLDED && a >= 'A' && a <= 'Z')
        a = (char)(a - 'A' + 'a');
    if (letters == WILDCARD_FOLDED && b >= 'A' && b <= 'Z')
        b = (char)(b - 'A' + 'a');
    return a == b;
}

/* Inner's '*' is more than one character, so that only outer's takes it. */
static bool takes(char outer, char inner, enum wildcard_case letters)
{
    return inner != '*' && (outer == '?' || same(outer, inner, letters));
}

bool wildcard_covers(struct str outer, struct str inner, enum wildcard_case letters)
{
    size_t o = 0, i = 0, star = outer.len, from = 0;
    while (i < inner.len) {
        if (o < outer.len && outer.ptr[o] == '*') {
            star = o++;
            from = i;
        } else if (o < outer.len && takes(outer.ptr[o], inner.ptr[i], letters)) {
            o++;
            i++;
        } else if (star < outer.len) {
            o = star + 1; /* the star takes one more */
            i = ++from;
        } else {
            return false;
        }
    }
    while (o < outer.len && outer.ptr[o] == '*')
        o++;
    return o == outer.len;
}

/* reached[j]: a text matches the first i characters of `a` and the first j of `b`; `next` is the same with
 * one more of `a`. */
static void reach(char c, struct str b, const bool *reached, bool *next, enum wildcard_case letters)
{
    next[0] = c == '*' && reached[0];
    for (size_t j = 1; j <= b.len; j++) {
        char other = b.ptr[j - 1];
        if (c == '*' || other == '*') /* a star ends, or takes what stands on the other side */
            next[j] = reached[j] || next[j - 1];
        else
            next[j] = reached[j - 1] && (c == '?' || other == '?' || same(c, other, letters));
    }
}

bool wildcards_meet(struct arena *arena, struct str a, struct str b, enum wildcard_case letters)
{
    bool *reached = arena_array(arena, b.len + 1, sizeof *reached);
    bool *next = arena_array(arena, b.len + 1, sizeof *next);
    reached[0] = true;
    for (size_t j = 0; j < b.len && b.ptr[j] == '*'; j++)
        reached[j + 1] = true;
    for (size_t i = 0; i < a.len; i++) {
        reach(a.ptr[i], b, reached, next, letters);
        bool *swap = reached;
        reached = next;
        next = swap;
    }
    return reached[b.len];
}
