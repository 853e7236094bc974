/* Prints every row of the call table, and where each service answers, as JSON: for operations_oracle.py. */

#include <stdio.h>

#include "base/json.h"
#include "providers/aws/endpoint.h"

static const char *const regions[] = {"eu-west-1", "cn-north-1", "us-gov-west-1"};

static const char *const protocols[] = {
    [AWS_JSON_1_0] = "json 1.0", [AWS_JSON_1_1] = "json 1.1",   [AWS_QUERY] = "query",
    [AWS_EC2] = "ec2",           [AWS_REST_JSON] = "rest-json", [AWS_REST_XML] = "rest-xml",
};

static const char *const safeties[] = {
    [AWS_READ] = "read", [AWS_NATURAL] = "natural", [AWS_TOKEN] = "token", [AWS_READ_BACK] = "read back"};

static void set(struct arena *arena, struct value *map, const char *key, const char *text)
{
    if (text)
        value_setz(arena, map, key, value_stringz(arena, text));
}

static const char *nothing(void *self, const char *name)
{
    (void)self;
    (void)name;
    return NULL;
}

static struct value *endpoints_of(struct arena *arena, const struct aws_service *service)
{
    struct aws_environment environment = {.get = nothing};
    struct value *map = value_map(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(regions); i++) {
        struct error error = ERROR_INIT;
        struct aws_endpoint endpoint;
        if (!endpoint_resolve(arena, &environment, service, str_from(regions[i]), &endpoint, &error))
            continue;
        value_setz(
            arena, map, regions[i],
            value_stringf(arena, "%.*s %.*s", STR_ARG(endpoint.host), STR_ARG(endpoint.signing_region)));
    }
    return map;
}

static struct value *service_of(struct arena *arena, const struct aws_service *service)
{
    struct value *map = value_map(arena);
    set(arena, map, "name", service->name);
    set(arena, map, "signing_name", service->signing_name);
    set(arena, map, "endpoint_prefix", service->endpoint_prefix);
    set(arena, map, "protocol", protocols[service->protocol]);
    set(arena, map, "api_version", service->api_version);
    set(arena, map, "target_prefix", service->target_prefix);
    set(arena, map, "xml_namespace", service->xml_namespace);
    value_setz(arena, map, "paced", value_bool(arena, service->rate > 0 && service->burst >= 1));
    value_setz(arena, map, "endpoints", endpoints_of(arena, service));
    return map;
}

static struct value *row_of(struct arena *arena, const struct aws_operation *row)
{
    struct value *map = value_map(arena);
    value_setz(arena, map, "service", service_of(arena, row->service));
    const struct {
        const char *key, *text;
    } texts[] = {
        {"name", row->name},
        {"safety", safeties[row->safety]},
        {"method", row->method},
        {"path", row->path},
        {"query", row->query},
        {"headers", row->headers},
        {"payload", row->payload},
        {"xml_root", row->xml_root},
        {"bucket", row->bucket},
        {"page_in", row->page_in},
        {"page_out", row->page_out},
        {"page_items", row->page_items},
        {"maps", row->maps},
        {"answer_headers", row->answer_headers},
        {"answer_payload", row->answer_payload},
        {"iam_action", row->iam_action},
        {"iam_resource", row->iam_resource},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        set(arena, map, texts[i].key, texts[i].text);
    set(arena, map, "pace", arena_printf(arena, "%g, %g", row->rate, row->burst).ptr);
    return map;
}

int main(void)
{
    struct arena *arena = arena_new();
    struct value *rows = value_list(arena);
    size_t count;
    const struct aws_operation_list *lists = aws_operation_lists(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < lists[i].count; j++) {
            const struct aws_operation *row = &lists[i].rows[j];
            if (!row->service || !row->name) {
                fprintf(stderr, "list %zu, row %zu is empty: the enum names it, the table does not\n", i, j);
                return 1;
            }
            value_append(arena, rows, row_of(arena, row));
        }
    }
    struct str text = json_text(arena, rows, JSON_COMPACT);
    fwrite(text.ptr, 1, text.len, stdout);
    arena_free(arena);
    return 0;
}
