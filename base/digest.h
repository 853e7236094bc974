#ifndef PLUMB_BASE_DIGEST_H
#define PLUMB_BASE_DIGEST_H

/* Digests and encodings of bytes, by OpenSSL.  Safe from any thread. */

#include "base/arena.h"
#include "base/error.h"

enum { SHA256_SIZE = 32, SHA1_SIZE = 20 };

void sha256(struct str bytes, unsigned char out[SHA256_SIZE]);
struct str sha256_hex(struct arena *, struct str bytes);
void sha1(struct str bytes, unsigned char out[SHA1_SIZE]);
struct str sha1_hex(struct arena *, struct str bytes);
struct str md5_base64(struct arena *, struct str bytes); /* S3's Content-MD5 */
void hmac_sha256(struct str key, struct str bytes, unsigned char out[SHA256_SIZE]);

/* PBKDF2 with HMAC-SHA-256 (https://datatracker.ietf.org/doc/html/rfc8018#section-5.2), 32 bytes as hex. */
struct str pbkdf2_hex(struct arena *, struct str secret, struct str salt, int rounds);

/* A digest fed in parts. */
struct sha256_stream;
struct sha256_stream *sha256_begin(void);
void sha256_feed(struct sha256_stream *, struct str bytes);
void sha256_end(struct sha256_stream *, unsigned char out[SHA256_SIZE]); /* frees the stream */

struct str base64_encode(struct arena *, struct str bytes); /* standard alphabet, padded */
WARN_UNUSED bool base64_decode(struct arena *, struct str text, struct str *bytes);
struct str hex_encode(struct arena *, struct str bytes);

/* Equal, without telling by time how far they are. */
bool equal_constant_time(struct str, struct str);

/* Percent-encoding of RFC 3986: everything but A-Z a-z 0-9 - . _ ~ and the characters in `keep`. */
struct str uri_encode(struct arena *, struct str, const char *keep);
WARN_UNUSED bool uri_decode(struct arena *, struct str, struct str *out);

#endif
