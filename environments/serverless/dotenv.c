#include "environments/serverless/variables.h"

/*
 * `useDotenv: true`: the lines NAME=value of .env.STAGE, or else of .env, beside serverless.yml, where the
 * repository has them.  A value may stand in quotes ("\n" and "\r" count between double ones) and end before
 * " #". What would take values of the machine, "$NAME", is refused.
 */

enum { DOTENV_BYTES_MAX = 64 * 1024 };

struct dotenv {
    struct arena *arena;
    struct value *names;
    struct value position; /* of the line */
    struct error *error;
};

static struct str unescape(struct arena *arena, struct str text)
{
    struct buf out = BUF_INIT(DOTENV_BYTES_MAX + 1);
    for (size_t i = 0; i < text.len; i++) {
        char next = i + 1 < text.len ? text.ptr[i + 1] : '\0';
        bool escaped = text.ptr[i] == '\\' && (next == 'n' || next == 'r');
        buf_addc(&out, !escaped ? text.ptr[i] : next == 'n' ? '\n' : '\r');
        i += escaped;
    }
    struct str made = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return made;
}

static bool read_value(struct dotenv *dotenv, struct str text, struct str *out)
{
    char quote = text.len ? text.ptr[0] : '\0';
    if (quote == '"' || quote == '\'' || quote == '`') {
        size_t end = str_find(str_from_index(text, 1), quote);
        if (end + 1 >= text.len)
            return value_error(&dotenv->position, dotenv->error, ERROR_INVALID,
                               "a value in quotes must end on its line");
        *out = str_slice(text, 1, end);
        if (quote == '"')
            *out = unescape(dotenv->arena, *out);
    } else {
        *out = str_trim(str_slice(text, 0, str_find(text, '#')));
    }
    return str_find(*out, '$') == out->len ||
           value_error(&dotenv->position, dotenv->error, ERROR_INVALID,
                       "a value with '$' would be taken from the machine: write it out");
}

static bool read_line(struct dotenv *dotenv, struct str line)
{
    line = str_trim(line);
    if (str_starts(line, "export "))
        line = str_trim(str_from_index(line, 7));
    size_t equal = str_find(line, '=');
    if (!line.len || line.ptr[0] == '#' || equal == line.len)
        return true;
    struct str value;
    if (!read_value(dotenv, str_trim(str_from_index(line, equal + 1)), &value))
        return false;
    struct value *text = value_at_position_of(value_string(dotenv->arena, value), &dotenv->position);
    value_set(dotenv->arena, dotenv->names, str_trim(str_slice(line, 0, equal)), text);
    return true;
}

static bool find_file(struct variables *variables, const struct value *at, struct str *path,
                      struct error *error)
{
    struct value *stage;
    if (!variables_stage(variables, at, &stage, error))
        return false;
    struct str names[] = {arena_printf(variables->arena, ".env.%.*s", STR_ARG(stage->text)), STR(".env")};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (path_join(variables->arena, variables->directory, names[i], path) &&
            files_exist(variables->options->files, *path))
            return true;
    *path = STR_EMPTY;
    return true;
}

bool variables_dotenv(struct variables *variables, const struct value *at, struct value **out,
                      struct error *error)
{
    struct str path, rest;
    *out = variables->dotenv;
    if (*out || !value_get_bool(variables->service, "useDotenv", false))
        return true;
    if (!find_file(variables, at, &path, error))
        return false;
    struct source *source = arena_alloc(variables->arena, sizeof *source);
    *source = (struct source){.file = path};
    struct dotenv dotenv = {.arena = variables->arena,
                            .names = value_map(variables->arena),
                            .position = {.source = source, .column = 1},
                            .error = error};
    if (path.len &&
        !files_read(variables->options->files, variables->arena, path, DOTENV_BYTES_MAX, &rest, error))
        return false;
    for (struct str line; path.len && str_split(&rest, '\n', &line);) {
        dotenv.position.line++;
        if (!str_is_utf8(line))
            return value_error(&dotenv.position, error, ERROR_INVALID, "the line is no text in UTF-8");
        if (!read_line(&dotenv, line))
            return false;
    }
    *out = variables->dotenv = dotenv.names;
    return true;
}
