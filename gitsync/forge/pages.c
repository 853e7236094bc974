/* Lists that come in pages, by the Link header (RFC 8288). */

#include "gitsync/forge/private.h"

/* Cuts `<url>; rel="next"; ...` off the header; *relation of the parameters, without quotes. */
static bool next_link(struct str *rest, struct str *url, struct str *relation)
{
    *rest = str_trim(*rest);
    size_t end = str_find(*rest, '>');
    if (!str_starts(*rest, "<") || end == rest->len)
        return false;
    *url = str_slice(*rest, 1, end - 1);
    *rest = str_from_index(*rest, end + 1);
    struct str parameters = str_slice(*rest, 0, str_find(*rest, ','));
    *rest = str_from_index(*rest, parameters.len + 1);
    struct str part;
    *relation = STR_EMPTY;
    while (str_split(&parameters, ';', &part)) {
        part = str_trim(part);
        if (str_starts(part, "rel=")) {
            *relation = str_from_index(part, sizeof "rel=" - 1);
            if (relation->len >= 2 && relation->ptr[0] == '"')
                *relation = str_slice(*relation, 1, relation->len - 2);
        }
    }
    return true;
}

bool forge_next_page(const struct forge *forge, const struct http_response *response, struct str *next,
                     struct error *error)
{
    struct str rest = http_header(response, "Link"), url, relation;
    *next = STR_EMPTY;
    while (next_link(&rest, &url, &relation)) {
        if (!str_is(relation, "next"))
            continue;
        if (!str_starts(url, forge->base.ptr) || url.len <= forge->base.len + 1 ||
            url.ptr[forge->base.len] != '/' || str_contains(url, "/../"))
            return error_set(error, ERROR_CORRUPT,
                             "%s has the next page outside of '%.*s', which is not followed: give the "
                             "API's address as %s itself has it",
                             forge->api->name, STR_ARG(forge->base), forge->api->name);
        *next = str_from_index(url, forge->base.len + 1);
        return true;
    }
    return true;
}

static bool add_items(struct forge *forge, struct arena *arena, const struct value *answer,
                      const char *member, struct value *list, struct error *error)
{
    const struct value *items = member ? value_get(answer, member) : answer;
    if (value_is(items, VALUE_NULL)) /* Gitea's empty list, in places */
        return true;
    if (!value_is(items, VALUE_LIST))
        return forge_corrupt(forge, "no list", error);
    for (size_t i = 0; i < items->count; i++)
        value_append(arena, list, items->items[i]);
    return true;
}

bool forge_call_list(struct forge *forge, struct arena *arena, const struct forge_call *call,
                     const char *member, struct value **list, struct error *error)
{
    struct forge_call page = *call;
    *list = value_list(arena);
    for (int i = 0; i < FORGE_PAGES_MAX; i++) {
        struct forge_answer answer;
        if (!forge_call(forge, arena, &page, &answer, error))
            return false;
        if (!add_items(forge, arena, answer.value, member, *list, error))
            return error_prefix(error, "cannot %s of %.*s", call->what, STR_ARG(forge->repository));
        if (answer.next.len == 0)
            return true;
        page.path = answer.next;
    }
    return error_set(error, ERROR_OUT_OF_MEMORY, "cannot %s of %.*s: there are more than %d pages of them",
                     call->what, STR_ARG(forge->repository), FORGE_PAGES_MAX);
}
