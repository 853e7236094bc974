#include <arpa/inet.h>
#include <string.h>

#include "environments/cloudformation/template.h"

/* Fn::Cidr: count blocks with `cidrBits` host bits each, from the start of a block (IPv4 or IPv6).
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html */

enum { CIDR_COUNT_MAX = 256 };

struct block {
    int family;
    unsigned width, prefix;
    unsigned __int128 address;
};

static bool block_parse(struct arena *arena, struct str text, struct block *out)
{
    size_t slash = str_find(text, '/');
    uint64_t prefix;
    unsigned char bytes[16];
    out->family = str_find(text, ':') < text.len ? AF_INET6 : AF_INET;
    out->width = out->family == AF_INET6 ? 128 : 32;
    if (inet_pton(out->family, arena_strz(arena, str_slice(text, 0, slash)), bytes) != 1 ||
        !str_to_uint(str_from_index(text, slash + 1), out->width, &prefix))
        return false;
    out->prefix = (unsigned)prefix;
    out->address = 0;
    for (unsigned i = 0; i < out->width / 8; i++)
        out->address = out->address << 8 | bytes[i];
    unsigned host = out->width - out->prefix;
    if (host == 128)
        out->address = 0;
    else
        out->address = out->address >> host << host;
    return true;
}

static struct value *block_text(struct arena *arena, const struct block *block, unsigned __int128 address,
                                unsigned prefix)
{
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];
    for (unsigned i = 0; i < block->width / 8; i++)
        bytes[i] = (unsigned char)(address >> (block->width - 8 - 8 * i));
    inet_ntop(block->family, bytes, text, sizeof text);
    return value_stringf(arena, "%s/%u", text, prefix);
}

bool cidr_function(struct evaluation *evaluation, const struct value *argument, struct value **out,
                   struct error *error)
{
    struct block block;
    int64_t count, bits;
    struct str text;
    if (!value_is(argument, VALUE_LIST) || argument->count != 3 || !scalar_text(argument->items[0], &text) ||
        !value_to_int(argument->items[1], &count) || !value_to_int(argument->items[2], &bits))
        return value_error(argument, error, ERROR_INVALID,
                           "'Fn::Cidr' needs a list of a block, a count and the host bits of each part");
    if (!block_parse(evaluation->arena, text, &block))
        return value_error(argument, error, ERROR_INVALID, "'%.*s' in 'Fn::Cidr' is no address block",
                           STR_ARG(text));
    unsigned host = block.width - block.prefix;
    if (count < 1 || count > CIDR_COUNT_MAX || bits < 1 || bits > (int64_t)host ||
        (host - (unsigned)bits < 8 && (uint64_t)count > (1ULL << (host - (unsigned)bits))))
        return value_error(argument, error, ERROR_INVALID,
                           "'Fn::Cidr' cannot cut %lld parts of %lld bits (at most 256) out of '%.*s'",
                           (long long)count, (long long)bits, STR_ARG(text));
    *out = value_list(evaluation->arena);
    for (unsigned i = 0; i < (unsigned)count; i++) {
        unsigned __int128 offset = bits < 128 ? (unsigned __int128)i << bits : 0;
        value_append(
            evaluation->arena, *out,
            block_text(evaluation->arena, &block, block.address + offset, block.width - (unsigned)bits));
    }
    return true;
}
