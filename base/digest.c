#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/str.h"

struct sha256_stream {
    EVP_MD_CTX *context;
};

/* OpenSSL's own digests fail for want of memory only. */
static void must(bool done)
{
    if (!done)
        memory_exhausted();
}

static const char *bytes_of(struct str s)
{
    return s.len ? s.ptr : "";
}

static void digest(const EVP_MD *kind, struct str bytes, unsigned char *out)
{
    must(EVP_Digest(bytes_of(bytes), bytes.len, out, NULL, kind, NULL) == 1);
}

void sha256(struct str bytes, unsigned char out[SHA256_SIZE])
{
    digest(EVP_sha256(), bytes, out);
}

void sha1(struct str bytes, unsigned char out[SHA1_SIZE])
{
    digest(EVP_sha1(), bytes, out);
}

static struct str view(const unsigned char *bytes, size_t size)
{
    return (struct str){.ptr = (const char *)bytes, .len = size};
}

struct str sha256_hex(struct arena *arena, struct str bytes)
{
    unsigned char out[SHA256_SIZE];
    sha256(bytes, out);
    return hex_encode(arena, view(out, sizeof out));
}

struct str pbkdf2_hex(struct arena *arena, struct str secret, struct str salt, int rounds)
{
    unsigned char out[SHA256_SIZE];
    must(PKCS5_PBKDF2_HMAC(bytes_of(secret), (int)secret.len, (const unsigned char *)bytes_of(salt),
                           (int)salt.len, rounds, EVP_sha256(), sizeof out, out) == 1);
    return hex_encode(arena, view(out, sizeof out));
}

struct str sha1_hex(struct arena *arena, struct str bytes)
{
    unsigned char out[SHA1_SIZE];
    sha1(bytes, out);
    return hex_encode(arena, view(out, sizeof out));
}

struct str md5_base64(struct arena *arena, struct str bytes)
{
    unsigned char out[16];
    digest(EVP_md5(), bytes, out);
    return base64_encode(arena, view(out, sizeof out));
}

void hmac_sha256(struct str key, struct str bytes, unsigned char out[SHA256_SIZE])
{
    must(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, bytes_of(key), key.len,
                   (const unsigned char *)bytes_of(bytes), bytes.len, out, SHA256_SIZE, NULL) != NULL);
}

struct sha256_stream *sha256_begin(void)
{
    struct sha256_stream *stream = memory_alloc(sizeof *stream);
    stream->context = EVP_MD_CTX_new();
    must(stream->context && EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL) == 1);
    return stream;
}

void sha256_feed(struct sha256_stream *stream, struct str bytes)
{
    must(EVP_DigestUpdate(stream->context, bytes_of(bytes), bytes.len) == 1);
}

void sha256_end(struct sha256_stream *stream, unsigned char out[SHA256_SIZE])
{
    must(EVP_DigestFinal_ex(stream->context, out, NULL) == 1);
    EVP_MD_CTX_free(stream->context);
    free(stream);
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct str base64_encode(struct arena *arena, struct str bytes)
{
    const unsigned char *from = (const unsigned char *)bytes.ptr;
    size_t length = (bytes.len + 2) / 3 * 4;
    char *text = arena_alloc(arena, length + 1), *to = text;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)from[i] << 16;
        group |= left > 1 ? (uint32_t)from[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)from[i + 2] : 0;
        *to++ = base64_digits[group >> 18];
        *to++ = base64_digits[group >> 12 & 63];
        *to++ = left > 1 ? base64_digits[group >> 6 & 63] : '=';
        *to++ = left > 2 ? base64_digits[group & 63] : '=';
    }
    return (struct str){.ptr = text, .len = length};
}

static size_t base64_padding(struct str text)
{
    return (size_t)str_ends(text, "=") + (size_t)str_ends(text, "==");
}

/* Strict: full groups, padding at the end only, and no bits left over behind the last byte. */
bool base64_decode(struct arena *arena, struct str text, struct str *bytes)
{
    size_t padding = base64_padding(text), length = text.len - padding;
    char *out = arena_alloc(arena, text.len / 4 * 3 + 1);
    size_t size = 0;
    uint32_t bits = 0;
    if (text.len % 4)
        return false;
    for (size_t i = 0; i < length; i++) {
        const char *digit = memchr(base64_digits, text.ptr[i], 64);
        if (!digit)
            return false;
        bits = bits << 6 | (uint32_t)(digit - base64_digits);
        if (i % 4)
            out[size++] = (char)(bits >> (6 - i % 4 * 2) & 0xff);
    }
    if (bits & ((1u << padding * 2) - 1))
        return false;
    out[size] = '\0';
    *bytes = (struct str){.ptr = out, .len = size};
    return true;
}

struct str hex_encode(struct arena *arena, struct str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, bytes.len * 2 + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
    }
    return (struct str){.ptr = text, .len = bytes.len * 2};
}

bool equal_constant_time(struct str a, struct str b)
{
    return a.len == b.len && CRYPTO_memcmp(bytes_of(a), bytes_of(b), a.len) == 0;
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

struct str uri_encode(struct arena *arena, struct str text, const char *keep)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_array(arena, text.len + 1, 3), *to = out;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_unreserved(c) || (c && strchr(keep, c))) {
            *to++ = c;
            continue;
        }
        *to++ = '%';
        *to++ = digits[(unsigned char)c >> 4];
        *to++ = digits[(unsigned char)c & 15];
    }
    return (struct str){.ptr = out, .len = (size_t)(to - out)};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool uri_decode(struct arena *arena, struct str text, struct str *out)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            if (text.len - i < 3 || hex_digit(text.ptr[i + 1]) < 0 || hex_digit(text.ptr[i + 2]) < 0)
                return false;
            c = (char)(hex_digit(text.ptr[i + 1]) * 16 + hex_digit(text.ptr[i + 2]));
            i += 2;
        }
        bytes[size++] = c;
    }
    *out = (struct str){.ptr = bytes, .len = size};
    return true;
}
