/* plumb-simulator: the simulated AWS account on a port. */

#include <pthread.h>
#include <signal.h>

#include "tests/simulator/server.h"

static const char help[] =
    "plumb-simulator: an AWS account in one process, on 127.0.0.1\n"
    "\n"
    "  --port N              0, the default, chooses a free one; the address is printed\n"
    "  --account ID          account of access keys that name none: 111111111111\n"
    "  --verify              refuse wrong SigV4 signatures; the secret of a key is the key id reversed\n"
    "  --clock real          the default\n"
    "  --clock virtual:EPOCH seconds since 1970; moves only by POST /_simulator/clock?advance=MS\n"
    "  --seed N              of ids and chance: 1\n"
    "  --answers FILE        appends every answer, for tests/shapes/answers.py\n"
    "  --help\n"
    "\n"
    "tests/simulator/README.md describes the control endpoints below /_simulator/.\n";

struct settings {
    struct sim_options options;
    uint64_t port;
    bool help;
};

static bool wrong(const char *option)
{
    fprintf(stderr, "plumb-simulator: wrong or missing value of '%s'; see --help\n", option);
    return false;
}

static bool read_clock(const char *text, struct sim_options *options)
{
    uint64_t seconds;
    struct str value = str_from(text);
    if (str_is(value, "real"))
        return true;
    if (!str_starts(value, "virtual:") ||
        !str_to_uint(str_from_index(value, 8), UINT64_C(250000000000), &seconds))
        return wrong("--clock");
    options->virtual_clock = true;
    options->virtual_epoch = (int64_t)seconds * 1000;
    return true;
}

static bool read_value(struct settings *settings, const char *option, const char *value)
{
    struct str name = str_from(option);
    if (!value)
        return wrong(option);
    if (str_is(name, "--port"))
        return str_to_uint(str_from(value), 65535, &settings->port) || wrong(option);
    if (str_is(name, "--seed"))
        return str_to_uint(str_from(value), UINT64_MAX, &settings->options.seed) || wrong(option);
    if (str_is(name, "--clock"))
        return read_clock(value, &settings->options);
    if (str_is(name, "--answers")) {
        settings->options.answers = value;
        return true;
    }
    if (!str_is(name, "--account"))
        return wrong(option);
    settings->options.account = value;
    return strlen(value) == 12 || wrong(option);
}

static bool read_settings(int count, char **arguments, struct settings *settings)
{
    for (int i = 1; i < count; i++) {
        struct str argument = str_from(arguments[i]);
        if (str_is(argument, "--help"))
            settings->help = true;
        else if (str_is(argument, "--verify"))
            settings->options.verify = true;
        else if (!read_value(settings, arguments[i], i + 1 < count ? arguments[i + 1] : NULL))
            return false;
        else
            i++;
    }
    return true;
}

static int serve(const struct settings *settings)
{
    sigset_t signals;
    int signal_number;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before threads are made: they inherit it */
    signal(SIGPIPE, SIG_IGN);
    struct simulator *simulator = simulator_new(&settings->options);
    struct server *server = server_start(simulator, (uint16_t)settings->port);
    if (!server) {
        fprintf(stderr, "plumb-simulator: cannot listen on port %u: choose another or 0\n",
                (unsigned)settings->port);
        simulator_free(simulator);
        return 1;
    }
    printf("listening on http://127.0.0.1:%u\n", (unsigned)server_port(server));
    fflush(stdout);
    sigwait(&signals, &signal_number);
    server_stop(server);
    simulator_free(simulator);
    return 0;
}

int main(int count, char **arguments)
{
    struct settings settings = {.options = {.seed = 1}};
    if (!read_settings(count, arguments, &settings))
        return 1;
    if (settings.help) {
        fputs(help, stdout);
        return 0;
    }
    return serve(&settings);
}
