#include "base/digest.h"
#include "gitsync/webhook.h"

struct str webhook_signature(struct arena *arena, struct str secret, int64_t seconds, struct str body)
{
    unsigned char digest[SHA256_SIZE];
    hmac_sha256(secret, arena_printf(arena, "%lld.%.*s", (long long)seconds, STR_ARG(body)), digest);
    struct str hex = hex_encode(arena, (struct str){.ptr = (const char *)digest, .len = sizeof digest});
    return arena_printf(arena, "t=%lld,v1=%.*s", (long long)seconds, STR_ARG(hex));
}
