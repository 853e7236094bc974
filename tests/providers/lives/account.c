#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/providers/lives/lives.h"

static const int64_t epoch_ms = INT64_C(1750000000000);

static const struct log quiet = {.fd = 2, .least = LOG_ERROR, .form = LOG_TEXT, .clock = &system_clock};

/* An access key of the simulator names its account, and its secret is the key reversed. */
static const char *simulated_variable(void *self, const char *name)
{
    static const char *const variables[][2] = {
        {"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
        {"AWS_ACCESS_KEY_ID", "123456789012"},
        {"AWS_SECRET_ACCESS_KEY", "210987654321"},
        {"AWS_EC2_METADATA_DISABLED", "true"},
    };
    (void)self;
    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++)
        if (strcmp(name, variables[i][0]) == 0)
            return variables[i][1];
    return strcmp(name, "PLUMB_REQUEST_LOG") == 0 ? getenv(name) : NULL;
}

static void end(const char *what, const struct error *error)
{
    fprintf(stderr, "%s: %s\n", what, error->message);
    exit(1);
}

static void simulate(struct lives_account *account)
{
    account->scheduler = scheduler_new(1, epoch_ms);
    account->virtual_clock = scheduler_clock(account->scheduler);
    account->clock = &account->virtual_clock;
    account->random = scheduler_random(account->scheduler);
    account->inprocess.scheduler = account->scheduler;
    account->inprocess.simulator =
        simulator_new(&(struct sim_options){.account = "123456789012",
                                            .seed = 1,
                                            .verify = true,
                                            .virtual_clock = true,
                                            .virtual_epoch = epoch_ms,
                                            .answers = getenv("PLUMB_ANSWER_LOG")});
    account->http = inprocess_http(&account->inprocess);
    account->patience_ms = 65 * 1000;
}

static void connect(struct lives_account *account)
{
    struct error error = ERROR_INIT;
    if (!getenv("AWS_ENDPOINT_URL")) {
        fputs("AWS_ENDPOINT_URL is not set: run this by tests/providers/with_moto.py\n", stderr);
        exit(1);
    }
    account->clock = &system_clock;
    account->random = system_random;
    if (!http_client_new(&(struct http_client_options){.plain_hosts = NULL}, &account->client, &error))
        end("cannot connect", &error);
    account->http = http_client_http(account->client);
}

struct lives_account *lives_account_open(bool simulated)
{
    struct error error = ERROR_INIT;
    struct lives_account *account = memory_alloc(sizeof *account);
    account->simulated = simulated;
    if (simulated)
        simulate(account);
    else
        connect(account);
    account->session =
        aws_session_new(&(struct aws_session_options){.http = &account->http,
                                                      .clock = account->clock,
                                                      .random = &account->random,
                                                      .log = &quiet,
                                                      .environment = simulated ? simulated_variable : NULL});
    if (!aws_open(account->session, &(struct aws_target){.region = STR("us-east-1")}, &account->aws, &error))
        end("cannot open the account", &error);
    return account;
}

void lives_account_close(struct lives_account *account)
{
    aws_close(account->aws);
    aws_session_free(account->session);
    http_client_free(account->client);
    simulator_free(account->inprocess.simulator);
    if (account->scheduler)
        scheduler_free(account->scheduler);
    free(account);
}
