/* Signatures as gpg writes them. */

#include "base/digest.h"
#include "gitsync/openpgp.h"

/* The last 8 bytes of a fingerprint are the key's id. */
static bool made_by(const struct openpgp_signature *signature, const struct openpgp_key *key)
{
    return str_equal(str_from_index(key->fingerprint, SHA1_SIZE - 8), signature->issuer);
}

static const char *time_fault(const struct openpgp_key *key, const struct openpgp_signature *signature,
                              int64_t claimed_ms, int64_t now_ms)
{
    if (signature->lasts_ms && now_ms >= signature->created_ms + signature->lasts_ms)
        return "but the signature has expired";
    if (signature->created_ms < key->created_ms || claimed_ms < key->created_ms)
        return "which was made after the commit";
    if (!key->expires_ms)
        return NULL;
    if (now_ms >= key->expires_ms)
        return "which has expired";
    return signature->created_ms >= key->expires_ms || claimed_ms >= key->expires_ms
               ? "which had expired when it was committed"
               : NULL;
}

static void judge(struct arena *arena, const struct signed_commit *commit,
                  const struct openpgp_signature *signature, const struct openpgp_key *key, int64_t now_ms,
                  struct signature *out)
{
    const struct str payload[] = {commit->payload};
    struct str print = hex_encode(arena, key->fingerprint);
    const char *fault = time_fault(key, signature, commit->time_ms, now_ms);
    out->fingerprint = print;
    out->who = key->who;
    if (!openpgp_verify(key->body, signature, payload, 1)) {
        out->who = STR_EMPTY;
        signature_say(arena, commit, out, SIGNATURE_BAD,
                      "does not fit its signature by the key '%.*s': one of them was changed",
                      STR_ARG(print));
    } else if (key->revoked) {
        signature_say(arena, commit, out, SIGNATURE_REVOKED, "is signed by the revoked key '%.*s' of '%.*s'",
                      STR_ARG(print), STR_ARG(key->who));
    } else if (!key->signs) {
        signature_say(arena, commit, out, SIGNATURE_UNKNOWN,
                      "is signed by '%.*s' with the key '%.*s', which is not for signing", STR_ARG(key->who),
                      STR_ARG(print));
    } else if (fault) {
        signature_say(arena, commit, out, SIGNATURE_EXPIRED, "is signed by '%.*s' with the key '%.*s', %s",
                      STR_ARG(key->who), STR_ARG(print), fault);
    } else {
        signature_say(arena, commit, out, SIGNATURE_VERIFIED, "is signed by '%.*s' with the key '%.*s'",
                      STR_ARG(key->who), STR_ARG(print));
    }
}

/* Just one packet, a signature over bytes. */
static bool read_signature(struct arena *arena, const struct signed_commit *commit,
                           struct openpgp_signature *signature, struct signature *out)
{
    struct str bytes, body;
    struct reader reader = {.broken = false};
    const char *words = "cannot be read";
    int tag;
    bool sound = armor_read(arena, commit->signature, "PGP SIGNATURE", &bytes) ||
                 armor_read(arena, commit->signature, "PGP MESSAGE", &bytes);
    if (sound) {
        reader.rest = bytes;
        sound = packet_next(&reader, &tag, &body) && tag == PACKET_SIGNATURE;
    }
    sound = sound && openpgp_signature_read(body, signature, &words);
    if (sound && !reader_is_done(&reader))
        words = "has something behind it";
    else if (sound && signature->type != OPENPGP_BINARY)
        words = "is not one over bytes";
    else if (sound && openpgp_weak_hash(signature->hash))
        words = openpgp_weak_hash(signature->hash);
    else if (sound && signature->critical)
        words = "demands what plumb does not know";
    else if (sound)
        return true;
    if (sound && openpgp_weak_hash(signature->hash) == words)
        signature_say(arena, commit, out, SIGNATURE_BAD,
                      "has an OpenPGP signature over %s: use SHA-256 or better", words);
    else
        signature_say(arena, commit, out, SIGNATURE_BAD, "has an OpenPGP signature that %s", words);
    return false;
}

/* A key may stand in two files: that it is revoked in one of them counts. */
void openpgp_signature_check(struct arena *arena, const struct signed_commit *commit,
                             const struct signers *signers, int64_t now_ms, struct signature *out)
{
    struct openpgp_signature signature;
    if (!read_signature(arena, commit, &signature, out))
        return;
    out->fingerprint = hex_encode(arena, signature.issuer);
    signature_say(arena, commit, out, SIGNATURE_UNKNOWN,
                  "is signed by the key '%.*s', which nobody vouches for", STR_ARG(out->fingerprint));
    for (size_t i = 0; i < signers->openpgp_count && out->verdict != SIGNATURE_REVOKED; i++) {
        struct signature one;
        if (!made_by(&signature, &signers->openpgp[i]))
            continue;
        judge(arena, commit, &signature, &signers->openpgp[i], now_ms, &one);
        if (out->verdict != SIGNATURE_VERIFIED || one.verdict == SIGNATURE_REVOKED)
            *out = one;
    }
}
