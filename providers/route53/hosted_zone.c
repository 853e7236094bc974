/*
 * AWS::Route53::HostedZone.  Names repeat, and a create carries no tags: a zone is found again by its tags,
 * or by its caller reference, which begins with the deterministic name.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-hostedzone.html
 */

#include "base/xml.h"
#include "providers/route53/operations.h"
#include "providers/route53/records.h"
#include "providers/route53/types.h"

enum { BUSY_MS = 60 * 1000, CREATE_ATTEMPTS = 4, PAUSE_MS = 1000 };

static const struct hurdle busy[] = {{"PriorRequestNotComplete", NULL}, {NULL, NULL}};

static const struct shape shape[] = {
    {.path = "HostedZoneConfig.Comment", .otherwise = "\"\""},
    {.path = "VPCs", .kind = SHAPE_SET, .key = "VPCId"},
    {.facts = "AWS::Route53::HostedZone"},
};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    record_normalize(arena, properties); /* its name */
}

static struct value *normal(const struct resource_call *call, const struct value *properties)
{
    struct value *copy = properties ? value_copy(call->arena, properties) : value_map(call->arena);
    normalize(call->arena, copy);
    return copy;
}

static struct value *zone_input(const struct resource_call *call)
{
    return input_with(call->arena, "Id", call->physical_id);
}

/* --- reading --- */

static struct value *zone_tags_input(const struct resource_call *call, struct str id)
{
    return and_with(call->arena, input_with(call->arena, "ResourceType", STR("hostedzone")), "ResourceId",
                    id);
}

static bool read_tags(const struct resource_call *call, struct str id, struct value **tags,
                      struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &route53_operations[ROUTE53_LIST_TAGS_FOR_RESOURCE], call->arena,
                  zone_tags_input(call, id), &answer, error))
        return false;
    const struct value *set = value_path(answer, "ResourceTagSet", "Tags", NULL);
    *tags = tags_as_map(call->arena, xml_items(call->arena, set, "Tag"), "Key", "Value");
    return true;
}

/* The zone's query log, or NULL. */
static bool read_log(const struct resource_call *call, const struct value **log, struct error *error)
{
    struct value *all, *input = input_with(call->arena, "HostedZoneId", call->physical_id);
    *log = NULL;
    if (!aws_list(call->aws, &route53_operations[ROUTE53_LIST_QUERY_LOGGING_CONFIGS], call->arena, input,
                  &all, error)) {
        bool none = error->code == ERROR_NOT_FOUND;
        if (none)
            error_clear(error);
        return none;
    }
    *log = value_at(all, 0);
    return true;
}

static void give_parts(struct arena *arena, const struct value *answer, struct resource_state *state)
{
    const struct value *zone = value_get(answer, "HostedZone");
    struct str comment = value_text(value_path(zone, "Config", "Comment", NULL)),
               recovery = value_get_text(value_get(zone, "Features"), "AcceleratedRecoveryStatus");
    struct value *features = value_map(arena);
    struct value *vpcs = xml_items(arena, value_get(answer, "VPCs"), "VPC");
    const struct value *set = value_path(answer, "DelegationSet", "NameServers", NULL);
    struct value *servers = xml_items(arena, set, "NameServer"), *live = state->properties;
    value_setz(arena, live, "HostedZoneConfig", input_with(arena, "Comment", comment));
    if (vpcs->count)
        value_setz(arena, live, "VPCs", vpcs);
    bool accelerated = str_starts(recovery, "ENABLED") || str_starts(recovery, "ENABLING");
    value_setz(arena, features, "EnableAcceleratedRecovery", value_bool(arena, accelerated));
    value_setz(arena, live, "HostedZoneFeatures", features);
    if (servers->count)
        value_setz(arena, state->attributes, "NameServers", servers);
}

static bool read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *log = NULL;
    struct value *answer;
    *state = (struct resource_state){.physical_id = arena_str(arena, call->physical_id)};
    if (!aws_call(call->aws, &route53_operations[ROUTE53_GET_HOSTED_ZONE], arena, zone_input(call), &answer,
                  error) ||
        !read_tags(call, call->physical_id, &state->tags, error) || !read_log(call, &log, error))
        return false;
    state->attributes = input_with(arena, "Id", call->physical_id);
    state->properties = input_with(arena, "Name", value_text(value_path(answer, "HostedZone", "Name", NULL)));
    give_parts(arena, answer, state);
    if (log)
        value_setz(
            arena, state->properties, "QueryLoggingConfig",
            input_with(arena, "CloudWatchLogsLogGroupArn", value_get_text(log, "CloudWatchLogsLogGroupArn")));
    value_setz(arena, state->properties, "HostedZoneTags",
               tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    normalize(arena, state->properties);
    return true;
}

/* Made by us, before its tags were put on. */
static bool has_our_reference(const struct resource_call *call, const struct value *zone)
{
    return call->name.len && str_starts(value_get_text(zone, "CallerReference"),
                                        arena_printf(call->arena, "%.*s-", STR_ARG(call->name)).ptr);
}

/* The zone of the wanted name that carries our tags, or (`begun`) only our reference; *id is empty where
 * there is none. */
static bool look(const struct resource_call *call, bool begun, struct str *id, struct error *error)
{
    const struct value *wanted = normal(call, call->properties);
    struct str name = value_get_text(wanted, "Name");
    struct value *answer, *tags;
    *id = STR_EMPTY;
    if (!aws_call(call->aws, &route53_operations[ROUTE53_LIST_HOSTED_ZONES_BY_NAME], call->arena,
                  input_with(call->arena, "DNSName", name), &answer, error))
        return false;
    struct value *all = xml_items(call->arena, value_get(answer, "HostedZones"), "HostedZone");
    for (size_t i = 0; i < all->count && !id->len; i++) {
        struct value *zone = all->items[i];
        struct value *named = input_with(call->arena, "Name", value_get_text(zone, "Name"));
        record_normalize(call->arena, named);
        if (!str_equal(value_get_text(named, "Name"), name) || (begun && !has_our_reference(call, zone)))
            continue;
        struct str one = route53_bare_id(value_get_text(zone, "Id"));
        if (!read_tags(call, one, &tags, error))
            return false;
        if (begun ? !value_get(tags, "plumb:application") : carries_our_tags(call, tags))
            *id = one;
    }
    return true;
}

static bool find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call there = *call;
    if (!look(call, false, &there.physical_id, error))
        return false;
    if (there.physical_id.len)
        return read(&there, state, error);
    return error_set(error, ERROR_NOT_FOUND, "there is no hosted zone with the tags of '%.*s'",
                     STR_ARG(call->logical_id));
}

/* --- writing --- */

static bool send(const struct resource_call *call, enum route53_operation operation, struct value *input,
                 struct error *error)
{
    struct value *answer;
    return call_over_hurdles(call->aws, &route53_operations[operation], call->arena, input, busy, BUSY_MS,
                             &answer, error) &&
           route53_wait(call, answer, error);
}

static bool write_tags(const struct resource_call *call, const struct value *live, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *set, *gone, *input = zone_tags_input(call, call->physical_id);
    tags_compare(call, live, &set, &gone);
    if (!set->count && !gone->count)
        return true;
    struct value *add = value_map(arena), *remove = value_map(arena);
    value_setz(arena, add, "Tag", tags_as_list(arena, set, "Key", "Value"));
    value_setz(arena, remove, "Key", gone);
    if (set->count)
        value_setz(arena, input, "AddTags", add);
    if (gone->count)
        value_setz(arena, input, "RemoveTagKeys", remove);
    return call_over_hurdles(call->aws, &route53_operations[ROUTE53_CHANGE_TAGS_FOR_RESOURCE], arena, input,
                             busy, BUSY_MS, NULL, error);
}

static bool has_vpc(const struct value *list, struct str id)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "VPCId"), id))
            return true;
    return false;
}

/* The new ones first: a private zone has one at least. */
static bool write_vpcs(const struct resource_call *call, const struct value *wanted, const struct value *live,
                       struct error *error)
{
    const struct {
        enum route53_operation operation;
        const struct value *of, *beside;
    } steps[] = {{ROUTE53_ASSOCIATE_VPC_WITH_HOSTED_ZONE, wanted, live},
                 {ROUTE53_DISASSOCIATE_VPC_FROM_HOSTED_ZONE, live, wanted}};
    for (size_t s = 0; value_is(wanted, VALUE_LIST) && s < ARRAY_LENGTH(steps); s++)
        for (size_t i = 0; value_is(steps[s].of, VALUE_LIST) && i < steps[s].of->count; i++) {
            const struct value *vpc = steps[s].of->items[i];
            struct value *input = zone_input(call);
            value_setz(call->arena, input, "VPC", value_copy(call->arena, vpc));
            if (!has_vpc(steps[s].beside, value_get_text(vpc, "VPCId")) &&
                !send(call, steps[s].operation, input, error))
                return false;
        }
    return true;
}

static bool delete_log(const struct resource_call *call, struct error *error)
{
    const struct value *log;
    return read_log(call, &log, error) &&
           (!log || call_or_absent(call, &route53_operations[ROUTE53_DELETE_QUERY_LOGGING_CONFIG],
                                   input_with(call->arena, "Id", value_get_text(log, "Id")), error));
}

static bool write_log(const struct resource_call *call, const struct value *wanted, struct error *error)
{
    struct value *input = input_with(call->arena, "HostedZoneId", call->physical_id);
    if (!delete_log(call, error))
        return false;
    if (!value_is(wanted, VALUE_MAP))
        return true;
    and_with(call->arena, input, "CloudWatchLogsLogGroupArn",
             value_get_text(wanted, "CloudWatchLogsLogGroupArn"));
    return call_simply(call, &route53_operations[ROUTE53_CREATE_QUERY_LOGGING_CONFIG], input, error);
}

static bool write_comment(const struct resource_call *call, const struct value *config, struct error *error)
{
    return call_over_hurdles(
        call->aws, &route53_operations[ROUTE53_UPDATE_HOSTED_ZONE_COMMENT], call->arena,
        and_with(call->arena, zone_input(call), "Comment", value_get_text(config, "Comment")), busy, BUSY_MS,
        NULL, error);
}

static bool write_features(const struct resource_call *call, const struct value *features,
                           struct error *error)
{
    struct value *input = zone_input(call);
    value_setz(call->arena, input, "EnableAcceleratedRecovery",
               value_bool(call->arena, value_get_bool(features, "EnableAcceleratedRecovery", false)));
    return call_over_hurdles(call->aws, &route53_operations[ROUTE53_UPDATE_HOSTED_ZONE_FEATURES], call->arena,
                             input, busy, BUSY_MS, NULL, error);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    if (!read(call, state, error))
        return false;
    const struct value *live = state->properties;
    return write_tags(call, state->tags, error) &&
           (!shape_differs(target, live, "HostedZoneConfig") ||
            write_comment(call, value_get(target, "HostedZoneConfig"), error)) &&
           (!shape_differs(target, live, "VPCs") ||
            write_vpcs(call, value_get(target, "VPCs"), value_get(live, "VPCs"), error)) &&
           (!shape_differs(target, live, "QueryLoggingConfig") ||
            write_log(call, value_get(target, "QueryLoggingConfig"), error)) &&
           (!shape_differs(target, live, "HostedZoneFeatures") ||
            write_features(call, value_get(target, "HostedZoneFeatures"), error));
}

static bool update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return update_until_answered(update_once, call, state, error);
}

static struct value *create_input(const struct resource_call *call)
{
    struct arena *arena = call->arena;
    struct value *properties = normal(call, call->properties);
    struct value *input = input_with(arena, "Name", value_get_text(properties, "Name"));
    const struct value *vpc = value_at(value_get(properties, "VPCs"), 0);
    struct value *settings = value_get(properties, "HostedZoneConfig");
    if (vpc) {
        settings = settings ? settings : value_map(arena);
        value_setz(arena, input, "VPC", value_copy(arena, vpc));
        value_setz(arena, settings, "PrivateZone", value_bool(arena, true));
    }
    and_with(arena, input, "CallerReference",
             arena_printf(arena, "%.*s-%.*s", STR_ARG(call->name), STR_ARG(call->token)));
    if (settings)
        value_setz(arena, input, "HostedZoneConfig", settings);
    return input;
}

/* A zone that an earlier try made, and that has no tags yet, is gone on with. */
static bool make(const struct resource_call *call, struct str *id, struct error *error)
{
    struct value *input = create_input(call), *answer;
    for (int attempt = 1;; attempt++) {
        if (!look(call, true, id, error) || id->len)
            return id->len;
        if (call_over_hurdles(call->aws, &route53_operations[ROUTE53_CREATE_HOSTED_ZONE], call->arena, input,
                              busy, BUSY_MS, &answer, error))
            break;
        bool unsure = error->code == ERROR_TIMEOUT || error_is(error, "HostedZoneAlreadyExists");
        if (!unsure || attempt == CREATE_ATTEMPTS)
            return false;
        error_clear(error);
        clock_sleep(aws_clock(call->aws), PAUSE_MS * attempt); /* a list may lag behind the create */
    }
    *id = route53_bare_id(value_text(value_path(answer, "HostedZone", "Id", NULL)));
    return route53_wait(call, answer, error);
}

static bool create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call made = *call;
    made.previous = NULL;
    return make(call, &made.physical_id, error) && update_until_answered(update_once, &made, state, error);
}

static bool remove_zone(const struct resource_call *call, struct error *error)
{
    if (value_get(call->previous, "QueryLoggingConfig") && !delete_log(call, error)) {
        bool gone = error->code == ERROR_NOT_FOUND;
        if (gone)
            error_clear(error);
        return gone;
    }
    if (call_over_hurdles(call->aws, &route53_operations[ROUTE53_DELETE_HOSTED_ZONE], call->arena,
                          zone_input(call), busy, BUSY_MS, NULL, error))
        return true;
    bool gone = error->code == ERROR_NOT_FOUND;
    if (gone)
        error_clear(error);
    return gone;
}

const struct resource_type route53_hosted_zone_type = {
    .name = "AWS::Route53::HostedZone",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_max = 64,
    .read = read,
    .find = find,
    .create = create,
    .update = update,
    .remove = remove_zone,
    .normalize = normalize,
    .arn = "arn:{partition}:route53:::hostedzone/*",
};
