/* Who may change which paths. */

#include "reconciler/trust_private.h"

/* A path that was changed, under one rule. */
struct claim_on_path {
    struct str path, entry; /* as it reads now */
    size_t base;
    const struct trust_rule *rule;
    bool vouched;
};

static bool covers(const struct trust_rule *rule, struct str path)
{
    for (size_t i = 0; i < rule->path_count; i++)
        if (trust_pattern_fits(rule->paths[i], path))
            return true;
    return false;
}

/* "Ann <ann@example.com>" is ann@example.com; principals stand side by side with commas. */
static bool is_named(const struct trust_rule *rule, struct str who)
{
    size_t open = str_find_last(who, '<');
    struct str rest = who, name;
    if (open < who.len && str_ends(who, ">"))
        rest = str_slice(who, open + 1, who.len - open - 2);
    while (str_split(&rest, ',', &name))
        for (size_t i = 0; i < rule->signer_count; i++)
            if (str_equal(rule->signers[i], str_trim(name)))
                return true;
    return false;
}

struct paths {
    struct trust_trial *trial;
    struct arena *scratch; /* of one commit */
    struct claim_on_path *claims;
    size_t count, open;
};

static bool add_claims(struct paths *paths, struct str path, struct error *error)
{
    struct trust_trial *trial = paths->trial;
    for (size_t i = 0; i < trial->base_count; i++) {
        const struct trust_policy *policy = &trial->bases[i].gathered.policy;
        for (size_t k = 0; (trial->force >> i & 1) && k < policy->rule_count; k++) {
            struct claim_on_path *claim = &paths->claims[paths->count];
            if (!covers(&policy->rules[k], path))
                continue;
            *claim = (struct claim_on_path){.path = path, .base = i, .rule = &policy->rules[k]};
            if (!lineage_entry(trial->question->mirror, trial->arena, &trial->question->commit, path,
                               &claim->entry, error))
                return false;
            paths->count++;
        }
    }
    paths->open = paths->count;
    return true;
}

static size_t rules_of(const struct trust_trial *trial)
{
    size_t count = 0;
    for (size_t i = 0; i < trial->base_count; i++)
        if (trial->force >> i & 1)
            count += trial->bases[i].gathered.policy.rule_count;
    return count;
}

static bool collect(struct paths *paths, struct error *error)
{
    struct trust_trial *trial = paths->trial;
    struct str *changed;
    size_t count, rules = rules_of(trial);
    if (!rules)
        return true;
    if (!lineage_paths(trial->question->mirror, trial->arena, &trial->from, &trial->question->commit,
                       &changed, &count, error))
        return false;
    paths->claims = arena_array(trial->arena, count * rules + 1, sizeof *paths->claims);
    for (size_t i = 0; i < count; i++)
        if (!add_claims(paths, changed[i], error))
            return false;
    return true;
}

/* A signature is looked at only where the commit has the path as it is now. */
static bool vouch(struct paths *paths, const struct commit_id *id, struct error *error)
{
    struct trust_trial *trial = paths->trial;
    struct signature signatures[TRUST_BASES_MAX];
    trust_set known = 0;
    arena_reset(paths->scratch);
    for (size_t i = 0; i < paths->count; i++) {
        struct claim_on_path *claim = &paths->claims[i];
        struct str entry;
        bool yes;
        if (claim->vouched)
            continue;
        if (!lineage_entry(trial->question->mirror, paths->scratch, id, claim->path, &entry, error))
            return false;
        trust_set one = (trust_set)1 << claim->base;
        if (!str_equal(entry, claim->entry))
            continue;
        if (!(known & one) && !trust_is_signed(trial, one, id, &yes, &signatures[claim->base], error))
            return false;
        known |= one;
        const struct signature *signature = &signatures[claim->base];
        claim->vouched = signature->verdict == SIGNATURE_VERIFIED && is_named(claim->rule, signature->who);
        paths->open -= claim->vouched;
    }
    return true;
}

static bool judge(struct paths *paths, struct error *error)
{
    struct trust_trial *trial = paths->trial;
    if (!collect(paths, error) || (paths->open && !trust_lineage(trial, error)))
        return false;
    for (size_t i = trial->lineage.count; paths->open && i > 0; i--)
        if (!vouch(paths, &trial->lineage.commits[i - 1].id, error))
            return false;
    return true;
}

bool trust_paths(struct trust_trial *trial, struct str *path, struct str *signers, struct error *error)
{
    struct paths paths = {.trial = trial, .scratch = arena_new()};
    *path = STR_EMPTY;
    bool fine = judge(&paths, error);
    for (size_t i = 0; fine && i < paths.count && !path->len; i++)
        if (!paths.claims[i].vouched) {
            *path = paths.claims[i].path;
            const struct trust_rule *rule = paths.claims[i].rule;
            *signers = trust_names(trial->arena, rule->signers, rule->signer_count, " or ");
        }
    arena_free(paths.scratch);
    return fine;
}
