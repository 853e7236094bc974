#ifndef PLUMB_SIMULATOR_IAM_H
#define PLUMB_SIMULATOR_IAM_H

/* What the files of IAM share. */

#include "tests/simulator/service.h"

enum { IAM_TAGS_MAX = 50, IAM_ATTACHED_MAX = 10, IAM_VERSIONS_MAX = 5 };
enum { IAM_TRUST_MAX = 2048, IAM_INLINE_MAX = 10240, IAM_MANAGED_MAX = 6144 };

extern const struct sim_paging iam_paging;

enum iam_policy_use { IAM_TRUST, IAM_IDENTITY };

bool iam_name_is_valid(struct call *, const char *member, size_t max);
bool iam_document_is_valid(struct call *, const char *member, enum iam_policy_use);
/* Letters that count towards a document's limit: all but white space. */
size_t iam_document_size(struct str);
bool iam_tags_fit(struct call *, const struct value *there, const struct value *added);
struct str iam_id(struct call *, const char *prefix);
void iam_put_document(struct call *, struct value *map, const char *key,
                      struct str document); /* URL-encoded */
/* IsTruncated and Marker behind a page. */
void iam_put_page(struct call *, const char *key, struct value *page, struct str next);

/* The role that RoleName names, or NULL after call_fail. */
struct value *iam_role(struct call *);
struct value *iam_role_shape(struct call *, const struct value *role);
/* The instance profiles that hold it, as they are answered. */
struct value *iam_profiles_of(struct call *, struct str role);
/* A managed policy by its ARN: of the account, or one that AWS owns; NULL where there is none. */
struct value *iam_policy(struct call *, struct str policy_arn);
int64_t iam_attachments(struct call *, struct str policy_arn);
struct value *iam_policy_shape(struct call *, const struct value *policy, bool full);

#define IAM_ROLE_OPERATIONS(X)                                                                               \
    X(AttachRolePolicy, SIM_WRITE)                                                                           \
    X(CreateRole, SIM_WRITE)                                                                                 \
    X(DeleteRole, SIM_WRITE)                                                                                 \
    X(DeleteRolePermissionsBoundary, SIM_WRITE)                                                              \
    X(DeleteRolePolicy, SIM_WRITE)                                                                           \
    X(DetachRolePolicy, SIM_WRITE)                                                                           \
    X(GetAccountAuthorizationDetails, SIM_READ)                                                              \
    X(GetRole, SIM_READ)                                                                                     \
    X(GetRolePolicy, SIM_READ)                                                                               \
    X(ListAttachedRolePolicies, SIM_READ)                                                                    \
    X(ListInstanceProfilesForRole, SIM_READ)                                                                 \
    X(ListRolePolicies, SIM_READ)                                                                            \
    X(ListRoles, SIM_READ)                                                                                   \
    X(ListRoleTags, SIM_READ)                                                                                \
    X(PutRolePermissionsBoundary, SIM_WRITE)                                                                 \
    X(PutRolePolicy, SIM_WRITE)                                                                              \
    X(TagRole, SIM_WRITE)                                                                                    \
    X(UntagRole, SIM_WRITE)                                                                                  \
    X(UpdateAssumeRolePolicy, SIM_WRITE)                                                                     \
    X(UpdateRole, SIM_WRITE)                                                                                 \
    X(UpdateRoleDescription, SIM_WRITE)

#define IAM_POLICY_OPERATIONS(X)                                                                             \
    X(CreatePolicy, SIM_WRITE)                                                                               \
    X(CreatePolicyVersion, SIM_WRITE)                                                                        \
    X(DeletePolicy, SIM_WRITE)                                                                               \
    X(DeletePolicyVersion, SIM_WRITE)                                                                        \
    X(GetPolicy, SIM_READ)                                                                                   \
    X(GetPolicyVersion, SIM_READ)                                                                            \
    X(ListEntitiesForPolicy, SIM_READ)                                                                       \
    X(ListPolicies, SIM_READ)                                                                                \
    X(ListPolicyTags, SIM_READ)                                                                              \
    X(ListPolicyVersions, SIM_READ)                                                                          \
    X(SetDefaultPolicyVersion, SIM_WRITE)                                                                    \
    X(TagPolicy, SIM_WRITE)                                                                                  \
    X(UntagPolicy, SIM_WRITE)

#define IAM_PROFILE_OPERATIONS(X)                                                                            \
    X(AddRoleToInstanceProfile, SIM_WRITE)                                                                   \
    X(CreateInstanceProfile, SIM_WRITE)                                                                      \
    X(DeleteInstanceProfile, SIM_WRITE)                                                                      \
    X(GetInstanceProfile, SIM_READ)                                                                          \
    X(RemoveRoleFromInstanceProfile, SIM_WRITE)                                                              \
    X(TagInstanceProfile, SIM_WRITE)                                                                         \
    X(UntagInstanceProfile, SIM_WRITE)

#define IAM_DECLARE(name, effect) bool iam_##name(struct call *);
IAM_ROLE_OPERATIONS(IAM_DECLARE)
IAM_POLICY_OPERATIONS(IAM_DECLARE)
IAM_PROFILE_OPERATIONS(IAM_DECLARE)
#undef IAM_DECLARE

#endif
