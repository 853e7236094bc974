#include "environments/sam/connector.h"
#include "base/json.h"

/* AWS::Serverless::Connector, and connectors written at their source: who may call whom, from a table of
 * profiles (connector_profiles.c) by the types of both sides. */

struct connection {
    struct sam *sam;
    const struct connector *connector;
    struct connector_side source, destination;
    const struct value *profile; /* its Properties, with the sides filled in */
    const char *suffix;          /* "Destination0" where there are several, or "" */
    struct made_list *list;
};

static const struct value *profiles(struct sam *sam)
{
    struct error ignored = ERROR_INIT;
    if (!sam->profiles &&
        !json_read(sam->arena, STR_EMPTY, connector_profiles(sam->arena), &sam->profiles, &ignored))
        sam_fail(sam, NULL, "", "the connectors' profiles cannot be read: %s", ignored.message);
    return sam->profiles;
}

static const char *cloudformation_type(const char *type)
{
    static const char *const types[][2] = {
        {"AWS::Serverless::Api", "AWS::ApiGateway::RestApi"},
        {"AWS::Serverless::Function", "AWS::Lambda::Function"},
        {"AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"},
        {"AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"},
        {"AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (str_is(str_from(type), types[i][0]))
            return types[i][1];
    return type;
}

/* One name of a profile and what it stands for. */
struct replacement {
    const char *pattern, *variable; /* "%{Source.Arn}", "SourceArn" */
    struct value *value;
};

static struct value *replace_text(struct sam *sam, const char *id, struct value *given,
                                  const struct replacement *all, size_t count)
{
    struct value *variables = value_map(sam->arena);
    struct str rest = given->text;
    struct buf out = BUF_INIT(BUF_SMALL);
    while (rest.len > 0) {
        size_t k = 0;
        while (k < count && !str_starts(rest, all[k].pattern))
            k++;
        if (k == count) {
            buf_addc(&out, rest.ptr[0]);
            rest = str_from_index(rest, 1);
            continue;
        }
        if (is_none(all[k].value)) {
            sam_fail(sam, NULL, id, "%.*s is missing",
                     STR_ARG(str_slice(str_from(all[k].pattern), 2, str_from(all[k].pattern).len - 3)));
            break;
        }
        if (str_is(given->text, all[k].pattern)) {
            buf_release(&out);
            return all[k].value;
        }
        buf_printf(&out, "${%s}", all[k].variable);
        value_setz(sam->arena, variables, all[k].variable, all[k].value);
        rest = str_from_index(rest, str_from(all[k].pattern).len);
    }
    struct value *text = value_string(sam->arena, buf_str(&out));
    buf_release(&out);
    if (!str_contains(text->text, "${"))
        return text;
    return variables->count ? make(sam, "{'Fn::Sub': [%v, %v]}", text, variables)
                            : make(sam, "{'Fn::Sub': %v}", text);
}

static struct value *replace(struct sam *sam, const char *id, struct value *given,
                             const struct replacement *all, size_t count)
{
    if (value_is(given, VALUE_STRING))
        return replace_text(sam, id, given, all, count);
    if (value_is(given, VALUE_LIST)) {
        struct value *list = value_list(sam->arena);
        for (size_t i = 0; i < given->count; i++)
            value_append(sam->arena, list, replace(sam, id, given->items[i], all, count));
        return list;
    }
    if (!value_is(given, VALUE_MAP))
        return given;
    struct value *map = value_map(sam->arena);
    for (size_t i = 0; i < given->count; i++)
        value_set(sam->arena, map, given->entries[i].key,
                  replace(sam, id, given->entries[i].value, all, count));
    return map;
}

/* The role of a rule's target that is the other side. */
static struct value *role_of_rule(struct sam *sam, const struct value *properties, const struct value *other)
{
    const struct value *targets = value_get(properties, "Targets");
    for (size_t i = 0; value_is(targets, VALUE_LIST) && i < targets->count; i++) {
        struct value *arn = value_get(targets->items[i], "Arn");
        const char *id = id_of_intrinsic(sam, arn);
        if ((id && value_is_text(value_get(other, "Id"), id)) ||
            (is_truthy(value_get(other, "Arn")) && value_equal(arn, value_get(other, "Arn"))))
            return value_get(targets->items[i], "RoleArn");
    }
    return NULL;
}

static struct value *role_name(struct sam *sam, const struct value *inputs, const struct value *properties,
                               const struct value *other)
{
    const struct value *where = value_get(inputs, "Role");
    struct value *role = NULL;
    if (value_is(where, VALUE_STRING))
        role = value_get_str(properties, where->text);
    else if (value_is_text(value_get(where, "Function"), "GetEventsRuleRole"))
        role = role_of_rule(sam, properties, other);
    const char *id = id_of_intrinsic(sam, role);
    return id ? make(sam, "{'Ref': '%s'}", id) : NULL;
}

static void read_by_properties(struct sam *sam, const char *id, const struct value *given,
                               struct connector_side *out)
{
    const struct value *type = value_get(given, "Type");
    if (!value_is(type, VALUE_STRING) || type->text.len == 0) {
        sam_fail(sam, given, id, "'Type' is missing or no text");
        return;
    }
    *out = (struct connector_side){.type = cloudformation_type(type->text.ptr),
                                   .arn = value_get(given, "Arn"),
                                   .role = value_get(given, "RoleName"),
                                   .url = value_get(given, "QueueUrl"),
                                   .id = value_get(given, "ResourceId"),
                                   .name = value_get(given, "Name"),
                                   .qualifier = value_get(given, "Qualifier")};
}

static void read_side(struct sam *sam, const char *id, const struct value *given, const struct value *other,
                      struct connector_side *out)
{
    const struct value *logical_id = value_get(given, "Id");
    size_t more = 0;
    for (size_t i = 0; i < given->count; i++)
        more += !str_is(given->entries[i].key, "Id") && !str_is(given->entries[i].key, "Qualifier");
    if ((value_get(given, "Id") != NULL) == (more > 0)) {
        sam_fail(sam, given, id,
                 "a side of a connector needs 'Id', with 'Qualifier' or not, or other properties");
        return;
    }
    if (!is_truthy(logical_id)) {
        read_by_properties(sam, id, given, out);
        return;
    }
    const struct value *resource = value_get_str(sam->output, value_text(logical_id));
    const struct value *type = value_get(resource, "Type");
    if (!resource || !value_is(type, VALUE_STRING)) {
        sam_fail(sam, logical_id, id, "there is no resource '%.*s'", STR_ARG(value_text(logical_id)));
        return;
    }
    struct replacement own = {"%{logicalId}", "logicalId", (struct value *)logical_id};
    struct value *facts = replace(
        sam, id, value_get_str(value_get(profiles(sam), "CfnResourceProperties"), type->text), &own, 1);
    const struct value *outputs = value_get(facts, "Outputs");
    struct value *qualifier = value_get(given, "Qualifier");
    *out = (struct connector_side){
        .logical_id = logical_id->text.ptr,
        .type = type->text.ptr,
        .arn = value_get(outputs, "Arn"),
        .role = role_name(sam, value_get(facts, "Inputs"), value_get(resource, "Properties"), other),
        .url = value_get(outputs, "Url"),
        .id = value_get(outputs, "Id"),
        .name = value_get(outputs, "Name"),
        .qualifier = qualifier ? qualifier : value_get(outputs, "Qualifier")};
}

static bool has_permission(const struct connection *connection, struct str name)
{
    const struct value *all = connection->connector->permissions;
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(value_text(all->items[i]), name))
            return true;
    return false;
}

static bool is_valid_combination(const struct connection *connection, const struct value *combination)
{
    const struct value *all = connection->connector->permissions;
    for (size_t i = 0; i < combination->count; i++)
        if (!has_permission(connection, combination->items[i]->text))
            return false;
    for (size_t i = 0; i < all->count; i++) {
        bool found = false;
        for (size_t k = 0; k < combination->count; k++)
            found = found || value_equal(all->items[i], combination->items[k]);
        if (!found)
            return false;
    }
    return true;
}

static void check_permissions(const struct connection *connection, const struct value *profile)
{
    struct sam *sam = connection->sam;
    const struct value *all = connection->connector->permissions,
                       *valid = value_get(profile, "ValidAccessCategories");
    const struct value *categories = value_get(profile, "AccessCategories");
    struct buf names = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < categories->count; i++)
        buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(categories->entries[i].key));
    bool sound = all->count > 0;
    for (size_t i = 0; i < all->count; i++)
        sound = sound && value_get_str(categories, value_text(all->items[i]));
    if (!sound)
        sam_fail(sam, connection->connector->at, connection->connector->id,
                 "'Permissions' from %s to %s must be of: %s", connection->source.type,
                 connection->destination.type, names.ptr);
    buf_release(&names);
    bool fits = !valid;
    for (size_t i = 0; valid && i < valid->count; i++)
        fits = fits || is_valid_combination(connection, valid->items[i]);
    if (!fits)
        sam_fail(sam, connection->connector->at, connection->connector->id,
                 "'Permissions' from %s to %s must be given together", connection->source.type,
                 connection->destination.type);
}

static struct value *statements(const struct connection *connection)
{
    struct sam *sam = connection->sam;
    const struct value *categories = value_get(connection->profile, "AccessCategories");
    struct value *all = value_list(sam->arena);
    for (size_t i = 0; i < categories->count; i++)
        if (has_permission(connection, categories->entries[i].key))
            append_all(sam, all, value_get(categories->entries[i].value, "Statement"));
    return make(sam, "{'Version': '2012-10-17', 'Statement': %v}", all);
}

/* The side that the policy belongs to. */
static const struct connector_side *policy_side(const struct connection *connection)
{
    return value_get_bool(connection->profile, "SourcePolicy", false) ? &connection->source
                                                                      : &connection->destination;
}

static struct value *needed(const struct connection *connection, struct value *value, const char *what)
{
    bool source = policy_side(connection) == &connection->source;
    if (!is_truthy(value))
        sam_fail(connection->sam, connection->connector->at, connection->connector->id,
                 "the %s of '%s' is not known", what, source ? "Source" : "Destination");
    return value;
}

static struct made *add_made(const struct connection *connection, const char *infix, const char *type)
{
    struct sam *sam = connection->sam;
    const struct connector *connector = connection->connector;
    struct made *made = made_new(sam, text(sam, "%s%s%s", connector->id, infix, connection->suffix), type,
                                 connector->attributes);
    made->depends_on = connector->depends_on;
    made_add(sam, connection->list, made);
    return made;
}

static struct value *as_list(struct sam *sam, struct value *value)
{
    struct value *list = value_list(sam->arena);
    if (value_is(value, VALUE_LIST))
        append_all(sam, list, value);
    else if (value)
        value_append(sam->arena, list, value);
    return list;
}

static void append_once(struct sam *sam, struct value *list, struct value *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (value_equal(list->items[i], item))
            return;
    value_append(sam->arena, list, item);
}

static void depend_on(struct sam *sam, const char *id, const char *on)
{
    struct value *resource = value_get(sam->output, id);
    if (!resource)
        return;
    struct value *list = as_list(sam, value_get(resource, "DependsOn"));
    append_once(sam, list, make_text(sam, on));
    value_setz(sam->arena, resource, "DependsOn", list);
}

/* The one event source mapping between both sides. */
static const char *mapping_between(const struct connection *connection)
{
    const char *found = NULL;
    size_t count = 0;
    const struct value *output = connection->sam->output;
    for (size_t i = 0; i < output->count; i++) {
        const struct value *resource = output->entries[i].value,
                           *properties = value_get(resource, "Properties");
        const char *function = id_of_intrinsic(connection->sam, value_get(properties, "FunctionName"));
        const char *source = id_of_intrinsic(connection->sam, value_get(properties, "EventSourceArn"));
        if (value_is_text(value_get(resource, "Type"), "AWS::Lambda::EventSourceMapping") && function &&
            source && str_is(str_from(function), connection->destination.logical_id) &&
            str_is(str_from(source), connection->source.logical_id)) {
            found = output->entries[i].key.ptr;
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

static void build_managed_policy(const struct connection *connection)
{
    struct sam *sam = connection->sam;
    const struct value *depended = value_get(connection->profile, "DependedBy");
    struct value *role = needed(connection, policy_side(connection)->role, "IAM role");
    struct made *policy = add_made(connection, "Policy", "AWS::IAM::ManagedPolicy");
    made_set(sam, policy, "PolicyDocument", statements(connection));
    made_set(sam, policy, "Roles", make(sam, "[%v]", role));
    const char *source = connection->source.logical_id, *destination = connection->destination.logical_id;
    if (value_is_text(depended, "DESTINATION_EVENT_SOURCE_MAPPING") && source && destination) {
        const char *mapping = mapping_between(connection);
        if (mapping)
            depend_on(sam, mapping, policy->id);
    }
    if (value_is_text(depended, "SOURCE") && source)
        depend_on(sam, source, policy->id);
}

static void build_permissions(const struct connection *connection)
{
    struct sam *sam = connection->sam;
    const struct value *categories = value_get(connection->profile, "AccessCategories");
    struct value *arn = needed(connection, policy_side(connection)->arn, "function's ARN");
    static const char *const same[] = {"Action", "Principal", "SourceArn", "SourceAccount"};
    for (size_t i = 0; i < categories->count; i++) {
        if (!has_permission(connection, categories->entries[i].key))
            continue;
        struct made *permission =
            add_made(connection, text(sam, "%.*sLambdaPermission", STR_ARG(categories->entries[i].key)),
                     "AWS::Lambda::Permission");
        made_set(sam, permission, "FunctionName", arn);
        for (size_t k = 0; k < ARRAY_LENGTH(same); k++)
            made_set(sam, permission, same[k], value_get(categories->entries[i].value, same[k]));
    }
}

static void build_resource_policy(const struct connection *connection, bool queue)
{
    struct sam *sam = connection->sam;
    const struct connector_side *side = policy_side(connection);
    struct value *resource =
        needed(connection, queue ? side->url : side->arn, queue ? "queue's URL" : "topic's ARN");
    struct made *policy = add_made(connection, queue ? "QueuePolicy" : "TopicPolicy",
                                   queue ? "AWS::SQS::QueuePolicy" : "AWS::SNS::TopicPolicy");
    made_set(sam, policy, queue ? "Queues" : "Topics", make(sam, "[%v]", resource));
    made_set(sam, policy, "PolicyDocument", statements(connection));
}

static void fill_profile(struct connection *connection, struct value *properties)
{
    const struct connector_side *from = &connection->source, *to = &connection->destination;
    const struct replacement all[] = {
        {"%{Source.Arn}", "SourceArn", from->arn},
        {"%{Destination.Arn}", "DestinationArn", to->arn},
        {"%{Source.ResourceId}", "SourceResourceId", from->id},
        {"%{Destination.ResourceId}", "DestinationResourceId", to->id},
        {"%{Source.Name}", "SourceName", from->name},
        {"%{Destination.Name}", "DestinationName", to->name},
        {"%{Source.Qualifier}", "SourceQualifier", from->qualifier},
        {"%{Destination.Qualifier}", "DestinationQualifier", to->qualifier},
    };
    connection->profile =
        replace(connection->sam, connection->connector->id, properties, all, ARRAY_LENGTH(all));
}

static void add_metadata(const struct connection *connection, size_t from)
{
    struct sam *sam = connection->sam;
    const char *ids[] = {connection->source.logical_id, connection->destination.logical_id};
    const char *types[] = {connection->source.type, connection->destination.type};
    for (size_t i = 0; i < 2; i++) {
        const struct value *type = ids[i] ? value_get(value_get(sam->resources, ids[i]), "Type") : NULL;
        types[i] = is_truthy(type) ? type->text.ptr : types[i];
    }
    for (size_t i = from; i < connection->list->count; i++) {
        struct value *attributes = connection->list->items[i]->attributes, *metadata = value_map(sam->arena);
        if (value_is(value_get(attributes, "Metadata"), VALUE_MAP))
            python_update(sam->arena, metadata, value_get(attributes, "Metadata"));
        value_setz(sam->arena, metadata, "aws:sam:connectors",
                   make(sam, "{'%s': {'Source': {'Type': '%s'}, 'Destination': {'Type': '%s'}}}",
                        connection->connector->id, types[0], types[1]));
        value_setz(sam->arena, attributes, "Metadata", metadata);
    }
}

static void connect_one(struct connection *connection)
{
    struct sam *sam = connection->sam;
    const struct value *profile =
        value_get(value_get(value_get(profiles(sam), "Permissions"), connection->source.type),
                  connection->destination.type);
    const struct value *type = value_get(profile, "Type");
    size_t before = connection->list->count;
    if (!profile) {
        sam_fail(sam, connection->connector->at, connection->connector->id,
                 "a connector from %s to %s is not supported", connection->source.type,
                 connection->destination.type);
        return;
    }
    check_permissions(connection, value_get(profile, "Properties"));
    if (!sam->failed)
        fill_profile(connection, value_get(profile, "Properties"));
    if (sam->failed)
        return;
    if (value_is_text(type, "AWS_IAM_ROLE_MANAGED_POLICY"))
        build_managed_policy(connection);
    else if (value_is_text(type, "AWS_LAMBDA_PERMISSION"))
        build_permissions(connection);
    else
        build_resource_policy(connection, value_is_text(type, "AWS_SQS_QUEUE_POLICY"));
    add_metadata(connection, before);
}

/* What waited for the connector waits for what it became. */
static void replace_dependencies(struct sam *sam, const char *id, const struct made_list *list, size_t from)
{
    for (size_t i = 0; i < sam->output->count; i++) {
        struct value *resource = sam->output->entries[i].value, *all = value_list(sam->arena);
        struct value *depends_on = as_list(sam, value_get(resource, "DependsOn"));
        bool found = false;
        for (size_t k = 0; k < depends_on->count; k++) {
            if (!found && value_is_text(depends_on->items[k], id))
                found = true;
            else
                value_append(sam->arena, all, depends_on->items[k]);
        }
        for (size_t k = from; found && k < list->count; k++)
            append_once(sam, all, make_text(sam, list->items[k]->id));
        if (found)
            value_setz(sam->arena, resource, "DependsOn", all);
    }
}

void build_connection(struct sam *sam, const struct connector *connector, struct made_list *list)
{
    struct value *destinations = connector->destination;
    bool several = value_is(destinations, VALUE_LIST);
    size_t before = list->count;
    if (!several)
        destinations = make(sam, "[%v]", destinations);
    expect(sam, connector->permissions, connector->at, connector->id, "Permissions", VALUE_LIST);
    for (size_t i = 0; i < destinations->count; i++)
        expect(sam, destinations->items[i], connector->at, connector->id, "Destination", VALUE_MAP);
    expect(sam, connector->source, connector->at, connector->id, "Source", VALUE_MAP);
    if (destinations->count == 0)
        sam_fail(sam, connector->at, connector->id, "'Destination' is an empty list");
    for (size_t i = 0; i < destinations->count && !sam->failed; i++) {
        struct connection connection = {.sam = sam,
                                        .connector = connector,
                                        .suffix = several ? text(sam, "Destination%zu", i) : "",
                                        .list = list};
        read_side(sam, connector->id, destinations->items[i], connector->source, &connection.destination);
        if (!sam->failed)
            read_side(sam, connector->id, connector->source, destinations->items[i], &connection.source);
        if (!sam->failed)
            connect_one(&connection);
    }
    if (!sam->failed)
        replace_dependencies(sam, connector->id, list, before);
}

void build_connector(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct connector connector = {.id = source->id,
                                  .at = source->node,
                                  .source = value_get(source->properties, "Source"),
                                  .destination = value_get(source->properties, "Destination"),
                                  .permissions = value_get(source->properties, "Permissions"),
                                  .depends_on = value_get(source->node, "DependsOn"),
                                  .attributes = source->attributes};
    build_connection(sam, &connector, list);
}

static void embed(struct sam *sam, const char *source, const struct value_entry *entry,
                  struct value *resources)
{
    const char *id = text(sam, "%s%.*s", source, STR_ARG(entry->key));
    const struct value *given = value_get(entry->value, "Properties");
    struct value *properties = value_map(sam->arena), *from = make(sam, "{'Id': '%s'}", source);
    const struct value *reference = value_get(given, "SourceReference");
    if (!value_is(entry->value, VALUE_MAP) || !value_is(given, VALUE_MAP)) {
        sam_fail(sam, entry->value, value_is(entry->value, VALUE_MAP) ? source : id,
                 "connector '%.*s' must be a mapping with 'Properties'", STR_ARG(entry->key));
        return;
    }
    if (reference && !expect(sam, reference, given, source, "SourceReference", VALUE_MAP))
        return;
    if (value_get(reference, "Id")) {
        sam_fail(sam, reference, entry->key.ptr, "'SourceReference' cannot have an 'Id'");
        return;
    }
    python_update(sam->arena, properties, given);
    value_remove(properties, STR("SourceReference"));
    if (reference)
        python_update(sam->arena, from, reference);
    value_setz(sam->arena, properties, "Source", from);
    if (value_get(sam->resources, id)) {
        sam_fail(sam, entry->value, id,
                 "connector '%.*s' of '%s' would be it, but the template has one already",
                 STR_ARG(entry->key), source);
        return;
    }
    struct value *connector = own_attributes(sam, entry->value);
    value_setz(sam->arena, connector, "Type", make_text(sam, "AWS::Serverless::Connector"));
    if (value_get(entry->value, "DependsOn"))
        value_setz(sam->arena, connector, "DependsOn", value_get(entry->value, "DependsOn"));
    value_setz(sam->arena, connector, "Properties", properties);
    check_properties(sam, entry->value, id, "AWS::Serverless::Connector",
                     resource_properties("AWS::Serverless::Connector"), properties);
    value_setz(sam->arena, resources, id, value_at_position_of(connector, entry->value));
}

void embedded_connectors(struct sam *sam)
{
    struct value *made = value_map(sam->arena);
    for (size_t i = 0; i < sam->resources->count; i++) {
        struct value *resource = sam->resources->entries[i].value, *all = value_get(resource, "Connectors");
        const char *id = sam->resources->entries[i].key.ptr;
        sam->failed = false;
        if (!all || !expect(sam, all, resource, id, "Connectors", VALUE_MAP))
            continue;
        for (size_t k = 0; k < all->count; k++) {
            sam->failed = false;
            embed(sam, id, &all->entries[k], made);
        }
    }
    for (size_t i = 0; i < sam->resources->count; i++)
        value_remove(sam->resources->entries[i].value, STR("Connectors"));
    python_update(sam->arena, sam->resources, made);
}
