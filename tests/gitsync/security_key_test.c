#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/digest.h"
#include "gitsync/signature.h"
#include "repositories.h"

/* Security keys (FIDO), played by OpenSSL: what they sign is a digest of the message with their flags and
 * counter.  `ssh-keygen -Y verify` is asked about the same signatures. */

enum { TOUCHED = 1, NOT_TOUCHED = 0 };

static void add_number(struct buf *out, size_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_addc(out, (char)(number >> shift & 0xff));
}

static void add_string(struct buf *out, struct str text)
{
    add_number(out, text.len);
    buf_add(out, text);
}

static struct str taken(struct arena *arena, struct buf *buf)
{
    struct str copy = arena_str(arena, buf_str(buf));
    buf_release(buf);
    return copy;
}

static struct str digest_of(struct arena *arena, struct str bytes)
{
    unsigned char digest[SHA256_SIZE];
    sha256(bytes, digest);
    return arena_str(arena, (struct str){.ptr = (const char *)digest, .len = sizeof digest});
}

static struct str public_bytes(struct arena *arena, EVP_PKEY *key)
{
    unsigned char bytes[256];
    size_t size = sizeof bytes;
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519)
        assert_int_equal(EVP_PKEY_get_raw_public_key(key, bytes, &size), 1);
    else
        assert_int_equal(EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", bytes, sizeof bytes, &size),
                         1);
    return arena_str(arena, (struct str){.ptr = (const char *)bytes, .len = size});
}

static const char *type_of(EVP_PKEY *key)
{
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? "sk-ssh-ed25519@openssh.com"
                                                         : "sk-ecdsa-sha2-nistp256@openssh.com";
}

static struct str key_blob(struct arena *arena, EVP_PKEY *key)
{
    struct buf blob = BUF_INIT(BUF_SMALL);
    add_string(&blob, str_from(type_of(key)));
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
        add_string(&blob, STR("nistp256"));
    add_string(&blob, public_bytes(arena, key));
    add_string(&blob, STR("ssh:"));
    return taken(arena, &blob);
}

/* r and s of DER as SSH's numbers, which have a zero before a high bit. */
static struct str ecdsa_numbers(struct arena *arena, const unsigned char *der, size_t size)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)size);
    const BIGNUM *numbers[] = {ECDSA_SIG_get0_r(pair), ECDSA_SIG_get0_s(pair)};
    for (size_t i = 0; i < 2; i++) {
        unsigned char bytes[64] = {0};
        int length = BN_bn2bin(numbers[i], bytes + 1);
        bool high = bytes[1] & 0x80;
        add_string(&out, (struct str){.ptr = (const char *)bytes + (high ? 0 : 1),
                                      .len = (size_t)length + (high ? 1 : 0)});
    }
    ECDSA_SIG_free(pair);
    return taken(arena, &out);
}

static struct str sign(struct arena *arena, EVP_PKEY *key, struct str message)
{
    unsigned char bytes[256];
    size_t size = sizeof bytes;
    bool ed25519 = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, ed25519 ? NULL : EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, bytes, &size, (const unsigned char *)message.ptr, message.len),
                     1);
    EVP_MD_CTX_free(context);
    return ed25519 ? arena_str(arena, (struct str){.ptr = (const char *)bytes, .len = size})
                   : ecdsa_numbers(arena, bytes, size);
}

static struct str armored(struct arena *arena, EVP_PKEY *key, struct str payload, int flags)
{
    struct buf message = BUF_INIT(BUF_SMALL), inner = BUF_INIT(BUF_SMALL), blob = BUF_INIT(BUF_SMALL);
    buf_addz(&message, "SSHSIG");
    add_string(&message, STR("git"));
    add_string(&message, STR_EMPTY);
    add_string(&message, STR("sha256"));
    add_string(&message, digest_of(arena, payload));
    struct str digest = digest_of(arena, taken(arena, &message));
    buf_add(&message, digest_of(arena, STR("ssh:")));
    buf_addc(&message, (char)flags);
    add_number(&message, 7);
    buf_add(&message, digest);
    add_string(&inner, str_from(type_of(key)));
    add_string(&inner, sign(arena, key, taken(arena, &message)));
    buf_addc(&inner, (char)flags);
    add_number(&inner, 7);
    buf_addz(&blob, "SSHSIG");
    add_number(&blob, 1);
    add_string(&blob, key_blob(arena, key));
    add_string(&blob, STR("git"));
    add_string(&blob, STR_EMPTY);
    add_string(&blob, STR("sha256"));
    add_string(&blob, taken(arena, &inner));
    struct str digits = base64_encode(arena, taken(arena, &blob));
    return arena_printf(arena, "-----BEGIN SSH SIGNATURE-----\n%.*s\n-----END SSH SIGNATURE-----\n",
                        STR_ARG(digits));
}

static bool ssh_keygen_agrees(struct place *place, struct str allowed, struct str signature,
                              const char *payload)
{
    static const char command[] =
        "ssh-keygen -Y verify -f allowed -I ann@example.com -n git -s sig < payload";
    write_file(place, place_path(place, "allowed"), allowed.ptr);
    write_file(place, place_path(place, "sig"), signature.ptr);
    write_file(place, place_path(place, "payload"), payload);
    return try_in(place, place->directory, (const char *const[]){"sh", "-c", command, NULL}) == 0;
}

static void check(EVP_PKEY *key, int flags, enum signature_verdict verdict)
{
    struct place place = place_new();
    struct arena *arena = place.arena;
    struct error error = ERROR_INIT;
    struct signers *signers;
    struct signature found;
    struct str digits = base64_encode(arena, key_blob(arena, key));
    struct str text = arena_printf(arena, "ann@example.com %s %.*s\n", type_of(key), STR_ARG(digits));
    const struct signer_file allowed = {.path = STR("allowed"), .bytes = text};
    const struct signer_files files = {.allowed = &allowed};
    struct signed_commit commit = {.payload = STR("tree 1\n"),
                                   .signature = armored(arena, key, STR("tree 1\n"), flags)};
    assert_true(ssh_keygen_agrees(&place, text, commit.signature, "tree 1\n"));
    DONE(signers_read(arena, &files, &signers, &error));
    signature_check(arena, &commit, signers, 0, &found);
    if (found.verdict != verdict)
        fail_msg("%s, flags %d: %.*s", type_of(key), flags, STR_ARG(found.sentence));
    commit.payload = STR("tree 2\n");
    signature_check(arena, &commit, signers, 0, &found);
    assert_int_equal(found.verdict, SIGNATURE_BAD);
    place_end(&place);
}

/* ssh-keygen does not ask whether somebody was there; plumb does, as sshd does. */
static void security_keys_must_be_touched(void **state)
{
    (void)state;
    EVP_PKEY *keys[] = {EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"),
                        EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")};
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        check(keys[i], TOUCHED, SIGNATURE_VERIFIED);
        check(keys[i], NOT_TOUCHED, SIGNATURE_BAD);
        EVP_PKEY_free(keys[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(security_keys_must_be_touched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
