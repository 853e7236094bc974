#ifndef PLUMB_SIMULATOR_ROLES_H
#define PLUMB_SIMULATOR_ROLES_H

/* For services that act in a role: does IAM know it, does it trust them, and has that got about yet? */

#include "tests/simulator/service.h"

enum role_answer {
    ROLE_GOOD,
    ROLE_MALFORMED, /* not the ARN of a role */
    ROLE_FOREIGN,   /* of another account */
    ROLE_UNKNOWN,   /* there is none, or it is too new */
    ROLE_UNTRUSTING,
};

/* `principal` as in "lambda.amazonaws.com". */
enum role_answer role_check(struct call *, struct str role_arn, const char *principal);

#endif
