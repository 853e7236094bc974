#include "environments/sam/editor.h"

/* The resource policy of an API: who may call which methods. */

struct str star_path(struct sam *sam, struct str path, bool plus)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < path.len; i++) {
        size_t end = path.ptr[i] == '{' ? i + str_find(str_from_index(path, i), '}') : path.len;
        struct str name = end < path.len ? str_slice(path, i + 1, end - i - 1) : STR_EMPTY;
        if (name.len > 1 && name.ptr[name.len - 1] == '+' && (plus || str_is(name, "proxy+")))
            name.len--;
        bool sound = name.len > 0;
        for (size_t k = 0; sound && k < name.len; k++)
            sound = is_alphanumeric(str_slice(name, k, 1)) || name.ptr[k] == '.' || name.ptr[k] == '_' ||
                    name.ptr[k] == '-';
        buf_addc(&out, sound ? '*' : path.ptr[i]);
        i = sound ? end : i;
    }
    struct str copy = arena_str(sam->arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

/* One {"Fn::Sub": ["execute-api:/${__Stage__}/GET/path", {"__Stage__": stage}]} for each method. */
static struct value *method_uris(struct editor *editor, const struct value *path, struct value *stage)
{
    struct sam *sam = editor->sam;
    struct value *uris = value_list(sam->arena);
    struct value *items = conditional_contents(sam, value_get_str(editor->paths, path->text));
    struct str stars = star_path(sam, path->text, true);
    for (size_t i = 0; i < items->count; i++) {
        struct python_items methods = python_items(sam->arena, items->items[i]);
        for (size_t k = 0; k < methods.count; k++) {
            struct str name = methods.items[k].key;
            char *upper = arena_strz(sam->arena, name);
            for (char *c = upper; *c; c++)
                *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
            bool any = str_equal_nocase(name, STR(ANY_METHOD)) || str_equal_nocase(name, STR("any"));
            struct value *uri = value_stringf(sam->arena, "execute-api:/${__Stage__}/%s%.*s",
                                              any ? "*" : upper, STR_ARG(stars));
            if (is_unicode(path) || (methods.items[k].unicode && !any))
                uri->mark = PYTHON_UNICODE;
            value_append(sam->arena, uris, make(sam, "{'Fn::Sub': [%v, {'__Stage__': %v}]}", uri, stage));
        }
    }
    return uris;
}

static struct value *statement(struct sam *sam, const char *effect, struct value *uris,
                               struct value *principal, struct value *condition)
{
    struct value *map = python_dict(sam->arena);
    python_put(sam->arena, map, "Effect", make_text(sam, effect));
    python_put(sam->arena, map, "Action", make_text(sam, "execute-api:Invoke"));
    python_put(sam->arena, map, "Resource", uris);
    python_put(sam->arena, map, "Principal", principal);
    if (condition)
        python_put(sam->arena, map, "Condition", condition);
    return map;
}

static bool contains(const struct value *list, const struct value *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (value_equal(list->items[i], item))
            return true;
    return false;
}

/* Adds statements to those that are there; `once` leaves equal ones out. */
static void add_statements(struct editor *editor, struct value *statements, bool once, struct value *first)
{
    struct sam *sam = editor->sam;
    struct value *existing = value_get(editor->policy, "Statement");
    python_put(sam->arena, editor->policy, "Version", make_text(sam, "2012-10-17"));
    if (is_none(existing)) {
        python_put(sam->arena, editor->policy, "Statement", first);
        return;
    }
    if (!value_is(existing, VALUE_LIST))
        existing = make(sam, "[%v]", existing);
    for (size_t i = 0; i < statements->count; i++)
        if (!once || !contains(existing, statements->items[i]))
            value_append(sam->arena, existing, statements->items[i]);
    python_put(sam->arena, editor->policy, "Statement", existing);
}

static void add_accounts(struct editor *editor, struct value *accounts, const char *effect,
                         struct value *uris)
{
    struct sam *sam = editor->sam;
    if (!is_truthy(accounts))
        return;
    if (!value_is(accounts, VALUE_LIST) && !value_is(accounts, VALUE_MAP)) {
        sam_fail(sam, accounts, editor->id, "the accounts of a resource policy must be a list");
        return;
    }
    if (!value_is(accounts, VALUE_LIST))
        accounts = make(sam, "[%v]", accounts);
    struct value *one = statement(sam, effect, uris, single(sam, "AWS", false, accounts), NULL);
    add_statements(editor, make(sam, "[%v]", one), false, one);
}

/* Everybody may, except where the condition holds. */
static void add_denial(struct editor *editor, struct value *condition, struct value *uris)
{
    struct sam *sam = editor->sam;
    struct value *both = make(sam, "[%v, %v]", statement(sam, "Allow", uris, make_text(sam, "*"), NULL),
                              statement(sam, "Deny", uris, make_text(sam, "*"), condition));
    add_statements(editor, both, true, both);
}

static void add_addresses(struct editor *editor, struct value *addresses, const char *test,
                          struct value *uris)
{
    struct sam *sam = editor->sam;
    if (!is_truthy(addresses))
        return;
    if (!value_is(addresses, VALUE_LIST))
        addresses = make(sam, "[%v]", addresses);
    add_denial(editor, make(sam, "{'%s': {'aws:SourceIp': %v}}", test, addresses), uris);
}

static void extend(struct editor *editor, struct value *condition, const char *key, const struct value *more)
{
    struct value *list = value_get(condition, key);
    if (!list) {
        list = value_list(editor->sam->arena);
        python_put(editor->sam->arena, condition, key, list);
    }
    append_all(editor->sam, list, more);
}

static struct value *with_prefix(struct sam *sam, const struct value *list, const char *prefix)
{
    struct value *chosen = value_list(sam->arena);
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_starts(value_text(list->items[i]), prefix))
            value_append(sam->arena, chosen, list->items[i]);
    return chosen;
}

static void add_networks(struct editor *editor, const struct value *policy, const char *kind,
                         const char *test, struct value *uris)
{
    struct sam *sam = editor->sam;
    const struct value *plain = value_get(policy, text(sam, "SourceVpc%s", kind));
    const struct value *vpcs = value_get(policy, text(sam, "IntrinsicVpc%s", kind));
    const struct value *endpoints = value_get(policy, text(sam, "IntrinsicVpce%s", kind));
    struct value *condition = python_dict(sam->arena);
    for (size_t i = 0; value_is(plain, VALUE_LIST) && i < plain->count; i++)
        if (!value_is(plain->items[i], VALUE_STRING))
            sam_fail(sam, plain->items[i], editor->id,
                     "'SourceVpc%s' must be a list of texts: use 'IntrinsicVpc%s' for functions", kind, kind);
    struct value *vpc_list = with_prefix(sam, plain, "vpc-"), *vpce_list = with_prefix(sam, plain, "vpce-");
    if (vpc_list->count)
        extend(editor, condition, "aws:SourceVpc", vpc_list);
    if (vpce_list->count)
        extend(editor, condition, "aws:SourceVpce", vpce_list);
    if (!is_none(vpcs))
        extend(editor, condition, "aws:SourceVpc", vpcs);
    if (!is_none(endpoints))
        extend(editor, condition, "aws:SourceVpce", endpoints);
    if (is_truthy(value_get(condition, "aws:SourceVpc")) || is_truthy(value_get(condition, "aws:SourceVpce")))
        add_denial(editor, make(sam, "{'%s': %v}", test, condition), uris);
}

void editor_add_resource_policy(struct editor *editor, const struct value *policy, const struct value *path,
                                struct value *stage)
{
    struct sam *sam = editor->sam;
    if (!expect(sam, policy, NULL, editor->id, "ResourcePolicy", VALUE_MAP))
        return;
    add_accounts(editor, value_get(policy, "AwsAccountWhitelist"), "Allow", method_uris(editor, path, stage));
    add_accounts(editor, value_get(policy, "AwsAccountBlacklist"), "Deny", method_uris(editor, path, stage));
    add_addresses(editor, value_get(policy, "IpRangeWhitelist"), "NotIpAddress",
                  method_uris(editor, path, stage));
    add_addresses(editor, value_get(policy, "IpRangeBlacklist"), "IpAddress",
                  method_uris(editor, path, stage));
    struct value *uris = method_uris(editor, path, stage);
    add_networks(editor, policy, "Blacklist", "StringEquals", uris);
    add_networks(editor, policy, "Whitelist", "StringNotEquals", uris);
    python_put(sam->arena, editor->doc, "x-amazon-apigateway-policy", editor->policy);
}

void editor_add_custom_statements(struct editor *editor, struct value *statements)
{
    struct sam *sam = editor->sam;
    if (is_none(statements))
        return;
    struct value *list = value_is(statements, VALUE_LIST) ? statements : make(sam, "[%v]", statements);
    add_statements(editor, list, true, statements);
    python_put(sam->arena, editor->doc, "x-amazon-apigateway-policy", editor->policy);
}
