/* Following the pages of a list. */

#include "base/xml.h"
#include "providers/aws/aws.h"

enum { ITEMS_MAX = 100 * 1000, PAGES_MAX = 20 * 1000 };

/* The parent of the last part of a dotted path, and that part. */
static const struct value *walk(const struct value *from, struct str path, struct str *last)
{
    while (str_find(path, '.') < path.len) {
        size_t dot = str_find(path, '.');
        from = value_get_str(from, str_slice(path, 0, dot));
        path = str_from_index(path, dot + 1);
    }
    *last = path;
    return from;
}

static const struct value *items_of(struct arena *arena, const struct aws_operation *operation,
                                    const struct value *page, struct str path)
{
    struct str last;
    const struct value *parent = walk(page, path, &last);
    enum aws_protocol protocol = operation->service->protocol;
    if (protocol == AWS_QUERY && !str_is(last, "member"))
        return xml_items(arena, value_get_str(parent, last), "member");
    if (protocol == AWS_QUERY || protocol == AWS_REST_XML)
        return xml_items(arena, parent, arena_strz(arena, last));
    return value_get_str(parent, last);
}

static struct str token_of(const struct aws_operation *operation, const struct value *page)
{
    struct str last;
    const struct value *parent = walk(page, str_from(operation->page_out), &last);
    return value_text(value_get_str(parent, last));
}

struct listing {
    struct value *input, *items, *seen; /* seen: map of the tokens so far */
};

static bool add_page(struct listing *listing, const struct aws_operation *operation, struct arena *arena,
                     const struct value *page, bool *more, struct error *error)
{
    struct str lists = str_from(operation->page_items), path;
    while (str_split(&lists, ',', &path)) {
        const struct value *items = items_of(arena, operation, page, path);
        for (size_t i = 0; value_is(items, VALUE_LIST) && i < items->count; i++) {
            if (listing->items->count >= ITEMS_MAX)
                return error_set(error, ERROR_OUT_OF_MEMORY, "%s %s gives more than %d items",
                                 operation->service->name, operation->name, ITEMS_MAX);
            value_append(arena, listing->items, items->items[i]);
        }
    }
    struct str token = token_of(operation, page);
    *more = token.len > 0;
    if (token.len == 0)
        return true;
    if (listing->seen->count >= PAGES_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "%s %s gives more than %d pages",
                         operation->service->name, operation->name, PAGES_MAX);
    if (value_get_str(listing->seen, token))
        return error_set(error, ERROR_CORRUPT, "%s %s gives the same page token again",
                         operation->service->name, operation->name);
    value_set(arena, listing->seen, token, value_null(arena));
    value_setz(arena, listing->input, operation->page_in, value_string(arena, token));
    return true;
}

bool aws_list(struct aws *aws, const struct aws_operation *operation, struct arena *arena,
              const struct value *input, struct value **items, struct error *error)
{
    struct listing listing = {.input = input ? value_copy(arena, input) : value_map(arena),
                              .items = value_list(arena),
                              .seen = value_map(arena)};
    if (!operation->page_items)
        return error_set(error, ERROR_BUG, "%s %s is no list", operation->service->name, operation->name);
    for (bool more = true; more;) {
        struct value *page;
        if (!aws_call(aws, operation, arena, listing.input, &page, error) ||
            !add_page(&listing, operation, arena, page, &more, error))
            return false;
        more = more && operation->page_in;
    }
    *items = listing.items;
    return true;
}
