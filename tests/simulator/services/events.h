#ifndef PLUMB_SIMULATOR_EVENTS_H
#define PLUMB_SIMULATOR_EVENTS_H

/*
 * What the files of EventBridge share.
 *
 * `state` has "rules" (of the default bus, by name), "default" and "buses": a bus is {"arn", "rules", "tags",
 * "policy": statements by id, and what it was given}; "connections", "destinations" and "archives" by name.
 */

#include "tests/simulator/service.h"

#define EVENTS_MISSING "ResourceNotFoundException"
#define EVENTS_EXISTS "ResourceAlreadyExistsException"

extern const struct sim_paging events_paging;

/* A bus by name or ARN, or NULL after call_fail; "" is the default one. */
struct value *events_bus(struct call *, struct str name);
/* Its rules. */
struct value *events_rules(struct call *, struct value *bus);
/* What has this ARN and carries tags, or NULL. */
struct value *events_tagged_bus(struct call *, struct str arn);

/* [.-_A-Za-z0-9], 1 to `longest` (and '/' where `slash`); else it fails as AWS does. */
bool events_name_is_valid(struct call *, const char *member, size_t longest, bool slash);
/* A page of the map's values, each as `shape` gives it; of those whose names begin with NamePrefix. */
bool events_list(struct call *, struct value *map, const char *member,
                 struct value *(*shape)(struct call *, struct str name, const struct value *));

#define EVENTS_OPERATIONS(X)                                                                                 \
    X(CreateApiDestination, SIM_WRITE)                                                                       \
    X(CreateArchive, SIM_WRITE)                                                                              \
    X(CreateConnection, SIM_WRITE)                                                                           \
    X(CreateEventBus, SIM_WRITE)                                                                             \
    X(DeauthorizeConnection, SIM_WRITE)                                                                      \
    X(DeleteApiDestination, SIM_WRITE)                                                                       \
    X(DeleteArchive, SIM_WRITE)                                                                              \
    X(DeleteConnection, SIM_WRITE)                                                                           \
    X(DeleteEventBus, SIM_WRITE)                                                                             \
    X(DescribeApiDestination, SIM_READ)                                                                      \
    X(DescribeArchive, SIM_READ)                                                                             \
    X(DescribeConnection, SIM_READ)                                                                          \
    X(DescribeEventBus, SIM_READ)                                                                            \
    X(ListApiDestinations, SIM_READ)                                                                         \
    X(ListArchives, SIM_READ)                                                                                \
    X(ListConnections, SIM_READ)                                                                             \
    X(ListEventBuses, SIM_READ)                                                                              \
    X(PutEvents, SIM_READ)                                                                                   \
    X(PutPermission, SIM_WRITE)                                                                              \
    X(RemovePermission, SIM_WRITE)                                                                           \
    X(UpdateApiDestination, SIM_WRITE)                                                                       \
    X(UpdateArchive, SIM_WRITE)                                                                              \
    X(UpdateConnection, SIM_WRITE)                                                                           \
    X(UpdateEventBus, SIM_WRITE)

#define EVENTS_DECLARE(name, effect) bool events_##name(struct call *);
EVENTS_OPERATIONS(EVENTS_DECLARE)
#undef EVENTS_DECLARE

#endif
