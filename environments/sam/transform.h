#ifndef PLUMB_ENVIRONMENTS_SAM_TRANSFORM_H
#define PLUMB_ENVIRONMENTS_SAM_TRANSFORM_H

/*
 * One SAM transform under way; inside environments/sam only.
 *
 * Mistakes are sticky: sam_fail keeps the first one of the resource in hand and sets `failed`; what is built
 * after it is thrown away.  So builders need no error paths, only care with NULL, which every value_ reading
 * takes; the driver collects the mistakes of all resources into one error.
 *
 * A resource of the result is built as struct made.  Property values may be shared with the template: the
 * tree belongs to this transform.
 */

#include "environments/sam/python.h"
#include "environments/sam/sam.h"

struct made {
    const char *id;
    bool id_unicode; /* see python.h */
    const char *type;
    struct value *depends_on, *attributes, *properties;
};

struct made_list {
    struct made **items;
    size_t count, capacity;
};

struct sam {
    struct arena *arena;
    struct python_scratch scratch;
    const struct template_options *options;
    const char *partition;
    struct value *template;   /* events edit the APIs in here */
    struct value *resources;  /* of it */
    struct value *output;     /* the resources of the result */
    struct value *conditions; /* of the result, or NULL */
    struct value *parameters, *mappings;
    struct value *changed_ids;    /* logical id -> new logical id */
    struct value *references;     /* logical id -> property -> logical id */
    struct value *function_names; /* API -> list of texts */
    struct value *preferences;    /* function -> deployment preference (deployment_preference.c) */
    struct value *record_sets;    /* Route 53 record set groups by logical id: lists of record sets */
    struct usage_plan *usage_plan;
    struct value *profiles; /* of connectors, or NULL (connector.c) */
    const struct value
        *current; /* the resource in hand: where a mistake is found in no value of the user's */
    bool failed;  /* of it */
    size_t mistakes;
    struct error first;
    struct value *mistake_list; /* {id, message} of the others */
};

/* A mistake in the resource or event `id` (named in the message), found at `at` (or NULL). */
void sam_fail(struct sam *, const struct value *at, const char *id, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* A value from a shape (environments/make.h): make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", id). */
struct value *make(struct sam *, const char *shape, ...);
const char *text(struct sam *, const char *format, ...) PRINTF_LIKE(2, 3);
struct value *make_text(struct sam *, const char *);
struct value *make_if(struct sam *, struct value *condition, struct value *then, struct value *otherwise);

/* The logical id must be letters and digits. */
struct made *made_new(struct sam *, const char *id, const char *type, struct value *attributes);
void made_set(struct sam *, struct made *, const char *property, struct value *); /* none: left out */
void made_add(struct sam *, struct made_list *, struct made *);
struct value *made_get(const struct made *, const char *property);
/* Type, DependsOn, attributes and Properties as a template has them. */
struct value *made_value(struct sam *, const struct made *);
/* Condition, DeletionPolicy and UpdateReplacePolicy: what generated resources inherit. */
struct value *passthrough_attributes(struct sam *, const struct value *attributes);
/* The attributes of a SAM resource that its main resource keeps. */
struct value *own_attributes(struct sam *, const struct value *resource);
/* [{Key, Value}] of a map. */
struct value *tag_list(struct sam *, const struct value *tags);
void append_all(struct sam *, struct value *list, const struct value *more);
/* Sets Tags on every resource whose type has them (made.c). */
void propagate_tags(struct sam *, struct made_list *, const struct value *tags, bool propagate);

/* prefix + the first 10 digits of the hash of data (a text as it is, else compact JSON); none: the prefix. */
const char *hashed_id(struct sam *, const char *prefix, const struct value *data);
const char *sha1_digits(struct sam *, struct str data, size_t length);
bool is_alphanumeric(struct str);

/* Intrinsic functions (intrinsics.c). */
bool is_intrinsic(const struct value *);
bool is_intrinsic_if(const struct value *);
bool is_no_value(const struct value *);
const char *id_of_intrinsic(struct sam *, const struct value *); /* of Ref or GetAtt, else NULL */
const char *shorthand(struct sam *, const struct value *);       /* "${A.Arn}" */
struct value *resolve_parameters(struct sam *, struct value *);
struct value *resolve_mappings(struct sam *, struct value *);
void resolve_references(struct sam *, struct value *template);

/* Property tables: "Name:kinds! ..." (properties.c). */
const char *resource_properties(const char *type);
const char *function_event_properties(const char *type);
const char *machine_event_properties(const char *type);
const char *linked_properties(const char *type);
bool check_properties(struct sam *, const struct value *at, const char *id, const char *type,
                      const char *specification, const struct value *properties);
/* The mapping must be as its model says (model.c); values that only read as what they should be become it. */
void fit_to_model(struct sam *, const char *id, struct value *, const struct value *at, const char *path,
                  const char *model);
/* Must be of this kind, else a mistake naming `path`. */
bool expect(struct sam *, const struct value *value, const struct value *at, const char *id, const char *path,
            enum value_kind);

/* Phases, in order. */
void default_definitions(struct sam *);
void implicit_apis(struct sam *);
void globals_merge(struct sam *);
bool is_openapi_3(const struct value *version);       /* "3.0", "3.0.1" */
bool is_openapi_version(const struct value *version); /* also "2.0" */
void embedded_connectors(struct sam *);

/* One SAM resource: what every builder of a type is given. */
struct source_resource {
    const char *id;
    bool id_unicode;
    struct value *node;       /* in template.Resources */
    struct value *properties; /* never NULL */
    struct value *attributes; /* own_attributes */
    const char *new_id;       /* where the resource changes its logical id */
};

void build_function(struct sam *, struct source_resource *, struct made_list *);
void build_state_machine(struct sam *, struct source_resource *, struct made_list *);
void build_api(struct sam *, struct source_resource *, struct made_list *);
void build_http_api(struct sam *, struct source_resource *, struct made_list *);
void build_websocket_api(struct sam *, struct source_resource *, struct made_list *);
void build_simple_table(struct sam *, struct source_resource *, struct made_list *);
void build_layer(struct sam *, struct source_resource *, struct made_list *);
void build_application(struct sam *, struct source_resource *, struct made_list *);
void build_connector(struct sam *, struct source_resource *, struct made_list *);
void build_graphql_api(struct sam *, struct source_resource *, struct made_list *);
void build_capacity_provider(struct sam *, struct source_resource *, struct made_list *);

/* Functions and their events. */
struct target {
    struct made *function; /* the function or its alias, or the state machine or its alias */
    struct made *role;     /* or NULL */
    struct value *arn, *name;
    struct value *attributes;  /* of the target */
    struct value *permissions; /* boundary of a state machine's event roles */
};

struct event {
    const char *id;       /* function id + event name */
    const char *relative; /* event name */
    const char *type;
    const char *function_id;
    struct value *node, *properties;
};

/* Checks the event; `properties_of` gives the table of its kind of resource. */
bool event_read(struct sam *, const char *function_id, const struct python_item *,
                const char *(*properties_of)(const char *), struct event *);
/* Do the resources that it refers to exist?  Before anything is built, as messages come in this order. */
void event_link(struct sam *, struct event *);
void function_version_and_alias(struct sam *, struct source_resource *, struct made *function,
                                struct made_list *, struct made **alias);
void function_url(struct sam *, struct source_resource *, struct made *function, struct made *alias,
                  struct made_list *);
void function_invoke_config(struct sam *, struct source_resource *, const char *alias_name,
                            struct made *alias, struct made_list *, struct value *policies);
struct value *code_location(struct sam *, struct value *uri, const char *id, const char *property);
struct value *s3_pointer(struct sam *, struct value *uri, const char *id, const char *property);

void build_pull_event(struct sam *, struct event *, struct target *, struct made_list *);
void build_push_event(struct sam *, struct event *, struct target *, struct made_list *);
void build_api_event(struct sam *, struct event *, struct target *, struct made_list *);
void build_http_api_event(struct sam *, struct event *, struct target *, struct made_list *);
void build_schedule_v2(struct sam *, struct event *, struct target *, bool machine, struct made_list *);
void build_machine_event(struct sam *, struct event *, struct target *, struct made_list *);
bool is_pull_event(const char *type);
struct made *lambda_permission(struct sam *, const struct target *, const char *prefix, const char *suffix,
                               const char *principal);
/* Rules' parts that functions and state machines share (rules.c). */
void rule_state(struct sam *, struct event *, struct made *rule);
struct value *dead_letter_queue(struct sam *, struct event *, struct value *rule_arn,
                                struct value *attributes, struct made_list *);
struct value *rule_target(struct sam *, struct event *, struct target *, struct value *role_arn,
                          struct value *queue_arn, const char *suffix);
struct value *api_id_of(struct value *); /* {"Ref": id} gives id */

/* Roles (roles.c). */
struct role_options {
    const char *resource_id;
    struct value *attributes, *assume_role, *policies, *managed, *documents, *path, *boundary, *tags;
};
struct made *build_role(struct sam *, const struct role_options *);
struct value *assume_role_of(struct sam *, const char *service);
struct value *simple_policy(struct sam *, const char *name, const char *action, struct value *resource);
struct value *s3_payload_policy(struct sam *, struct value *arn, const char *id);
struct value *managed_policy_arn(struct sam *, const char *name);
const char *xray_policy(struct sam *);
void expand_policy_templates(struct sam *, struct source_resource *);

/* Deployment preferences (deployment_preference.c). */
void preference_add(struct sam *, struct source_resource *, struct made *alias);
void preferences_finish(struct sam *);
/* conditions[name] = any of the named conditions (implicit_api.c). */
void add_combined_condition(struct sam *, struct value *conditions, struct value *names, const char *name);

/* Domains that REST and HTTP APIs share (domains.c); `name` is the domain's logical id. */
void add_record_sets(struct sam *, struct value *domain, const char *name, const char *id,
                     struct value *attributes, bool http, struct made_list *);
struct value *mutual_tls(struct sam *, const struct value *domain, const char *id);

const char *policy_template(struct str name); /* JSON {Parameters, Definition}, or NULL */
const char *managed_policy(const char *partition, struct str name); /* path behind "policy/", or NULL */
struct str connector_profiles(struct arena *);                      /* JSON */

#endif
