#include "base/json.h"
#include "environments/serverless/variables.h"

enum { PARAMETERS_MAX = 8, SOURCES_MAX = 16, PARTS_MAX = 4096 };

struct parser {
    struct arena *arena;
    const struct value *at;
    struct str text;
    size_t pos, brackets;
    struct error *error;
};

/* The parts of one text while they are found. */
struct parts {
    struct variable_part *list;
    size_t count, capacity;
};

static bool wrong(const struct parser *parser, const char *what)
{
    return value_error(parser->at, parser->error, ERROR_INVALID, "%s, at character %zu of '%.*s'", what,
                       parser->pos + 1, STR_ARG(str_clip(parser->text, 200)));
}

static char peek(const struct parser *parser, size_t ahead)
{
    return parser->pos + ahead < parser->text.len ? parser->text.ptr[parser->pos + ahead] : '\0';
}

static void skip_spaces(struct parser *parser)
{
    while (peek(parser, 0) == ' ')
        parser->pos++;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_word(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static void add_part(struct parser *parser, struct parts *parts, struct variable_part part)
{
    if (parts->count == parts->capacity) {
        size_t capacity = parts->capacity ? 2 * parts->capacity : 4;
        struct variable_part *list = arena_array(parser->arena, capacity, sizeof *list);
        for (size_t i = 0; i < parts->count; i++)
            list[i] = parts->list[i];
        *parts = (struct parts){.list = list, .count = parts->count, .capacity = capacity};
    }
    parts->list[parts->count++] = part;
}

static void add_text(struct parser *parser, struct parts *parts, size_t from, size_t to)
{
    if (to > from)
        add_part(parser, parts, (struct variable_part){.text = str_slice(parser->text, from, to - from)});
}

static bool parse_variable(struct parser *parser, struct variable_part *part);

/* "true", "5" and, where `any`, other words as text. */
static bool parse_word(struct parser *parser, struct str word, bool any, struct value **out)
{
    struct arena *arena = parser->arena;
    if (str_is(word, "true") || str_is(word, "false"))
        *out = value_bool(arena, word.len == 4);
    else if (str_is(word, "null"))
        *out = value_null(arena);
    else if (json_is_number(word))
        *out = value_number(arena, word);
    else if (any)
        *out = value_string(arena, word);
    else
        return wrong(parser, "a default must be a quoted text, a number, true, false or null");
    value_at_position_of(*out, parser->at);
    return true;
}

/* At a quote; leaves the place behind the other one and the spaces. */
static bool parse_quoted(struct parser *parser, struct value **out)
{
    char quote = peek(parser, 0);
    size_t start = parser->pos++;
    for (; parser->pos < parser->text.len && peek(parser, 0) != quote; parser->pos++)
        if (quote == '"' && peek(parser, 0) == '\\')
            parser->pos++;
    if (parser->pos >= parser->text.len)
        return wrong(parser, "the text is not closed");
    struct str inside = str_slice(parser->text, start + 1, parser->pos - start - 1);
    parser->pos++;
    if (quote == '\'') {
        *out = value_string(parser->arena, inside);
    } else {
        struct error ignored = ERROR_INIT;
        if (!json_read(parser->arena, STR_EMPTY, str_slice(parser->text, start, parser->pos - start), out,
                       &ignored))
            return wrong(parser, "the text between double quotes is no text of JSON");
    }
    value_at_position_of(*out, parser->at);
    skip_spaces(parser);
    return true;
}

/* A parameter or an address without quotes, up to one of the two characters. */
static bool parse_embedded(struct parser *parser, char end, char other, struct variable_text *out)
{
    struct parts parts = {.count = 0};
    size_t start = parser->pos, plain = start, last = start;
    bool variables = false;
    while (parser->pos < parser->text.len && peek(parser, 0) != end && peek(parser, 0) != other) {
        if (end == ')' && peek(parser, 0) == '}')
            return wrong(parser, "')' is missing");
        if (peek(parser, 0) != '$' || peek(parser, 1) != '{') {
            last = peek(parser, 0) == ' ' ? last : parser->pos + 1;
            parser->pos++;
            continue;
        }
        struct variable_part part;
        add_text(parser, &parts, plain, parser->pos);
        if (parts.count > PARTS_MAX)
            return wrong(parser, "too many variables in one text");
        if (!parse_variable(parser, &part))
            return false;
        add_part(parser, &parts, part);
        plain = last = parser->pos;
        variables = true;
    }
    if (parser->pos >= parser->text.len)
        return wrong(parser, "'}' is missing");
    add_text(parser, &parts, plain, last);
    *out = (struct variable_text){.parts = parts.list, .count = parts.count};
    return variables ||
           parse_word(parser, str_trim(str_slice(parser->text, start, last - start)), true, &out->literal);
}

static bool parse_value(struct parser *parser, char end, char other, struct variable_text *out)
{
    if (peek(parser, 0) == '"' || peek(parser, 0) == '\'') {
        if (!parse_quoted(parser, &out->literal))
            return false;
        return peek(parser, 0) == end || peek(parser, 0) == other ||
               wrong(parser, "nothing may follow a quoted text");
    }
    return parse_embedded(parser, end, other, out);
}

/* Behind "(": leaves the place behind ")". */
static bool parse_parameters(struct parser *parser, struct variable_source *source)
{
    struct variable_text found[PARAMETERS_MAX];
    for (skip_spaces(parser); peek(parser, 0) != ')'; skip_spaces(parser)) {
        if (source->parameter_count == PARAMETERS_MAX)
            return wrong(parser, "too many parameters");
        struct variable_text *parameter = &found[source->parameter_count++];
        *parameter = (struct variable_text){.count = 0};
        if (peek(parser, 0) == ',')
            parameter->literal = value_null(parser->arena);
        else if (!parse_value(parser, ')', ',', parameter))
            return false;
        if (peek(parser, 0) == ',')
            parser->pos++;
    }
    parser->pos++;
    skip_spaces(parser);
    source->parameters = arena_array(parser->arena, source->parameter_count + 1, sizeof *source->parameters);
    for (size_t i = 0; i < source->parameter_count; i++)
        source->parameters[i] = found[i];
    return true;
}

/* At the ":" or "(" behind the type; leaves the place at "," or "}". */
static bool parse_call(struct parser *parser, struct variable_source *source)
{
    if (peek(parser, 0) == '(') {
        parser->pos++;
        if (!parse_parameters(parser, source))
            return false;
    }
    if (peek(parser, 0) == ':') {
        parser->pos++;
        skip_spaces(parser);
        if (peek(parser, 0) == ':')
            return wrong(parser, "an address is missing");
        if (peek(parser, 0) != ',' && peek(parser, 0) != '}') {
            source->address = arena_alloc(parser->arena, sizeof *source->address);
            if (!parse_value(parser, '}', ',', source->address))
                return false;
        }
    }
    if (peek(parser, 0) == '}' || peek(parser, 0) == ',')
        return true;
    return wrong(parser, parser->pos < parser->text.len ? "':' is missing" : "'}' is missing");
}

/* A source behind a comma: a literal, which must be the last, or a type with what it takes. */
static bool parse_next_source(struct parser *parser, struct variable_source *source)
{
    skip_spaces(parser);
    size_t start = parser->pos;
    if (peek(parser, 0) == '"' || peek(parser, 0) == '\'')
        return parse_quoted(parser, &source->literal) &&
               (peek(parser, 0) == '}' || wrong(parser, "a default text must be the last"));
    while (is_word(peek(parser, 0)) || peek(parser, 0) == ' ')
        parser->pos++;
    struct str word = str_slice(parser->text, start, parser->pos - start);
    if (peek(parser, 0) == '}')
        return parse_word(parser, str_trim(word), false, &source->literal);
    bool type = word.len && is_lower(word.ptr[0]);
    for (size_t i = 0; i < word.len; i++)
        type = type && is_word(word.ptr[i]) && word.ptr[i] != '.' && word.ptr[i] != '-';
    if (!type || (peek(parser, 0) != ':' && peek(parser, 0) != '('))
        return wrong(parser,
                     parser->pos < parser->text.len ? "a source of variables is expected" : "'}' is missing");
    source->type = word;
    return parse_call(parser, source);
}

static bool parse_first_source(struct parser *parser, struct variable_source *source)
{
    size_t start = parser->pos;
    while (is_word(peek(parser, 0)))
        parser->pos++;
    source->type = str_slice(parser->text, start, parser->pos - start);
    if (!source->type.len || !is_lower(source->type.ptr[0]) ||
        (peek(parser, 0) != ':' && peek(parser, 0) != '('))
        return wrong(parser, "a source of variables is expected");
    return parse_call(parser, source);
}

static bool parse_sources(struct parser *parser, struct variable_part *part)
{
    struct variable_source found[SOURCES_MAX] = {{.parameter_count = 0}};
    if (!parse_first_source(parser, &found[0]))
        return false;
    for (part->source_count = 1; peek(parser, 0) == ','; part->source_count++) {
        parser->pos++;
        if (part->source_count == SOURCES_MAX)
            return wrong(parser, "too many sources");
        if (!parse_next_source(parser, &found[part->source_count]))
            return false;
    }
    part->sources = arena_array(parser->arena, part->source_count, sizeof *part->sources);
    for (size_t i = 0; i < part->source_count; i++)
        part->sources[i] = found[i];
    return true;
}

/* At "${": leaves the place behind "}". */
static bool parse_variable(struct parser *parser, struct variable_part *part)
{
    size_t start = parser->pos;
    *part = (struct variable_part){.source_count = 0};
    if (++parser->brackets > VARIABLE_BRACKETS_MAX)
        return wrong(parser, "brackets are too deep");
    parser->pos += 2;
    if (!parse_sources(parser, part))
        return false;
    parser->brackets--;
    parser->pos++;
    part->text = str_slice(parser->text, start, parser->pos - start);
    return true;
}

/* "${Name}", "${AWS::Region}", "${name}": not ours. */
static bool is_foreign(const struct parser *parser)
{
    size_t ahead = 2;
    if (!is_lower(peek(parser, ahead)))
        return true;
    while (is_word(peek(parser, ahead)))
        ahead++;
    if (peek(parser, ahead) == '(')
        return false;
    if (peek(parser, ahead) != ':')
        return true;
    do
        ahead++;
    while (peek(parser, ahead) == ' ');
    return peek(parser, ahead) == ':';
}

/* The framework takes "$${self:x}" for "${self:x}". */
static size_t before_dollars(const struct parser *parser, size_t from)
{
    size_t end = parser->pos;
    while (end > from && parser->text.ptr[end - 1] == '$')
        end--;
    return end;
}

/* At a backslash.  Before "${", two stand for one, and one that is left takes the meaning from "${". */
static void parse_backslashes(struct parser *parser, struct parts *parts, size_t *plain)
{
    size_t start = parser->pos, count = 0;
    while (peek(parser, count) == '\\')
        count++;
    parser->pos += count;
    if (peek(parser, 0) != '$' || peek(parser, 1) != '{')
        return;
    add_text(parser, parts, *plain, start + count / 2);
    *plain = parser->pos;
    if (count % 2)
        parser->pos += 2;
}

bool variable_parse(struct arena *arena, const struct value *at, struct variable_text **out,
                    struct error *error)
{
    struct parser parser = {.arena = arena, .at = at, .text = at->text, .error = error};
    struct parts parts = {.count = 0};
    size_t plain = 0;
    *out = NULL;
    if (!str_contains(at->text, "${"))
        return true;
    while (parser.pos < parser.text.len) {
        if (peek(&parser, 0) == '\\') {
            parse_backslashes(&parser, &parts, &plain);
        } else if (peek(&parser, 0) != '$' || peek(&parser, 1) != '{') {
            parser.pos++;
        } else if (is_foreign(&parser)) {
            parser.pos += 2;
        } else {
            struct variable_part part;
            add_text(&parser, &parts, plain, before_dollars(&parser, plain));
            if (parts.count > PARTS_MAX)
                return wrong(&parser, "too many variables in one text");
            if (!parse_variable(&parser, &part))
                return false;
            add_part(&parser, &parts, part);
            plain = parser.pos;
        }
    }
    if (plain == 0 && !parts.count)
        return true;
    add_text(&parser, &parts, plain, parser.text.len);
    *out = arena_alloc(arena, sizeof **out);
    **out = (struct variable_text){.parts = parts.list, .count = parts.count};
    return true;
}
