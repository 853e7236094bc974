#ifndef PLUMB_ENVIRONMENTS_SERVERLESS_SERVICE_H
#define PLUMB_ENVIRONMENTS_SERVERLESS_SERVICE_H

/*
 * A service of the Serverless Framework between its two halves; inside this directory only.
 *
 * The first half (serverless.c and its neighbours) reads serverless.yml, replaces every variable and checks
 * the names of the top level and of `provider`; the second (compile.c and its neighbours) makes the template.
 *
 * What the first half hands over: the service as written, without any `${source:...}`; `provider` is a map;
 * `functions` and `resources` given as lists of fragments are merged to one map; no defaults filled in,
 * except `provider.stage` and `provider.region`, which are always there: the texts that the framework would
 * deploy with.  What only the account knows is a function in its place: {"Ref": "AWS::AccountId"},
 * {"Fn::GetStackOutput": ...}, {"Fn::Join": ["", [...]]} around them, or a dynamic reference in a text.
 * Positions are those of the file that says it.
 */

#include "environments/desired.h"

/* Of a service that was handed over. */
struct str serverless_service_name(const struct value *service); /* "orders" */
struct str serverless_stage(const struct value *service);        /* "prod" */
struct str serverless_region(const struct value *service);

/* A number as JavaScript writes it: 1.50 is "1.5", 1e3 is "1000". */
struct str serverless_number_text(struct arena *, struct str number);

/* The template of CloudFormation that `serverless package` makes of the service (compile.c).  Code that lies
 * in the repository is named by paths relative to the service's directory, which package_template replaces.
 */
WARN_UNUSED bool serverless_compile(struct arena *, const struct template_options *, struct value *service,
                                    struct value **template, struct error *);

/* The error for what this program leaves to the framework, with the advice to commit its packaged output:
 * "'plugins' of serverless.yml ... (file:line:column)".  `at` gives the position.  Always returns false. */
bool serverless_unsupported(const struct value *at, struct error *, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Ids that the framework takes from the clock become ids of content (settle.c): an
 * AWS::ApiGateway::Deployment whose id is "ApiGatewayDeployment" and 10 digits or more, in Resources and in
 * every text.  The reader calls it behind serverless_compile, which may use any digits. */
WARN_UNUSED bool serverless_settle(struct arena *, struct value *template, struct error *);
/* `from`, which ends with a NUL, becomes `to` in every text of the tree. */
void serverless_replace_text(struct arena *, struct value *, struct str from, struct str to);

#endif
