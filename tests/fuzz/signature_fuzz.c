#include "gitsync/signature.h"
#include "tests/fuzz/target.h"

/* Up to the next line "--". */
static struct str part(struct str *rest)
{
    struct str whole = *rest, line;
    size_t length = 0;
    while (str_split(rest, '\n', &line) && !str_is(line, "--"))
        length = (size_t)(line.ptr + line.len - whole.ptr);
    return str_slice(whole, 0, length);
}

/* Signature, payload, allowed signers, revoked keys and OpenPGP keys, parted by lines "--": some verdict,
 * with its sentence, and only a known key verifies. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str rest = {.ptr = (const char *)data, .len = size};
    struct signed_commit commit = {.time_ms = 1790000000000};
    commit.signature = part(&rest);
    commit.payload = part(&rest);
    const struct signer_file allowed = {.path = STR("allowed"), .bytes = part(&rest)},
                             revoked = {.path = STR("revoked"), .bytes = part(&rest)},
                             keys = {.path = STR("keys.asc"), .bytes = part(&rest)};
    const struct signer_files files = {
        .allowed = &allowed, .revoked = &revoked, .keys = &keys, .key_count = keys.bytes.len ? 1 : 0};
    struct signers *signers;
    struct signature signature;
    struct error error = ERROR_INIT;
    bool read = signers_read(arena, &files, &signers, &error);
    check(read || (error.code != ERROR_NONE && error.message[0]));
    if (read) {
        signature_check(arena, &commit, signers, 1790000000000, &signature);
        check(signature.sentence.len > 0);
        check(signature.verdict != SIGNATURE_VERIFIED || signature.fingerprint.len > 0);
    }
    arena_free(arena);
    return 0;
}
