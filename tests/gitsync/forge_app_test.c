/* A GitHub App: how it proves who it is, and how long its token is used. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/digest.h"
#include "base/json.h"
#include "forge_fake.h"
#include "repositories.h"

#define PULLS "GET pulls?state=open&sort=created&direction=asc&per_page=100"
#define TOKEN "POST /app/installations/77/access_tokens"
#define FINDS                                                                                                \
    {                                                                                                        \
        "GET installation", .body = "{\"id\":77}"                                                            \
    }
#define GIVES(token, time)                                                                                   \
    {                                                                                                        \
        TOKEN, .status = 201, .sent = "{\"repositories\":[\"orders\"]}",                                     \
               .body = "{\"token\":\"" token "\",\"expires_at\":\"2026-11-27T" time "Z\"}"                   \
    }

static const char *pem_of(struct arena *arena, EVP_PKEY *key, const char *passphrase)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    assert_int_equal(PEM_write_bio_PrivateKey(bio, key, passphrase ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
                                              (void *)passphrase),
                     1);
    long size = BIO_get_mem_data(bio, &bytes);
    const char *text = arena_strz(arena, (struct str){bytes, (size_t)size});
    BIO_free(bio);
    return text;
}

struct world {
    struct arena *arena;
    EVP_PKEY *key;
    struct fake fake;
};

static void begin(struct world *world)
{
    world->arena = arena_new();
    world->key = EVP_RSA_gen(2048);
    forge_fake_open_app(&world->fake, pem_of(world->arena, world->key, NULL));
}

static void end(struct world *world)
{
    forge_fake_close(&world->fake);
    EVP_PKEY_free(world->key);
    arena_free(world->arena);
}

static bool list(struct world *world, struct error *error)
{
    struct pulls pulls;
    return forge_pulls(world->fake.forge, world->arena, STR_EMPTY, STR_EMPTY, &pulls, error);
}

static struct str decode_url(struct arena *arena, struct str text)
{
    struct buf plain = BUF_INIT(BUF_SMALL);
    struct str bytes;
    for (size_t i = 0; i < text.len; i++)
        buf_addc(&plain, text.ptr[i] == '-' ? '+' : text.ptr[i] == '_' ? '/' : text.ptr[i]);
    while (plain.len % 4)
        buf_addc(&plain, '=');
    assert_true(base64_decode(arena, buf_str(&plain), &bytes));
    buf_release(&plain);
    return bytes;
}

static bool verifies(EVP_PKEY *key, struct str text, struct str signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, (const unsigned char *)signature.ptr, signature.len,
                                 (const unsigned char *)text.ptr, text.len) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

/* The claims of the last request's JWT. */
static const char *claims(struct world *world)
{
    struct str rest = str_from(world->fake.authorization), scheme, header, body;
    assert_true(str_split(&rest, ' ', &scheme) && str_is(scheme, "Bearer"));
    struct str whole = rest;
    assert_true(str_split(&rest, '.', &header) && str_split(&rest, '.', &body));
    struct str text = str_slice(whole, 0, header.len + 1 + body.len);
    assert_true(verifies(world->key, text, decode_url(world->arena, rest)));
    assert_true(str_is(decode_url(world->arena, header), "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"));
    return arena_strz(world->arena, decode_url(world->arena, body));
}

static void proves_who_it_is(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct world world;
    struct str login;
    begin(&world);
    SCRIPT(&world.fake, {"GET /app", .body = "{\"slug\":\"plumb-acme\"}"});
    DONE(forge_self(world.fake.forge, world.arena, &login, &error));
    assert_true(str_is(login, "plumb-acme[bot]"));
    assert_string_equal(claims(&world), "{\"iat\":1795780740,\"exp\":1795781340,\"iss\":\"12345\"}");
    DONE(forge_self(world.fake.forge, world.arena, &login, &error)); /* without another request */
    end(&world);
}

static void uses_a_token_until_shortly_before_its_end(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct world world;
    struct str token;
    begin(&world);
    SCRIPT(&world.fake, FINDS, GIVES("ghs_one", "13:00:00"), {PULLS, .body = "[]"}, {PULLS, .body = "[]"});
    DONE(list(&world, &error));
    assert_string_equal(world.fake.authorization, "Bearer ghs_one");
    world.fake.wall_ms += 55 * 60 * 1000;
    DONE(list(&world, &error));
    DONE(forge_git_token(world.fake.forge, world.arena, &token, &error));
    assert_true(str_is(token, "ghs_one"));
    world.fake.wall_ms += 1000;
    SCRIPT(&world.fake, GIVES("ghs_two", "13:56:00"), {PULLS, .body = "[]"}); /* the installation is known */
    DONE(list(&world, &error));
    assert_string_equal(world.fake.authorization, "Bearer ghs_two");
    end(&world);
}

static void gets_another_token_once(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct world world;
    begin(&world);
    SCRIPT(&world.fake, FINDS, GIVES("ghs_one", "13:00:00"), {PULLS, .status = 401},
           GIVES("ghs_two", "13:00:00"), {PULLS, .body = "[]"});
    DONE(list(&world, &error));
    SCRIPT(&world.fake, {PULLS, .status = 401}, GIVES("ghs_three", "13:00:00"), {PULLS, .status = 401});
    FAILED(list(&world, &error), ERROR_DENIED, "does not accept the App's id or private key");
    assert_false(str_contains(str_from(error.message), "ghs_"));
    end(&world);
}

static void puts_its_clock_right(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct world world;
    struct str login;
    begin(&world);
    SCRIPT(&world.fake, {"GET /app", .status = 401, .headers = "Date: Fri, 27 Nov 2026 12:20:00 GMT"},
           {"GET /app", .body = "{\"slug\":\"p\"}"});
    DONE(forge_self(world.fake.forge, world.arena, &login, &error));
    assert_string_equal(claims(&world), "{\"iat\":1795781940,\"exp\":1795782540,\"iss\":\"12345\"}");
    /* Five minutes are left by GitHub's clock, not by ours. */
    SCRIPT(&world.fake, FINDS, GIVES("ghs_one", "12:24:00"));
    FAILED(list(&world, &error), ERROR_UNAVAILABLE, "ends at once: is this machine's clock right?");
    end(&world);
    begin(&world);
    SCRIPT(&world.fake, {"GET /app", .status = 401, .headers = "Date: Fri, 27 Nov 2026 12:00:10 GMT"});
    FAILED(forge_self(world.fake.forge, world.arena, &login, &error), ERROR_DENIED, "private key");
    end(&world);
}

static void says_what_is_missing(void **state)
{
    (void)state;
    static const struct {
        struct exchange exchange;
        enum error_code code;
        const char *words;
    } cases[] = {
        {{TOKEN, .status = 404}, ERROR_NOT_FOUND, "cannot get a token"},
        {{TOKEN, .status = 422,
          .body = "{\"message\":\"There is at least one repository that does not exist\"}"},
         ERROR_INVALID,
         "at least one repository"},
        {{TOKEN, .status = 201, .body = "{\"token\":\"ghs_x\"}"}, ERROR_CORRUPT, "no usable token or expiry"},
        {{TOKEN, .status = 201, .body = "{\"expires_at\":\"2026-11-27T13:00:00Z\"}"},
         ERROR_CORRUPT,
         "'token'"},
        {{TOKEN, .status = 429}, ERROR_THROTTLED, "asked too often"},
    };
    struct error error = ERROR_INIT;
    struct world world;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        begin(&world);
        SCRIPT(&world.fake, FINDS, cases[i].exchange);
        FAILED(list(&world, &error), cases[i].code, cases[i].words);
        assert_false(str_contains(str_from(error.message), "ghs_"));
        end(&world);
    }
    begin(&world);
    SCRIPT(&world.fake, {"GET installation", .status = 404});
    FAILED(list(&world, &error), ERROR_NOT_FOUND, "is the App installed on the repository?");
    end(&world);
}

static void refuses_other_keys(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    EVP_PKEY *small = EVP_RSA_gen(1024), *curve = EVP_EC_gen("P-256"), *good = EVP_RSA_gen(2048);
    const char *keys[] = {pem_of(arena, small, NULL), pem_of(arena, curve, NULL), pem_of(arena, good, "word"),
                          "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "x"};
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        struct error error = ERROR_INIT;
        struct forge *forge;
        struct forge_options options = {.repository = STR("https://github.com/acme/orders"),
                                        .app_id = STR("1"),
                                        .private_key = str_from(keys[i])};
        FAILED(forge_open(&options, &forge, &error), ERROR_INVALID, "must be an RSA key of 2048 bits");
    }
    EVP_PKEY_free(small);
    EVP_PKEY_free(curve);
    EVP_PKEY_free(good);
    arena_free(arena);
}

/* ---- Many threads ---- */

static bool answer_all(void *self, struct arena *arena, const struct http_request *request,
                       struct http_response *response, struct error *error)
{
    atomic_int *count = self;
    int number = atomic_fetch_add(count, 1);
    (void)error;
    bool token = str_ends(request->url, "/access_tokens");
    *response = (struct http_response){.status = number % 7 == 3 && !token ? 401 : 200, .body = STR("[]")};
    if (str_ends(request->url, "/installation"))
        response->body = STR("{\"id\":77}");
    else if (token)
        response->body =
            arena_printf(arena, "{\"token\":\"ghs_%d\",\"expires_at\":\"2999-01-01T00:00:00Z\"}", number);
    return true;
}

static void *ask_often(void *self)
{
    struct forge *forge = self;
    struct arena *arena = arena_new();
    int done = 0;
    for (int i = 0; i < 50; i++) {
        struct error error = ERROR_INIT;
        struct pulls pulls;
        struct str token;
        done += forge_pulls(forge, arena, STR_EMPTY, STR_EMPTY, &pulls, &error);
        done += forge_git_token(forge, arena, &token, &error);
        forge_wait_ms(forge);
    }
    arena_free(arena);
    return done >= 50 ? forge : NULL;
}

static void is_shared_by_threads(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct arena *arena = arena_new();
    EVP_PKEY *key = EVP_RSA_gen(2048);
    atomic_int count = 0;
    struct http http = {.self = &count, .perform = answer_all};
    struct forge_options options = {.repository = STR("https://github.com/acme/orders"),
                                    .app_id = STR("1"),
                                    .private_key = str_from(pem_of(arena, key, NULL)),
                                    .http = &http,
                                    .clock = &system_clock,
                                    .random = &system_random};
    struct forge *forge;
    pthread_t threads[4];
    DONE(forge_open(&options, &forge, &error));
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, forge), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, forge);
    }
    forge_free(forge);
    EVP_PKEY_free(key);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proves_who_it_is),
        cmocka_unit_test(uses_a_token_until_shortly_before_its_end),
        cmocka_unit_test(gets_another_token_once),
        cmocka_unit_test(puts_its_clock_right),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(refuses_other_keys),
        cmocka_unit_test(is_shared_by_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
