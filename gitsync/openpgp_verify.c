#include "gitsync/openpgp.h"

#include <string.h>

#include "base/arena.h"

enum { RSA = 1, RSA_SIGN_ONLY = 3, ECDSA = 19, EDDSA = 22, ED25519_HALF = 32, MESSAGE_MAX = 4 * 1024 * 1024 };

/* A number of OpenPGP: its bits in 2 bytes, then its bytes. */
static struct str take_number(struct reader *reader)
{
    return reader_take(reader, (reader_number(reader, 2) + 7) / 8);
}

/* Object identifiers of curves (RFC 6637, section 11, and draft-koch-eddsa-for-openpgp). */
static bool curve_of(struct str oid, enum public_curve *curve)
{
    static const struct {
        const char *bytes;
        size_t size;
    } curves[] = {
        [PUBLIC_P256] = {"\x2a\x86\x48\xce\x3d\x03\x01\x07", 8},
        [PUBLIC_P384] = {"\x2b\x81\x04\x00\x22", 5},
        [PUBLIC_P521] = {"\x2b\x81\x04\x00\x23", 5},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(curves); i++)
        if (str_equal(oid, (struct str){.ptr = curves[i].bytes, .len = curves[i].size})) {
            *curve = (enum public_curve)i;
            return true;
        }
    return false;
}

static struct public_key *eddsa_key(struct str oid, struct str point)
{
    static const char ed25519[] = "\x2b\x06\x01\x04\x01\xda\x47\x0f\x01";
    if (!str_equal(oid, (struct str){.ptr = ed25519, .len = sizeof ed25519 - 1}) || point.len != 33 ||
        point.ptr[0] != 0x40)
        return NULL;
    return public_key_ed25519(str_from_index(point, 1));
}

static bool is_rsa(int algorithm)
{
    return algorithm == RSA || algorithm == RSA_SIGN_ONLY;
}

/* Of a key's packet; NULL where plumb does not verify by such keys. */
static struct public_key *key_of(struct str body, int *algorithm)
{
    struct reader reader = {.rest = body};
    enum public_curve curve;
    reader_take(&reader, 5); /* version and time */
    *algorithm = (int)reader_number(&reader, 1);
    if (is_rsa(*algorithm)) {
        struct str modulus = take_number(&reader), exponent = take_number(&reader);
        return reader_is_done(&reader) ? public_key_rsa(modulus, exponent) : NULL;
    }
    struct str oid = reader_take(&reader, reader_number(&reader, 1)), point = take_number(&reader);
    if (!reader_is_done(&reader))
        return NULL;
    if (*algorithm == EDDSA)
        return eddsa_key(oid, point);
    return *algorithm == ECDSA && curve_of(oid, &curve) ? public_key_ecdsa(curve, point) : NULL;
}

/* Ed25519 signs the digest; r and s come without their leading zeros. */
static bool check_eddsa(const struct public_key *key, enum public_hash hash, struct str message, struct str r,
                        struct str s)
{
    unsigned char digest[PUBLIC_HASH_MAX];
    char both[2 * ED25519_HALF] = {0};
    if (r.len > ED25519_HALF || s.len > ED25519_HALF || !r.len || !s.len)
        return false;
    memcpy(both + ED25519_HALF - r.len, r.ptr, r.len);
    memcpy(both + 2 * ED25519_HALF - s.len, s.ptr, s.len);
    public_hash(hash, message, digest);
    return public_key_check_ed25519(key,
                                    (struct str){.ptr = (const char *)digest, .len = public_hash_size(hash)},
                                    (struct str){.ptr = both, .len = sizeof both});
}

static bool check(const struct public_key *key, int algorithm, const struct openpgp_signature *signature,
                  struct str message)
{
    static const enum public_hash hashes[] = {PUBLIC_SHA256, PUBLIC_SHA384, PUBLIC_SHA512}; /* 8, 9, 10 */
    struct reader numbers = signature->numbers;
    enum public_hash hash = hashes[signature->hash - 8];
    struct str first = take_number(&numbers);
    if (is_rsa(algorithm))
        return reader_is_done(&numbers) && public_key_check_rsa(key, hash, message, first);
    struct str second = take_number(&numbers);
    if (!reader_is_done(&numbers))
        return false;
    return algorithm == ECDSA ? public_key_check_ecdsa(key, hash, message, first, second)
                              : check_eddsa(key, hash, message, first, second);
}

/* The parts, what the signature says itself, and how long that is (RFC 4880, section 5.2.4). */
static void build(const struct openpgp_signature *signature, const struct str *parts, size_t count,
                  struct buf *message)
{
    uint32_t size = (uint32_t)signature->signed_part.len;
    for (size_t i = 0; i < count; i++)
        buf_add(message, parts[i]);
    buf_add(message, signature->signed_part);
    buf_addc(message, 4);
    buf_addc(message, (char)0xff);
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_addc(message, (char)(size >> shift & 0xff));
}

bool openpgp_verify(struct str body, const struct openpgp_signature *signature, const struct str *parts,
                    size_t count)
{
    int algorithm;
    if (signature->critical || openpgp_weak_hash(signature->hash))
        return false;
    struct public_key *key = key_of(body, &algorithm);
    struct buf message = BUF_INIT(MESSAGE_MAX);
    build(signature, parts, count, &message);
    bool same = algorithm == signature->algorithm || (is_rsa(algorithm) && is_rsa(signature->algorithm));
    bool good = key && same && !message.overflow && check(key, algorithm, signature, buf_str(&message));
    buf_release(&message);
    public_key_free(key);
    return good;
}
