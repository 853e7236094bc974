#ifndef PLUMB_RECONCILER_CHANGESET_H
#define PLUMB_RECONCILER_CHANGESET_H

/*
 * What changes between two versions of a template, as CloudFormation's change sets say it: action,
 * replacement and the recreation that each property needs.  Knows only the two templates and the facts; asks
 * no account.
 *
 * The words are those of DescribeChangeSet with IncludePropertyValues
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html), and so are the
 * rules, which were read off change sets that AWS reported:
 *
 *   - Ref and GetAtt give what the resource has now.  A property that refers to a resource that is changed in
 *     place does not change; one that refers to a resource that is new or replaced changes to a value that is
 *     known after apply, and its source is that resource (ResourceReference, ResourceAttribute).
 *   - A change through a parameter or a resource is told twice: by its cause, and as a dynamic
 *     DirectModification.  Where the cause only may be replaced, both are dynamic.
 *   - A property that AWS must recreate for makes a replacement certain (True) when one of its causes is
 *     static, else possible (Conditional).
 *   - A nested stack is its resources: the source Automatic does not occur.
 *   - Conditions, DependsOn and outputs are no changes of their own.
 *
 * A macro that only the account can run is not run: where its call is written in a property, another call, or
 * another value of any parameter, is another value; one beside properties may change each of them.
 *
 * A resource whose type changes is told as one that leaves and one that comes: CloudFormation refuses that,
 * plumb does it.
 */

#include "environments/desired.h"
#include "reconciler/recreation.h"

enum changeset_action { CHANGESET_ADD, CHANGESET_MODIFY, CHANGESET_REMOVE };
enum replacement { REPLACEMENT_FALSE, REPLACEMENT_CONDITIONAL, REPLACEMENT_TRUE };
enum change_source {
    SOURCE_DIRECT_MODIFICATION,
    SOURCE_PARAMETER_REFERENCE,
    SOURCE_RESOURCE_REFERENCE,
    SOURCE_RESOURCE_ATTRIBUTE,
};

struct changeset_detail {
    const char *attribute; /* "Properties", "Tags", "Metadata", "UpdatePolicy", "DeletionPolicy", ... */
    struct str name;       /* of the top-level property; empty for other attributes */
    struct str path;       /* "/Properties/Tags/0/Value" */
    /* NULL: absent.  A function that is left is what only the account can tell; VALUE_UNKNOWN: known after
     * apply. */
    const struct value *before, *after;
    enum recreation recreation;
    bool dynamic;
    enum change_source source;
    struct str causing_entity; /* "Environment", "Topic", "Topic.Arn"; empty where none */
};

struct changeset_change {
    enum changeset_action action;
    const struct desired_resource *before, *after; /* NULL: there is none */
    struct value *before_context, *after_context;  /* {Properties, ...}, values as in the details; or NULL */
    enum replacement replacement;                  /* of CHANGESET_MODIFY */
    struct changeset_detail *details; /* what belongs to one path stands together, causes first */
    size_t count, capacity;
};

struct changeset {
    struct changeset_change *changes; /* by logical id; the one that leaves first */
    size_t count;
    size_t unchanged;
};

/* `before` may have no resources: everything is added then.  Refuses resource types that nobody knows, and
 * properties of `after` that their type has not, by name.  Everything lives in the arena. */
WARN_UNUSED bool changeset_make(struct arena *, const struct desired *before, const struct desired *after,
                                struct changeset *, struct error *);

/* {"Changes": [{"Type": "Resource", "ResourceChange": {...}}]}: AWS's form, contexts and values as text. */
struct value *changeset_json(struct arena *, const struct changeset *);

/* The same for people: grouped by action, what is dangerous first, the verdict last. */
void changeset_text(struct buf *, const struct changeset *, struct str before, struct str after, bool color);

#endif
