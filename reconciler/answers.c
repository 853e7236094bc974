#include "reconciler/answers.h"

#include <pthread.h>
#include <stdlib.h>

#include "providers/ec2/zones.h"
#include "providers/secretsmanager/secret.h"
#include "providers/ssm/parameters.h"

struct answers {
    struct answers_options options;
    pthread_mutex_t lock; /* of the memory; nobody is asked under it */
    struct arena *arena;
    struct value *given; /* key_of what was asked -> [the "value", "waits" or "refused", which] */
    struct value *known; /* reference, a space and the version asked for -> [text, version] */
};

struct answers *answers_new(const struct answers_options *options)
{
    struct answers *answers = memory_alloc(sizeof *answers);
    answers->options = *options;
    answers->arena = arena_new();
    answers->given = value_map(answers->arena);
    answers->known = value_map(answers->arena);
    pthread_mutex_init(&answers->lock, NULL);
    return answers;
}

void answers_free(struct answers *answers)
{
    if (!answers)
        return;
    pthread_mutex_destroy(&answers->lock);
    arena_wipe(answers->arena);
    free(answers);
}

/* What a reference gave. */
struct reading {
    struct str text, version;
};

static bool recall(struct answers *answers, struct arena *arena, struct str key, struct reading *out)
{
    pthread_mutex_lock(&answers->lock);
    const struct value *known = value_get_str(answers->known, key);
    if (known)
        *out = (struct reading){.text = arena_str(arena, value_at(known, 0)->text),
                                .version = arena_str(arena, value_at(known, 1)->text)};
    pthread_mutex_unlock(&answers->lock);
    return known;
}

static void remember(struct answers *answers, struct str key, const struct reading *reading)
{
    pthread_mutex_lock(&answers->lock);
    struct value *pair = value_list(answers->arena);
    value_append(answers->arena, pair, value_string(answers->arena, reading->text));
    value_append(answers->arena, pair, value_string(answers->arena, reading->version));
    value_set(answers->arena, answers->known, key, pair);
    pthread_mutex_unlock(&answers->lock);
}

static bool read_reference(struct aws *aws, struct arena *arena, const struct outside_value *wanted,
                           struct str version, struct reading *out, struct error *error)
{
    if (wanted->kind == OUTSIDE_SECRET) {
        const struct secret_name name = {.id = wanted->name,
                                         .key = wanted->key,
                                         .stage = version.len ? STR_EMPTY : wanted->stage,
                                         .version = version};
        struct secret secret;
        bool ok = secret_read(aws, arena, &name, &secret, error);
        if (ok)
            *out = (struct reading){.text = secret.text, .version = secret.version};
        return ok;
    }
    struct ssm_parameter parameter;
    bool ok = ssm_parameter_read(aws, arena, wanted->name, version, wanted->kind == OUTSIDE_SSM_SECURE,
                                 &parameter, error);
    if (ok)
        *out = (struct reading){.text = parameter.value, .version = parameter.version};
    return ok;
}

/* The version to ask for: the reference's own, the one that was applied, or empty: the newest. */
static struct str version_of(const struct question *question, const struct outside_value *wanted)
{
    if (wanted->version.len || question->late || (wanted->kind == OUTSIDE_SSM && !question->applied))
        return wanted->version;
    return value_text(value_get_str(question->pinned, wanted->reference));
}

static void note_version(struct question *question, struct arena *arena, struct str reference,
                         struct str version)
{
    if (question->versions)
        value_set(arena, question->versions, arena_str(arena, reference), value_string(arena, version));
}

/* What the same release makes first is known after apply. */
static bool will_be_made(const struct question *question, struct arena *arena,
                         const struct outside_value *wanted, struct value **out, struct error *error)
{
    const struct desired_resource *maker =
        question->makes && !question->late ? reference_maker(question->makes, wanted) : NULL;
    if (!maker || error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    *out = value_unknown(arena, maker->logical_id);
    return true;
}

static bool reference(struct question *question, struct arena *arena, const struct outside_value *wanted,
                      struct value **out, struct error *error)
{
    struct answers *answers = question->answers;
    if (question->keep) {
        *out = value_string(arena, wanted->reference);
        return true;
    }
    struct str version = version_of(question, wanted);
    struct str key = arena_printf(arena, "%.*s %.*s", STR_ARG(wanted->reference), STR_ARG(version));
    struct reading reading;
    struct aws *aws;
    if (question->late || !recall(answers, arena, key, &reading)) {
        if (!answers->options.connect(answers->options.self, &aws, error))
            return false;
        if (!read_reference(aws, arena, wanted, version, &reading, error)) {
            if (will_be_made(question, arena, wanted, out, error))
                return true;
            bool gone = version.len && !wanted->version.len;
            if (error->code != ERROR_NOT_FOUND || !gone)
                return false;
            error_clear(error);
            note_version(question, arena, wanted->reference, version);
            *out = value_secret_unread(arena, wanted->reference);
            return true;
        }
        if (!question->late)
            remember(answers, key, &reading);
    }
    note_version(question, arena, wanted->reference, reading.version);
    *out =
        wanted->kind == OUTSIDE_SSM ? value_string(arena, reading.text) : value_secret(arena, reading.text);
    value_came_by(arena, *out, wanted->reference);
    return true;
}

static bool zones(struct question *question, struct arena *arena, const struct outside_value *wanted,
                  struct value **out, struct error *error)
{
    const struct answers_options *options = &question->answers->options;
    struct aws *aws, *there;
    if (!options->connect(options->self, &aws, error))
        return false;
    if (!wanted->name.len || str_equal(wanted->name, aws_region(aws)))
        return zones_read(aws, arena, out, error);
    if (!aws_in_region(aws, wanted->name, &there, error))
        return false;
    bool ok = zones_read(there, arena, out, error);
    aws_close(there);
    return ok;
}

static struct str key_of(struct arena *arena, const struct outside_value *wanted)
{
    return arena_printf(arena, "%d %.*s %.*s %.*s %.*s", (int)wanted->kind, STR_ARG(wanted->name),
                        STR_ARG(wanted->key), STR_ARG(wanted->region), STR_ARG(wanted->role));
}

void answers_give(struct answers *answers, const struct outside_value *wanted, const struct given *given)
{
    struct arena *arena = answers->arena;
    struct value *pair = value_list(arena);
    const char *which = given->value ? "value" : given->waits_for.len ? "waits" : "refused";
    value_append(arena, pair, value_stringz(arena, which));
    struct str text = given->waits_for.len ? given->waits_for : given->refused;
    value_append(arena, pair, given->value ? value_copy(arena, given->value) : value_string(arena, text));
    value_set(arena, answers->given, key_of(arena, wanted), pair);
}

/* Written before anybody asks, so without a lock. */
static bool find_given(struct question *question, struct arena *arena, const struct outside_value *wanted,
                       struct value **out, struct error *error)
{
    const struct value *pair = value_get_str(question->answers->given, key_of(arena, wanted));
    const struct value *what = value_at(pair, 1);
    if (value_is_text(value_at(pair, 0), "value")) {
        *out = value_copy(arena, what);
        return true;
    }
    if (value_is_text(value_at(pair, 0), "refused"))
        return error_set(error, ERROR_NOT_FOUND, "%.*s", STR_ARG(what->text));
    if (!what)
        return error_set(error, ERROR_INVALID, "its name must be known without the account");
    if (question->late)
        return error_set(error, ERROR_CONFLICT, "'%.*s' has to be released first", STR_ARG(what->text));
    question->waits_for = arena_str(arena, what->text);
    *out = value_unknown(arena, what->text);
    return true;
}

static bool answer(void *self, struct arena *arena, const struct outside_value *wanted, struct value **out,
                   struct error *error)
{
    switch (wanted->kind) {
    case OUTSIDE_SSM:
    case OUTSIDE_SSM_SECURE:
    case OUTSIDE_SECRET:
        return reference(self, arena, wanted, out, error);
    case OUTSIDE_ZONES:
        return zones(self, arena, wanted, out, error);
    case OUTSIDE_IMPORT:
    case OUTSIDE_OUTPUT:
        return find_given(self, arena, wanted, out, error);
    }
    return error_set(error, ERROR_BUG, "nobody knows what was asked");
}

static void add_bootstrap_version(struct arena *arena, const struct value *names, struct value *values)
{
    for (size_t i = 0; i < names->count; i++) {
        struct str name = value_text(names->items[i]);
        if (str_starts(name, "/cdk-bootstrap/") && str_ends(name, "/version") && !value_get_str(values, name))
            value_set(arena, values, name, value_stringz(arena, "0"));
    }
}

static bool parameters(void *self, struct arena *arena, const struct value *names, struct value **out,
                       struct error *error)
{
    const struct answers_options *options = &((struct question *)self)->answers->options;
    struct aws *aws;
    if (!options->connect(options->self, &aws, error) || !ssm_parameters_read(aws, arena, names, out, error))
        return false;
    if (options->bootstrap_optional && *options->bootstrap_optional)
        add_bootstrap_version(arena, names, *out);
    return true;
}

struct outside question_outside(struct question *question)
{
    return (struct outside){.self = question, .value = answer, .parameters = parameters};
}
