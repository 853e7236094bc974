/* Signatures as ssh-keygen -Y writes them. */

#include "base/digest.h"
#include "gitsync/signature_private.h"

enum { TOUCHED = 1 }; /* flag of a security key: somebody was there */

/* What the blob says, up to the signature itself. */
struct ssh_signature {
    struct str key, namespace, reserved, hash_name, signature;
    enum public_hash hash;
};

static struct str fingerprint_of(struct arena *arena, struct str key)
{
    unsigned char digest[SHA256_SIZE];
    sha256(key, digest);
    struct str text = base64_encode(arena, (struct str){.ptr = (const char *)digest, .len = sizeof digest});
    while (str_ends(text, "="))
        text.len--;
    return arena_printf(arena, "SHA256:%.*s", STR_ARG(text));
}

static bool read_blob(struct str bytes, struct ssh_signature *out)
{
    struct reader reader = {.rest = bytes};
    if (!str_is(reader_take(&reader, 6), "SSHSIG") || reader_number(&reader, 4) != 1)
        return false;
    out->key = reader_string(&reader);
    out->namespace = reader_string(&reader);
    out->reserved = reader_string(&reader);
    out->hash_name = reader_string(&reader);
    out->signature = reader_string(&reader);
    out->hash = str_is(out->hash_name, "sha256") ? PUBLIC_SHA256 : PUBLIC_SHA512;
    return reader_is_done(&reader) && (str_is(out->hash_name, "sha256") || str_is(out->hash_name, "sha512"));
}

static void add_string(struct buf *out, struct str text)
{
    uint32_t size = (uint32_t)text.len;
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_addc(out, (char)(size >> shift & 0xff));
    buf_add(out, text);
}

/* What was signed: the preamble, and a digest of the payload. */
static struct str message_of(struct arena *arena, const struct ssh_signature *signature, struct str payload)
{
    unsigned char digest[PUBLIC_HASH_MAX];
    struct buf message = BUF_INIT(SIGNATURE_MAX);
    public_hash(signature->hash, payload, digest);
    buf_addz(&message, "SSHSIG");
    add_string(&message, signature->namespace);
    add_string(&message, signature->reserved);
    add_string(&message, signature->hash_name);
    add_string(&message, (struct str){.ptr = (const char *)digest, .len = public_hash_size(signature->hash)});
    struct str copy = arena_str(arena, buf_str(&message));
    buf_release(&message);
    return copy;
}

/* What a security key signs: digests, and its flags and counter, which stand behind the signature. */
static bool security_key_message(struct arena *arena, struct str application, struct reader *tail,
                                 struct str *message)
{
    unsigned char digest[SHA256_SIZE];
    struct buf out = BUF_INIT(BUF_SMALL);
    struct str flags = reader_take(tail, 1), counter = reader_take(tail, 4);
    struct str view = {.ptr = (const char *)digest, .len = sizeof digest};
    sha256(application, digest);
    buf_add(&out, view);
    buf_add(&out, flags);
    buf_add(&out, counter);
    sha256(*message, digest);
    buf_add(&out, view);
    *message = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return reader_is_done(tail) && flags.ptr[0] & TOUCHED;
}

static bool check_ed25519(struct str point, struct str message, struct str bytes)
{
    struct public_key *key = public_key_ed25519(point);
    bool good = key && public_key_check_ed25519(key, message, bytes);
    public_key_free(key);
    return good;
}

static bool check_ecdsa(enum public_curve curve, struct str point, struct str message, struct str bytes)
{
    static const enum public_hash hashes[] = {
        [PUBLIC_P256] = PUBLIC_SHA256, [PUBLIC_P384] = PUBLIC_SHA384, [PUBLIC_P521] = PUBLIC_SHA512};
    struct reader numbers = {.rest = bytes};
    struct str r = reader_string(&numbers), s = reader_string(&numbers);
    struct public_key *key = public_key_ecdsa(curve, point);
    bool good = key && reader_is_done(&numbers) && public_key_check_ecdsa(key, hashes[curve], message, r, s);
    public_key_free(key);
    return good;
}

static bool check_rsa(struct str exponent, struct str modulus, struct str method, struct str message,
                      struct str bytes)
{
    bool sha_256 = str_is(method, "rsa-sha2-256"), sha_512 = str_is(method, "rsa-sha2-512");
    struct public_key *key = public_key_rsa(modulus, exponent);
    bool good = key && (sha_256 || sha_512) &&
                public_key_check_rsa(key, sha_256 ? PUBLIC_SHA256 : PUBLIC_SHA512, message, bytes);
    public_key_free(key);
    return good;
}

static bool curve_of(struct str name, enum public_curve *curve)
{
    static const char *const names[] = {
        [PUBLIC_P256] = "nistp256", [PUBLIC_P384] = "nistp384", [PUBLIC_P521] = "nistp521"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is(name, names[i])) {
            *curve = (enum public_curve)i;
            return true;
        }
    return false;
}

enum key_kind { KEY_OTHER, KEY_ED25519, KEY_ECDSA, KEY_RSA };

/* The type's kind, and whether it is a security key's. */
static enum key_kind kind_of(struct str type, bool *security_key)
{
    *security_key =
        str_is(type, "sk-ssh-ed25519@openssh.com") || str_is(type, "sk-ecdsa-sha2-nistp256@openssh.com");
    if (str_is(type, "ssh-ed25519") || str_is(type, "sk-ssh-ed25519@openssh.com"))
        return KEY_ED25519;
    if (str_is(type, "ecdsa-sha2-nistp256") || str_is(type, "ecdsa-sha2-nistp384") ||
        str_is(type, "ecdsa-sha2-nistp521") || *security_key)
        return KEY_ECDSA;
    return str_is(type, "ssh-rsa") ? KEY_RSA : KEY_OTHER;
}

/* Did the holder of the key sign the message? */
static bool check(struct arena *arena, const struct ssh_signature *signature, struct str message)
{
    struct reader key = {.rest = signature->key}, tail = {.rest = signature->signature};
    bool security_key;
    enum public_curve curve = PUBLIC_P256;
    struct str type = reader_string(&key), method = reader_string(&tail), bytes = reader_string(&tail);
    enum key_kind kind = kind_of(type, &security_key);
    if (kind == KEY_ECDSA && !curve_of(reader_string(&key), &curve))
        return false;
    struct str first = reader_string(&key);
    struct str second = kind == KEY_RSA || security_key ? reader_string(&key) : STR_EMPTY;
    if (!reader_is_done(&key) || (kind != KEY_RSA && !str_equal(method, type)))
        return false;
    if (security_key ? !security_key_message(arena, second, &tail, &message) : !reader_is_done(&tail))
        return false;
    return kind == KEY_ED25519 ? check_ed25519(first, message, bytes)
           : kind == KEY_ECDSA ? check_ecdsa(curve, first, message, bytes)
                               : check_rsa(first, second, method, message, bytes);
}

static bool is_revoked(const struct signers *signers, struct str key)
{
    for (size_t i = 0; i < signers->revoked_count; i++)
        if (str_equal(signers->revoked[i], key))
            return true;
    return false;
}

static const char *time_fault(const struct ssh_signer *signer, int64_t claimed_ms, int64_t now_ms)
{
    if (signer->before_ms && now_ms > signer->before_ms)
        return "which has expired";
    if (signer->before_ms && claimed_ms > signer->before_ms)
        return "which had expired when it was committed";
    if (signer->after_ms && now_ms < signer->after_ms)
        return "which is not valid yet";
    return signer->after_ms && claimed_ms < signer->after_ms ? "which was not yet valid when it was committed"
                                                             : NULL;
}

/* The lines of the key: one that allows it wins; else the last one says why not. */
static void judge(struct arena *arena, const struct signed_commit *commit, const struct signers *signers,
                  struct str key, int64_t now_ms, struct signature *out)
{
    struct str print = out->fingerprint;
    signature_say(arena, commit, out, SIGNATURE_UNKNOWN,
                  "is signed by the key '%.*s', which nobody vouches for", STR_ARG(print));
    for (size_t i = 0; i < signers->ssh_count; i++) {
        const struct ssh_signer *signer = &signers->ssh[i];
        if (!str_equal(signer->key, key))
            continue;
        const char *fault = time_fault(signer, commit->time_ms, now_ms);
        bool for_git = !signer->namespaces.len || ssh_patterns_fit(signer->namespaces, STR("git"));
        out->who = signer->principals;
        if (for_git && !fault) {
            signature_say(arena, commit, out, SIGNATURE_VERIFIED, "is signed by '%.*s' with the key '%.*s'",
                          STR_ARG(signer->principals), STR_ARG(print));
            return;
        }
        signature_say(arena, commit, out, for_git ? SIGNATURE_EXPIRED : SIGNATURE_UNKNOWN,
                      "is signed by '%.*s' with the key '%.*s', %s", STR_ARG(signer->principals),
                      STR_ARG(print), for_git ? fault : "which is not for signing in Git (its namespaces)");
    }
}

/* Whose key it is, for what is said of a revoked one. */
static struct str owner_of(const struct signers *signers, struct str key)
{
    for (size_t i = 0; i < signers->ssh_count; i++)
        if (str_equal(signers->ssh[i].key, key))
            return signers->ssh[i].principals;
    return STR_EMPTY;
}

void ssh_signature_check(struct arena *arena, const struct signed_commit *commit,
                         const struct signers *signers, int64_t now_ms, struct signature *out)
{
    struct ssh_signature signature;
    struct str bytes;
    bool security_key;
    if (!armor_read(arena, commit->signature, "SSH SIGNATURE", &bytes) || !read_blob(bytes, &signature)) {
        signature_say(arena, commit, out, SIGNATURE_BAD, "has an SSH signature that cannot be read");
        return;
    }
    struct reader key = {.rest = signature.key};
    struct str type = reader_string(&key);
    out->fingerprint = fingerprint_of(arena, signature.key);
    if (kind_of(type, &security_key) == KEY_OTHER)
        signature_say(arena, commit, out, SIGNATURE_UNKNOWN,
                      "is signed by a key of type '%.*s', which plumb does not verify",
                      STR_ARG(str_is_utf8(type) ? str_clip(type, 64) : STR("?")));
    else if (!str_is(signature.namespace, "git"))
        signature_say(arena, commit, out, SIGNATURE_BAD,
                      "has a signature by the key '%.*s' that was not made for Git (its namespace)",
                      STR_ARG(out->fingerprint));
    else if (!check(arena, &signature, message_of(arena, &signature, commit->payload)))
        signature_say(arena, commit, out, SIGNATURE_BAD,
                      "does not fit its signature by the key '%.*s': one of them was changed, or the key is "
                      "too short",
                      STR_ARG(out->fingerprint));
    else if (is_revoked(signers, signature.key)) {
        out->who = owner_of(signers, signature.key);
        signature_say(arena, commit, out, SIGNATURE_REVOKED, "is signed by the revoked key '%.*s'%s%.*s%s",
                      STR_ARG(out->fingerprint), out->who.len ? " of '" : "", STR_ARG(out->who),
                      out->who.len ? "'" : "");
    } else {
        judge(arena, commit, signers, signature.key, now_ms, out);
    }
}
