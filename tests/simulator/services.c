#include "tests/simulator/internal.h"

/* One row a service; of services with one signing name the first that knows the operation answers. */
#define SERVICES(X)                                                                                          \
    X(dynamodb)                                                                                              \
    X(iam)                                                                                                   \
    X(lambda)                                                                                                \
    X(logs)                                                                                                  \
    X(sqs)                                                                                                   \
    X(sts)

#define DECLARE(name) extern const struct sim_service sim_##name;
SERVICES(DECLARE)

#define ROW(name) &sim_##name,
static const struct sim_service *const services[] = {SERVICES(ROW)};

const struct sim_service *sim_service_at(size_t index)
{
    return index < ARRAY_LENGTH(services) ? services[index] : NULL;
}
