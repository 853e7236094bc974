#include "gitsync/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { ED25519_SIZE = 32, ED25519_SIGNATURE_SIZE = 64, SCALAR_MAX = 66 };

struct public_key {
    EVP_PKEY *key;
    size_t size; /* of a signature by RSA */
};

static const unsigned char *bytes_of(struct str s)
{
    return (const unsigned char *)(s.len ? s.ptr : "");
}

static struct public_key *wrap(EVP_PKEY *key)
{
    if (!key)
        return NULL;
    struct public_key *wrapped = memory_alloc(sizeof *wrapped);
    wrapped->key = key;
    wrapped->size = (size_t)EVP_PKEY_get_size(key);
    return wrapped;
}

static EVP_PKEY *from_parameters(const char *type, OSSL_PARAM *parameters)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *rsa_of(const BIGNUM *modulus, const BIGNUM *exponent)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    if (builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *key = parameters ? from_parameters("RSA", parameters) : NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

struct public_key *public_key_rsa(struct str modulus, struct str exponent)
{
    if (modulus.len > RSA_BITS_MAX / 8 + 1 || exponent.len > 9)
        return NULL;
    BIGNUM *n = BN_bin2bn(bytes_of(modulus), (int)modulus.len, NULL);
    BIGNUM *e = BN_bin2bn(bytes_of(exponent), (int)exponent.len, NULL);
    struct public_key *key = NULL;
    if (n && e && BN_num_bits(n) >= RSA_BITS_MIN && BN_num_bits(n) <= RSA_BITS_MAX && BN_is_odd(n) &&
        BN_is_odd(e) && !BN_is_one(e))
        key = wrap(rsa_of(n, e));
    BN_free(n);
    BN_free(e);
    return key;
}

struct public_key *public_key_ecdsa(enum public_curve curve, struct str point)
{
    static const char *const names[] = {
        [PUBLIC_P256] = "prime256v1", [PUBLIC_P384] = "secp384r1", [PUBLIC_P521] = "secp521r1"};
    static const size_t sizes[] = {[PUBLIC_P256] = 65, [PUBLIC_P384] = 97, [PUBLIC_P521] = 133};
    if (point.len != sizes[curve] || point.ptr[0] != 4)
        return NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)names[curve], 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point.ptr, point.len),
        OSSL_PARAM_construct_end(),
    };
    return wrap(from_parameters("EC", parameters));
}

struct public_key *public_key_ed25519(struct str bytes)
{
    if (bytes.len != ED25519_SIZE)
        return NULL;
    return wrap(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes_of(bytes), bytes.len));
}

void public_key_free(struct public_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->key);
    free(key);
}

static const EVP_MD *method_of(enum public_hash hash)
{
    return hash == PUBLIC_SHA256 ? EVP_sha256() : hash == PUBLIC_SHA384 ? EVP_sha384() : EVP_sha512();
}

size_t public_hash_size(enum public_hash hash)
{
    return (size_t)EVP_MD_get_size(method_of(hash));
}

void public_hash(enum public_hash hash, struct str bytes, unsigned char out[PUBLIC_HASH_MAX])
{
    if (EVP_Digest(bytes_of(bytes), bytes.len, out, NULL, method_of(hash), NULL) != 1)
        memory_exhausted();
}

static bool check(const struct public_key *key, const EVP_MD *method, struct str message,
                  const unsigned char *signature, size_t size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestVerifyInit(context, NULL, method, NULL, key->key) == 1 &&
                EVP_DigestVerify(context, signature, size, bytes_of(message), message.len) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

bool public_key_check_rsa(const struct public_key *key, enum public_hash hash, struct str message,
                          struct str signature)
{
    unsigned char whole[RSA_BITS_MAX / 8] = {0};
    if (EVP_PKEY_get_base_id(key->key) != EVP_PKEY_RSA || signature.len > key->size ||
        key->size > sizeof whole)
        return false;
    if (signature.len)
        memcpy(whole + key->size - signature.len, signature.ptr, signature.len);
    return check(key, method_of(hash), message, whole, key->size);
}

/* OpenSSL wants r and s in DER. */
bool public_key_check_ecdsa(const struct public_key *key, enum public_hash hash, struct str message,
                            struct str r, struct str s)
{
    if (EVP_PKEY_get_base_id(key->key) != EVP_PKEY_EC || r.len > SCALAR_MAX + 1 || s.len > SCALAR_MAX + 1)
        return false;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *first = BN_bin2bn(bytes_of(r), (int)r.len, NULL),
           *second = BN_bin2bn(bytes_of(s), (int)s.len, NULL);
    if (!pair || !first || !second)
        memory_exhausted();
    ECDSA_SIG_set0(pair, first, second);
    unsigned char *der = NULL;
    int size = i2d_ECDSA_SIG(pair, &der);
    bool good = size > 0 && check(key, method_of(hash), message, der, (size_t)size);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return good;
}

bool public_key_check_ed25519(const struct public_key *key, struct str message, struct str signature)
{
    return EVP_PKEY_get_base_id(key->key) == EVP_PKEY_ED25519 && signature.len == ED25519_SIGNATURE_SIZE &&
           check(key, NULL, message, bytes_of(signature), signature.len);
}

struct str reader_take(struct reader *reader, size_t size)
{
    reader->broken = reader->broken || size > reader->rest.len;
    if (reader->broken)
        return STR_EMPTY;
    struct str taken = str_slice(reader->rest, 0, size);
    reader->rest = str_from_index(reader->rest, size);
    return taken;
}

uint32_t reader_number(struct reader *reader, size_t size)
{
    struct str bytes = reader_take(reader, size);
    uint32_t number = 0;
    for (size_t i = 0; i < bytes.len; i++)
        number = number << 8 | (unsigned char)bytes.ptr[i];
    return number;
}

struct str reader_string(struct reader *reader)
{
    return reader_take(reader, reader_number(reader, 4));
}

bool reader_is_done(const struct reader *reader)
{
    return !reader->broken && reader->rest.len == 0;
}
