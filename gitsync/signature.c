#include "gitsync/signature.h"

#include "base/digest.h"
#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/signature_private.h"

enum { COMMIT_MAX = 1024 * 1024 };

const char *signature_verdict_name(enum signature_verdict verdict)
{
    static const char *const names[] = {
        [SIGNATURE_VERIFIED] = "verified", [SIGNATURE_MISSING] = "missing", [SIGNATURE_UNKNOWN] = "unknown",
        [SIGNATURE_EXPIRED] = "expired",   [SIGNATURE_REVOKED] = "revoked", [SIGNATURE_BAD] = "bad",
    };
    return names[verdict];
}

void signature_say(struct arena *arena, const struct signed_commit *commit, struct signature *signature,
                   enum signature_verdict verdict, const char *format, ...)
{
    char words[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    signature->verdict = verdict;
    signature->sentence = arena_printf(arena, "commit '%s' %s", commit->id.hex, words);
}

/* Behind the first line come headers up to an empty line; the last may be OpenPGP's checksum, "=abcd": the
 * signature itself tells better. */
bool armor_read(struct arena *arena, struct str text, const char *kind, struct str *bytes)
{
    struct str rest = text, line;
    struct str begin = arena_printf(arena, "-----BEGIN %s-----", kind);
    struct str end = arena_printf(arena, "-----END %s-----", kind);
    struct buf digits = BUF_INIT(text.len + 1);
    bool inside = false, ended = false, headers = true;
    while (!ended && str_split(&rest, '\n', &line)) {
        line = str_trim(line);
        if (!inside) {
            inside = str_equal(line, begin);
            continue;
        }
        ended = str_equal(line, end);
        bool header = headers && (str_contains(line, ": ") || str_ends(line, ":") || !line.len);
        headers = headers && header && line.len;
        if (!ended && !header && !(line.len == 5 && line.ptr[0] == '='))
            buf_add(&digits, line);
    }
    bool sound = ended && base64_decode(arena, arena_str(arena, buf_str(&digits)), bytes) && bytes->len;
    buf_release(&digits);
    return sound;
}

/* Cuts the header of that name off the commit's text, as git does before it verifies: its line and those that
 * go on with a space.  Only headers are looked at, never the message behind the first empty line. */
static void take_signature(struct arena *arena, struct str text, struct signed_commit *commit)
{
    struct buf payload = BUF_INIT(COMMIT_MAX + 1), signature = BUF_INIT(SIGNATURE_MAX);
    struct str rest = text, line;
    bool ours = false;
    while (str_split(&rest, '\n', &line) && line.len) {
        bool first = str_starts(line, "gpgsig ") || str_is(line, "gpgsig");
        ours = first || (ours && line.ptr[0] == ' ');
        commit->twice = commit->twice || (first && signature.len);
        if (ours && !commit->twice) {
            buf_add(&signature, str_from_index(line, first ? sizeof "gpgsig" : 1));
            buf_addc(&signature, '\n');
        }
        if (!ours) {
            buf_add(&payload, line);
            buf_addc(&payload, '\n');
        }
    }
    buf_addc(&payload, '\n');
    buf_add(&payload, rest);
    commit->payload = arena_str(arena, buf_str(&payload));
    commit->signature = arena_str(arena, buf_str(&signature));
    commit->twice = commit->twice || signature.overflow;
    buf_release(&payload);
    buf_release(&signature);
}

bool signed_commit_read(struct mirror *mirror, struct arena *arena, const struct commit_id *id,
                        struct signed_commit *out, struct error *error)
{
    git_oid oid;
    git_commit *commit;
    git_odb *odb;
    git_odb_object *object = NULL;
    *out = (struct signed_commit){.id = *id};
    if (!commit_id_to_oid(id, &oid, error) || !mirror_commit_lookup(mirror, &oid, &commit, error))
        return false;
    out->time_ms = (int64_t)git_commit_time(commit) * 1000;
    git_commit_free(commit);
    int result = git_repository_odb(&odb, mirror->repository);
    if (result == 0) {
        result = git_odb_read(&object, odb, &oid);
        git_odb_free(odb);
    }
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot read commit '%s'", id->hex);
    take_signature(arena,
                   (struct str){.ptr = git_odb_object_data(object), .len = git_odb_object_size(object)}, out);
    git_odb_object_free(object);
    return true;
}

bool signers_read(struct arena *arena, const struct signer_files *files, struct signers **out,
                  struct error *error)
{
    *out = arena_alloc(arena, sizeof **out);
    if ((files->allowed && !allowed_signers_read(arena, files->allowed, *out, error)) ||
        (files->revoked && !revoked_keys_read(arena, files->revoked, *out, error)))
        return false;
    for (size_t i = 0; i < files->key_count; i++)
        if (!openpgp_keys_read(arena, &files->keys[i], *out, error))
            return false;
    return true;
}

void signature_check(struct arena *arena, const struct signed_commit *commit, const struct signers *signers,
                     int64_t now_ms, struct signature *out)
{
    struct str text = str_trim(commit->signature);
    *out = (struct signature){.who = STR_EMPTY, .fingerprint = STR_EMPTY};
    if (commit->twice)
        signature_say(arena, commit, out, SIGNATURE_BAD,
                      "has more than one signature, or one that is too long");
    else if (!text.len)
        signature_say(arena, commit, out, SIGNATURE_MISSING, "is not signed");
    else if (str_starts(text, "-----BEGIN SSH SIGNATURE-----"))
        ssh_signature_check(arena, commit, signers, now_ms, out);
    else if (str_starts(text, "-----BEGIN PGP SIGNATURE-----") ||
             str_starts(text, "-----BEGIN PGP MESSAGE-----"))
        openpgp_signature_check(arena, commit, signers, now_ms, out);
    else if (str_starts(text, "-----BEGIN SIGNED MESSAGE-----"))
        signature_say(arena, commit, out, SIGNATURE_BAD,
                      "is signed by X.509, which plumb does not verify: sign by SSH or OpenPGP");
    else
        signature_say(arena, commit, out, SIGNATURE_BAD, "has a signature of a kind that is not known");
}
