#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "gitsync/remote_url.h"
#include "repositories.h"

/* "kind|user|port|host|path|shown" */
static void takes_urls_apart(void **state)
{
    (void)state;
    static const struct {
        const char *url, *parts;
    } cases[] = {
        {"https://example.com/a/b.git", "http|||example.com|/a/b.git|https://example.com/a/b.git"},
        {"https://example.com:8443/a/b/", "http||8443|example.com|/a/b|https://example.com:8443/a/b"},
        {"https://ann@example.com/a", "http|ann||example.com|/a|https://example.com/a"},
        {"http://127.0.0.1:80/a", "http||80|127.0.0.1|/a|http://127.0.0.1:80/a"},
        {"http://[::1]:80/a", "http||80|::1|/a|http://[::1]:80/a"},
        {"http://localhost/a", "http|||localhost|/a|http://localhost/a"},
        {"ssh://git@example.com:22/a/b.git", "ssh|git|22|example.com|/a/b.git|ssh://example.com:22/a/b.git"},
        {"ssh://example.com/~ann/b", "ssh|||example.com|~ann/b|ssh://example.com/~ann/b"},
        {"git@example.com:a/b.git", "ssh|git||example.com|a/b.git|example.com:a/b.git"},
        {"example.com:/srv/b.git", "ssh|||example.com|/srv/b.git|example.com:/srv/b.git"},
        {"/tmp", "local||||/tmp|/tmp"},
        {"file:///tmp/", "local||||/tmp|/tmp"},
        {"file://localhost/tmp", "local||||/tmp|/tmp"},
        {"file:///%74mp", "local||||/tmp|/tmp"},
    };
    static const char *const kinds[] = {
        [REMOTE_LOCAL] = "local", [REMOTE_HTTP] = "http", [REMOTE_SSH] = "ssh"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        struct remote_url url;
        DONE(remote_url_read(arena, str_from(cases[i].url), &url, &error));
        struct str parts = arena_printf(arena, "%s|%s|%s|%s|%s|%s", kinds[url.kind], url.user, url.port,
                                        url.host, url.path, url.shown);
        assert_string_equal(parts.ptr, cases[i].parts);
    }
    arena_free(arena);
}

static void refuses_what_is_unsafe(void **state)
{
    (void)state;
    static const struct {
        const char *url, *words;
    } cases[] = {
        {"", "must have 1 to 2048 bytes"},
        {"-x", "must not start with '-'"},
        {"--upload-pack=touch /tmp/x", "must not start with '-'"},
        {"https://ann:s3cr3t@example.com/a", "has a password in it"},
        {"https://:s3cr3t@example.com/a", "has a password in it"},
        {"https://a@b:s3cr3t@example.com/a", "has a password in it"},
        {"ssh://ann:s3cr3t@example.com/a", "has a password in it"},
        {"ann:s3cr3t@example.com:a", "has a password in it"},
        {"http://example.com/a", "plain http to 'example.com' is refused"},
        {"http://127.0.0.1.example.com/a", "is refused: use https"},
        {"https://example.com", "names no repository"},
        {"https://example.com/", "names no repository"},
        {"https:///a", "no host name"},
        {"https://example.com:0x50/a", "no host name"},
        {"https://example.com:65536/a", "no host name"},
        {"https://example.com/a?b", "must not have '?' or '#'"},
        {"https://example.com/a#b", "must not have '?' or '#'"},
        {"https://exa mple.com/a", "has spaces"},
        {"https://example.com/a\nb", "control character"},
        {"ssh://-oProxyCommand=touch/a", "no host name"},
        {"ssh://-l@example.com/a", "user name"},
        {"-oProxyCommand=x:a", "must not start with '-'"},
        {"ann@-oProxyCommand=x:a", "no host name"},
        {"example.com:-a", "path on 'example.com' is not valid"},
        {"example.com:", "path on 'example.com' is not valid"},
        {"ext::sh -c touch% /tmp/x", "a space in it"},
        {"git://example.com/a", "'git' is not supported"},
        {"ftp://example.com/a", "'ftp' is not supported"},
        {"file://example.com/tmp", "file:// and an absolute path"},
        {"file:///tmp%00x", "file:// and an absolute path"},
        {"file:///tmp%zz", "file:// and an absolute path"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        struct remote_url url;
        FAILED(remote_url_read(arena, str_from(cases[i].url), &url, &error), ERROR_INVALID, cases[i].words);
        if (str_contains(str_from(error.message), "s3cr3t"))
            fail_msg("'%s' is in the message: %s", cases[i].url, error.message);
    }
    struct error error = ERROR_INIT;
    struct remote_url url;
    FAILED(remote_url_read(arena, STR("/no/such/place"), &url, &error), ERROR_NOT_FOUND, "no repository at");
    arena_free(arena);
}

static void finds_a_path_with_a_colon(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    struct remote_url url;
    write_file(&place, place_path(&place, "a:b/file"), "");
    assert_int_equal(chdir(place.directory), 0);
    DONE(remote_url_read(place.arena, STR("./a:b"), &url, &error));
    assert_string_equal(url.path, place_path(&place, "a:b"));
    assert_int_equal(chdir("/"), 0);
    place_end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_urls_apart),
        cmocka_unit_test(refuses_what_is_unsafe),
        cmocka_unit_test(finds_a_path_with_a_colon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
