#include "environments/cloudformation/pattern.h"

#include <stdlib.h>
#include <string.h>

enum { NOTHING = -1, DEPTH_MAX = 8, STACK_MAX = 256 * 1024 };

/* Where to go back to; or, with a slot, what to undo on the way. */
struct state {
    int step, at; /* step NOTHING: groups[slot] was `at` */
    int slot;
};

struct machine {
    const struct pattern_program *program;
    struct pattern_text text;
    int groups[2 * PATTERN_GROUPS_MAX];
    size_t *steps, depth; /* steps: that are left */
    bool slow;
};

struct run {
    struct machine *machine;
    struct state *stack;
    size_t depth, capacity;
    unsigned char *seen; /* a bit a step and place; NULL where groups are referred to */
    int first, last;     /* the steps of this program */
    int end;             /* where it must end; NOTHING: anywhere */
};

static int run_from(struct machine *, int first, int last, int at, int end);

static void push(struct run *run, struct state state)
{
    if (run->depth == STACK_MAX) {
        run->machine->slow = true;
        return;
    }
    if (run->depth == run->capacity) {
        run->capacity = run->capacity ? 2 * run->capacity : 256;
        run->stack = memory_resize(run->stack, run->capacity * sizeof *run->stack);
    }
    run->stack[run->depth++] = state;
}

static bool was_seen(struct run *run, int step, int at)
{
    if (!run->seen)
        return false;
    size_t bit = (size_t)(step - run->first) * (run->machine->text.count + 1) + (size_t)at;
    bool seen = run->seen[bit / 8] >> (bit % 8) & 1;
    run->seen[bit / 8] |= (unsigned char)(1u << (bit % 8));
    return seen;
}

static uint32_t lower(uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool takes_character(const struct pattern_step *step, uint32_t c)
{
    switch (step->operation) {
    case OPERATION_CHARACTER:
        return c == step->value || (step->any_case && lower(c) == lower(step->value));
    case OPERATION_ANY:
        return step->value || !is_line_end(c);
    default:
        return pattern_set_has(step->set, c, step->any_case);
    }
}

static bool at_edge(const struct machine *machine, int at)
{
    const struct pattern_text *text = &machine->text;
    bool before = at > 0 && pattern_is_word(text->characters[at - 1]);
    bool after = (size_t)at < text->count && pattern_is_word(text->characters[at]);
    return before != after;
}

static bool looks(struct machine *machine, const struct pattern_step *step, int number, int at)
{
    int first = number + 1, last = number + step->x;
    bool found = false;
    if (step->operation == OPERATION_AHEAD)
        found = run_from(machine, first, last, at, NOTHING) != NOTHING;
    for (int from = at; step->operation == OPERATION_BEHIND && from >= 0 && !found; from--)
        found = run_from(machine, first, last, from, at) != NOTHING;
    return found != step->negated;
}

/* The place behind what the group has matched, if that stands here too. */
static int repeat_group(const struct machine *machine, uint32_t group, int at)
{
    int from = machine->groups[2 * group], to = machine->groups[2 * group + 1];
    if (from == NOTHING || to == NOTHING || at + (to - from) > (int)machine->text.count)
        return NOTHING;
    for (int i = 0; i < to - from; i++)
        if (machine->text.characters[from + i] != machine->text.characters[at + i])
            return NOTHING;
    return at + (to - from);
}

/* One step; false where it fails.  *number and *at move on. */
static bool advance(struct run *run, int *number, int *at)
{
    struct machine *machine = run->machine;
    const struct pattern_step *step = &machine->program->steps[*number];
    int next = *number + 1, count = (int)machine->text.count;
    bool holds = true;
    switch (step->operation) {
    case OPERATION_CHARACTER:
    case OPERATION_SET:
    case OPERATION_ANY:
        holds = *at < count && takes_character(step, machine->text.characters[*at]);
        *at += holds;
        break;
    case OPERATION_SPLIT:
        push(run, (struct state){.step = *number + step->y, .at = *at});
        next = *number + step->x;
        break;
    case OPERATION_JUMP:
        next = *number + step->x;
        break;
    case OPERATION_SAVE:
        push(run,
             (struct state){.step = NOTHING, .at = machine->groups[step->value], .slot = (int)step->value});
        machine->groups[step->value] = *at;
        break;
    case OPERATION_BACK:
        *at = repeat_group(machine, step->value, *at);
        holds = *at != NOTHING;
        break;
    case OPERATION_START:
        holds = *at == 0;
        break;
    case OPERATION_END:
        holds = *at == count || (*at == count - 1 && is_line_end(machine->text.characters[*at]));
        break;
    case OPERATION_WORD:
        holds = at_edge(machine, *at) != step->negated;
        break;
    case OPERATION_AHEAD:
    case OPERATION_BEHIND:
        holds = looks(machine, step, *number, *at);
        next = *number + step->x;
        break;
    case OPERATION_ATOMIC:
        *at = run_from(machine, *number + 1, *number + step->x, *at, NOTHING);
        holds = *at != NOTHING;
        next = *number + step->x;
        break;
    case OPERATION_MATCH:
        break;
    }
    *number = next;
    return holds;
}

/* Follows one way as far as it goes; true where it ends the program. */
static bool follow(struct run *run, int number, int *at)
{
    struct machine *machine = run->machine;
    while (!machine->slow) {
        machine->slow = *machine->steps == 0;
        *machine->steps -= !machine->slow;
        if (was_seen(run, number, *at))
            return false;
        if (machine->program->steps[number].operation == OPERATION_MATCH)
            return run->end == NOTHING || *at == run->end;
        if (!advance(run, &number, at))
            return false;
    }
    return false;
}

static int run_from(struct machine *machine, int first, int last, int at, int end)
{
    struct run run = {.machine = machine, .first = first, .last = last, .end = end};
    int found = NOTHING;
    if (machine->depth == DEPTH_MAX) {
        machine->slow = true;
        return NOTHING;
    }
    machine->depth++;
    if (!machine->program->has_back)
        run.seen = memory_alloc(((size_t)(last - first) * (machine->text.count + 1)) / 8 + 1);
    push(&run, (struct state){.step = first, .at = at});
    while (run.depth > 0 && found == NOTHING && !machine->slow) {
        struct state state = run.stack[--run.depth];
        if (state.step == NOTHING) {
            machine->groups[state.slot] = state.at;
            continue;
        }
        int place = state.at;
        if (follow(&run, state.step, &place))
            found = place;
    }
    free(run.stack);
    free(run.seen);
    machine->depth--;
    return found;
}

enum pattern_result pattern_run(const struct pattern_program *program, struct pattern_text text,
                                size_t *steps)
{
    struct machine machine = {.program = program, .text = text, .steps = steps};
    for (size_t i = 0; i < 2 * PATTERN_GROUPS_MAX; i++)
        machine.groups[i] = NOTHING;
    int end = run_from(&machine, 0, (int)program->count, 0, (int)text.count);
    return machine.slow ? PATTERN_SLOW : end == NOTHING ? PATTERN_DIFFERS : PATTERN_MATCHES;
}
