#include "environments/cloudformation/pattern.h"

#include <string.h>

/* The compiler: one pass, as jumps are relative and a part can be moved; a counted repeat reads its part
 * again. */

enum { GROUP_DEPTH_MAX = 32 };

struct compiler {
    struct pattern_reader reader;
    struct pattern_program program;
    uint32_t groups; /* that were opened so far */
    size_t atoms, depth;
    bool any_case, any_line, unsound;
};

static bool alternatives(struct compiler *);

static uint32_t peek(const struct compiler *compiler, size_t ahead)
{
    size_t at = compiler->reader.at + ahead;
    return at < compiler->reader.pattern.count ? compiler->reader.pattern.characters[at] : 0;
}

static bool take(struct compiler *compiler, uint32_t character)
{
    if (peek(compiler, 0) != character || compiler->reader.at >= compiler->reader.pattern.count)
        return false;
    compiler->reader.at++;
    return true;
}

static bool fail(struct compiler *compiler)
{
    compiler->unsound = true;
    return false;
}

/* Makes room for a step at a place and gives it. */
static struct pattern_step *insert(struct compiler *compiler, size_t at, enum pattern_operation operation)
{
    struct pattern_program *program = &compiler->program;
    if (program->count == PATTERN_PROGRAM_MAX) {
        compiler->unsound = true;
        at = program->count - 1;
    } else {
        memmove(&program->steps[at + 1], &program->steps[at], (program->count - at) * sizeof *program->steps);
        program->count++;
    }
    program->steps[at] = (struct pattern_step){.operation = operation, .any_case = compiler->any_case};
    return &program->steps[at];
}

static struct pattern_step *append(struct compiler *compiler, enum pattern_operation operation)
{
    return insert(compiler, compiler->program.count, operation);
}

static int length_from(const struct compiler *compiler, size_t start)
{
    return (int)(compiler->program.count - start);
}

/* "(?i)" for what follows, up to the end of the group. */
static bool flags(struct compiler *compiler)
{
    while (peek(compiler, 0) != ')' && peek(compiler, 0) != ':') {
        if (take(compiler, 'i'))
            compiler->any_case = true;
        else if (take(compiler, 's'))
            compiler->any_line = true;
        else
            return fail(compiler);
    }
    return true;
}

static bool group_name(struct compiler *compiler)
{
    while (peek(compiler, 0) != '>') {
        if (!pattern_is_word(peek(compiler, 0)))
            return fail(compiler);
        compiler->reader.at++;
    }
    compiler->reader.at++;
    return true;
}

/* A program of its own: AHEAD, BEHIND or ATOMIC, its steps, MATCH. */
static bool inner_program(struct compiler *compiler, enum pattern_operation operation, bool negated)
{
    size_t start = compiler->program.count;
    append(compiler, operation)->negated = negated;
    if (!alternatives(compiler))
        return false;
    append(compiler, OPERATION_MATCH);
    compiler->program.steps[start].x = length_from(compiler, start);
    return take(compiler, ')') || fail(compiler);
}

static bool capturing(struct compiler *compiler)
{
    uint32_t group = ++compiler->groups;
    bool kept = group < PATTERN_GROUPS_MAX && compiler->program.has_back;
    if (kept)
        append(compiler, OPERATION_SAVE)->value = 2 * group;
    if (!alternatives(compiler))
        return false;
    if (kept)
        append(compiler, OPERATION_SAVE)->value = 2 * group + 1;
    return take(compiler, ')') || fail(compiler);
}

/* What stands behind "(?"; *outlives: it set flags for the rest of the group around. */
static bool special_group(struct compiler *compiler, bool *outlives)
{
    bool behind = peek(compiler, 0) == '<' && (peek(compiler, 1) == '=' || peek(compiler, 1) == '!');
    compiler->reader.at += behind;
    if (peek(compiler, 0) == '=' || peek(compiler, 0) == '!') {
        bool negated = peek(compiler, 0) == '!';
        compiler->reader.at++;
        return inner_program(compiler, behind ? OPERATION_BEHIND : OPERATION_AHEAD, negated);
    }
    if (take(compiler, '>'))
        return inner_program(compiler, OPERATION_ATOMIC, false);
    if (take(compiler, '<'))
        return group_name(compiler) && capturing(compiler);
    if (!flags(compiler))
        return false;
    *outlives = take(compiler, ')');
    if (*outlives)
        return true;
    return take(compiler, ':') && alternatives(compiler) && (take(compiler, ')') || fail(compiler));
}

static bool group(struct compiler *compiler)
{
    bool any_case = compiler->any_case, any_line = compiler->any_line, outlives = false;
    if (++compiler->depth > GROUP_DEPTH_MAX)
        return fail(compiler);
    bool sound = take(compiler, '?') ? special_group(compiler, &outlives) : capturing(compiler);
    if (!outlives) {
        compiler->any_case = any_case;
        compiler->any_line = any_line;
    }
    compiler->depth--;
    return sound;
}

static bool escape(struct compiler *compiler)
{
    uint32_t letter = peek(compiler, 0), character;
    if (letter >= '1' && letter <= '9') {
        compiler->reader.at++;
        append(compiler, OPERATION_BACK)->value = letter - '0';
        return true;
    }
    if (letter == 'b' || letter == 'B') {
        compiler->reader.at++;
        append(compiler, OPERATION_WORD)->negated = letter == 'B';
        return true;
    }
    if (letter == 'A' || letter == 'z' || letter == 'Z') {
        compiler->reader.at++;
        append(compiler, letter == 'A' ? OPERATION_START : OPERATION_END);
        return true;
    }
    const struct pattern_set *set = pattern_set_escape(&compiler->reader);
    if (set) {
        append(compiler, OPERATION_SET)->set = set;
        return true;
    }
    if (!pattern_character_escape(&compiler->reader, &character))
        return fail(compiler);
    append(compiler, OPERATION_CHARACTER)->value = character;
    return true;
}

static bool atom(struct compiler *compiler)
{
    uint32_t c = peek(compiler, 0);
    if (++compiler->atoms > PATTERN_ATOMS_MAX)
        return fail(compiler);
    compiler->reader.at++;
    if (c == '(')
        return group(compiler);
    if (c == '\\')
        return escape(compiler);
    if (c == '[') {
        const struct pattern_set *set = pattern_set_read(&compiler->reader);
        append(compiler, OPERATION_SET)->set = set;
        return set || fail(compiler);
    }
    if (c == '.')
        append(compiler, OPERATION_ANY)->value = compiler->any_line;
    else if (c == '^' || c == '$')
        append(compiler, c == '^' ? OPERATION_START : OPERATION_END);
    else if (c == '*' || c == '+' || c == '?' || c == '{')
        return fail(compiler);
    else
        append(compiler, OPERATION_CHARACTER)->value = c;
    return true;
}

/* Where a split goes first, and where then: the other way round where a repeat is lazy. */
static void set_ways(struct pattern_step *split, int into, int past, bool lazy)
{
    split->x = lazy ? past : into;
    split->y = lazy ? into : past;
}

/* The part from `start`, which may come any number of times, or not at all. */
static void star(struct compiler *compiler, size_t start, bool lazy)
{
    struct pattern_step *split = insert(compiler, start, OPERATION_SPLIT);
    set_ways(split, 1, length_from(compiler, start) + 1, lazy);
    struct pattern_step *back = append(compiler, OPERATION_JUMP);
    back->x = 1 - length_from(compiler, start);
}

static void optional(struct compiler *compiler, size_t start, bool lazy)
{
    struct pattern_step *split = insert(compiler, start, OPERATION_SPLIT);
    set_ways(split, 1, length_from(compiler, start), lazy);
}

/* Where a part was read from, to read it again. */
struct part {
    size_t source, start;
    uint32_t groups;
};

static bool again(struct compiler *compiler, const struct part *part)
{
    size_t at = compiler->reader.at;
    uint32_t groups = compiler->groups;
    compiler->reader.at = part->source;
    compiler->groups = part->groups;
    bool sound = atom(compiler);
    compiler->reader.at = at;
    compiler->groups = groups;
    return sound;
}

/* At least `least` times, at most `most` (-1: any number of) times. */
static bool repeat(struct compiler *compiler, const struct part *part, int least, int most, bool lazy)
{
    if (most == 0)
        compiler->program.count = part->start;
    if (most == 0)
        return true;
    if (least == 0)
        (most < 0 ? star : optional)(compiler, part->start, lazy);
    for (int i = 1; i < least && !compiler->unsound; i++)
        if (!again(compiler, part))
            return false;
    if (least > 0 && most < 0) {
        size_t start = compiler->program.count;
        if (!again(compiler, part))
            return false;
        star(compiler, start, lazy);
    }
    for (int i = least > 0 ? least : 1; i < most && !compiler->unsound; i++) {
        size_t start = compiler->program.count;
        if (!again(compiler, part))
            return false;
        optional(compiler, start, lazy);
    }
    return !compiler->unsound;
}

static bool read_number(struct compiler *compiler, int *out)
{
    int digits = 0;
    *out = 0;
    for (; peek(compiler, 0) >= '0' && peek(compiler, 0) <= '9' && digits < 5; digits++)
        *out = *out * 10 + (int)(compiler->reader.pattern.characters[compiler->reader.at++] - '0');
    return digits > 0 && digits < 5;
}

static bool bounds(struct compiler *compiler, int *least, int *most)
{
    if (!read_number(compiler, least))
        return fail(compiler);
    *most = *least;
    if (take(compiler, ',')) {
        *most = -1;
        if (peek(compiler, 0) != '}' && !read_number(compiler, most))
            return fail(compiler);
    }
    return (take(compiler, '}') && (*most < 0 || *most >= *least)) || fail(compiler);
}

static bool quantified(struct compiler *compiler)
{
    struct part part = {compiler->reader.at, compiler->program.count, compiler->groups};
    int least = 1, most = 1;
    if (!atom(compiler))
        return false;
    bool quantifier = true;
    if (take(compiler, '*')) {
        least = 0;
        most = -1;
    } else if (take(compiler, '+'))
        most = -1;
    else if (take(compiler, '?'))
        least = 0;
    else if (!take(compiler, '{'))
        quantifier = false;
    else if (!bounds(compiler, &least, &most))
        return false;
    if (!quantifier)
        return !compiler->unsound;
    bool lazy = take(compiler, '?'), possessive = !lazy && take(compiler, '+');
    if (!repeat(compiler, &part, least, most, lazy))
        return false;
    if (possessive) { /* gives nothing back */
        insert(compiler, part.start, OPERATION_ATOMIC);
        append(compiler, OPERATION_MATCH);
        compiler->program.steps[part.start].x = length_from(compiler, part.start);
    }
    return !compiler->unsound;
}

static bool alternatives(struct compiler *compiler)
{
    size_t start = compiler->program.count;
    while (compiler->reader.at < compiler->reader.pattern.count && peek(compiler, 0) != '|' &&
           peek(compiler, 0) != ')')
        if (!quantified(compiler))
            return false;
    if (!take(compiler, '|'))
        return true;
    insert(compiler, start, OPERATION_SPLIT)->x = 1;
    append(compiler, OPERATION_JUMP);
    compiler->program.steps[start].y = length_from(compiler, start);
    size_t jump = compiler->program.count - 1;
    if (compiler->unsound || !alternatives(compiler))
        return fail(compiler);
    compiler->program.steps[jump].x = length_from(compiler, jump);
    return true;
}

struct pattern_text pattern_text_of(struct arena *arena, struct str text)
{
    uint32_t *characters = arena_array(arena, text.len + 1, sizeof *characters);
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c & 0xc0) == 0x80 && count > 0)
            characters[count - 1] = characters[count - 1] << 6 | (c & 0x3f);
        else
            characters[count++] = c < 0x80 ? c : c < 0xe0 ? c & 0x1f : c < 0xf0 ? c & 0x0f : c & 0x07;
    }
    return (struct pattern_text){.characters = characters, .count = count};
}

static bool refers_back(struct str pattern)
{
    for (size_t i = 0; i + 1 < pattern.len; i++) {
        if (pattern.ptr[i] != '\\')
            continue;
        i++;
        if (pattern.ptr[i] >= '1' && pattern.ptr[i] <= '9')
            return true;
    }
    return false;
}

static enum pattern_result compile_and_run(struct arena *scratch, struct str pattern, struct str text,
                                           size_t *steps)
{
    struct compiler compiler = {
        .reader = {.arena = scratch, .pattern = pattern_text_of(scratch, pattern)},
        .program = {.steps = arena_array(scratch, PATTERN_PROGRAM_MAX, sizeof *compiler.program.steps),
                    .has_back = refers_back(pattern)}};
    if (!alternatives(&compiler) || compiler.reader.at < compiler.reader.pattern.count)
        return PATTERN_UNSOUND;
    append(&compiler, OPERATION_MATCH);
    if (compiler.unsound)
        return PATTERN_UNSOUND;
    return pattern_run(&compiler.program, pattern_text_of(scratch, text), steps);
}

enum pattern_result pattern_match(struct str pattern, struct str text, size_t *steps)
{
    if (pattern.len > PATTERN_BYTES_MAX || text.len > PATTERN_TEXT_MAX)
        return PATTERN_UNSOUND;
    struct arena *scratch = arena_new();
    enum pattern_result result = compile_and_run(scratch, pattern, text, steps);
    arena_wipe(scratch); /* the text may be a secret */
    return result;
}
