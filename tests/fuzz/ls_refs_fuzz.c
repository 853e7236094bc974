#include <string.h>

#include "gitsync/ls_refs.h"
#include "tests/fuzz/target.h"

static bool is_clean(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= 0x20)
            return false;
    return true;
}

static void check_list(struct arena *arena, struct str input, const struct remote_refs *list)
{
    struct buf again = BUF_INIT(BUF_LARGE);
    struct remote_refs copy;
    struct error error = ERROR_INIT;
    bool refused;
    for (size_t i = 0; i < list->count; i++) {
        const struct remote_ref *ref = &list->refs[i];
        check(strlen(ref->id.hex) == COMMIT_ID_SIZE && ref->name.len > 0 && ref->name.len < input.len);
        check(is_clean(ref->name) && is_clean(ref->target));
        buf_printf(&again, "%04zx%s %.*s%s%.*s\n",
                   4 + COMMIT_ID_SIZE + 2 + ref->name.len + (ref->target.len ? 15 + ref->target.len : 0),
                   ref->id.hex, STR_ARG(ref->name), ref->target.len ? " symref-target:" : "",
                   STR_ARG(ref->target));
    }
    buf_addz(&again, "0000");
    check(ls_refs_read(arena, buf_str(&again), &copy, &refused, &error) && !refused);
    check(copy.count == list->count);
    for (size_t i = 0; i < copy.count; i++)
        check(str_equal(copy.refs[i].name, list->refs[i].name) &&
              str_equal(copy.refs[i].target, list->refs[i].target) &&
              strcmp(copy.refs[i].id.hex, list->refs[i].id.hex) == 0);
    buf_release(&again);
}

/* What a remote sends: its offer, or nothing of the kind, then a list.  A list that was read, written and
 * read again is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str input = {.ptr = (const char *)data, .len = size}, rest = input;
    struct remote_refs list;
    struct error error = ERROR_INIT;
    bool offered, refused;
    if (!ls_refs_read_offer(&rest, &offered, &error)) {
        check(error.code != ERROR_NONE && error.message[0]);
        error_clear(&error);
    } else {
        check(rest.len < input.len);
    }
    for (int i = 0; i < 2; i++, rest = input) {
        bool read = ls_refs_read(arena, rest, &list, &refused, &error);
        check(read || (error.code != ERROR_NONE && error.message[0]));
        if (read && !refused)
            check_list(arena, input, &list);
    }
    arena_free(arena);
    return 0;
}
