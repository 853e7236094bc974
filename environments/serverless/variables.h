#ifndef PLUMB_ENVIRONMENTS_SERVERLESS_VARIABLES_H
#define PLUMB_ENVIRONMENTS_SERVERLESS_VARIABLES_H

/*
 * Variables of serverless.yml: `${type(parameter, ...):address, type:..., "default"}`; inside this directory
 * only.
 *
 * Addresses and parameters may hold variables; sources are asked from left to right until one has a value.  A
 * text that is one variable takes the value as it is; inside a text it must be a scalar.  What a source gives
 * is searched for variables as well.  `\${` stands for `${`.  `${Name}` and `${AWS::Region}` are no variables
 * but Fn::Sub's, and stay.
 */

#include "environments/desired.h"

enum {
    VARIABLE_BRACKETS_MAX = 16,            /* `${a:${b:...}}` */
    VARIABLE_CHAIN_MAX = 64,               /* a variable that leads to a variable that ... */
    VARIABLE_NESTED_MAX = 10,              /* values that hold variables in values: the framework's limit */
    VARIABLE_STEPS_MAX = 20 * 1000,        /* variables that are looked up */
    VARIABLE_NODES_MAX = 50 * 1000,        /* of all values that take a variable's place */
    VARIABLE_BYTES_MAX = 8 * 1024 * 1024,  /* of their texts, and of all texts made from parts */
    VARIABLE_FILE_BYTES_MAX = 1024 * 1024, /* one file */
    VARIABLE_FILES_BYTES_MAX = 4 * 1024 * 1024, /* all files that are read */
};

/* Syntax (variables_parse.c). */

struct variable_text;

struct variable_source {
    struct str type;       /* "self"; empty for a literal */
    struct value *literal; /* what stands behind the last comma: "text", 5, true, null */
    struct variable_text *parameters;
    size_t parameter_count;
    struct variable_text *address; /* or NULL */
};

struct variable_part {
    struct str text;                 /* as written, with the brackets of a variable */
    struct variable_source *sources; /* NULL: plain text */
    size_t source_count;
};

struct variable_text {
    struct value *literal; /* of a parameter or address without variables */
    struct variable_part *parts;
    size_t count;
};

/* The parts of the text of `at`; *out is NULL where it holds neither variable nor escape. */
WARN_UNUSED bool variable_parse(struct arena *, const struct value *at, struct variable_text **out,
                                struct error *);

/* Values (variables.c). */

/* A step on the way from the root to a value: for messages. */
struct variable_path {
    const struct variable_path *up; /* NULL at the root */
    struct str key;                 /* or, where ptr is NULL, the index */
    size_t index, depth;
};

struct variables {
    struct arena *arena;
    const struct template_options *options;
    struct value *service; /* the root: resolved in place */
    struct str directory;  /* of serverless.yml */
    struct value *files;   /* path -> what is in it */
    struct value *dotenv;  /* NULL until it is asked for */
    struct value *taken;   /* the application's parameters that were asked for */
    const struct chain *chain;
    size_t steps, nodes, bytes, file_bytes;
};

/* Replaces every variable of the service. */
WARN_UNUSED bool variables_resolve(struct variables *, struct error *);

/* The resolved value at the path; NULL where there is none. */
WARN_UNUSED bool variables_find(struct variables *, const struct value *at, const struct str *keys,
                                size_t count, struct value **out, struct error *);
/* The text with its variables replaced; `nested` counts towards VARIABLE_NESTED_MAX. */
WARN_UNUSED bool variables_replace(struct variables *, const struct value *text, size_t nested,
                                   struct value **out, struct error *);
/* A copy of a value, counted. */
WARN_UNUSED bool variables_copy(struct variables *, const struct value *at, const struct value *,
                                struct value **out, struct error *);
/* The stage: what the environment says, else the service's own. */
WARN_UNUSED bool variables_stage(struct variables *, const struct value *at, struct value **out,
                                 struct error *);
WARN_UNUSED bool variables_region(struct variables *, const struct value *at, struct value **out,
                                  struct error *);

/* The names of the file of `useDotenv: true`; NULL without it (dotenv.c). */
WARN_UNUSED bool variables_dotenv(struct variables *, const struct value *at, struct value **out,
                                  struct error *);

/* A map that stands for a text that only the account knows: it may be part of a text. */
enum { VARIABLE_OF_ACCOUNT = 1 };

/* Sources (variable_sources.c). */

struct variable_call {
    struct variables *variables;
    const struct value *at;    /* the text that holds the variable, for messages */
    struct str written;        /* "${self:custom.x}" */
    struct str type, address;  /* the address as text; empty: none */
    struct value **parameters; /* NULL where it is null */
    size_t parameter_count;
    size_t nested;
};

/* *out is NULL where the source has no value. */
WARN_UNUSED bool variable_source_call(const struct variable_call *, struct value **out, struct error *);
/* The error for a variable none of whose sources has a value; `call` is the last one. */
bool variable_missing(const struct variable_call *, struct error *);

#endif
