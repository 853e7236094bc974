#include <stdlib.h>

#include "environments/sam/editor.h"

/* AWS::Serverless::StateMachine and its events. */

struct machine {
    struct sam *sam;
    struct source_resource *source;
    struct made *made;
    struct value *substitutions;
    size_t counter;
};

static struct value *own(const struct machine *machine, const char *name)
{
    return value_get(machine->source->properties, name);
}

static bool is_dynamic_reference(const struct value *value)
{
    return value_is(value, VALUE_STRING) && str_starts(value->text, "{{resolve:") &&
           str_ends(value->text, "}}");
}

static int compare_keys(const void *left, const void *right)
{
    return str_compare((*(struct value_entry *const *)left)->key, (*(struct value_entry *const *)right)->key);
}

static struct value *replace_functions(struct machine *machine, struct value *value);

/* Functions are taken out of the definition, in the order of sorted keys, and come back as substitutions. */
static void replace_in_map(struct machine *machine, struct value *map)
{
    struct value_entry **sorted = arena_array(machine->sam->arena, map->count + 1, sizeof *sorted);
    for (size_t i = 0; i < map->count; i++)
        sorted[i] = &map->entries[i];
    if (map->count)
        qsort(sorted, map->count, sizeof *sorted, compare_keys);
    for (size_t i = 0; i < map->count; i++)
        sorted[i]->value = replace_functions(machine, sorted[i]->value);
}

static struct value *replace_functions(struct machine *machine, struct value *value)
{
    struct sam *sam = machine->sam;
    if (is_intrinsic(value) || is_dynamic_reference(value)) {
        const char *name = text(sam, "definition_substitution_%zu", ++machine->counter);
        value_setz(sam->arena, machine->substitutions, name, value);
        return make_text(sam, text(sam, "${%s}", name));
    }
    if (value_is(value, VALUE_MAP))
        replace_in_map(machine, value);
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            value->items[i] = replace_functions(machine, value->items[i]);
    return value;
}

/* {"Fn::Join": ["\n", lines]} of the definition as JSON. */
static struct value *definition_string(struct sam *sam, const struct value *definition)
{
    struct buf dumped = BUF_INIT(BUF_LARGE);
    struct value *lines = value_list(sam->arena);
    struct str line;
    python_dumps(sam->arena, &dumped, definition, DUMPS_SORTED | DUMPS_INDENTED);
    struct str rest = arena_str(sam->arena, buf_str(&dumped));
    while (str_split(&rest, '\n', &line))
        value_append(sam->arena, lines, value_string(sam->arena, line));
    buf_release(&dumped);
    return make(sam, "{'Fn::Join': [%v, %v]}", make_text(sam, "\n"), lines);
}

static void set_definition(struct machine *machine)
{
    struct sam *sam = machine->sam;
    struct value *definition = own(machine, "Definition"), *uri = own(machine, "DefinitionUri");
    struct value *given = own(machine, "DefinitionSubstitutions");
    if (is_truthy(definition) == is_truthy(uri)) {
        sam_fail(sam, machine->source->node, machine->source->id,
                 "either 'Definition' or 'DefinitionUri' must be set");
        return;
    }
    if (is_truthy(given))
        made_set(sam, machine->made, "DefinitionSubstitutions", given);
    if (value_get(uri, "Plumb::Text")) {
        made_set(sam, machine->made, "DefinitionString", value_get(uri, "Plumb::Text"));
        return;
    }
    if (is_truthy(uri)) {
        struct value *pointer = s3_pointer(sam, uri, machine->source->id, "DefinitionUri");
        made_set(sam, machine->made, "DefinitionS3Location",
                 make(sam, "{'Bucket': %v, 'Key': %v, 'Version': %v}", value_get(pointer, "Bucket"),
                      value_get(pointer, "Key"), value_get(pointer, "Version")));
        return;
    }
    struct value *copy = python_deepcopy(sam->arena, definition);
    if (value_is(copy, VALUE_MAP))
        replace_in_map(machine, copy);
    if (machine->substitutions->count > 0) {
        if (!is_truthy(given))
            given = value_map(sam->arena);
        python_update(sam->arena, given, machine->substitutions);
        made_set(sam, machine->made, "DefinitionSubstitutions", given);
    }
    made_set(sam, machine->made, "DefinitionString", definition_string(sam, copy));
}

static struct value *machine_tags(struct machine *machine)
{
    struct value *tags = make(machine->sam, "[{'Key': 'stateMachine:createdBy', 'Value': 'SAM'}]");
    append_all(machine->sam, tags, tag_list(machine->sam, own(machine, "Tags")));
    return tags;
}

static void set_role(struct machine *machine, struct made_list *list)
{
    struct sam *sam = machine->sam;
    struct value *policies = own(machine, "Policies"), *role = own(machine, "Role");
    const struct value *traced = value_get(own(machine, "Tracing"), "Enabled");
    if (is_truthy(role) && is_truthy(policies))
        sam_fail(sam, role, machine->source->id, "'Role' and 'Policies' cannot both be set");
    if (is_truthy(role)) {
        made_set(sam, machine->made, "RoleArn", role);
        return;
    }
    struct value *all = value_list(sam->arena);
    if (is_truthy(policies) && !value_is(policies, VALUE_LIST))
        value_append(sam->arena, all, policies);
    append_all(sam, all, policies);
    if (value_is(traced, VALUE_BOOL) && traced->boolean)
        value_append(sam->arena, all, make_text(sam, xray_policy(sam)));
    struct role_options options = {
        .resource_id = machine->source->id,
        .attributes = passthrough_attributes(sam, machine->source->attributes),
        .assume_role = assume_role_of(sam, "states.amazonaws.com"),
        .policies = all,
        .path = own(machine, "RolePath"),
        .boundary = own(machine, "PermissionsBoundary"),
        .tags = machine_tags(machine),
    };
    struct made *made = build_role(sam, &options);
    made_set(sam, machine->made, "RoleArn", make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", made->id));
    made_add(sam, list, made);
}

/* The alias as Python prints it. */
static const char *alias_suffix(struct sam *sam, const struct value *name)
{
    struct buf printed = BUF_INIT(BUF_LARGE);
    if (value_is(name, VALUE_STRING))
        buf_add(&printed, name->text);
    else
        python_repr(sam->arena, &printed, name);
    const char *suffix = arena_strz(sam->arena, buf_str(&printed));
    buf_release(&printed);
    return suffix;
}

static struct made *publish(struct machine *machine, struct made_list *list)
{
    struct sam *sam = machine->sam;
    struct value *name = own(machine, "AutoPublishAlias"), *preference = own(machine, "DeploymentPreference");
    const char *id = machine->source->id;
    if (!is_truthy(name)) {
        if (is_truthy(preference) || is_truthy(own(machine, "UseAliasAsEventTarget")))
            sam_fail(sam, machine->source->node, id,
                     "'DeploymentPreference' and 'UseAliasAsEventTarget' require 'AutoPublishAlias'");
        return NULL;
    }
    const char *suffix = alias_suffix(sam, name);
    struct value *attributes = passthrough_attributes(sam, machine->source->attributes);
    struct made *alias = made_new(sam, text(sam, "%sAlias%s", id, suffix),
                                  "AWS::StepFunctions::StateMachineAlias", attributes);
    static const char *const kept[] = {"DeletionPolicy", "UpdateReplacePolicy"};
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
        if (!value_get(attributes, kept[i]))
            value_setz(sam->arena, attributes, kept[i], make_text(sam, "Retain"));
    struct made *version =
        made_new(sam, text(sam, "%sVersion", id), "AWS::StepFunctions::StateMachineVersion", attributes);
    made_set(sam, version, "StateMachineArn", make(sam, "{'Ref': '%s'}", id));
    made_set(sam, version, "StateMachineRevisionId",
             make(sam, "{'Fn::GetAtt': ['%s', 'StateMachineRevisionId']}", id));
    if (!is_truthy(preference))
        preference = make(sam, "{'Type': 'ALL_AT_ONCE'}");
    if (!expect(sam, preference, machine->source->node, id, "DeploymentPreference", VALUE_MAP))
        return NULL;
    value_setz(sam->arena, preference, "StateMachineVersionArn", make(sam, "{'Ref': '%s'}", version->id));
    made_set(sam, alias, "Name", name);
    made_set(sam, alias, "DeploymentPreference", preference);
    made_add(sam, list, version);
    made_add(sam, list, alias);
    return alias;
}

static struct made *event_role(struct sam *sam, struct event *event, struct target *target,
                               const char *service)
{
    struct made *role = made_new(sam, text(sam, "%sRole", event->id), "AWS::IAM::Role", target->attributes);
    made_set(sam, role, "AssumeRolePolicyDocument", assume_role_of(sam, service));
    made_set(sam, role, "Policies",
             make(sam, "[%v]",
                  simple_policy(sam, text(sam, "%sStartExecutionPolicy", role->id), "states:StartExecution",
                                target->arn)));
    if (is_truthy(target->permissions))
        made_set(sam, role, "PermissionsBoundary", target->permissions);
    return role;
}

static void build_rule(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    bool schedule = str_is(str_from(event->type), "Schedule");
    struct made *rule = made_new(sam, event->id, "AWS::Events::Rule", target->attributes);
    struct value *arn = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", event->id);
    struct value *role_arn = value_get(event->properties, "RoleArn");
    made_set(sam, rule, "ScheduleExpression", schedule ? value_get(event->properties, "Schedule") : NULL);
    made_set(sam, rule, "EventBusName", value_get(event->properties, "EventBusName"));
    made_set(sam, rule, "EventPattern", value_get(event->properties, "Pattern"));
    made_set(sam, rule, "Name", value_get(event->properties, schedule ? "Name" : "RuleName"));
    made_set(sam, rule, "Description", value_get(event->properties, "Description"));
    rule_state(sam, event, rule);
    made_add(sam, list, rule);
    if (is_none(role_arn)) {
        struct made *role = event_role(sam, event, target, "events.amazonaws.com");
        role_arn = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", role->id);
        made_add(sam, list, role);
    }
    struct value *queue = dead_letter_queue(sam, event, arn, target->attributes, list);
    made_set(sam, rule, "Targets",
             make(sam, "[%v]", rule_target(sam, event, target, role_arn, queue, "StepFunctionsTarget")));
}

static struct value *request_template(struct sam *sam, struct event *event, struct target *target)
{
    bool unescaped = is_truthy(value_get(event->properties, "UnescapeMappingTemplate"));
    const char *input = unescaped ? "$util.escapeJavaScript($input.json('$')).replaceAll(\"\\\\'\",\"'\")"
                                  : "$util.escapeJavaScript($input.json('$'))";
    struct value *content = make_text(
        sam, text(sam, "{\"input\": \"%s\", \"stateMachineArn\": \"${%s}\"}", input, target->function->id));
    return make(sam, "{'application/json': {'Fn::Sub': %v}}", content);
}

static void build_api_method(struct sam *sam, struct event *event, struct target *target,
                             struct made_list *list)
{
    struct value *api_id, *api, *stage, *path = value_get(event->properties, "Path");
    struct value *given = value_get(event->properties, "Method");
    struct made *role = event_role(sam, event, target, "apigateway.amazonaws.com");
    made_add(sam, list, role);
    if (!link_rest_api(sam, event, &api_id, &api, &stage) || !value_is(path, VALUE_STRING) ||
        !value_is(given, VALUE_STRING) || !is_truthy(value_get(api, "__MANAGE_SWAGGER")) ||
        !value_get(api, "DefinitionBody"))
        return;
    struct editor *editor = editor_new(sam, value_get(api, "DefinitionBody"), api_id->text.ptr, false);
    if (!editor)
        return;
    char *small = arena_strz(sam->arena, given->text);
    for (char *c = small; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    struct value *method = make_text(sam, small);
    method->mark = given->mark;
    if (editor_has_integration(editor, path->text, method->text)) {
        sam_fail(sam, event->node, event->function_id,
                 "event '%s': API method '%s' is defined more than once for path '%.*s'", event->relative,
                 small, STR_ARG(path->text));
        return;
    }
    editor_add_machine(editor, path, method,
                       make(sam, "{'Fn::Sub': 'arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/"
                                 "StartExecution'}"),
                       make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", role->id),
                       request_template(sam, event, target),
                       value_get(target->function->attributes, "Condition"));
    stage = value_get(event->properties, "Stage");
    if (is_truthy(value_get(event->properties, "Auth")))
        add_event_auth(sam, event, api, api_id, path, method, stage ? stage : value_null(sam->arena), editor);
    if (!sam->failed)
        python_put(sam->arena, api, "DefinitionBody", editor_result(editor));
}

static void link_events(struct machine *machine)
{
    struct python_items all = python_items(machine->sam->arena, own(machine, "Events"));
    struct event event;
    for (size_t i = 0; i < all.count && !machine->sam->failed; i++)
        if (event_read(machine->sam, machine->source->id, &all.items[i], machine_event_properties, &event))
            event_link(machine->sam, &event);
}

static void build_events(struct machine *machine, struct target *target, struct made_list *list)
{
    struct sam *sam = machine->sam;
    struct python_items all = python_items(sam->arena, own(machine, "Events"));
    struct event event;
    for (size_t i = 0; i < all.count && !sam->failed; i++) {
        if (!event_read(sam, machine->source->id, &all.items[i], machine_event_properties, &event))
            return;
        if (str_is(str_from(event.type), "Api"))
            build_api_method(sam, &event, target, list);
        else if (str_is(str_from(event.type), "ScheduleV2"))
            build_schedule_v2(sam, &event, target, true, list);
        else
            build_rule(sam, &event, target, list);
    }
}

void build_state_machine(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct machine machine = {.sam = sam, .source = source, .substitutions = value_map(sam->arena)};
    machine.made = made_new(sam, source->id, "AWS::StepFunctions::StateMachine", source->attributes);
    machine.made->depends_on = value_get(source->node, "DependsOn");
    made_add(sam, list, machine.made);
    link_events(&machine);
    set_definition(&machine);
    set_role(&machine, list);
    made_set(sam, machine.made, "StateMachineName", own(&machine, "Name"));
    made_set(sam, machine.made, "StateMachineType", own(&machine, "Type"));
    made_set(sam, machine.made, "LoggingConfiguration", own(&machine, "Logging"));
    made_set(sam, machine.made, "TracingConfiguration", own(&machine, "Tracing"));
    made_set(sam, machine.made, "Tags", machine_tags(&machine));
    if (sam->failed)
        return;
    struct made *alias = publish(&machine, list);
    struct made *called = alias && is_truthy(own(&machine, "UseAliasAsEventTarget")) ? alias : machine.made;
    struct target target = {.function = called,
                            .arn = make(sam, "{'Ref': '%s'}", called->id),
                            .attributes = passthrough_attributes(sam, called->attributes),
                            .permissions = own(&machine, "PermissionsBoundary")};
    build_events(&machine, &target, list);
    propagate_tags(sam, list, own(&machine, "Tags"), is_truthy(own(&machine, "PropagateTags")));
}
