#ifndef PLUMB_ENVIRONMENTS_CDK_CDK_H
#define PLUMB_ENVIRONMENTS_CDK_CDK_H

/*
 * A cloud assembly of the AWS CDK: a directory with manifest.json, usually `cdk.out`, as `cdk synth` writes
 * it. The form is that of the package @aws-cdk/cloud-assembly-schema, whose JSON Schemas name what is known
 * here.
 *
 * Taken of it: stacks with their templates, names, parameters, tags, dependencies and environments; the
 * stages (nested assemblies), of which the one of the environment's name is rendered; file and zip assets.
 *
 * Left out, because it has no meaning here: the roles and the version of the bootstrap stack (plumb has
 * credentials of its own and makes no stack; only the bootstrap bucket is used), termination protection
 * (nothing is deleted without a mark in Git), notification ARNs, the construct tree, reports and metadata.
 * Unknown names are refused.
 */

#include "environments/front_end.h"

extern const struct front_end cdk_assembly;

enum {
    CDK_SCHEMA_MIN = 17,
    CDK_SCHEMA_MAX = 55,
    CDK_MANIFEST_BYTES_MAX = 8 * 1024 * 1024,
    CDK_MANIFEST_NODES_MAX = 250 * 1000, /* keeps the worst input below 64 MiB */
    CDK_ARTIFACTS_MAX = 2000,
    CDK_ASSETS_MAX = 2000, /* of all stacks together */
    CDK_IMAGES_MAX = 100,
    CDK_STAGES_DEPTH_MAX = 8,
};

/* What follows is for this directory only. */

struct assembly {
    struct arena *arena;
    const struct template_options *options;
    struct str directory, file;    /* of the assembly; of its manifest */
    const struct value *artifacts; /* checked: a map of maps with known types and keys */
};

/* Reads and checks a manifest.  Nothing of the artifacts' files is read. */
WARN_UNUSED bool assembly_read(struct arena *, const struct template_options *, struct str directory,
                               struct assembly *, struct error *);
/* Of the manifests of assemblies and assets. */
WARN_UNUSED bool assembly_check_version(const struct value *manifest, struct error *);
bool assembly_is(const struct value *artifact, const char *type);
/* A property that must be the name of a file of the assembly, as a path in the tree. */
WARN_UNUSED bool assembly_file(const struct assembly *, const struct value_entry *artifact,
                               const char *property, struct str *path, struct error *);
/* Reads a JSON file of the assembly that must hold a map. */
WARN_UNUSED bool assembly_json(const struct assembly *, struct str path, const char *what, struct value **out,
                               struct error *);

/* The assembly of the environment's stage, which may be the same (stages.c). */
WARN_UNUSED bool assembly_choose_stage(struct assembly *, struct error *);

/* The stacks in the order of deployment, or the one that is asked for (stacks.c). */
WARN_UNUSED bool assembly_stacks(const struct assembly *, struct front_end_result *, struct error *);
/* The artifacts that an artifact names as its dependencies: `each` is called for those of this assembly. */
WARN_UNUSED bool assembly_dependencies(const struct assembly *, const struct value_entry *artifact,
                                       bool (*each)(void *self, const struct value_entry *, struct error *),
                                       void *self, struct error *);

/* The assets of the stacks (assets.c). */
WARN_UNUSED bool assembly_assets(const struct assembly *, struct front_end_result *, struct error *);
WARN_UNUSED bool assembly_add_asset(const struct assembly *, struct front_end_result *,
                                    const struct value *at, const struct desired_asset *, struct error *);
WARN_UNUSED bool assembly_add_image(const struct assembly *, struct front_end_result *,
                                    const struct value *at, const struct desired_image *, struct error *);
/* Those of a stack that takes them by parameters, whose values are set (legacy.c). */
WARN_UNUSED bool assembly_legacy_assets(const struct assembly *, struct front_end_result *,
                                        struct front_end_stack *, struct error *);

#endif
