/*
 * Metric math: numbers, ids of other queries, + - * / and brackets, as "Using math expressions with
 * CloudWatch metrics" has them; its functions are refused.  Two series meet at the times that both have;
 * dividing by zero gives no data point (assumed).
 */

#include <math.h>
#include <string.h>

#include "tests/simulator/services/cloudwatch.h"

enum { DEPTH_MAX = 64 };

struct operand {
    bool scalar;
    double number;
    struct points points;
};

struct parser {
    struct call *call;
    struct metric_queries *queries;
    const struct metric_query *query;
    struct str rest;
    int depth;
};

static bool parse_sum(struct parser *, struct operand *);

static bool broken(struct parser *parser, const char *what)
{
    if (!parser->call->error_code) /* the first one counts */
        (void)cloudwatch_invalid(parser->call, "Error in expression '%.*s' [%s]", STR_ARG(parser->query->id),
                                 what);
    return false;
}

static char peek(struct parser *parser)
{
    parser->rest = str_trim(parser->rest);
    return parser->rest.len ? parser->rest.ptr[0] : '\0';
}

static void skip(struct parser *parser)
{
    parser->rest = str_from_index(parser->rest, 1);
}

static size_t span(struct str text, const char *letters)
{
    size_t length = 0;
    while (length < text.len && strchr(letters, text.ptr[length]))
        length++;
    return length;
}

static bool parse_id(struct parser *parser, struct operand *operand)
{
    size_t length = span(parser->rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    struct str id = str_slice(parser->rest, 0, length);
    parser->rest = str_from_index(parser->rest, length);
    for (size_t i = 0; i < parser->queries->count; i++) {
        struct metric_query *query = &parser->queries->items[i];
        if (!str_equal(query->id, id))
            continue;
        if (!cloudwatch_query_run(parser->call, parser->queries, query))
            return false;
        *operand = (struct operand){.points = query->points};
        return true;
    }
    return broken(parser,
                  "Unsupported operand: only ids of queries, numbers, + - * / and brackets are known");
}

static bool parse_unit(struct parser *parser, struct operand *operand)
{
    char next = peek(parser);
    if (next == '(') {
        skip(parser);
        if (++parser->depth > DEPTH_MAX || !parse_sum(parser, operand) || peek(parser) != ')')
            return broken(parser, "Unbalanced brackets");
        parser->depth--;
        skip(parser);
        return true;
    }
    size_t digits = span(parser->rest, "0123456789.");
    if (!digits)
        return parse_id(parser, operand);
    *operand = (struct operand){.scalar = true};
    if (!number_parse(str_slice(parser->rest, 0, digits), &operand->number))
        return broken(parser, "Invalid number");
    parser->rest = str_from_index(parser->rest, digits);
    return true;
}

static bool compute(char sign, double a, double b, double *out)
{
    *out = sign == '+' ? a + b : sign == '-' ? a - b : sign == '*' ? a * b : b < 0 || b > 0 ? a / b : NAN;
    return isfinite(*out);
}

static void combine(struct call *call, char sign, const struct operand *a, const struct operand *b,
                    struct operand *out)
{
    const struct points *x = &a->points, *y = &b->points;
    struct points *points = &out->points;
    *out = (struct operand){.scalar = a->scalar && b->scalar};
    if (out->scalar) {
        (void)compute(sign, a->number, b->number, &out->number);
        return;
    }
    points->times = arena_array(call->arena, x->count + y->count, sizeof *points->times);
    points->values = arena_array(call->arena, x->count + y->count, sizeof *points->values);
    for (size_t i = 0, j = 0; (a->scalar || i < x->count) && (b->scalar || j < y->count);) {
        int64_t left = a->scalar ? y->times[j] : x->times[i], right = b->scalar ? left : y->times[j];
        if (left == right && compute(sign, a->scalar ? a->number : x->values[i],
                                     b->scalar ? b->number : y->values[j], &points->values[points->count]))
            points->times[points->count++] = left;
        i += left <= right;
        j += right <= left;
    }
}

static bool parse_signed(struct parser *parser, struct operand *operand)
{
    const struct operand zero = {.scalar = true};
    struct operand positive;
    bool negative = peek(parser) == '-';
    if (!negative)
        return parse_unit(parser, operand);
    skip(parser);
    if (!parse_unit(parser, &positive))
        return false;
    combine(parser->call, '-', &zero, &positive, operand);
    return true;
}

static bool parse_chain(struct parser *parser, const char *signs,
                        bool (*parse)(struct parser *, struct operand *), struct operand *operand)
{
    if (!parse(parser, operand))
        return false;
    for (char sign = peek(parser); sign && strchr(signs, sign); sign = peek(parser)) {
        struct operand left = *operand, right;
        skip(parser);
        if (!parse(parser, &right))
            return false;
        combine(parser->call, sign, &left, &right, operand);
    }
    return true;
}

static bool parse_product(struct parser *parser, struct operand *operand)
{
    return parse_chain(parser, "*/", parse_signed, operand);
}

static bool parse_sum(struct parser *parser, struct operand *operand)
{
    return parse_chain(parser, "+-", parse_product, operand);
}

bool cloudwatch_math(struct call *call, struct metric_queries *queries, struct metric_query *query)
{
    struct parser parser = {.call = call, .queries = queries, .query = query, .rest = query->expression};
    struct operand operand;
    if (!parse_sum(&parser, &operand))
        return false;
    if (peek(&parser))
        return broken(&parser, "Unexpected text behind the expression");
    if (operand.scalar)
        return broken(&parser, "The expression is no time series");
    query->points = operand.points;
    return true;
}
