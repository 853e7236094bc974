/* Pages of lists. */

#include <stdlib.h>

#include "base/digest.h"
#include "tests/simulator/service.h"

static int by_key(const void *a, const void *b)
{
    const struct value_entry *const *x = a, *const *y = b;
    return str_compare((*x)->key, (*y)->key);
}

static struct value_entry **sorted(const struct call *call, const struct value *items)
{
    struct value_entry **entries = arena_array(call->arena, items->count + 1, sizeof *entries);
    for (size_t i = 0; i < items->count; i++)
        entries[i] = &items->entries[i];
    qsort(entries, items->count, sizeof *entries, by_key);
    return entries;
}

static bool bad_paging(struct call *call, const struct sim_paging *paging, const char *member)
{
    return call_fail(call, 400, paging->error_code ? paging->error_code : "ValidationException",
                     "1 validation error detected: Value at '%s' failed to satisfy constraint", member);
}

/* A token is the last key in base64 behind a letter, so that no client takes it for a key. */
static bool read_token(struct call *call, const struct sim_paging *paging, bool *given, struct str *after)
{
    struct str token = paging->token_member ? call_text(call, paging->token_member) : STR_EMPTY;
    *given = token.len > 0;
    *after = token;
    if (!*given || paging->clear_token)
        return true;
    if (token.ptr[0] != 'e' || !base64_decode(call->arena, str_from_index(token, 1), after))
        return bad_paging(call, paging, paging->token_member);
    return true;
}

static bool read_size(struct call *call, const struct sim_paging *paging, size_t *size)
{
    *size = paging->size;
    if (!paging->size_member || !call_has(call, paging->size_member))
        return true;
    int64_t asked;
    if (!value_to_int(value_get(call->input, paging->size_member), &asked) || asked < 1)
        return bad_paging(call, paging, paging->size_member);
    *size = (size_t)asked < paging->size_max ? (size_t)asked : paging->size_max;
    return true;
}

struct value *call_page(struct call *call, const struct value *items, const struct sim_paging *paging,
                        struct str *next)
{
    struct str after;
    bool given;
    size_t size, i = 0;
    *next = STR_EMPTY;
    if (!read_token(call, paging, &given, &after) || !read_size(call, paging, &size))
        return NULL;
    struct value_entry **entries = sorted(call, items);
    struct value *page = value_list(call->arena);
    while (given && i < items->count && str_compare(entries[i]->key, after) <= 0)
        i++;
    for (; i < items->count && page->count < size; i++)
        value_append(call->arena, page, entries[i]->value);
    if (i < items->count && page->count)
        *next = paging->clear_token ? entries[i - 1]->key
                                    : arena_printf(call->arena, "e%.*s",
                                                   STR_ARG(base64_encode(call->arena, entries[i - 1]->key)));
    return page;
}
