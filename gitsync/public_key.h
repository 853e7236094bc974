#ifndef PLUMB_GITSYNC_PUBLIC_KEY_H
#define PLUMB_GITSYNC_PUBLIC_KEY_H

/*
 * Public keys as SSH and OpenPGP write them, and what they sign, by OpenSSL.  Private to gitsync.
 *
 * RSA keys have 2,048 to 16,384 bits: shorter ones can be broken, longer ones cost time.  Everything that is
 * not sound (a point off the curve, a number of the wrong length) is "no such key" or "not signed": the
 * functions give NULL or false and say nothing, their callers know of what they speak.
 */

#include "base/str.h"

struct public_key;

enum public_hash { PUBLIC_SHA256, PUBLIC_SHA384, PUBLIC_SHA512 };
enum public_curve { PUBLIC_P256, PUBLIC_P384, PUBLIC_P521 };

enum { PUBLIC_HASH_MAX = 64, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 16384 };

/* Numbers are unsigned, the highest byte first. */
struct public_key *public_key_rsa(struct str modulus, struct str exponent);
/* `point` is uncompressed: 4, x, y. */
struct public_key *public_key_ecdsa(enum public_curve, struct str point);
struct public_key *public_key_ed25519(struct str bytes);
void public_key_free(struct public_key *); /* NULL is fine */

size_t public_hash_size(enum public_hash);
void public_hash(enum public_hash, struct str bytes, unsigned char out[PUBLIC_HASH_MAX]);

/* PKCS #1 v1.5 (https://www.rfc-editor.org/rfc/rfc8017#section-8.2); leading zeros may be left out. */
WARN_UNUSED bool public_key_check_rsa(const struct public_key *, enum public_hash, struct str message,
                                      struct str signature);
WARN_UNUSED bool public_key_check_ecdsa(const struct public_key *, enum public_hash, struct str message,
                                        struct str r, struct str s);
/* 64 bytes. */
WARN_UNUSED bool public_key_check_ed25519(const struct public_key *, struct str message,
                                          struct str signature);

/*
 * Bytes from outside, read from their start; what is asked for beyond the end is refused, and so is all that
 * follows.
 */
struct reader {
    struct str rest;
    bool broken;
};

struct str reader_take(struct reader *, size_t size); /* empty where there are fewer */
uint32_t reader_number(struct reader *,
                       size_t size);        /* 1, 2 or 4 bytes, the highest first; 0 beyond the end */
struct str reader_string(struct reader *);  /* of SSH: a number of 4 bytes, then so many */
bool reader_is_done(const struct reader *); /* nothing is left, and nothing was missing */

#endif
