#include "providers/route53/records.h"

#include "base/xml.h"
#include "providers/route53/operations.h"

enum { SYNC_MS = 10 * 60 * 1000, BUSY_MS = 60 * 1000, ATTEMPTS = 4, PAUSE_MS = 1000, PAGE = 100 };

/* One change of a zone at a time. */
static const struct hurdle busy[] = {{"PriorRequestNotComplete", NULL}, {NULL, NULL}};

struct str route53_bare_id(struct str id)
{
    size_t slash = str_find_last(id, '/');
    return slash < id.len ? str_from_index(id, slash + 1) : id;
}

/* --- waiting --- */

struct change_wait {
    const struct resource_call *call;
    struct str id;
};

static bool probe_sync(void *self, bool *done, struct error *error)
{
    const struct change_wait *wait = self;
    struct value *answer;
    *done = false;
    if (!aws_call(wait->call->aws, &route53_operations[ROUTE53_GET_CHANGE], wait->call->arena,
                  input_with(wait->call->arena, "Id", wait->id), &answer, error)) {
        bool unseen = error->code == ERROR_NOT_FOUND; /* reads may lag behind the change */
        if (unseen)
            error_clear(error);
        return unseen;
    }
    *done = str_is(value_text(value_path(answer, "ChangeInfo", "Status", NULL)), "INSYNC");
    return true;
}

bool route53_wait(const struct resource_call *call, const struct value *answer, struct error *error)
{
    struct change_wait wait = {call,
                               route53_bare_id(value_text(value_path(answer, "ChangeInfo", "Id", NULL)))};
    return !wait.id.len || wait_until(call, "Route 53's change", SYNC_MS, probe_sync, &wait, error);
}

/* --- names --- */

static void add_character(struct buf *out, char c)
{
    buf_addc(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
}

static bool is_octal(struct str text, size_t at)
{
    return at + 3 < text.len && text.ptr[at] == '\\' && text.ptr[at + 1] >= '0' && text.ptr[at + 1] <= '1' &&
           text.ptr[at + 2] >= '0' && text.ptr[at + 2] <= '7' && text.ptr[at + 3] >= '0' &&
           text.ptr[at + 3] <= '7';
}

/* https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html */
static struct str dns_name(struct arena *arena, struct str text)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < text.len; i++) {
        int code = is_octal(text, i)
                       ? (text.ptr[i + 1] - '0') * 64 + (text.ptr[i + 2] - '0') * 8 + (text.ptr[i + 3] - '0')
                       : 0;
        if (code > ' ' && code < 127 && code != '.') {
            add_character(&out, (char)code);
            i += 3;
        } else {
            add_character(&out, text.ptr[i]);
        }
    }
    if (out.len && !str_ends(buf_str(&out), "."))
        buf_addc(&out, '.');
    struct str name = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return name;
}

static void normalize_name(struct arena *arena, struct value *map, const char *member)
{
    const struct value *name = value_get(map, member);
    if (value_is(name, VALUE_STRING))
        value_setz(arena, map, member,
                   value_at_position_of(value_string(arena, dns_name(arena, name->text)), name));
}

/* Values that are names may have their last dot or not. */
static void normalize_values(struct arena *arena, const struct value *record)
{
    static const char *const named[] = {"CNAME", "MX", "NS", "PTR", "SRV"};
    struct value *values = value_get(record, "ResourceRecords");
    bool names = false;
    for (size_t i = 0; i < ARRAY_LENGTH(named); i++)
        names = names || str_is(value_get_text(record, "Type"), named[i]);
    for (size_t i = 0; names && value_is(values, VALUE_LIST) && i < values->count; i++)
        if (value_is(values->items[i], VALUE_STRING) && str_ends(values->items[i]->text, "."))
            values->items[i] = value_at_position_of(
                value_string(arena, str_slice(values->items[i]->text, 0, values->items[i]->text.len - 1)),
                values->items[i]);
    if (value_is(values, VALUE_LIST))
        value_sort(arena, values, NULL);
}

void record_normalize(struct arena *arena, struct value *record)
{
    struct value *alias = value_get(record, "AliasTarget");
    const struct value *zone = value_get(record, "HostedZoneId");
    normalize_name(arena, record, "Name");
    normalize_name(arena, record, "HostedZoneName");
    normalize_name(arena, alias, "DNSName");
    normalize_values(arena, record);
    if (value_is(alias, VALUE_MAP) && !value_get(alias, "EvaluateTargetHealth"))
        value_setz(arena, alias, "EvaluateTargetHealth", value_bool(arena, false));
    if (value_is(zone, VALUE_STRING))
        value_setz(arena, record, "HostedZoneId",
                   value_at_position_of(value_string(arena, route53_bare_id(zone->text)), zone));
}

bool records_zone(const struct resource_call *call, const struct value *properties, struct str *zone,
                  struct error *error)
{
    struct arena *arena = call->arena;
    struct str name = dns_name(arena, value_get_text(properties, "HostedZoneName"));
    struct value *answer, *input = input_with(arena, "DNSName", name);
    *zone = route53_bare_id(value_get_text(properties, "HostedZoneId"));
    if (zone->len)
        return true;
    if (!name.len)
        return error_set(error, ERROR_INVALID, "'%.*s' needs a 'HostedZoneId' or a 'HostedZoneName'",
                         STR_ARG(call->logical_id));
    if (!aws_call(call->aws, &route53_operations[ROUTE53_LIST_HOSTED_ZONES_BY_NAME], arena, input, &answer,
                  error))
        return false;
    struct value *all = xml_items(arena, value_get(answer, "HostedZones"), "HostedZone");
    for (size_t i = 0; i < all->count; i++) {
        if (!str_equal(dns_name(arena, value_get_text(all->items[i], "Name")), name))
            continue;
        if (zone->len)
            return error_set(error, ERROR_INVALID,
                             "there are several hosted zones '%.*s': name one by 'HostedZoneId'",
                             STR_ARG(name));
        *zone = route53_bare_id(value_get_text(all->items[i], "Id"));
    }
    return zone->len || error_set(error, ERROR_NOT_FOUND, "there is no hosted zone '%.*s'", STR_ARG(name));
}

/* --- reading --- */

static bool is_same(const struct value *a, const struct value *b)
{
    return str_equal(value_get_text(a, "Name"), value_get_text(b, "Name")) &&
           str_equal(value_get_text(a, "Type"), value_get_text(b, "Type")) &&
           str_equal(value_get_text(a, "SetIdentifier"), value_get_text(b, "SetIdentifier"));
}

static void retype(struct arena *arena, struct value *map, const char *member, bool number)
{
    struct str text = value_get_text(map, member);
    if (text.len)
        value_setz(arena, map, member,
                   number ? value_number(arena, text) : value_bool(arena, str_is(text, "true")));
}

/* XML has all as texts, and values in elements of their own. */
static struct value *record_in(struct arena *arena, const struct value *item)
{
    struct value *record = value_copy(arena, item);
    if (value_get(record, "ResourceRecords")) {
        struct value *values = value_list(arena);
        const struct value *all = xml_items(arena, value_get(record, "ResourceRecords"), "ResourceRecord");
        for (size_t i = 0; i < all->count; i++)
            value_append(arena, values, value_string(arena, value_get_text(all->items[i], "Value")));
        value_setz(arena, record, "ResourceRecords", values);
    }
    retype(arena, record, "Weight", true);
    retype(arena, record, "MultiValueAnswer", false);
    retype(arena, value_get(record, "AliasTarget"), "EvaluateTargetHealth", false);
    retype(arena, value_get(record, "GeoProximityLocation"), "Bias", true);
    record_normalize(arena, record);
    return record;
}

bool record_read(const struct resource_call *call, struct str zone, const struct value *like,
                 struct value **record, struct error *error)
{
    struct arena *arena = call->arena;
    struct str name = dns_name(arena, value_get_text(like, "Name")),
               set = value_get_text(like, "SetIdentifier");
    struct value *answer, *input = input_with(arena, "Id", zone);
    and_with(arena, input, "StartRecordName", name);
    and_with(arena, input, "StartRecordType", value_get_text(like, "Type"));
    if (set.len)
        and_with(arena, input, "StartRecordIdentifier", set);
    value_setz(arena, input, "MaxItems", value_stringf(arena, "%d", PAGE));
    *record = NULL;
    if (!aws_call(call->aws, &route53_operations[ROUTE53_LIST_RESOURCE_RECORD_SETS], arena, input, &answer,
                  error)) {
        bool gone = error_is(error, "NoSuchHostedZone");
        if (gone)
            error_clear(error);
        return gone;
    }
    struct value *all = xml_items(arena, value_get(answer, "ResourceRecordSets"), "ResourceRecordSet");
    for (size_t i = 0; i < all->count && !*record; i++) {
        struct value *one = record_in(arena, all->items[i]);
        if (is_same(one, like))
            *record = one;
    }
    return true;
}

/* --- writing --- */

static const struct value *find_same(const struct value *list, const struct value *record)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (is_same(list->items[i], record))
            return list->items[i];
    return NULL;
}

/* What cannot stand beside each other. */
static bool excludes(const char *const *group, size_t count, const struct value *wanted, struct str member)
{
    bool in_group = false, declared = false;
    for (size_t i = 0; i < count; i++) {
        in_group = in_group || str_is(member, group[i]);
        declared = declared || value_get(wanted, group[i]);
    }
    return in_group && declared;
}

static bool is_replaced(const struct value *wanted, struct str member)
{
    static const char *const values[] = {"AliasTarget", "TTL", "ResourceRecords"}, *const policies[] = {
                                                                                       "CidrRoutingConfig",
                                                                                       "Failover",
                                                                                       "GeoLocation",
                                                                                       "GeoProximityLocation",
                                                                                       "MultiValueAnswer",
                                                                                       "Region",
                                                                                       "Weight"};
    bool alias = value_get(wanted, "AliasTarget");
    return (excludes(values, ARRAY_LENGTH(values), wanted, member) &&
            (alias || str_is(member, "AliasTarget"))) ||
           excludes(policies, ARRAY_LENGTH(policies), wanted, member);
}

/* The wanted record, with what is live and nobody declares. */
static struct value *record_merged(struct arena *arena, const struct value *wanted,
                                   const struct value *before, const struct value *live)
{
    struct value *all = value_copy(arena, wanted);
    for (size_t i = 0; live && i < live->count; i++) {
        struct str member = live->entries[i].key;
        if (!value_get_str(wanted, member) && !value_get_str(before, member) && !is_replaced(wanted, member))
            value_set(arena, all, member, live->entries[i].value);
    }
    return all;
}

/* In the order of Route 53's schema. */
static struct value *record_out(struct arena *arena, const struct value *record)
{
    static const char *const members[] = {"Name",
                                          "Type",
                                          "SetIdentifier",
                                          "Weight",
                                          "Region",
                                          "GeoLocation",
                                          "Failover",
                                          "MultiValueAnswer",
                                          "TTL",
                                          "ResourceRecords",
                                          "AliasTarget",
                                          "HealthCheckId",
                                          "TrafficPolicyInstanceId",
                                          "CidrRoutingConfig",
                                          "GeoProximityLocation",
                                          NULL};
    static const char *const alias_members[] = {"HostedZoneId", "DNSName", "EvaluateTargetHealth", NULL};
    struct value *out = value_map(arena);
    members_copy(arena, out, record, members);
    const struct value *values = value_get(out, "ResourceRecords"), *alias = value_get(out, "AliasTarget");
    if (value_is(values, VALUE_LIST)) {
        struct value *list = value_list(arena), *holder = value_map(arena);
        for (size_t i = 0; i < values->count; i++) {
            struct value *one = value_map(arena);
            value_setz(arena, one, "Value", value_copy(arena, values->items[i]));
            value_append(arena, list, one);
        }
        value_setz(arena, holder, "ResourceRecord", list);
        value_setz(arena, out, "ResourceRecords", holder);
    }
    if (value_is(alias, VALUE_MAP)) {
        struct value *ordered = value_map(arena);
        members_copy(arena, ordered, alias, alias_members);
        value_setz(arena, out, "AliasTarget", ordered);
    }
    return out;
}

static void add_change(struct arena *arena, struct value *changes, const char *action,
                       const struct value *record)
{
    struct value *change = input_with(arena, "Action", str_from(action));
    value_setz(arena, change, "ResourceRecordSet", record_out(arena, record));
    value_append(arena, changes, change);
}

/* Members that `before` declared and `wanted` does not are live still. */
static bool has_more(const struct value *wanted, const struct value *before, const struct value *live)
{
    for (size_t i = 0; before && i < before->count; i++) {
        struct str member = before->entries[i].key;
        if (!value_get_str(wanted, member) && value_get_str(live, member))
            return true;
    }
    return false;
}

/* `again`: an answer was lost, so that what stands there may be ours. */
static bool add_wanted(const struct resource_call *call, const struct records *records,
                       const struct value *wanted, bool again, struct value *changes, struct error *error)
{
    const struct value *before = find_same(records->before, wanted);
    struct value *live, *declared = record_merged(call->arena, wanted, NULL, NULL);
    if (!record_read(call, records->zone, wanted, &live, error))
        return false;
    value_remove(declared, STR("HostedZoneId"));
    value_remove(declared, STR("HostedZoneName"));
    bool there = live && shape_covers(declared, live) && !has_more(declared, before, live);
    if (live && !before && !(again && there))
        return error_set(error, ERROR_CONFLICT, "record '%.*s' of type %.*s exists already",
                         STR_ARG(value_get_text(wanted, "Name")), STR_ARG(value_get_text(wanted, "Type")));
    if (!there)
        add_change(call->arena, changes, live ? "UPSERT" : "CREATE",
                   record_merged(call->arena, wanted, before, live));
    return true;
}

static bool collect(const struct resource_call *call, const struct records *records, bool again,
                    struct value *changes, struct error *error)
{
    for (size_t i = 0; value_is(records->before, VALUE_LIST) && i < records->before->count; i++) {
        struct value *live;
        if (find_same(records->wanted, records->before->items[i]))
            continue;
        if (!record_read(call, records->zone, records->before->items[i], &live, error))
            return false;
        if (live)
            add_change(call->arena, changes, "DELETE", live);
    }
    for (size_t i = 0; value_is(records->wanted, VALUE_LIST) && i < records->wanted->count; i++)
        if (!add_wanted(call, records, records->wanted->items[i], again, changes, error))
            return false;
    return true;
}

static bool write_once(const struct resource_call *call, const struct records *records, bool again,
                       struct error *error)
{
    struct arena *arena = call->arena;
    struct value *list = value_list(arena), *changes = value_map(arena), *batch = value_map(arena), *answer;
    if (!collect(call, records, again, list, error))
        return false;
    if (!list->count)
        return true;
    struct value *input = input_with(arena, "Id", records->zone);
    if (records->comment.len)
        and_with(arena, batch, "Comment", records->comment);
    value_setz(arena, changes, "Change", list);
    value_setz(arena, batch, "Changes", changes);
    value_setz(arena, input, "ChangeBatch", batch);
    return call_over_hurdles(call->aws, &route53_operations[ROUTE53_CHANGE_RESOURCE_RECORD_SETS], arena,
                             input, busy, BUSY_MS, &answer, error) &&
           route53_wait(call, answer, error);
}

bool records_write(const struct resource_call *call, const struct records *records, struct error *error)
{
    bool lost = false;
    for (int attempt = 1;; attempt++) {
        if (write_once(call, records, lost, error))
            return true;
        lost = lost || error->code == ERROR_TIMEOUT;
        /* A read may lag behind what was written, so that a batch does not fit. */
        bool unsure = error->code == ERROR_TIMEOUT || (lost && error->code == ERROR_CONFLICT) ||
                      error_is(error, "InvalidChangeBatch");
        if (!unsure || attempt == ATTEMPTS)
            return false;
        error_clear(error);
        clock_sleep(aws_clock(call->aws), PAUSE_MS * attempt);
    }
}
