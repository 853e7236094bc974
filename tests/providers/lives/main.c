/*
 * lives simulator|endpoint|faults [FILE...]: drives resource types through their lives.  Without files: all
 * that lie beside this one.
 */

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "tests/providers/lives/lives.h"

enum mode { SIMULATOR, ENDPOINT, FAULTS };

static void tell_lacks(struct life *life)
{
    const struct value *moto = value_get(life->file, "Moto");
    for (size_t i = 0; moto && i < moto->count; i++) {
        const struct value *part = moto->entries[i].value;
        if (value_is(part, VALUE_STRING))
            printf("moto lacks: %s: %.*s\n", life->type->name, STR_ARG(part->text));
        life->counts->lacks += value_is(part, VALUE_MAP) ? part->count : 1;
        for (size_t k = 0; value_is(part, VALUE_MAP) && k < part->count; k++)
            printf("moto lacks: %s: %.*s: %.*s\n", life->type->name, STR_ARG(part->entries[k].key),
                   STR_ARG(value_text(part->entries[k].value)));
    }
}

/* What services remember of things that are gone. */
static bool is_memory(struct str line)
{
    bool control = str_starts(line, "cloudcontrol/");
    return str_contains(line, ".deleted") ||
           (control && (str_contains(line, ".requests") || str_contains(line, ".tokens")));
}

struct str life_standing(struct life *life)
{
    struct str rest = simulator_summary(life->account->inprocess.simulator, life->arena), line;
    struct str out = STR_EMPTY;
    while (str_split(&rest, '\n', &line))
        if (line.len && !is_memory(line))
            out = arena_printf(life->arena, "%.*s%.*s\n", STR_ARG(out), STR_ARG(line));
    return out;
}

/* What stood before stands after. */
static bool lead_alone(struct life *life)
{
    struct str before = life_standing(life);
    if (!life_lead(life))
        return false;
    struct str after = life_standing(life);
    return str_equal(before, after) || life_fail(life, "gone", "something is left:\n%.*s", STR_ARG(after));
}

static bool lead(struct life *life, enum mode mode)
{
    if (!life_read(life, life->path))
        return false;
    if (mode == FAULTS)
        return life_lead_through_faults(life);
    if (life->account->simulated)
        return lead_alone(life);
    tell_lacks(life);
    return value_path(life->file, "Moto", "Skips", NULL) || life_lead(life);
}

static void run(enum mode mode, const char *path, struct lives_counts *counts)
{
    struct life life = {.arena = arena_new(), .counts = counts, .path = path};
    life.account = lives_account_open(mode != ENDPOINT);
    counts->files++;
    counts->failed += !lead(&life, mode);
    lives_account_close(life.account);
    arena_free(life.arena);
}

static void tell(const struct lives_counts *counts)
{
    printf("%zu files, %zu failed; %zu read-backs, %zu drifts, %zu replacements, %zu other writings",
           counts->files, counts->failed, counts->read_backs, counts->drifts, counts->replacements,
           counts->equals);
    if (counts->faults)
        printf("; %zu faults", counts->faults);
    if (counts->lacks)
        printf("; moto lacks %zu things", counts->lacks);
    putchar('\n');
}

int main(int count, char **arguments)
{
    static const char *const modes[] = {"simulator", "endpoint", "faults"};
    struct lives_counts counts = {.files = 0};
    glob_t files = {.gl_pathc = 0};
    size_t mode = 0;
    while (mode < ARRAY_LENGTH(modes) && (count < 2 || strcmp(arguments[1], modes[mode]) != 0))
        mode++;
    if (mode == ARRAY_LENGTH(modes)) {
        fputs("usage: lives simulator|endpoint|faults [FILE...]\n", stderr);
        return 1;
    }
    for (int i = 2; i < count; i++)
        run((enum mode)mode, arguments[i], &counts);
    if (count == 2 && glob("tests/providers/lives/*.yaml", 0, NULL, &files) == 0)
        for (size_t i = 0; i < files.gl_pathc; i++)
            run((enum mode)mode, files.gl_pathv[i], &counts);
    globfree(&files);
    tell(&counts);
    return counts.failed || !counts.files ? 1 : 0;
}
