#include "base/http_address.h"

#include <arpa/inet.h>
#include <string.h>

struct block {
    unsigned char start[16];
    int bits;
};

static const struct block closed_v4[] = {
    {{0}, 8},          /* this network */
    {{10}, 8},         /* private */
    {{100, 64}, 10},   /* shared: carriers' NAT */
    {{127}, 8},        /* loopback */
    {{169, 254}, 16},  /* link-local */
    {{172, 16}, 12},   /* private */
    {{192, 0, 0}, 24}, /* protocol assignments */
    {{192, 0, 2}, 24}, /* documentation */
    {{192, 168}, 16},  /* private */
    {{198, 18}, 15},   /* benchmarking */
    {{198, 51, 100}, 24} /* documentation */,
    {{203, 0, 113}, 24}, /* documentation */
    {{224}, 4},          /* multicast */
    {{240}, 4},          /* reserved, broadcast */
};

static const struct block open_v6 = {{0x20}, 3};
static const struct block closed_v6[] = {
    {{0x20, 0x01, 0x00}, 23},       /* protocol assignments, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff}, 20},             /* documentation */
};

/* Where an IPv6 address carries one of IPv4. */
static const struct {
    struct block block;
    size_t at;
} carriers[] = {
    {{{[10] = 0xff, [11] = 0xff}, 96}, 12}, /* ::ffff:0:0/96: mapped */
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},   /* 64:ff9b::/96: NAT64 */
    {{{0x20, 0x02}, 16}, 2},                /* 2002::/16: 6to4 */
};

static bool within(const unsigned char *address, const struct block *block)
{
    size_t whole = (size_t)block->bits / 8;
    int rest = block->bits % 8;
    if (memcmp(address, block->start, whole) != 0)
        return false;
    return rest == 0 || (address[whole] >> (8 - rest)) == (block->start[whole] >> (8 - rest));
}

static bool within_any(const unsigned char *address, const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (within(address, &blocks[i]))
            return true;
    return false;
}

/* The bytes of the address; `four` where it is, or carries, one of IPv4. */
static bool bytes_of(const struct sockaddr *address, unsigned char bytes[16], bool *four)
{
    *four = address->sa_family == AF_INET;
    if (*four) {
        memcpy(bytes, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
        return true;
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    for (size_t i = 0; !*four && i < ARRAY_LENGTH(carriers); i++) {
        *four = within(bytes, &carriers[i].block);
        if (*four)
            memmove(bytes, bytes + carriers[i].at, 4);
    }
    return true;
}

bool address_is_public(const struct sockaddr *address)
{
    unsigned char bytes[16];
    bool four;
    if (!bytes_of(address, bytes, &four))
        return false;
    if (four)
        return !within_any(bytes, closed_v4, ARRAY_LENGTH(closed_v4));
    return within(bytes, &open_v6) && !within_any(bytes, closed_v6, ARRAY_LENGTH(closed_v6));
}

bool address_is_loopback(const struct sockaddr *address)
{
    static const unsigned char loopback_v6[16] = {[15] = 1};
    unsigned char bytes[16];
    bool four;
    if (!bytes_of(address, bytes, &four))
        return false;
    return four ? bytes[0] == 127 : memcmp(bytes, loopback_v6, sizeof loopback_v6) == 0;
}

bool address_read(struct str text, struct sockaddr_storage *out)
{
    char copy[INET6_ADDRSTRLEN];
    struct sockaddr_in *four = (void *)out;
    struct sockaddr_in6 *six = (void *)out;
    if (text.len >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    memset(out, 0, sizeof *out);
    out->ss_family = AF_INET;
    if (inet_pton(AF_INET, copy, &four->sin_addr) == 1)
        return true;
    out->ss_family = AF_INET6;
    return inet_pton(AF_INET6, copy, &six->sin6_addr) == 1;
}
