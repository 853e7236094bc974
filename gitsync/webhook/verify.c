#include "base/digest.h"
#include "gitsync/webhook/forms.h"

struct str delivery_header(const struct delivery *delivery, const char *name, size_t *how_many)
{
    struct str value = STR_EMPTY;
    size_t count = 0;
    for (size_t i = 0; i < delivery->header_count; i++)
        if (str_equal_nocase(delivery->headers[i].name, str_from(name)) && count++ == 0)
            value = delivery->headers[i].value;
    if (how_many)
        *how_many = count;
    return count == 1 ? value : STR_EMPTY;
}

/* A header that must be there once. */
static bool signature_header(const struct delivery *delivery, const char *name, struct str *value)
{
    size_t count;
    *value = delivery_header(delivery, name, &count);
    if (count == 1 && value->len)
        return true;
    return error_set(delivery->error, ERROR_DENIED, count > 1 ? "more than one %s" : "no %s", name);
}

/* Does `given` say the HMAC of `bytes` by one of the forge's secrets, after `prefix`?  Each secret is tried,
 * so that time does not tell which. */
static bool matches_hmac(const struct delivery *delivery, struct str given, const char *prefix,
                         struct str bytes)
{
    bool matches = false;
    for (size_t i = 0; i < delivery->options->secret_count; i++) {
        const struct webhook_secret *secret = &delivery->options->secrets[i];
        unsigned char mac[SHA256_SIZE];
        if (!secret->text.len || (secret->forge != WEBHOOK_ANY && secret->forge != delivery->event->forge))
            continue;
        hmac_sha256(secret->text, bytes, mac);
        struct str hex = hex_encode(delivery->arena, (struct str){.ptr = (char *)mac, .len = sizeof mac});
        matches |= equal_constant_time(given, arena_printf(delivery->arena, "%s%.*s", prefix, STR_ARG(hex)));
    }
    return matches;
}

static bool refused(const struct delivery *delivery, const char *header)
{
    return error_set(delivery->error, ERROR_DENIED, "%s is not by the secret", header);
}

static bool covers(struct delivery *delivery, struct str content)
{
    delivery->event->content = sha256_hex(delivery->arena, content);
    return true;
}

static bool verify_body(struct delivery *delivery, const char *header, const char *prefix)
{
    struct str given;
    if (!signature_header(delivery, header, &given))
        return false;
    if (!matches_hmac(delivery, given, prefix, delivery->body))
        return refused(delivery, header);
    return covers(delivery, delivery->body);
}

static bool is_fresh(const struct delivery *delivery, struct str seconds)
{
    uint64_t at, now = (uint64_t)delivery->options->now_ms / 1000;
    uint64_t tolerance = WEBHOOK_TOLERANCE_MS / 1000;
    if (!str_to_uint(seconds, INT64_MAX / 1000, &at))
        return error_set(delivery->error, ERROR_DENIED, "its signed time is no number of seconds");
    if (at + tolerance < now || now + tolerance < at)
        return error_set(delivery->error, ERROR_DENIED, "it was signed at %llu, more than 5 minutes off %llu",
                         (unsigned long long)at, (unsigned long long)now);
    return true;
}

/* "FIRST.SECOND", of any bytes. */
static struct str joined(struct arena *arena, struct str first, struct str second)
{
    char *text = arena_alloc(arena, first.len + second.len + 1);
    memcpy(text, first.ptr, first.len);
    text[first.len] = '.';
    if (second.len)
        memcpy(text + first.len + 1, second.ptr, second.len);
    return (struct str){.ptr = text, .len = first.len + 1 + second.len};
}

/* "t=1774000000,v1=HEX", as plumb's own notifications are signed. */
static bool verify_generic(struct delivery *delivery)
{
    struct str given, time, mac;
    if (!signature_header(delivery, "X-Plumb-Signature", &given))
        return false;
    size_t comma = str_find(given, ',');
    time = str_slice(given, 0, comma);
    mac = str_from_index(given, comma + 1);
    if (!str_starts(time, "t=") || !str_starts(mac, "v1="))
        return error_set(delivery->error, ERROR_DENIED, "X-Plumb-Signature is not t=SECONDS,v1=HEX");
    time = str_from_index(time, 2);
    struct str content = joined(delivery->arena, time, delivery->body);
    if (!matches_hmac(delivery, mac, "v1=", content))
        return refused(delivery, "X-Plumb-Signature");
    return is_fresh(delivery, time) && covers(delivery, content);
}

static bool is_for_gitlab(const struct webhook_secret *secret, bool signing)
{
    return (secret->forge == WEBHOOK_ANY || secret->forge == WEBHOOK_GITLAB) && secret->text.len &&
           str_starts(secret->text, "whsec_") == signing;
}

/* Is one of the signatures of the header, which stand with spaces between, this one? */
static bool lists_signature(struct str given, struct str wanted)
{
    struct str part;
    bool found = false;
    while (str_split(&given, ' ', &part))
        found |= equal_constant_time(part, wanted);
    return found;
}

/* https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
static bool verify_signing_token(struct delivery *delivery, struct str given)
{
    struct str id, time, key;
    bool matches = false;
    if (!signature_header(delivery, "webhook-id", &id) ||
        !signature_header(delivery, "webhook-timestamp", &time))
        return false;
    struct str content = joined(delivery->arena, joined(delivery->arena, id, time), delivery->body);
    for (size_t i = 0; i < delivery->options->secret_count; i++) {
        const struct webhook_secret *secret = &delivery->options->secrets[i];
        unsigned char mac[SHA256_SIZE];
        if (!is_for_gitlab(secret, true) ||
            !base64_decode(delivery->arena, str_from_index(secret->text, 6), &key) || !key.len)
            continue;
        hmac_sha256(key, content, mac);
        struct str text = base64_encode(delivery->arena, (struct str){.ptr = (char *)mac, .len = sizeof mac});
        matches |= lists_signature(given, arena_printf(delivery->arena, "v1,%.*s", STR_ARG(text)));
    }
    if (!matches)
        return refused(delivery, "webhook-signature");
    delivery->event->delivery = id;
    return is_fresh(delivery, time) && covers(delivery, content);
}

/* The token is the secret in clear: digests of one length are compared. */
static bool verify_token(struct delivery *delivery)
{
    struct str given;
    bool matches = false;
    unsigned char mine[SHA256_SIZE], theirs[SHA256_SIZE];
    if (!signature_header(delivery, "X-Gitlab-Token", &given))
        return false;
    hmac_sha256(STR("X-Gitlab-Token"), given, theirs);
    for (size_t i = 0; i < delivery->options->secret_count; i++) {
        if (!is_for_gitlab(&delivery->options->secrets[i], false))
            continue;
        hmac_sha256(STR("X-Gitlab-Token"), delivery->options->secrets[i].text, mine);
        matches |= equal_constant_time((struct str){.ptr = (char *)mine, .len = sizeof mine},
                                       (struct str){.ptr = (char *)theirs, .len = sizeof theirs});
    }
    return matches ? covers(delivery, delivery->body) : refused(delivery, "X-Gitlab-Token");
}

/* A hook with a signing token is held to it where we know one. */
static bool verify_gitlab(struct delivery *delivery)
{
    size_t count;
    struct str given = delivery_header(delivery, "webhook-signature", &count);
    bool signing = false;
    for (size_t i = 0; i < delivery->options->secret_count; i++)
        signing |= is_for_gitlab(&delivery->options->secrets[i], true);
    if (count > 1)
        return error_set(delivery->error, ERROR_DENIED, "more than one webhook-signature");
    return count && signing ? verify_signing_token(delivery, given) : verify_token(delivery);
}

bool delivery_verify(struct delivery *delivery)
{
    size_t old;
    switch (delivery->event->forge) {
    case WEBHOOK_GITHUB:
        (void)delivery_header(delivery, "X-Hub-Signature-256", &old);
        if (!old && delivery_header(delivery, "X-Hub-Signature", NULL).len)
            return error_set(delivery->error, ERROR_DENIED,
                             "it is signed by SHA-1 alone (X-Hub-Signature): X-Hub-Signature-256 is needed");
        return verify_body(delivery, "X-Hub-Signature-256", "sha256=");
    case WEBHOOK_GITEA:
        return verify_body(delivery, "X-Gitea-Signature", "");
    case WEBHOOK_FORGEJO:
        return verify_body(delivery, "X-Forgejo-Signature", "");
    case WEBHOOK_BITBUCKET:
        return verify_body(delivery, "X-Hub-Signature", "sha256=");
    case WEBHOOK_GITLAB:
        return verify_gitlab(delivery);
    case WEBHOOK_GENERIC:
        return verify_generic(delivery);
    default:
        return error_set(delivery->error, ERROR_DENIED, "it is from no forge that is known");
    }
}
