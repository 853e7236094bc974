/* Amazon Route 53, as of its API reference: hosted zones, their records, tags and query logs. */

#include <string.h>

#include "tests/simulator/service.h"

static const char *const id_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

enum { ZONE_ID = 14, PAGE_MAX = 300 };

static bool invalid(struct call *call, const char *what)
{
    return call_fail(call, 400, "InvalidInput", "%s", what);
}

/* What a list of XML holds: <Changes><Change/>...</Changes>. */
static struct value *items_of(struct call *call, const struct value *holder, const char *item)
{
    return list_of(call, value_get(holder, item));
}

static struct str lower(struct call *call, struct str text)
{
    char *copy = arena_alloc(call->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] - 'A' + 'a') : text.ptr[i];
    return (struct str){.ptr = copy, .len = text.len};
}

/* As Route 53 keeps names: in small letters, with a dot behind, "*" as "\052". */
static struct str name_of(struct call *call, struct str text)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    text = lower(call, text);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '*')
            buf_addz(&out, "\\052");
        else
            buf_addc(&out, text.ptr[i]);
    if (!str_ends(text, "."))
        buf_addc(&out, '.');
    struct str name = arena_str(call->arena, buf_str(&out));
    buf_release(&out);
    return name;
}

/* --- changes: an id says when its change is everywhere --- */

static void give_change(struct call *call, struct value *out, struct str id, bool pending)
{
    struct value *change = value_map(call->arena);
    put_textf(call, change, "Id", "/change/%.*s", STR_ARG(id));
    put_text(call, change, "Status", pending ? STR("PENDING") : STR("INSYNC"));
    put_text(call, change, "SubmittedAt", time_text(call, call->now));
    put(call, out, "ChangeInfo", change);
}

static void put_change(struct call *call, struct value *out)
{
    int64_t ready = call->now + call_delay(call, "route53.change");
    give_change(call, out, arena_printf(call->arena, "C%020lld", (long long)ready), true);
}

static bool get_change(struct call *call)
{
    struct str id = call_text(call, "Id");
    uint64_t ready = 0;
    size_t zeros = 1;
    while (zeros < id.len && id.ptr[zeros] == '0')
        zeros++;
    if (!str_starts(id, "C") || !str_to_uint(str_from_index(id, zeros), INT64_MAX, &ready))
        return call_fail(call, 404, "NoSuchChange", "Could not find resource with ID: %.*s", STR_ARG(id));
    give_change(call, call->output, id, call->now < (int64_t)ready);
    return true;
}

/* --- zones --- */

static struct value *zones(struct call *call)
{
    return state_map(call, "zones");
}

static struct value *zone_of(struct call *call, const char *member)
{
    struct value *zone = value_get_str(zones(call), call_text(call, member));
    if (!zone)
        call_fail(call, 404, "NoSuchHostedZone", "No hosted zone found with ID: %.*s",
                  STR_ARG(call_text(call, member)));
    return zone;
}

static struct value *zone_shape(struct call *call, struct str id, const struct value *zone)
{
    struct value *shape = value_map(call->arena), *config = value_map(call->arena);
    put_textf(call, shape, "Id", "/hostedzone/%.*s", STR_ARG(id));
    put(call, shape, "Name", value_get(zone, "name"));
    put(call, shape, "CallerReference", value_get(zone, "reference"));
    if (value_get_text(zone, "comment").len)
        put(call, config, "Comment", value_get(zone, "comment"));
    put_text(call, config, "PrivateZone", value_get(zone, "vpcs")->count ? STR("true") : STR("false"));
    put(call, shape, "Config", config);
    put_textf(call, shape, "ResourceRecordSetCount", "%zu", value_get(zone, "records")->count);
    if (value_get_bool(zone, "accelerated", false)) {
        struct value *features = value_map(call->arena);
        put_text(call, features, "AcceleratedRecoveryStatus", STR("ENABLED"));
        put(call, shape, "Features", features);
    }
    return shape;
}

static void put_servers(struct call *call, struct value *out)
{
    struct value *set = value_map(call->arena), *servers = value_map(call->arena),
                 *list = value_list(call->arena);
    for (int i = 1; i <= 4; i++)
        value_append(call->arena, list, value_stringf(call->arena, "ns-%d.awsdns-%02d.com", i * 100, i));
    put(call, servers, "NameServer", list);
    put(call, set, "NameServers", servers);
    put(call, out, "DelegationSet", set);
}

static void add_own_record(struct call *call, struct value *zone, const char *type, const char *ttl,
                           const char *value)
{
    struct value *record = value_map(call->arena), *all = value_map(call->arena),
                 *one = value_map(call->arena);
    struct str name = value_get_text(zone, "name");
    put_text(call, record, "Name", name);
    put_text(call, record, "Type", str_from(type));
    put_text(call, record, "TTL", str_from(ttl));
    put_text(call, one, "Value", str_from(value));
    put(call, all, "ResourceRecord", one);
    put(call, record, "ResourceRecords", all);
    state_put(call, value_get(zone, "records"), arena_printf(call->arena, "%.*s %s ", STR_ARG(name), type),
              record);
}

static bool create_zone(struct call *call)
{
    struct value *all = zones(call);
    const struct value *vpc = value_get(call->input, "VPC");
    struct str name = call_text(call, "Name"), reference = call_text(call, "CallerReference");
    if (!name.len || !reference.len || !str_contains(name, "."))
        return call_fail(call, 400, "InvalidDomainName", "%.*s is not a valid domain name", STR_ARG(name));
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(value_get_text(all->entries[i].value, "reference"), reference))
            return call_fail(call, 409, "HostedZoneAlreadyExists",
                             "A hosted zone has already been created with the specified caller reference.");
    struct str id = arena_printf(call->arena, "Z%.*s", STR_ARG(call_id(call, id_letters, ZONE_ID - 1)));
    struct value *zone = state_put(call, all, id, value_map(call->arena));
    state_text(call, zone, "name", name_of(call, name));
    state_text(call, zone, "reference", reference);
    state_text(call, zone, "comment",
               value_text(value_path(call->input, "HostedZoneConfig", "Comment", NULL)));
    state_put(call, zone, STR("records"), value_map(call->arena));
    state_put(call, zone, STR("tags"), value_map(call->arena));
    struct value *vpcs = state_put(call, zone, STR("vpcs"), value_map(call->arena));
    if (value_is(vpc, VALUE_MAP))
        state_put(call, vpcs, value_get_text(vpc, "VPCId"), vpc);
    add_own_record(call, zone, "NS", "172800", "ns-100.awsdns-01.com.");
    add_own_record(call, zone, "SOA", "900",
                   "ns-100.awsdns-01.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400");
    put(call, call->output, "HostedZone", zone_shape(call, id, zone));
    put_change(call, call->output);
    put_servers(call, call->output);
    call_set_header(
        call, "Location",
        arena_printf(call->arena, "https://route53.amazonaws.com/2013-04-01/hostedzone/%.*s", STR_ARG(id)));
    return true;
}

static bool get_zone(struct call *call)
{
    struct value *zone = zone_of(call, "Id");
    if (!zone)
        return false;
    const struct value *vpcs = value_get(zone, "vpcs");
    put(call, call->output, "HostedZone", zone_shape(call, call_text(call, "Id"), zone));
    if (!vpcs->count) {
        put_servers(call, call->output);
        return true;
    }
    struct value *list = value_list(call->arena), *holder = value_map(call->arena);
    for (size_t i = 0; i < vpcs->count; i++)
        value_append(call->arena, list, vpcs->entries[i].value);
    put(call, holder, "VPC", list);
    put(call, call->output, "VPCs", holder);
    return true;
}

static bool list_zones_by_name(struct call *call)
{
    const struct value *all = zones(call);
    struct value *list = value_list(call->arena), *holder = value_map(call->arena);
    struct str from = call_text(call, "dnsname").len ? name_of(call, call_text(call, "dnsname")) : STR_EMPTY;
    for (size_t i = 0; i < all->count; i++)
        if (!from.len || str_compare(value_get_text(all->entries[i].value, "name"), from) >= 0)
            value_append(call->arena, list, zone_shape(call, all->entries[i].key, all->entries[i].value));
    for (size_t i = 1; i < list->count; i++) /* by name */
        for (size_t k = i; k > 0 && str_compare(value_get_text(list->items[k - 1], "Name"),
                                                value_get_text(list->items[k], "Name")) > 0;
             k--) {
            struct value *other = list->items[k];
            list->items[k] = list->items[k - 1];
            list->items[k - 1] = other;
        }
    put(call, holder, "HostedZone", list);
    put(call, call->output, "HostedZones", list->count ? holder : value_string(call->arena, STR_EMPTY));
    put_text(call, call->output, "IsTruncated", STR("false"));
    put_text(call, call->output, "MaxItems", STR("100"));
    return true;
}

static bool update_comment(struct call *call)
{
    struct value *zone = zone_of(call, "Id");
    if (!zone)
        return false;
    state_text(call, zone, "comment", call_text(call, "Comment"));
    put(call, call->output, "HostedZone", zone_shape(call, call_text(call, "Id"), zone));
    return true;
}

static bool update_features(struct call *call)
{
    struct value *zone = zone_of(call, "Id");
    if (zone)
        state_bool(call, zone, "accelerated", str_is(call_text(call, "EnableAcceleratedRecovery"), "true"));
    return zone;
}

static bool delete_zone(struct call *call)
{
    struct value *zone = zone_of(call, "Id"), *logs = state_map(call, "logs");
    if (!zone)
        return false;
    if (value_get(zone, "records")->count > 2)
        return call_fail(
            call, 400, "HostedZoneNotEmpty",
            "The specified hosted zone contains non-required resource record sets and so cannot be deleted.");
    for (size_t i = logs->count; i-- > 0;)
        if (str_equal(value_get_text(logs->entries[i].value, "HostedZoneId"), call_text(call, "Id")))
            (void)value_remove(logs, logs->entries[i].key);
    (void)value_remove(zones(call), call_text(call, "Id"));
    put_change(call, call->output);
    return true;
}

static bool associate_vpc(struct call *call)
{
    struct value *zone = zone_of(call, "Id");
    const struct value *vpc = value_get(call->input, "VPC");
    if (!zone)
        return false;
    if (!value_get(zone, "vpcs")->count)
        return call_fail(call, 400, "PublicZoneVPCAssociation", "Public zones have no VPCs");
    state_put(call, value_get(zone, "vpcs"), value_get_text(vpc, "VPCId"), vpc);
    put_change(call, call->output);
    return true;
}

static bool disassociate_vpc(struct call *call)
{
    struct value *zone = zone_of(call, "Id"), *vpcs = value_get(zone, "vpcs");
    struct str id = value_get_text(value_get(call->input, "VPC"), "VPCId");
    if (!zone)
        return false;
    if (!value_get_str(vpcs, id))
        return call_fail(call, 404, "VPCAssociationNotFound",
                         "The VPC is not associated with the hosted zone.");
    if (vpcs->count == 1)
        return call_fail(call, 400, "LastVPCAssociation",
                         "The last VPC of a private zone cannot be taken away");
    (void)value_remove(vpcs, id);
    put_change(call, call->output);
    return true;
}

/* --- records --- */

static struct str record_key(struct call *call, const struct value *record)
{
    return arena_printf(call->arena, "%.*s %.*s %.*s", STR_ARG(name_of(call, value_get_text(record, "Name"))),
                        STR_ARG(value_get_text(record, "Type")),
                        STR_ARG(value_get_text(record, "SetIdentifier")));
}

static const char *const policies[] = {"Weight",
                                       "Region",
                                       "GeoLocation",
                                       "Failover",
                                       "MultiValueAnswer",
                                       "CidrRoutingConfig",
                                       "GeoProximityLocation"};

static bool bad_batch(struct call *call, const char *what, const struct value *record)
{
    return call_fail(call, 400, "InvalidChangeBatch",
                     "[Tried to %s resource record set [name='%.*s', type='%.*s']]", what,
                     STR_ARG(value_get_text(record, "Name")), STR_ARG(value_get_text(record, "Type")));
}

static bool check_record(struct call *call, const struct value *zone, const struct value *record)
{
    struct str zone_name = value_get_text(zone, "name"), name = name_of(call, value_get_text(record, "Name"));
    bool alias = value_get(record, "AliasTarget"),
         plain = value_get(record, "TTL") && value_get(record, "ResourceRecords");
    size_t policy = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(policies); i++)
        policy += value_get(record, policies[i]) != NULL;
    if (!str_ends(name, zone_name.ptr))
        return call_fail(call, 400, "InvalidChangeBatch",
                         "[RRSet with DNS name %.*s is not permitted in zone %.*s]", STR_ARG(name),
                         STR_ARG(zone_name));
    if (alias == plain || (alias && value_get(record, "TTL")))
        return invalid(
            call, "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], "
                  "or TrafficPolicyInstanceId], but found none or more");
    if ((policy > 0) != (value_get_text(record, "SetIdentifier").len > 0) || policy > 1)
        return invalid(call,
                       "Invalid request: Expected exactly one routing policy together with a SetIdentifier");
    return true;
}

/* A record without what order means nothing in, for DELETE's comparison. */
static struct value *comparable(struct call *call, const struct value *record)
{
    struct value *copy = value_copy(call->arena, record);
    put_text(call, copy, "Name", name_of(call, value_get_text(record, "Name")));
    const struct value *holder = value_get(record, "ResourceRecords");
    if (holder)
        put(call, copy, "ResourceRecords", items_of(call, holder, "ResourceRecord"));
    return copy;
}

static bool check_change(struct call *call, const struct value *zone, const struct value *change)
{
    const struct value *record = value_get(change, "ResourceRecordSet");
    const struct value *there = value_get_str(value_get(zone, "records"), record_key(call, record));
    struct str action = value_get_text(change, "Action");
    if (!check_record(call, zone, record))
        return false;
    if (str_is(action, "CREATE") && there)
        return bad_batch(call, "create, but it already exists:", record);
    if (str_is(action, "DELETE") && !there)
        return bad_batch(call, "delete, but it was not found:", record);
    if (str_is(action, "DELETE") && !value_equal(comparable(call, record), comparable(call, there)))
        return bad_batch(call, "delete, but the values provided do not match the current values:", record);
    return true;
}

static bool change_records(struct call *call)
{
    struct value *zone = zone_of(call, "Id");
    struct value *changes = items_of(call, value_path(call->input, "ChangeBatch", "Changes", NULL), "Change");
    if (!zone)
        return false;
    if (!changes->count)
        return call_fail(call, 400, "InvalidChangeBatch", "[The request contains no changes]");
    struct value *after = value_copy(call->arena, zone); /* all or nothing, one after another */
    for (size_t i = 0; i < changes->count; i++) {
        struct value *record = value_get(changes->items[i], "ResourceRecordSet");
        if (!check_change(call, after, changes->items[i]))
            return false;
        struct str key = record_key(call, record);
        put_text(call, record, "Name", name_of(call, value_get_text(record, "Name")));
        struct value *alias = value_get(record, "AliasTarget");
        if (alias)
            put_text(call, alias, "DNSName", name_of(call, value_get_text(alias, "DNSName")));
        if (str_is(value_get_text(changes->items[i], "Action"), "DELETE"))
            (void)value_remove(value_get(after, "records"), key);
        else
            value_set(call->arena, value_get(after, "records"), key, record);
    }
    state_put(call, zone, STR("records"), value_get(after, "records"));
    put_change(call, call->output);
    return true;
}

/* "com.example.www.": names sort with their labels reversed. */
static struct str reversed(struct call *call, struct str name)
{
    struct str result = STR_EMPTY, part;
    while (str_split(&name, '.', &part))
        if (part.len)
            result = arena_printf(call->arena, "%.*s.%.*s", STR_ARG(part), STR_ARG(result));
    return result;
}

static struct str sort_text(struct call *call, struct str name, struct str type, struct str identifier)
{
    return arena_printf(call->arena, "%.*s\x01%.*s\x01%.*s", STR_ARG(reversed(call, name)), STR_ARG(type),
                        STR_ARG(identifier));
}

static struct str sort_key(struct call *call, const struct value *record)
{
    return sort_text(call, value_get_text(record, "Name"), value_get_text(record, "Type"),
                     value_get_text(record, "SetIdentifier"));
}

static bool page_size(struct call *call, size_t *size)
{
    uint64_t asked;
    *size = PAGE_MAX;
    if (!call_has(call, "maxitems"))
        return true;
    if (!str_to_uint(call_text(call, "maxitems"), 1000000, &asked) || !asked)
        return invalid(call, "maxitems is not a number");
    *size = asked < PAGE_MAX ? (size_t)asked : PAGE_MAX;
    return true;
}

static bool list_records(struct call *call)
{
    struct value *zone = zone_of(call, "Id"), *list = value_list(call->arena),
                 *holder = value_map(call->arena);
    size_t size;
    if (!zone || !page_size(call, &size))
        return false;
    if (call_text(call, "type").len && !call_text(call, "name").len)
        return invalid(call, "type needs a name");
    struct str from = call_text(call, "name").len
                          ? sort_text(call, name_of(call, call_text(call, "name")), call_text(call, "type"),
                                      call_text(call, "identifier"))
                          : STR_EMPTY;
    const struct value *records = value_get(zone, "records");
    for (size_t i = 0; i < records->count; i++) {
        struct value *record = records->entries[i].value;
        if (str_compare(sort_key(call, record), from) < 0)
            continue;
        value_append(call->arena, list, record);
        for (size_t k = list->count - 1;
             k > 0 && str_compare(sort_key(call, list->items[k - 1]), sort_key(call, list->items[k])) > 0;
             k--) {
            struct value *other = list->items[k];
            list->items[k] = list->items[k - 1];
            list->items[k - 1] = other;
        }
    }
    bool more = list->count > size;
    if (more) {
        put(call, call->output, "NextRecordName", value_get(list->items[size], "Name"));
        put(call, call->output, "NextRecordType", value_get(list->items[size], "Type"));
        put(call, call->output, "NextRecordIdentifier", value_get(list->items[size], "SetIdentifier"));
        list->count = size;
    }
    put(call, holder, "ResourceRecordSet", list);
    put(call, call->output, "ResourceRecordSets",
        list->count ? holder : value_string(call->arena, STR_EMPTY));
    put_text(call, call->output, "IsTruncated", more ? STR("true") : STR("false"));
    put_textf(call, call->output, "MaxItems", "%zu", size);
    return true;
}

/* --- tags --- */

static bool is_zone(struct call *call)
{
    return str_is(call_text(call, "ResourceType"), "hostedzone") ||
           invalid(call, "the simulator tags hosted zones only");
}

static bool change_tags(struct call *call)
{
    struct value *zone = is_zone(call) ? zone_of(call, "ResourceId") : NULL;
    if (!zone)
        return false;
    state_merge(call, zone, "tags",
                tags_to_map(call, items_of(call, value_get(call->input, "AddTags"), "Tag"), "Key", "Value"));
    state_remove_keys(zone, "tags", items_of(call, value_get(call->input, "RemoveTagKeys"), "Key"));
    return true;
}

static bool list_tags(struct call *call)
{
    struct value *zone = is_zone(call) ? zone_of(call, "ResourceId") : NULL, *set = value_map(call->arena),
                 *tags = value_map(call->arena);
    if (!zone)
        return false;
    put(call, set, "ResourceType", value_get(call->input, "ResourceType"));
    put(call, set, "ResourceId", value_get(call->input, "ResourceId"));
    put(call, tags, "Tag", tags_to_list(call, value_get(zone, "tags"), "Key", "Value"));
    put(call, set, "Tags", value_get(zone, "tags")->count ? tags : value_string(call->arena, STR_EMPTY));
    put(call, call->output, "ResourceTagSet", set);
    return true;
}

/* --- query logs --- */

static bool create_log(struct call *call)
{
    struct value *logs = state_map(call, "logs");
    if (!zone_of(call, "HostedZoneId"))
        return false;
    if (!str_contains(call_text(call, "CloudWatchLogsLogGroupArn"), ":log-group:"))
        return invalid(call, "The ARN for the CloudWatch Logs log group is invalid");
    for (size_t i = 0; i < logs->count; i++)
        if (str_equal(value_get_text(logs->entries[i].value, "HostedZoneId"),
                      call_text(call, "HostedZoneId")))
            return call_fail(call, 409, "QueryLoggingConfigAlreadyExists",
                             "The zone has a query logging configuration");
    struct str id = call_uuid(call);
    struct value *log = state_put(call, logs, id, value_map(call->arena));
    state_text(call, log, "Id", id);
    (void)state_member(call, log, "HostedZoneId");
    (void)state_member(call, log, "CloudWatchLogsLogGroupArn");
    put(call, call->output, "QueryLoggingConfig", log);
    call_set_header(call, "Location",
                    arena_printf(call->arena,
                                 "https://route53.amazonaws.com/2013-04-01/queryloggingconfig/%.*s",
                                 STR_ARG(id)));
    return true;
}

static bool delete_log(struct call *call)
{
    return value_remove(state_map(call, "logs"), call_text(call, "Id")) ||
           call_fail(call, 404, "NoSuchQueryLoggingConfig", "There is no such query logging configuration");
}

static bool list_logs(struct call *call)
{
    const struct value *logs = state_map(call, "logs");
    struct value *list = value_list(call->arena), *holder = value_map(call->arena);
    struct str wanted = call_text(call, "hostedzoneid");
    for (size_t i = 0; i < logs->count; i++)
        if (!wanted.len || str_equal(value_get_text(logs->entries[i].value, "HostedZoneId"), wanted))
            value_append(call->arena, list, logs->entries[i].value);
    put(call, holder, "QueryLoggingConfig", list);
    put(call, call->output, "QueryLoggingConfigs",
        list->count ? holder : value_string(call->arena, STR_EMPTY));
    return true;
}

#define ROW(NAME, EFFECT, METHOD, PATH, STATUS, HANDLE)                                                      \
    {                                                                                                        \
        .name = NAME, .effect = EFFECT, .method = METHOD, .path = "/2013-04-01/" PATH, .status = STATUS,     \
        .handle = HANDLE                                                                                     \
    }

static const struct sim_operation operations[] = {
    ROW("AssociateVPCWithHostedZone", SIM_WRITE, "POST", "hostedzone/{Id}/associatevpc", 200, associate_vpc),
    ROW("ChangeResourceRecordSets", SIM_WRITE, "POST", "hostedzone/{Id}/rrset/", 200, change_records),
    ROW("ChangeTagsForResource", SIM_WRITE, "POST", "tags/{ResourceType}/{ResourceId}", 200, change_tags),
    ROW("CreateHostedZone", SIM_WRITE, "POST", "hostedzone", 201, create_zone),
    ROW("CreateQueryLoggingConfig", SIM_WRITE, "POST", "queryloggingconfig", 201, create_log),
    ROW("DeleteHostedZone", SIM_WRITE, "DELETE", "hostedzone/{Id}", 200, delete_zone),
    ROW("DeleteQueryLoggingConfig", SIM_WRITE, "DELETE", "queryloggingconfig/{Id}", 200, delete_log),
    ROW("DisassociateVPCFromHostedZone", SIM_WRITE, "POST", "hostedzone/{Id}/disassociatevpc", 200,
        disassociate_vpc),
    ROW("GetChange", SIM_READ, "GET", "change/{Id}", 200, get_change),
    ROW("GetHostedZone", SIM_READ, "GET", "hostedzone/{Id}", 200, get_zone),
    ROW("ListHostedZonesByName", SIM_READ, "GET", "hostedzonesbyname", 200, list_zones_by_name),
    ROW("ListQueryLoggingConfigs", SIM_READ, "GET", "queryloggingconfig", 200, list_logs),
    ROW("ListResourceRecordSets", SIM_READ, "GET", "hostedzone/{Id}/rrset", 200, list_records),
    ROW("ListTagsForResource", SIM_READ, "GET", "tags/{ResourceType}/{ResourceId}", 200, list_tags),
    ROW("UpdateHostedZoneComment", SIM_WRITE, "POST", "hostedzone/{Id}", 200, update_comment),
    ROW("UpdateHostedZoneFeatures", SIM_WRITE, "POST", "hostedzone/{Id}/features", 200, update_features),
};

const struct sim_service sim_route53 = {
    .name = "route53",
    .global = true,
    .rest = true,
    .rest_protocol = SIM_RESTXML,
    .xml_namespace = "https://route53.amazonaws.com/doc/2013-04-01/",
    .throttle_code = "Throttling",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
