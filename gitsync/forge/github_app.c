/*
 * A GitHub App: a JWT signed by its key proves who it is, and gets a token of its installation that is valid
 * for an hour (https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app).
 */

#include <inttypes.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/digest.h"
#include "gitsync/forge/private.h"

enum {
    PROOF_BACK_S = 60, /* for clocks that differ, as GitHub advises */
    PROOF_S = 9 * 60,  /* of at most ten minutes */
    TOKEN_LEFT_MS = 5 * 60 * 1000,
    SKEW_LEAST_MS = 30 * 1000,
    KEY_MAX = 16 * 1024,
    KEY_BITS_LEAST = 2048,
};

/* ---- The key ---- */

static int no_passphrase(char *buffer, int size, int writing, void *self)
{
    (void)buffer, (void)size, (void)writing, (void)self;
    return -1;
}

static bool read_key(struct str pem, void **key, struct error *error)
{
    BIO *bio = pem.len <= KEY_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
    EVP_PKEY *read = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    if (read && EVP_PKEY_get_base_id(read) == EVP_PKEY_RSA && EVP_PKEY_get_bits(read) >= KEY_BITS_LEAST) {
        *key = read;
        return true;
    }
    EVP_PKEY_free(read);
    return error_set(
        error, ERROR_INVALID,
        "the GitHub App's private key must be an RSA key of %d bits at least, in PEM and without a "
        "passphrase, as GitHub gives it",
        KEY_BITS_LEAST);
}

static bool id_is_plain(struct str id, size_t max)
{
    for (size_t i = 0; i < id.len; i++)
        if (!((id.ptr[i] >= '0' && id.ptr[i] <= '9') || (id.ptr[i] >= 'a' && id.ptr[i] <= 'z') ||
              (id.ptr[i] >= 'A' && id.ptr[i] <= 'Z') || id.ptr[i] == '.'))
            return false;
    return id.len < max;
}

bool forge_app_new(const struct forge_options *options, struct forge_app **out, struct error *error)
{
    uint64_t number;
    if (!id_is_plain(options->app_id, 64))
        return error_set(error, ERROR_INVALID, "'%.*s' is no id of a GitHub App", STR_ARG(options->app_id));
    if (options->installation_id.len && !str_to_uint(options->installation_id, INT64_MAX, &number))
        return error_set(error, ERROR_INVALID, "'%.*s' is no id of an installation of a GitHub App",
                         STR_ARG(options->installation_id));
    struct forge_app *app = memory_alloc(sizeof *app);
    *app = (struct forge_app){.expires_ms = 0};
    if (!read_key(options->private_key, &app->key, error)) {
        free(app);
        return false;
    }
    pthread_mutex_init(&app->lock, NULL);
    snprintf(app->installation, sizeof app->installation, "%.*s", STR_ARG(options->installation_id));
    *out = app;
    return true;
}

void forge_app_free(struct forge_app *app)
{
    if (!app)
        return;
    EVP_PKEY_free(app->key);
    pthread_mutex_destroy(&app->lock);
    explicit_bzero(app->token, sizeof app->token);
    free(app);
}

/* ---- The proof ---- */

static struct str base64_url(struct arena *arena, struct str bytes)
{
    struct str text = base64_encode(arena, bytes);
    char *ptr = (char *)text.ptr;
    while (str_ends(text, "="))
        text.len--;
    for (size_t i = 0; i < text.len; i++)
        ptr[i] = ptr[i] == '+' ? '-' : ptr[i] == '/' ? '_' : ptr[i];
    return text;
}

static bool sign(struct arena *arena, EVP_PKEY *key, struct str text, struct str *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = (size_t)EVP_PKEY_get_size(key);
    unsigned char *bytes = arena_alloc(arena, size);
    bool done = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, bytes, &size, (const unsigned char *)text.ptr, text.len) == 1;
    EVP_MD_CTX_free(context);
    *signature = (struct str){.ptr = (const char *)bytes, .len = size};
    return done;
}

bool forge_app_proof(struct forge *forge, struct arena *arena, struct str *token, struct error *error)
{
    pthread_mutex_lock(&forge->app->lock);
    int64_t skew = forge->app->skew_ms;
    pthread_mutex_unlock(&forge->app->lock);
    int64_t now = (clock_wall(forge->clock) + skew) / 1000;
    struct str claims = arena_printf(arena, "{\"iat\":%" PRId64 ",\"exp\":%" PRId64 ",\"iss\":\"%.*s\"}",
                                     now - PROOF_BACK_S, now + PROOF_S, STR_ARG(forge->app_id));
    struct str text = arena_printf(arena, "%.*s.%.*s",
                                   STR_ARG(base64_url(arena, STR("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"))),
                                   STR_ARG(base64_url(arena, claims)));
    struct str signature;
    if (!sign(arena, forge->app->key, text, &signature))
        return error_set(error, ERROR_BUG, "the GitHub App's key does not sign");
    *token = arena_printf(arena, "%.*s.%.*s", STR_ARG(text), STR_ARG(base64_url(arena, signature)));
    return true;
}

/* ---- The installation's token ---- */

static bool find_installation(struct forge *forge, struct arena *arena, struct str known, struct str *id,
                              struct error *error)
{
    struct forge_answer answer;
    int64_t number;
    struct forge_call call = {.method = "GET",
                              .path = forge_path(forge, arena, "installation"),
                              .as_app = true,
                              .needs = "the App installed on the repository",
                              .what = "find the installation of the GitHub App"};
    *id = known;
    if (known.len)
        return true;
    if (!forge_call(forge, arena, &call, &answer, error)) {
        if (error->code == ERROR_NOT_FOUND)
            error_suffix(error, "; is the App installed on the repository?");
        return false;
    }
    if (!forge_number(forge, answer.value, "id", &number, error))
        return false;
    *id = arena_printf(arena, "%" PRId64, number);
    return true;
}

/* A token for this one repository, whatever else the App may see. */
static bool ask_token(struct forge *forge, struct arena *arena, struct str installation, struct str *token,
                      int64_t *expires_ms, struct error *error)
{
    struct forge_answer answer;
    struct str name = str_from_index(forge->repository, str_find(forge->repository, '/') + 1);
    struct value *body = value_map(arena), *names = value_list(arena);
    value_append(arena, names, value_string(arena, name));
    value_setz(arena, body, "repositories", names);
    struct forge_call call = {.method = "POST",
                              .body = body,
                              .natural = true,
                              .as_app = true,
                              .needs = "the App installed on the repository",
                              .what = "get a token of the GitHub App's installation"};
    call.path = arena_printf(arena, "app/installations/%.*s/access_tokens", STR_ARG(installation));
    if (!forge_call(forge, arena, &call, &answer, error) ||
        !forge_text(forge, answer.value, "token", token, error))
        return false;
    *expires_ms = forge_time(answer.value, "expires_at");
    return (*expires_ms && token->len < FORGE_TOKEN_MAX) ||
           forge_corrupt(forge, "no usable token or expiry", error);
}

/* Asks without the lock, which the requests themselves take. */
static bool renew(struct forge *forge, struct arena *arena, struct str known, struct error *error)
{
    struct forge_app *app = forge->app;
    struct str installation, token;
    int64_t expires_ms;
    if (!find_installation(forge, arena, known, &installation, error) ||
        !ask_token(forge, arena, installation, &token, &expires_ms, error))
        return false;
    pthread_mutex_lock(&app->lock);
    snprintf(app->installation, sizeof app->installation, "%.*s", STR_ARG(installation));
    snprintf(app->token, sizeof app->token, "%.*s", STR_ARG(token));
    app->expires_ms = expires_ms;
    pthread_mutex_unlock(&app->lock);
    return true;
}

/* Copies the token where it lasts long enough.  *installation where it is known. */
static bool current(struct forge *forge, struct arena *arena, struct str *token, struct str *installation)
{
    struct forge_app *app = forge->app;
    pthread_mutex_lock(&app->lock);
    int64_t left = app->expires_ms - (clock_wall(forge->clock) + app->skew_ms);
    bool lasts = *app->token && left >= TOKEN_LEFT_MS;
    if (lasts)
        *token = arena_str(arena, str_from(app->token));
    *installation = arena_str(arena, str_from(app->installation));
    pthread_mutex_unlock(&app->lock);
    return lasts;
}

/* Two threads may ask at once: GitHub gives each a token of its own, and both are good. */
bool forge_app_token(struct forge *forge, struct arena *arena, struct str *token, struct error *error)
{
    struct str installation;
    if (current(forge, arena, token, &installation))
        return true;
    struct arena *scratch = arena_new();
    bool done = renew(forge, scratch, installation, error);
    arena_wipe(scratch);
    if (!done)
        return false;
    return current(forge, arena, token, &installation) ||
           error_set(error, ERROR_UNAVAILABLE,
                     "GitHub gave a token that ends at once: is this machine's clock right?");
}

bool forge_app_rejected(struct forge *forge, bool as_app, struct str token,
                        const struct http_response *response)
{
    struct forge_app *app = forge->app;
    int64_t theirs, skew = 0;
    if (time_parse_http(http_header(response, "Date"), &theirs))
        skew = theirs - clock_wall(forge->clock);
    pthread_mutex_lock(&app->lock);
    bool off = skew - app->skew_ms > SKEW_LEAST_MS || app->skew_ms - skew > SKEW_LEAST_MS;
    if (off)
        app->skew_ms = skew;
    if (!as_app && str_is(token, app->token))
        explicit_bzero(app->token, sizeof app->token);
    pthread_mutex_unlock(&app->lock);
    return off || !as_app;
}

bool forge_app_login(struct forge *forge, struct arena *arena, struct str *login, struct error *error)
{
    struct forge_answer answer;
    struct str slug;
    struct forge_call call = {
        .method = "GET", .path = STR("app"), .as_app = true, .what = "ask who the GitHub App is"};
    if (!forge_call(forge, arena, &call, &answer, error) ||
        !forge_text(forge, answer.value, "slug", &slug, error))
        return false;
    *login = arena_printf(arena, "%.*s[bot]", STR_ARG(slug));
    return true;
}
