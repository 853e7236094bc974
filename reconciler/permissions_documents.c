#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "reconciler/permissions.h"

/* Statements: the actions of each resource and condition, then the resources that have the same actions. */
struct statement {
    struct value *actions, *resources; /* lists */
    struct str key, value;
};

struct statements {
    struct statement *items;
    size_t count;
};

static struct statement *statement_for(struct statements *statements, const struct permission *permission)
{
    for (size_t i = 0; i < statements->count; i++) {
        struct statement *statement = &statements->items[i];
        if (value_is_text(statement->resources->items[0], permission->resource.ptr) &&
            str_equal(statement->key, permission->key) && str_equal(statement->value, permission->value))
            return statement;
    }
    return NULL;
}

static void collect(struct arena *arena, const struct permission_list *list, struct statements *statements)
{
    statements->items = arena_array(arena, list->count, sizeof *statements->items);
    for (size_t i = 0; i < list->count; i++) {
        struct permission permission = list->items[i];
        permission.resource.ptr = arena_strz(arena, permission.resource);
        struct statement *statement = statement_for(statements, &permission);
        if (!statement) {
            statement = &statements->items[statements->count++];
            *statement = (struct statement){.actions = value_list(arena),
                                            .resources = value_list(arena),
                                            .key = permission.key,
                                            .value = permission.value};
            value_append(arena, statement->resources, value_string(arena, permission.resource));
        }
        value_append(arena, statement->actions, value_string(arena, permission.action));
    }
}

static void merge(struct arena *arena, struct statements *statements)
{
    size_t kept = 0;
    for (size_t i = 0; i < statements->count; i++) {
        struct statement *one = &statements->items[i], *same = NULL;
        for (size_t k = 0; k < kept && !same; k++)
            if (value_equal(statements->items[k].actions, one->actions) &&
                str_equal(statements->items[k].key, one->key) &&
                str_equal(statements->items[k].value, one->value))
                same = &statements->items[k];
        if (same)
            value_append(arena, same->resources, one->resources->items[0]);
        else
            statements->items[kept++] = *one;
    }
    statements->count = kept;
}

/* --- documents --- */

static struct value *one_or_list(struct value *list)
{
    return list->count == 1 ? list->items[0] : list;
}

static struct value *statement_json(struct arena *arena, const struct statement *statement)
{
    struct value *node = value_map(arena);
    value_setz(arena, node, "Effect", value_stringz(arena, "Allow"));
    value_setz(arena, node, "Action", one_or_list(statement->actions));
    value_setz(arena, node, "Resource", one_or_list(statement->resources));
    if (statement->key.len) {
        struct value *condition = value_map(arena), *equals = value_map(arena);
        value_set(arena, equals, statement->key, value_string(arena, statement->value));
        value_setz(arena, condition, "StringEquals", equals);
        value_setz(arena, node, "Condition", condition);
    }
    return node;
}

size_t policy_document_size(struct arena *arena, const struct value *document)
{
    return json_text(arena, document, JSON_COMPACT).len;
}

static struct value *new_document(struct arena *arena, struct value *documents)
{
    struct value *document = value_map(arena);
    value_setz(arena, document, "Version", value_stringz(arena, "2012-10-17"));
    value_setz(arena, document, "Statement", value_list(arena));
    value_append(arena, documents, document);
    return document;
}

/* Cuts a statement that no document can hold in two. */
static void halve(struct arena *arena, struct statement *statement, struct statement *other)
{
    bool resources = statement->resources->count >= statement->actions->count;
    struct value *list = resources ? statement->resources : statement->actions;
    struct value *left = value_list(arena), *right = value_list(arena);
    for (size_t i = 0; i < list->count; i++)
        value_append(arena, i < list->count / 2 ? left : right, list->items[i]);
    *other = *statement;
    *(resources ? &statement->resources : &statement->actions) = left;
    *(resources ? &other->resources : &other->actions) = right;
}

enum { DOCUMENT_BARE = 48 }; /* {"Version":"2012-10-17","Statement":[]} and a comma */

static void add_statement(struct arena *arena, struct value *documents, struct statement *statement)
{
    struct value *node = statement_json(arena, statement);
    size_t size = policy_document_size(arena, node);
    if (size + DOCUMENT_BARE > POLICY_SIZE_MAX &&
        statement->resources->count + statement->actions->count > 2) {
        struct statement other;
        halve(arena, statement, &other);
        add_statement(arena, documents, statement);
        add_statement(arena, documents, &other);
        return;
    }
    struct value *document = documents->count ? documents->items[documents->count - 1] : NULL;
    if (!document || policy_document_size(arena, document) + size + 1 > POLICY_SIZE_MAX)
        document = new_document(arena, documents);
    value_append(arena, value_get(document, "Statement"), node);
}

struct value *permissions_documents(struct arena *arena, const struct permission_list *list)
{
    struct statements statements = {.count = 0};
    struct value *documents = value_list(arena);
    collect(arena, list, &statements);
    merge(arena, &statements);
    for (size_t i = 0; i < statements.count; i++)
        add_statement(arena, documents, &statements.items[i]);
    return documents;
}
