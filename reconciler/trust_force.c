/* Which policies judge a commit: those in force before it. */

#include "reconciler/trust_private.h"

static const struct signer_file *file_of(struct arena *arena, const struct trust_gathered *gathered,
                                         struct str path)
{
    const struct trust_file *found = path.len ? trust_file(gathered, path) : NULL;
    if (!found)
        return NULL;
    struct signer_file *file = arena_alloc(arena, sizeof *file);
    *file = (struct signer_file){.path = found->path, .bytes = found->bytes};
    return file;
}

static bool read_base(struct arena *arena, struct str text, struct trust_base *out, struct error *error)
{
    *out = (struct trust_base){.text = text};
    if (!trust_parse(arena, text, &out->gathered, error))
        return false;
    const struct trust_policy *policy = &out->gathered.policy;
    struct signer_file *keys = arena_array(arena, policy->key_count + 1, sizeof *keys);
    struct signer_files files = {.allowed = file_of(arena, &out->gathered, policy->signers),
                                 .revoked = file_of(arena, &out->gathered, policy->revoked),
                                 .keys = keys};
    for (size_t i = 0; i < policy->key_count; i++) {
        const struct trust_file *found = trust_file(&out->gathered, policy->keys[i]);
        if (found)
            keys[files.key_count++] = (struct signer_file){.path = found->path, .bytes = found->bytes};
    }
    return signers_read(arena, &files, &out->signers, error);
}

bool trust_intern(struct trust_trial *trial, struct str text, size_t *base, struct error *error)
{
    for (*base = 0; *base < trial->base_count; ++*base)
        if (str_equal(trial->bases[*base].text, text))
            return true;
    if (trial->base_count == TRUST_BASES_MAX)
        return error_set(
            error, ERROR_OUT_OF_MEMORY,
            "the policy of trust was changed more than %d times since the last release: release in "
            "between",
            TRUST_BASES_MAX);
    if (!read_base(trial->arena, text, &trial->bases[trial->base_count], error))
        return false;
    trial->base_count++;
    return true;
}

bool trust_is_signed(struct trust_trial *trial, trust_set set, const struct commit_id *id, bool *yes,
                     struct signature *out, struct error *error)
{
    struct signed_commit commit;
    bool read = false;
    *yes = true;
    for (size_t i = 0; *yes && i < trial->base_count; i++) {
        if (!(set >> i & 1) || !trial->bases[i].gathered.policy.signatures)
            continue;
        if (!read && !signed_commit_read(trial->question->mirror, trial->arena, id, &commit, error))
            return false;
        read = true;
        signature_check(trial->arena, &commit, trial->bases[i].signers, trial->question->now_ms, out);
        *yes = out->verdict == SIGNATURE_VERIFIED;
    }
    return true;
}

/* What a commit was found to have, by the objects that make up its policy. */
struct seen {
    struct seen *next;
    struct str key;
    size_t base; /* SIZE_MAX: none that can be used */
};

struct walk {
    struct trust_trial *trial;
    struct arena *scratch; /* of one commit */
    trust_set *sets;       /* of each commit of the lineage: what is in force after it */
    struct seen *seen;
    struct str known; /* paths that the policy of the last commit names, by '\n', environment.yaml first */
};

/* The ids of the objects at the known paths. */
static bool key_of(struct walk *walk, const struct commit_id *id, struct str *key, struct error *error)
{
    struct trust_trial *trial = walk->trial;
    struct buf text = BUF_INIT(BUF_SMALL);
    struct str rest = walk->known, path, entry;
    bool fine = true;
    while (fine && str_split(&rest, '\n', &path)) {
        fine = lineage_entry(trial->question->mirror, walk->scratch, id, path, &entry, error);
        if (fine)
            buf_printf(&text, "%.*s %.*s\n", STR_ARG(path), STR_ARG(entry));
    }
    *key = arena_str(walk->scratch, buf_str(&text));
    buf_release(&text);
    return fine;
}

static struct str environment_path(struct trust_trial *trial)
{
    return arena_printf(trial->arena, "%.*s/environment.yaml",
                        STR_ARG(trial->question->environment->directory));
}

static void know_paths(struct walk *walk, const struct trust_gathered *gathered)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    buf_add(&text, environment_path(walk->trial));
    for (size_t i = 0; i < gathered->file_count; i++)
        buf_printf(&text, "\n%.*s", STR_ARG(gathered->files[i].path));
    walk->known = arena_str(walk->trial->arena, buf_str(&text));
    buf_release(&text);
}

static bool gather(struct trust_trial *trial, const struct commit_id *id, struct str *text,
                   struct error *error)
{
    struct snapshot *snapshot;
    if (!snapshot_open(trial->question->mirror, id, &snapshot, error))
        return false;
    struct files files = snapshot_files(snapshot);
    bool fine = trust_gather(&files, trial->arena, trial->question->environment->name, text, error);
    snapshot_close(snapshot);
    return fine;
}

/* What does not change its files does not change the policy; a policy that cannot be read, or of which the
 * environment is not there, is none. */
static bool base_of(struct walk *walk, const struct commit_id *id, size_t *base, struct error *error)
{
    struct trust_trial *trial = walk->trial;
    struct error unusable = ERROR_INIT;
    struct str key, text;
    if (!key_of(walk, id, &key, error))
        return false;
    for (const struct seen *seen = walk->seen; seen; seen = seen->next)
        if (str_equal(seen->key, key)) {
            *base = seen->base;
            return true;
        }
    if (!gather(trial, id, &text, &unusable) || !text.len || !trust_intern(trial, text, base, &unusable))
        *base = SIZE_MAX;
    if (unusable.code == ERROR_OUT_OF_MEMORY && trial->base_count == TRUST_BASES_MAX) {
        *error = unusable;
        return false;
    }
    if (*base != SIZE_MAX)
        know_paths(walk, &trial->bases[*base].gathered);
    struct seen *seen = arena_alloc(trial->arena, sizeof *seen);
    *seen = (struct seen){.next = walk->seen, .base = *base};
    walk->seen = seen;
    if (!key_of(walk, id, &key, error))
        return false;
    seen->key = arena_str(trial->arena, key);
    return true;
}

static trust_set before(const struct walk *walk, const struct lineage_commit *commit)
{
    trust_set set = commit->parent_count ? 0 : walk->trial->before;
    for (size_t i = 0; i < commit->parent_count; i++)
        set |= commit->parents[i] == SIZE_MAX ? walk->trial->before : walk->sets[commit->parents[i]];
    return set;
}

static bool step(struct walk *walk, size_t at, struct error *error)
{
    const struct lineage_commit *commit = &walk->trial->lineage.commits[at];
    trust_set set = before(walk, commit);
    struct signature ignored;
    size_t base;
    bool vouched = false;
    arena_reset(walk->scratch);
    if (!base_of(walk, &commit->id, &base, error))
        return false;
    bool moves = base != SIZE_MAX && set != (trust_set)1 << base;
    if (moves && !trust_is_signed(walk->trial, set, &commit->id, &vouched, &ignored, error))
        return false;
    walk->sets[at] = vouched ? (trust_set)1 << base : set;
    return true;
}

bool trust_lineage(struct trust_trial *trial, struct error *error)
{
    if (trial->walked)
        return true;
    trial->walked = true;
    return lineage_between(trial->question->mirror, trial->arena, &trial->from, &trial->question->commit,
                           &trial->lineage, error);
}

static bool says_nothing(const struct trust_trial *trial)
{
    const struct trust_policy *policy = &trial->bases[trial->own].gathered.policy;
    return trial->before == (trust_set)1 << trial->own && !policy->signatures && !policy->branch_count &&
           !policy->follows;
}

bool trust_walk(struct trust_trial *trial, struct error *error)
{
    trial->force = trial->before;
    if (says_nothing(trial) || !trial->from.hex[0])
        return true;
    if (!trust_lineage(trial, error))
        return false;
    const struct lineage *lineage = &trial->lineage;
    struct walk walk = {.trial = trial,
                        .scratch = arena_new(),
                        .sets = arena_array(trial->arena, lineage->count + 1, sizeof *walk.sets),
                        .known = environment_path(trial)};
    bool fine = true;
    for (size_t i = 0; fine && i + 1 < lineage->count; i++)
        fine = step(&walk, i, error);
    if (fine && lineage->count)
        trial->force = before(&walk, &lineage->commits[lineage->count - 1]);
    arena_free(walk.scratch);
    return fine;
}
