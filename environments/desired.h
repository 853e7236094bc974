#ifndef PLUMB_ENVIRONMENTS_DESIRED_H
#define PLUMB_ENVIRONMENTS_DESIRED_H

/*
 * From a template to desired resources.
 *
 * A template (CloudFormation, SAM; YAML or JSON) is read, its transforms are applied (AWS::Include from the
 * repository, AWS::LanguageExtensions, SAM: rewrites from value tree to value tree that end in CloudFormation
 * form; macros of others are refused), its Rules are checked, local code is replaced by artifacts, and
 * parameters, mappings and conditions are evaluated.  What only the account knows stays in the properties as
 * {"Ref": id} and {"Fn::GetAtt": [id, attribute]} inside the functions that use them, until desired_resolve;
 * so do Fn::ImportValue and its kin, and dynamic references ("{{resolve:ssm:NAME}}") as the text they are.
 *
 * Local code: a property that names a file or directory of the repository (CodeUri, DefinitionUri, ...)
 * becomes {"Plumb::Artifact": {"Digest": <git object id>, "Path": "apps/orders/src"}} in the place where
 * CloudFormation has the code (Lambda: `Code`), or is read in place (a state machine's definition, an
 * OpenAPI body).  Where only some files of a directory are meant there are "Patterns" too, and the digest is
 * the selection's (selection.h).  Nothing here knows what AWS makes of a property.
 *
 * Everything lives in the caller's arena; no network, no code of the repository is run.
 */

#include "base/files.h"
#include "base/value.h"

/* What a template names and only the account, or another application, knows. */
enum outside_kind {
    OUTSIDE_SSM,        /* a parameter: name, version (empty: the newest) */
    OUTSIDE_SSM_SECURE, /* the same */
    OUTSIDE_SECRET,     /* of Secrets Manager: name or ARN, key, stage, version */
    OUTSIDE_ZONES,      /* name: the region, empty for the template's own */
    OUTSIDE_IMPORT,     /* name: the export's */
    OUTSIDE_OUTPUT,     /* name: the stack's; key: the output's; region and role may be empty */
};

struct outside_value {
    enum outside_kind kind;
    struct str name, version, key, stage, region, role;
    struct str reference; /* for messages: "{{resolve:ssm:/db/url:3}}" */
};

/* Who can be asked for it.  Plumb's rendering itself calls nobody. */
struct outside {
    void *self;
    /* A string (a list of them for zones); VALUE_UNKNOWN where it is known only after apply.  Of a dynamic
     * reference a string, or a secret but for plain SSM, that came by it; value_secret_unread where it cannot
     * be had any more. */
    bool (*value)(void *self, struct arena *, const struct outside_value *, struct value **out,
                  struct error *);
    /* The plain SSM parameters of these names (a list of strings) as a map to strings, all at once; those
     * that do not exist are left out. */
    bool (*parameters)(void *self, struct arena *, const struct value *names, struct value **out,
                       struct error *);
};

/* Who only compares templates can go without what macros of the account make of them. */
struct foreign_macros {
    void *self;
    void (*met)(void *self, struct str name);
};

struct deployment;

struct template_options {
    const struct files *files;      /* the tree that holds the template and its code */
    struct str path;                /* of the template in it; a directory for what tools package into one */
    const struct value *parameters; /* map of name to scalar or list of scalars; NULL for none */
    /* The environment's parameters: taken where the template declares the name, so that one environment can
     * serve many applications; `parameters` wins, and a name there that is not declared is refused. */
    const struct value *shared_parameters;
    bool parameters_open;  /* a parameter without a value stays open, as what an account knows */
    struct str region;     /* "eu-west-1" */
    bool region_assumed;   /* nobody named it: a source that names one itself is right */
    struct str account;    /* 12 digits; empty: not known, AWS::AccountId stays a Ref */
    struct str stack_name; /* "prod-orders": AWS::StackName */
    /* For front ends that hold several stages or stacks. */
    struct str environment; /* "prod"; empty for a template on its own */
    struct str stage;       /* "Prod"; likewise */
    struct str stack;       /* the only one of a source that has several; empty: all */
    /* For parameters whose value lies in SSM; NULL: they stay open, as what only the account knows does. */
    const struct outside *outside;
    /* Is told of every macro that only the account can run, or file in S3 that is included: its calls stay in
     * the properties then, and one for the whole template is passed over.  NULL: such macros are refused. */
    const struct foreign_macros *foreign_macros;
    /* What the application file says about CodeDeploy goes into what is built: resources of it for
     * `driver: codedeploy`, and changes of what the template has.  template_transform leaves it out.  NULL:
     * nothing is said. */
    const struct deployment *deployment;
};

/* "aws", "aws-cn", "aws-us-gov" and their DNS suffix, by region. */
struct str partition_of_region(struct str region);
struct str url_suffix_of_region(struct str region);

/* The template after transforms, as `render --transform-only` shows it. */
WARN_UNUSED bool template_transform(struct arena *, const struct template_options *, struct value **template,
                                    struct error *);

enum removal_policy { REMOVAL_DELETE, REMOVAL_RETAIN, REMOVAL_SNAPSHOT, REMOVAL_RETAIN_EXCEPT_ON_CREATE };

struct desired_resource {
    struct str logical_id;
    struct str type;
    struct value *properties; /* a map, never NULL; simplified as far as the account is not needed */
    struct str *depends_on;   /* logical ids: DependsOn and every reference, sorted, each once */
    size_t depends_count;
    enum removal_policy deletion_policy, update_replace_policy;
    struct value *update_policy, *metadata; /* or NULL */
    struct value *canary;                   /* of a stage: the CanarySetting that a rollout makes; or NULL */
    const struct value *tags; /* map to texts: of the stacks around it, for it too; NULL: none */
    const struct value *node; /* the resource in the template: position for messages */
};

struct artifact {
    struct str digest; /* git object id; empty: a package names it, and it is not in the repository */
    struct str path;   /* in the tree */
    const struct value *patterns; /* of a directory: which files (selection.h); NULL: all */
};

/* A file that has to lie in S3 before anything is applied: the template names it there. */
struct desired_asset {
    struct value *bucket, *key; /* texts; the bucket may be a function that only the account can resolve */
    struct str path;            /* in the tree: a file, or a directory that is zipped */
    struct str digest;          /* git object id of it; empty: it is not in the repository */
    bool zip;
    const struct value *node; /* for messages */
};

/* An image of a container registry that a tool would build from the repository, which plumb never does: a
 * release needs it named by its digest. */
struct desired_image {
    struct str name, tag; /* as the tool shows it; as the template names it */
    const struct value *node;
};

struct desired {
    struct desired_resource *resources; /* in an order in which every one comes after what it depends on */
    size_t count;
    struct value *outputs; /* map name -> {Value, Export?...}, simplified like properties */
    struct artifact *artifacts;
    size_t artifact_count;
    struct desired_asset *assets;
    size_t asset_count;
    struct desired_image *images; /* those that a resource names */
    size_t image_count;
    struct value *template;         /* after transforms */
    const struct value *parameters; /* name -> value, as it went into the properties */
    const struct value *conditions; /* name -> boolean */
    struct str stack_id;            /* AWS::StackId; it never changes */
};

/* Cycles are refused with their path ("A -> B -> A"); missing parameters, unknown references, functions and
 * attributes of the wrong form by name and position. */
WARN_UNUSED bool desired_build(struct arena *, const struct template_options *, struct desired *,
                               struct error *);

const struct desired_resource *desired_find(const struct desired *, struct str logical_id);

/*
 * What the account knows.  lookup gives the value of Ref (attribute empty) or GetAtt; VALUE_UNKNOWN where it
 * is known only after apply.
 */
struct resolver {
    void *self;
    bool (*lookup)(void *self, struct arena *, struct str logical_id, struct str attribute,
                   struct value **out, struct error *);
    const struct outside *outside; /* NULL: what needs it is refused */
};

/* Evaluates what desired_build had to leave.  A function with an unknown part gives VALUE_UNKNOWN whose text
 * names that part; AWS::NoValue removes its property. */
WARN_UNUSED bool desired_resolve(struct arena *, const struct value *, const struct resolver *,
                                 struct value **out, struct error *);

/* Every import and output of another stack that is asked for somewhere in the value, as built; those whose
 * name is not known yet are left out. */
struct outside_list {
    struct outside_value *items;
    size_t count, capacity;
};
void outside_find(struct arena *, const struct value *, struct outside_list *);

/* The resource of this template that makes the parameter or secret that a dynamic reference names by its
 * plain name, or NULL. */
const struct desired_resource *reference_maker(const struct desired *, const struct outside_value *);

/* The value with its dynamic references resolved and all else left as it is: for what was applied. */
WARN_UNUSED bool references_resolve(struct arena *, const struct value *, const struct outside *,
                                    struct value **out, struct error *);

/* The bytes of an artifact as Lambda takes them: a zip of the file or directory, the same for the same digest
 * (entries sorted, fixed time, modes 0644 or 0755).  At most 50 MiB zipped, as Lambda's direct upload
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
WARN_UNUSED bool artifact_zip(const struct files *, struct arena *, const struct artifact *, struct str *zip,
                              struct error *);

/* The bytes of an asset: the file as it is, or such a zip of it; at most 250 MiB, which is what Lambda takes
 * from S3. */
WARN_UNUSED bool asset_bytes(const struct files *, struct arena *, struct str path, bool zip,
                             struct str *bytes, struct error *);

#endif
