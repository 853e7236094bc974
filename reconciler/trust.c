#include "reconciler/trust.h"

#include <string.h>

#include "reconciler/trust_private.h"

const char *trust_rule_name(enum trust_rule_broken rule)
{
    static const char *const names[] = {
        [TRUST_HOLDS] = "holds",       [TRUST_POLICY] = "policy",   [TRUST_SIGNATURE] = "signature",
        [TRUST_BRANCH] = "branch",     [TRUST_HISTORY] = "history", [TRUST_PATHS] = "paths",
        [TRUST_REVISION] = "revision",
    };
    return names[rule];
}

/* The rule is broken; true, because that can be told. */
static bool refuse(struct trust_trial *trial, enum trust_rule_broken rule, const char *format, ...)
    PRINTF_LIKE(3, 4);
static bool refuse(struct trust_trial *trial, enum trust_rule_broken rule, const char *format, ...)
{
    char words[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    trial->verdict->broken = rule;
    trial->verdict->sentence = arena_str(trial->arena, str_from(words));
    return true;
}

static bool holds(const struct trust_trial *trial)
{
    return trial->verdict->broken == TRUST_HOLDS;
}

static bool same(const struct commit_id *a, const struct commit_id *b)
{
    return strcmp(a->hex, b->hex) == 0;
}

/* The policy of the commit must be one that can judge the next. */
static bool read_own(struct trust_trial *trial, struct error *error)
{
    const struct trust_question *question = trial->question;
    struct error unusable = ERROR_INIT;
    struct str text;
    (void)error;
    if (trust_gather(question->files, trial->arena, question->environment->name, &text, &unusable) &&
        trust_intern(trial, text, &trial->own, &unusable))
        return true;
    return refuse(trial, TRUST_POLICY, "commit '%s' has a policy of trust that cannot be used: %s",
                  question->commit.hex, unusable.message);
}

static bool add_other(void *self, const struct trust_record *record, struct error *error)
{
    struct trust_trial *trial = self;
    size_t base;
    if (!trust_intern(trial, record->policy, &base, error))
        return false;
    if (trial->bases[base].gathered.policy.signatures)
        trial->before |= (trust_set)1 << base;
    return true;
}

/* The policy at the anchor, where the environment is there already. */
static bool from_anchor(struct trust_trial *trial, struct error *error)
{
    const struct trust_question *question = trial->question;
    struct commit_id anchor;
    struct snapshot *snapshot;
    struct str text;
    size_t base;
    if (!question->options->anchor.len)
        return true;
    if (!mirror_resolve(question->mirror, question->options->anchor, &anchor, error) ||
        !snapshot_open(question->mirror, &anchor, &snapshot, error))
        return error_prefix(error, "the anchor of trust");
    struct files files = snapshot_files(snapshot);
    bool fine = trust_gather(&files, trial->arena, question->environment->name, &text, error) &&
                (!text.len || trust_intern(trial, text, &base, error));
    snapshot_close(snapshot);
    if (fine && text.len) {
        trial->before = (trust_set)1 << base;
        trial->from = anchor;
    }
    return fine || error_prefix(error, "the anchor of trust");
}

/* What was in force when the environment was released last, or before it is for the first time. */
static bool read_before(struct trust_trial *trial, struct error *error)
{
    const struct trust_question *question = trial->question;
    size_t base;
    if (trial->record.present) {
        if (!trust_intern(trial, trial->record.policy, &base, error))
            return error_prefix(error, "the policy of trust in the ledger");
        trial->before = (trust_set)1 << base;
        if (lineage_has(question->mirror, &trial->record.accepted))
            trial->from = trial->record.accepted;
        return true;
    }
    if (!from_anchor(trial, error))
        return false;
    if (!trial->before && !trust_records_visit(question->ledger, trial->arena, add_other, trial, error))
        return false;
    if (!trial->before)
        trial->before = (trust_set)1 << trial->own;
    return true;
}

static bool check_signature(struct trust_trial *trial, struct error *error)
{
    struct trust_verdict *verdict = trial->verdict;
    bool yes;
    for (size_t i = 0; i < trial->base_count; i++)
        verdict->signatures =
            verdict->signatures || ((trial->force >> i & 1) && trial->bases[i].gathered.policy.signatures);
    if (!trust_is_signed(trial, trial->force, &trial->question->commit, &yes, &verdict->signature, error))
        return false;
    return yes ||
           refuse(trial, TRUST_SIGNATURE,
                  "%.*s: the environment '%.*s' is released from commits alone that are signed by whom it "
                  "trusts; such a commit on top of this one mends it",
                  STR_ARG(verdict->signature.sentence), STR_ARG(trial->question->environment->name));
}

static bool is_on(struct trust_trial *trial, const struct trust_policy *policy,
                  const struct commit_id *commit, bool *yes, struct error *error)
{
    struct lineage_branch *branches;
    size_t count;
    *yes = false;
    if (!lineage_branches(trial->question->mirror, trial->arena, &branches, &count, error))
        return false;
    for (size_t i = 0; i < count && !*yes; i++) {
        bool named = false;
        for (size_t k = 0; k < policy->branch_count; k++)
            named = named || trust_pattern_fits(policy->branches[k], branches[i].name);
        if (named && !mirror_is_ancestor(trial->question->mirror, commit, &branches[i].tip, yes, error))
            return false;
    }
    return true;
}

struct str trust_names(struct arena *arena, const struct str *items, size_t count, const char *between)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s'%.*s'", i ? between : "", STR_ARG(items[i]));
    struct str copy = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return copy;
}

static bool check_branch(struct trust_trial *trial, const struct commit_id *commit, struct error *error)
{
    for (size_t i = 0; i < trial->base_count; i++) {
        const struct trust_policy *policy = &trial->bases[i].gathered.policy;
        bool yes;
        if (!(trial->force >> i & 1) || !policy->branch_count)
            continue;
        if (!is_on(trial, policy, commit, &yes, error))
            return false;
        if (!yes)
            return refuse(
                trial, TRUST_BRANCH,
                "commit '%s' is on none of the branches that the environment '%.*s' is released from: "
                "%.*s",
                commit->hex, STR_ARG(trial->question->environment->name),
                STR_ARG(trust_names(trial->arena, policy->branches, policy->branch_count, ", ")));
    }
    return true;
}

/* What the ledger holds, or what must be an ancestor by the process' own word; "" for nothing. */
static const struct commit_id *last(const struct trust_trial *trial)
{
    return trial->record.present ? &trial->record.accepted : &trial->question->released;
}

static bool all_follow(const struct trust_trial *trial)
{
    bool all = true;
    for (size_t i = 0; i < trial->base_count; i++)
        all = all && (!(trial->force >> i & 1) || trial->bases[i].gathered.policy.follows);
    return all;
}

static bool refuse_history(struct trust_trial *trial, struct error *error)
{
    const struct trust_question *question = trial->question;
    const struct commit_id *old = last(trial);
    bool older = false;
    if (lineage_has(question->mirror, old) &&
        !mirror_is_ancestor(question->mirror, &question->commit, old, &older, error))
        return false;
    return refuse(trial, TRUST_HISTORY,
                  "commit '%s' %s '%s', which '%.*s' was released from last: %s, or accept it by `trust: "
                  "{acceptRewrite: \"%s\"}` in %.*s/environment.yaml",
                  question->commit.hex, older ? "is older than" : "does not follow from", old->hex,
                  STR_ARG(question->environment->name),
                  older ? "to go back, revert on top of it"
                        : "the history was rewritten, or this is another branch; put it back",
                  old->hex, STR_ARG(question->environment->directory));
}

static bool check_history(struct trust_trial *trial, struct error *error)
{
    const struct trust_question *question = trial->question;
    const struct commit_id *old = last(trial);
    bool follows = false;
    if (!old->hex[0])
        return true;
    if (lineage_has(question->mirror, old) &&
        !mirror_is_ancestor(question->mirror, old, &question->commit, &follows, error))
        return false;
    if (follows)
        return true;
    if (all_follow(trial) || str_is(question->environment->trust.accept_rewrite, old->hex)) {
        trial->verdict->to_keep = true;
        return true;
    }
    return refuse_history(trial, error);
}

static bool check_anchor(struct trust_trial *trial, struct error *error)
{
    const struct trust_question *question = trial->question;
    struct commit_id anchor;
    bool follows;
    if (!question->options->anchor.len)
        return true;
    if (!mirror_resolve(question->mirror, question->options->anchor, &anchor, error) ||
        !mirror_is_ancestor(question->mirror, &anchor, &question->commit, &follows, error))
        return error_prefix(error, "the anchor of trust");
    return follows ||
           refuse(trial, TRUST_HISTORY, "commit '%s' does not follow from '%s', the anchor of trust",
                  question->commit.hex, anchor.hex);
}

static bool check_paths(struct trust_trial *trial, struct error *error)
{
    struct str path, signers;
    if (!trust_paths(trial, &path, &signers, error))
        return false;
    return !path.len ||
           refuse(trial, TRUST_PATHS,
                  "'%.*s' was changed up to commit '%s', and %.*s has signed no commit since that has "
                  "it as it is now (trust rules of '%.*s')",
                  STR_ARG(path), trial->question->commit.hex, STR_ARG(signers),
                  STR_ARG(trial->question->environment->name));
}

/* The commit vouches for all that it comes from.  What its revision names besides must stand for itself. */
static bool check_template(struct trust_trial *trial, struct error *error)
{
    const struct trust_question *question = trial->question;
    struct signature signature;
    bool follows, yes;
    if (same(&question->template, &question->commit))
        return true;
    if (!mirror_is_ancestor(question->mirror, &question->template, &question->commit, &follows, error))
        return false;
    if (follows)
        return true;
    if (!trust_is_signed(trial, trial->force, &question->template, &yes, &signature, error))
        return false;
    if (!yes)
        return refuse(trial, TRUST_REVISION,
                      "the template's revision does not come before commit '%s', and %.*s: the environment "
                      "'%.*s' is released from commits alone that are signed by whom it trusts",
                      question->commit.hex, STR_ARG(signature.sentence),
                      STR_ARG(question->environment->name));
    return check_branch(trial, &question->template, error);
}

typedef bool check_function(struct trust_trial *, struct error *);

static bool check_own_branch(struct trust_trial *trial, struct error *error)
{
    return check_branch(trial, &trial->question->commit, error);
}

static bool judge(struct trust_trial *trial, struct error *error)
{
    static check_function *const checks[] = {trust_walk,   check_signature, check_own_branch, check_history,
                                             check_anchor, check_paths,     check_template};
    for (size_t i = 0; i < ARRAY_LENGTH(checks) && holds(trial); i++)
        if (!checks[i](trial, error))
            return false;
    return true;
}

/* A commit that was accepted is not judged again, but what its revision names may be another one by now. */
static bool judge_again(struct trust_trial *trial, struct error *error)
{
    trial->force = trial->before;
    return check_template(trial, error);
}

/* Nothing is kept of an environment that says nothing, until it is released. */
static void prepare_record(struct trust_trial *trial)
{
    const struct trust_question *question = trial->question;
    const struct trust_policy *policy = &question->environment->trust;
    struct trust_verdict *verdict = trial->verdict;
    bool moved = !same(&trial->record.accepted, &question->commit);
    bool other = !(trial->before >> trial->own & 1) || trial->lineage.count > TRUST_WALK_LONG;
    verdict->to_keep = verdict->to_keep ||
                       (trial->record.present ? moved && other : policy->signatures || policy->branch_count);
    verdict->record_path =
        trust_record_path(trial->arena, question->environment->region, question->environment->name);
    verdict->record = trust_record_text(trial->arena, &question->commit, trial->bases[trial->own].text);
}

bool trust_check(const struct trust_question *question, struct arena *arena, struct trust_verdict *out,
                 struct error *error)
{
    *out = (struct trust_verdict){.commit = question->commit};
    struct trust_trial *trial = arena_alloc(arena, sizeof *trial);
    trial->question = question;
    trial->arena = arena;
    trial->verdict = out;
    const struct environment *environment = question->environment;
    struct str path = trust_record_path(arena, environment->region, environment->name);
    if (!trust_record_load(question->ledger, arena, path, &trial->record, error) || !read_own(trial, error))
        return false;
    out->accepted = *last(trial);
    if (!holds(trial))
        return true;
    if (!read_before(trial, error))
        return false;
    bool again = trial->record.present && same(&trial->record.accepted, &question->commit);
    if (!(again ? judge_again(trial, error) : judge(trial, error)))
        return false;
    if (holds(trial))
        prepare_record(trial);
    return true;
}

struct value *trust_json(struct arena *arena, const struct trust_verdict *verdict)
{
    struct value *node = value_map(arena);
    value_setz(arena, node, "trusted", value_bool(arena, verdict->broken == TRUST_HOLDS));
    if (verdict->broken != TRUST_HOLDS) {
        value_setz(arena, node, "rule", value_stringz(arena, trust_rule_name(verdict->broken)));
        value_setz(arena, node, "reason", value_string(arena, verdict->sentence));
    }
    if (!verdict->signature.sentence.len)
        return node;
    value_setz(arena, node, "signature",
               value_stringz(arena, signature_verdict_name(verdict->signature.verdict)));
    value_setz(arena, node, "signer", value_string(arena, verdict->signature.who));
    value_setz(arena, node, "fingerprint", value_string(arena, verdict->signature.fingerprint));
    return node;
}
