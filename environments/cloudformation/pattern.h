#ifndef PLUMB_ENVIRONMENTS_CLOUDFORMATION_PATTERN_H
#define PLUMB_ENVIRONMENTS_CLOUDFORMATION_PATTERN_H

/*
 * The regular expressions of AllowedPattern: Java's, which CloudFormation matches against the whole value.
 *
 * A pattern is compiled into a program for a machine that goes back where it fails.  Without back references
 * it never comes twice to the same step at the same place, so that time is bounded by program times text; a
 * budget of steps bounds the rest.  Not taken, and said so: flags but (?i) and (?s), and classes of Unicode
 * beyond letters and digits.  Lazy repeats match what greedy ones do, as only the whole value counts.
 */

#include "base/arena.h"

enum {
    PATTERN_BYTES_MAX = 1024,
    PATTERN_PROGRAM_MAX = 4096,    /* instructions; repeats are written out */
    PATTERN_ATOMS_MAX = 16 * 1024, /* read, those of repeats each time */
    PATTERN_STEPS_MAX = 4 * 1000 * 1000,
    PATTERN_TEXT_MAX = 4096, /* as long as a parameter may be */
};

enum pattern_result { PATTERN_MATCHES, PATTERN_DIFFERS, PATTERN_UNSOUND, PATTERN_SLOW };
/* *steps is taken from; give it PATTERN_STEPS_MAX once for all that is matched together. */
enum pattern_result pattern_match(struct str pattern, struct str text, size_t *steps);

/* What follows is private to pattern.c (the compiler), pattern_set.c (classes) and pattern_run.c (the
 * machine). */

struct pattern_set;
struct pattern_term {
    uint32_t low, high;
    const struct pattern_set *set; /* in place of the range; or NULL */
    struct pattern_term *next;
};

struct pattern_set {
    bool negated;
    struct pattern_term *terms;
    struct pattern_set *and; /* which must hold it too; or NULL */
};

enum pattern_operation {
    OPERATION_CHARACTER, /* value */
    OPERATION_SET,       /* set */
    OPERATION_ANY,       /* but a line's end; value: those too */
    OPERATION_SPLIT,     /* go on at x, else at y; relative, like jumps */
    OPERATION_JUMP,      /* x */
    OPERATION_SAVE,      /* value: 2 * group, and 1 more at its end */
    OPERATION_BACK,      /* value: group */
    OPERATION_START,
    OPERATION_END,
    OPERATION_WORD,   /* negated: not at a word's edge */
    OPERATION_AHEAD,  /* the program up to x - 1 matches from here; negated */
    OPERATION_BEHIND, /* or up to here */
    OPERATION_ATOMIC, /* goes on where that program ends first */
    OPERATION_MATCH,
};

struct pattern_step {
    enum pattern_operation operation;
    bool negated, any_case;
    int x, y;
    uint32_t value;
    const struct pattern_set *set;
};

enum { PATTERN_GROUPS_MAX = 10 };

struct pattern_program {
    struct pattern_step *steps;
    size_t count;
    bool has_back; /* references to groups */
};

/* Characters of a text, by code point. */
struct pattern_text {
    const uint32_t *characters;
    size_t count;
};

struct pattern_reader {
    struct arena *arena;
    struct pattern_text pattern;
    size_t at;
};

struct pattern_text pattern_text_of(struct arena *, struct str);
bool pattern_set_has(const struct pattern_set *, uint32_t character, bool any_case);
/* The set of "\d" and its like, behind the backslash; NULL where the letter is none. */
struct pattern_set *pattern_set_escape(struct pattern_reader *);
/* "[...]", behind the bracket; NULL where it is unsound. */
struct pattern_set *pattern_set_read(struct pattern_reader *);
/* One character behind a backslash; false where it is none. */
WARN_UNUSED bool pattern_character_escape(struct pattern_reader *, uint32_t *out);
bool pattern_is_word(uint32_t character);
/* Does the whole text match?  */
enum pattern_result pattern_run(const struct pattern_program *, struct pattern_text, size_t *steps);

#endif
