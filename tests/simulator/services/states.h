#ifndef PLUMB_SIMULATOR_STATES_H
#define PLUMB_SIMULATOR_STATES_H

/* What the files of Step Functions share. */

#include "tests/simulator/service.h"

/* The machine of that ARN, or NULL. */
struct value *states_machine(struct call *, struct str machine_arn);
bool states_name_is_valid(struct str name);
/* What DescribeStateMachine answers of a machine, or of one of its versions as it was published. */
void states_describe(struct call *, const struct value *machine, struct str as_arn);

/* The version "ARN-OF-MACHINE:NUMBER", or NULL. */
const struct value *states_version(struct call *, struct str version_arn);
/* The activity of that ARN, or NULL: machines and activities have tags. */
struct value *states_activity(struct call *, struct str activity_arn);

#define STATES_VERSION_OPERATIONS(X)                                                                         \
    X(CreateActivity, SIM_WRITE)                                                                             \
    X(CreateStateMachineAlias, SIM_WRITE)                                                                    \
    X(DeleteActivity, SIM_WRITE)                                                                             \
    X(DeleteStateMachineAlias, SIM_WRITE)                                                                    \
    X(DeleteStateMachineVersion, SIM_WRITE)                                                                  \
    X(DescribeActivity, SIM_READ)                                                                            \
    X(DescribeStateMachineAlias, SIM_READ)                                                                   \
    X(ListStateMachineAliases, SIM_READ)                                                                     \
    X(ListStateMachineVersions, SIM_READ)                                                                    \
    X(PublishStateMachineVersion, SIM_WRITE)                                                                 \
    X(UpdateStateMachineAlias, SIM_WRITE)

#define STATES_DECLARE(name, effect) bool states_##name(struct call *);
STATES_VERSION_OPERATIONS(STATES_DECLARE)
#undef STATES_DECLARE

#endif
