#include "gitsync/openpgp.h"

#include <string.h>

#include "base/digest.h"

enum { VERSION = 4, CRITICAL = 0x80 };

/* Subpackets of signatures (RFC 4880, section 5.2.3.1). */
enum {
    SUB_CREATED = 2,
    SUB_EXPIRES = 3,
    SUB_EXPORTABLE = 4,
    SUB_REVOCABLE = 7,
    SUB_KEY_EXPIRES = 9,
    SUB_PREFERRED_CIPHERS = 11,
    SUB_ISSUER = 16,
    SUB_PRIMARY_USER_ID = 25,
    SUB_KEY_FLAGS = 27,
    SUB_SIGNER = 28,
    SUB_REASON = 29,
    SUB_EMBEDDED = 32,
    SUB_ISSUER_FINGERPRINT = 33,
};

static size_t old_length(struct reader *reader, unsigned head)
{
    static const size_t sizes[] = {1, 2, 4};
    if ((head & 3) == 3) {
        reader->broken = true;
        return 0;
    }
    return reader_number(reader, sizes[head & 3]);
}

/* Of packets in the new form, and of subpackets. */
static size_t new_length(struct reader *reader, bool subpacket)
{
    uint32_t first = reader_number(reader, 1);
    if (first < 192)
        return first;
    if (first == 255)
        return reader_number(reader, 4);
    reader->broken = reader->broken || (!subpacket && first >= 224);
    return ((first - 192) << 8) + reader_number(reader, 1) + 192;
}

bool packet_next(struct reader *reader, int *tag, struct str *body)
{
    if (reader->broken || !reader->rest.len)
        return false;
    unsigned head = reader_number(reader, 1);
    bool new = head & 0x40;
    reader->broken = reader->broken || !(head & 0x80);
    *tag = (int)(new ? head & 0x3f : head >> 2 & 0x0f);
    size_t length = new ? new_length(reader, false) : old_length(reader, head);
    *body = reader_take(reader, length);
    return !reader->broken;
}

static uint32_t number_of(struct str bytes)
{
    struct reader reader = {.rest = bytes};
    return reader_number(&reader, 4);
}

/* What is hashed is the signer's word; of the rest only who made it, which is proven by trying, and an
 * embedded signature, which proves itself. */
static void take_subpacket(struct openpgp_signature *out, unsigned type, struct str body, bool hashed)
{
    switch (type & ~(unsigned)CRITICAL) {
    case SUB_ISSUER:
        if (!out->issuer.len && body.len == 8)
            out->issuer = body;
        return;
    case SUB_ISSUER_FINGERPRINT: /* its version, then 20 bytes, of which the last 8 are the key id */
        if (body.len == 21 && body.ptr[0] == VERSION)
            out->issuer = str_from_index(body, 13);
        return;
    case SUB_EMBEDDED:
        out->embedded = body;
        return;
    default:
        break;
    }
    if (!hashed)
        return;
    switch (type & ~(unsigned)CRITICAL) {
    case SUB_CREATED:
        out->created_ms = (int64_t)number_of(body) * 1000;
        return;
    case SUB_EXPIRES:
        out->lasts_ms = (int64_t)number_of(body) * 1000;
        return;
    case SUB_KEY_EXPIRES:
        out->key_lasts_ms = (int64_t)number_of(body) * 1000;
        return;
    case SUB_KEY_FLAGS:
        out->key_flags = body.len ? (unsigned char)body.ptr[0] : 0;
        return;
    case SUB_PRIMARY_USER_ID:
        out->primary_user_id = body.len && body.ptr[0];
        return;
    case SUB_EXPORTABLE:
    case SUB_REVOCABLE:
    case SUB_PREFERRED_CIPHERS:
    case SUB_SIGNER:
    case SUB_REASON:
        return;
    default: /* also notations: their words are not known */
        out->critical = out->critical || type & CRITICAL;
    }
}

static bool take_subpackets(struct openpgp_signature *out, struct str area, bool hashed)
{
    struct reader reader = {.rest = area};
    while (!reader.broken && reader.rest.len) {
        struct str body = reader_take(&reader, new_length(&reader, true));
        if (!body.len)
            return false;
        take_subpacket(out, (unsigned char)body.ptr[0], str_from_index(body, 1), hashed);
    }
    return !reader.broken;
}

const char *openpgp_weak_hash(int hash)
{
    return hash >= 8 && hash <= 10 ? NULL
           : hash == 1             ? "MD5"
           : hash == 2             ? "SHA-1"
           : hash == 3             ? "RIPEMD-160"
           : hash == 11            ? "SHA-224"
                                   : "a digest that is not known";
}

bool openpgp_signature_read(struct str body, struct openpgp_signature *out, const char **words)
{
    struct reader reader = {.rest = body};
    *out = (struct openpgp_signature){.key_flags = -1};
    *words = "is not of version 4";
    if (reader_number(&reader, 1) != VERSION)
        return false;
    *words = "is not sound";
    out->type = (int)reader_number(&reader, 1);
    out->algorithm = (int)reader_number(&reader, 1);
    out->hash = (int)reader_number(&reader, 1);
    struct str hashed = reader_take(&reader, reader_number(&reader, 2));
    out->signed_part = str_slice(body, 0, body.len - reader.rest.len);
    struct str other = reader_take(&reader, reader_number(&reader, 2));
    reader_take(&reader, 2); /* the digest's first bytes: a hint */
    out->numbers = reader;
    return !reader.broken && take_subpackets(out, hashed, true) && take_subpackets(out, other, false) &&
           out->created_ms > 0;
}

bool openpgp_key_read(struct arena *arena, struct str body, struct openpgp_key *out)
{
    struct reader reader = {.rest = body};
    unsigned char digest[SHA1_SIZE];
    if (reader_number(&reader, 1) != VERSION || body.len > UINT16_MAX)
        return false;
    *out = (struct openpgp_key){.body = body, .created_ms = (int64_t)reader_number(&reader, 4) * 1000};
    sha1(openpgp_key_material(arena, body), digest);
    out->fingerprint = arena_str(arena, (struct str){.ptr = (const char *)digest, .len = sizeof digest});
    return !reader.broken;
}

static struct str with_head(struct arena *arena, unsigned char head, size_t size_bytes, struct str body)
{
    char *out = arena_alloc(arena, 1 + size_bytes + body.len + 1);
    out[0] = (char)head;
    for (size_t i = 0; i < size_bytes; i++)
        out[1 + i] = (char)((uint32_t)body.len >> (8 * (size_bytes - 1 - i)) & 0xff);
    if (body.len)
        memcpy(out + 1 + size_bytes, body.ptr, body.len);
    return (struct str){.ptr = out, .len = 1 + size_bytes + body.len};
}

struct str openpgp_key_material(struct arena *arena, struct str body)
{
    return with_head(arena, 0x99, 2, body);
}

struct str openpgp_user_id_material(struct arena *arena, struct str user_id)
{
    return with_head(arena, 0xb4, 4, user_id);
}
