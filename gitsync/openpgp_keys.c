/* Files of OpenPGP keys: a primary key, its user ids and subkeys, and what its holder has said of them since
 * (RFC 4880, section 11.1).  Only what the primary key has signed counts. */

#include "base/digest.h"
#include "gitsync/openpgp.h"

enum { KEYS_MAX = 64, PACKETS_MAX = 1000, USER_ID_MAX = 1024 };

/* The key that is being read; a signature speaks of what stood last before it. */
struct keyring {
    struct arena *arena;
    struct openpgp_key *keys; /* room for all packets */
    size_t count, primary;    /* `primary`: where the key that is being read begins */
    int about;                /* the packet before the signatures */
    struct str user_id;
    bool user_id_revoked;
    struct str who; /* the best user id so far */
    bool who_is_primary;
    int64_t self_ms, who_ms, binding_ms; /* of the newest self-signature, of the best user id and binding */
};

static bool is_certification(int type)
{
    return type >= OPENPGP_CERTIFIES && type <= OPENPGP_CERTIFIES + 3;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

static void limit(struct openpgp_key *key, const struct openpgp_signature *signature)
{
    int64_t by_key = signature->key_lasts_ms ? key->created_ms + signature->key_lasts_ms : 0;
    int64_t by_signature = signature->lasts_ms ? signature->created_ms + signature->lasts_ms : 0;
    key->expires_ms = earlier(by_key, by_signature);
    key->signs = signature->key_flags < 0 || signature->key_flags & OPENPGP_MAY_SIGN;
}

static void take_user_id(struct keyring *ring, const struct openpgp_signature *signature)
{
    bool better =
        !ring->who.len || (signature->primary_user_id && !ring->who_is_primary) ||
        (signature->primary_user_id == ring->who_is_primary && signature->created_ms > ring->who_ms);
    if (!better)
        return;
    ring->who = ring->user_id;
    ring->who_ms = signature->created_ms;
    ring->who_is_primary = signature->primary_user_id;
}

/* The newest self-signature says how long the key lasts and what it is for. */
static void take_self_signature(struct keyring *ring, const struct openpgp_signature *signature)
{
    if (signature->created_ms < ring->self_ms)
        return;
    ring->self_ms = signature->created_ms;
    limit(&ring->keys[ring->primary], signature);
}

static void about_primary(struct keyring *ring, const struct openpgp_signature *signature)
{
    struct openpgp_key *primary = &ring->keys[ring->primary];
    const struct str parts[] = {openpgp_key_material(ring->arena, primary->body)};
    if ((signature->type != OPENPGP_REVOKES_KEY && signature->type != OPENPGP_DIRECT) ||
        !openpgp_verify(primary->body, signature, parts, 1))
        return;
    if (signature->type == OPENPGP_REVOKES_KEY)
        primary->revoked = true;
    else
        take_self_signature(ring, signature);
}

static void about_user_id(struct keyring *ring, const struct openpgp_signature *signature)
{
    const struct openpgp_key *primary = &ring->keys[ring->primary];
    const struct str parts[] = {openpgp_key_material(ring->arena, primary->body),
                                openpgp_user_id_material(ring->arena, ring->user_id)};
    bool revokes = signature->type == OPENPGP_REVOKES_USER_ID;
    if ((!revokes && !is_certification(signature->type)) ||
        !openpgp_verify(primary->body, signature, parts, 2))
        return;
    if (revokes && str_equal(ring->who, ring->user_id))
        ring->who = STR_EMPTY;
    ring->user_id_revoked = ring->user_id_revoked || revokes;
    if (ring->user_id_revoked)
        return;
    take_self_signature(ring, signature);
    take_user_id(ring, signature);
}

/* A subkey that signs must say itself that it belongs to the primary key: else anybody could bind a
 * stranger's key to his own, and pass for who made its signatures. */
static bool is_bound_back(struct keyring *ring, const struct openpgp_signature *binding,
                          const struct str parts[2])
{
    struct openpgp_signature back;
    const char *words;
    return openpgp_signature_read(binding->embedded, &back, &words) && back.type == OPENPGP_BINDS_BACK &&
           openpgp_verify(ring->keys[ring->count - 1].body, &back, parts, 2);
}

static void about_subkey(struct keyring *ring, const struct openpgp_signature *signature)
{
    struct openpgp_key *primary = &ring->keys[ring->primary], *subkey = &ring->keys[ring->count - 1];
    const struct str parts[] = {openpgp_key_material(ring->arena, primary->body),
                                openpgp_key_material(ring->arena, subkey->body)};
    if ((signature->type != OPENPGP_BINDS_SUBKEY && signature->type != OPENPGP_REVOKES_SUBKEY) ||
        !openpgp_verify(primary->body, signature, parts, 2))
        return;
    if (signature->type == OPENPGP_REVOKES_SUBKEY) {
        subkey->revoked = true;
    } else if (signature->created_ms >= ring->binding_ms) {
        ring->binding_ms = signature->created_ms;
        limit(subkey, signature);
        subkey->signs = signature->key_flags > 0 && signature->key_flags & OPENPGP_MAY_SIGN &&
                        is_bound_back(ring, signature, parts);
    }
}

static void take_signature(struct keyring *ring, struct str body)
{
    struct openpgp_signature signature;
    const char *words;
    if (!openpgp_signature_read(body, &signature, &words))
        return;
    if (ring->about == PACKET_KEY)
        about_primary(ring, &signature);
    else if (ring->about == PACKET_USER_ID)
        about_user_id(ring, &signature);
    else if (ring->about == PACKET_SUBKEY)
        about_subkey(ring, &signature);
}

/* What holds for the primary key holds for its subkeys. */
static bool end_key(struct keyring *ring, const struct signer_file *file, struct error *error)
{
    struct openpgp_key *primary = &ring->keys[ring->primary];
    if (ring->primary == ring->count)
        return true;
    if (!ring->self_ms && !primary->revoked)
        return error_set(error, ERROR_INVALID,
                         "the key '%.*s' in '%.*s' has no self-signature that plumb can verify (over SHA-256 "
                         "or better, by RSA of 2,048 bits or more, ECDSA or Ed25519)",
                         STR_ARG(hex_encode(ring->arena, primary->fingerprint)), STR_ARG(file->path));
    for (size_t i = ring->primary; i < ring->count; i++) {
        struct openpgp_key *key = &ring->keys[i];
        key->who = str_is_utf8(ring->who) ? ring->who : STR_EMPTY;
        key->revoked = key->revoked || primary->revoked;
        key->expires_ms = earlier(key->expires_ms, primary->expires_ms);
    }
    ring->primary = ring->count;
    ring->who = STR_EMPTY;
    ring->who_is_primary = false;
    ring->self_ms = ring->who_ms = 0;
    return true;
}

static bool take_packet(struct keyring *ring, const struct signer_file *file, int tag, struct str body,
                        struct error *error)
{
    if (tag == PACKET_SIGNATURE) {
        take_signature(ring, body);
        return true;
    }
    ring->about = tag;
    if (tag == PACKET_USER_ID) {
        ring->user_id = body.len <= USER_ID_MAX ? body : STR_EMPTY;
        ring->user_id_revoked = false;
    }
    if (tag == PACKET_KEY && !end_key(ring, file, error))
        return false;
    if (tag != PACKET_KEY && tag != PACKET_SUBKEY)
        return true;
    if (tag == PACKET_SUBKEY && ring->primary == ring->count)
        return error_set(error, ERROR_INVALID, "'%.*s' begins with a subkey", STR_ARG(file->path));
    ring->binding_ms = 0;
    return openpgp_key_read(ring->arena, body, &ring->keys[ring->count++]) ||
           error_set(error, ERROR_INVALID, "'%.*s' has a key that is not of version 4", STR_ARG(file->path));
}

static bool read_packets(struct keyring *ring, const struct signer_file *file, struct str bytes,
                         struct error *error)
{
    struct reader reader = {.rest = bytes};
    struct str body;
    int tag;
    for (size_t packets = 0; packet_next(&reader, &tag, &body); packets++) {
        if (packets == PACKETS_MAX || ring->count == KEYS_MAX)
            return error_set(error, ERROR_OUT_OF_MEMORY, "'%.*s' has more than %d packets or %d keys",
                             STR_ARG(file->path), PACKETS_MAX, KEYS_MAX);
        if (!take_packet(ring, file, tag, body, error))
            return false;
    }
    if (reader.broken || !ring->count)
        return error_set(error, ERROR_INVALID, "'%.*s' holds no OpenPGP public key that can be read",
                         STR_ARG(file->path));
    return end_key(ring, file, error);
}

static size_t blocks_of(struct str text)
{
    struct str rest = text, line;
    size_t count = 0;
    while (str_split(&rest, '\n', &line))
        count += str_starts(line, "-----BEGIN ");
    return count;
}

bool openpgp_keys_read(struct arena *arena, const struct signer_file *file, struct signers *out,
                       struct error *error)
{
    struct str bytes;
    struct keyring ring = {.arena = arena};
    if (file->bytes.len > SIGNER_FILE_MAX || blocks_of(file->bytes) != 1 ||
        !armor_read(arena, file->bytes, "PGP PUBLIC KEY BLOCK", &bytes))
        return error_set(error, ERROR_INVALID,
                         "'%.*s' must be one armored block of OpenPGP public keys, as 'gpg --armor --export' "
                         "writes it",
                         STR_ARG(file->path));
    ring.keys = arena_array(arena, KEYS_MAX + 1, sizeof *ring.keys);
    if (!read_packets(&ring, file, bytes, error))
        return false;
    struct openpgp_key *all = arena_array(arena, out->openpgp_count + ring.count, sizeof *all);
    for (size_t i = 0; i < out->openpgp_count; i++)
        all[i] = out->openpgp[i];
    for (size_t i = 0; i < ring.count; i++)
        all[out->openpgp_count + i] = ring.keys[i];
    out->openpgp = all;
    out->openpgp_count += ring.count;
    return true;
}
