#include "base/digest.h"
#include "tests/fuzz/target.h"
#include "tests/gitsync/webhook_cases.h"

#define NOW INT64_C(1774000000000)
#define SECRET STR("secret")

/* "FORGE EVENT", a line end, and the body: which is signed rightly, so that it is read; and then a bit of
 * what is signed is not the same, and nothing may be read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str body = {.ptr = (const char *)data, .len = size}, head, forge_name, event_name;
    enum webhook_forge forge;
    if (!size || !str_split(&body, '\n', &head) || !body.len)
        return 0;
    event_name = head;
    (void)str_split(&event_name, ' ', &forge_name);
    if (!webhook_forge_named(forge_name, &forge))
        return 0;
    struct arena *arena = arena_new();
    const struct webhook_secret secret = {.forge = WEBHOOK_ANY, .text = SECRET};
    const struct webhook_options options = {.secrets = &secret, .secret_count = 1, .now_ms = NOW};
    struct signed_headers headers;
    struct webhook_event event;
    struct error error = ERROR_INIT;
    webhook_sign(arena, forge, event_name.ptr ? arena_strz(arena, event_name) : "", "d", SECRET, NOW, body,
                 &headers);
    if (webhook_read(&options, headers.list, headers.count, body, arena, &event, &error)) {
        check(event.forge == forge && event.content.len == 2 * SHA256_SIZE);
        for (size_t i = 0; i < event.ref_count; i++)
            check(event.refs[i].name.len > 0 && str_is_utf8(event.refs[i].name));
        (void)webhook_text(arena, &event);
    } else {
        check(error.code == ERROR_INVALID && error.message[0]);
    }
    char *other = arena_strz(arena, body);
    other[size % body.len] ^= 1;
    error_clear(&error);
    body.ptr = other;
    if (forge != WEBHOOK_GITLAB) /* its token signs no body */
        check(!webhook_read(&options, headers.list, headers.count, body, arena, &event, &error) &&
              error.code == ERROR_DENIED);
    arena_free(arena);
    return 0;
}
