#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay.h"

enum { PAIRS_MAX = 16, LOOK_MS = 20 };

struct relay {
    int listener;
    uint16_t to, port;
    int pairs[PAIRS_MAX][2];
    size_t count;
    atomic_size_t bytes;
    atomic_bool stopping;
    pthread_t thread;
};

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
}

static void take_connection(struct relay *relay)
{
    struct sockaddr_in address = loopback(relay->to);
    int client = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0 || server < 0 || relay->count == PAIRS_MAX ||
        connect(server, (struct sockaddr *)&address, sizeof address) != 0)
        abort();
    relay->pairs[relay->count][0] = client;
    relay->pairs[relay->count++][1] = server;
}

/* False at the end of what comes from there. */
static bool pass_on(struct relay *relay, int from, int to)
{
    char bytes[64 * 1024];
    ssize_t got = read(from, bytes, sizeof bytes);
    if (got <= 0)
        return false;
    atomic_fetch_add(&relay->bytes, (size_t)got);
    for (ssize_t sent = 0, step; sent < got; sent += step)
        if ((step = send(to, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL)) <= 0)
            return false;
    return true;
}

static void end_pair(struct relay *relay, size_t i)
{
    close(relay->pairs[i][0]);
    close(relay->pairs[i][1]);
    memcpy(relay->pairs[i], relay->pairs[--relay->count], sizeof relay->pairs[i]);
}

static void *run(void *self)
{
    struct relay *relay = self;
    while (!atomic_load(&relay->stopping)) {
        struct pollfd sources[1 + 2 * PAIRS_MAX] = {{.fd = relay->listener, .events = POLLIN}};
        size_t count = relay->count;
        for (size_t i = 0; i < 2 * count; i++)
            sources[1 + i] = (struct pollfd){.fd = relay->pairs[i / 2][i % 2], .events = POLLIN};
        if (poll(sources, 1 + 2 * count, LOOK_MS) <= 0)
            continue;
        for (size_t i = count; i-- > 0;) {
            bool open = true;
            for (size_t side = 0; open && side < 2; side++)
                if (sources[1 + 2 * i + side].revents)
                    open = pass_on(relay, relay->pairs[i][side], relay->pairs[i][1 - side]);
            if (!open)
                end_pair(relay, i);
        }
        if (sources[0].revents)
            take_connection(relay);
    }
    while (relay->count)
        end_pair(relay, 0);
    return NULL;
}

struct relay *relay_start(uint16_t to)
{
    struct relay *relay = memory_alloc(sizeof *relay);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    relay->to = to;
    relay->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(relay->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(relay->listener, PAIRS_MAX), 0);
    assert_int_equal(getsockname(relay->listener, (struct sockaddr *)&address, &size), 0);
    relay->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&relay->thread, NULL, run, relay), 0);
    return relay;
}

void relay_stop(struct relay *relay)
{
    atomic_store(&relay->stopping, true);
    pthread_join(relay->thread, NULL);
    close(relay->listener);
    free(relay);
}

uint16_t relay_port(const struct relay *relay)
{
    return relay->port;
}

size_t relay_bytes(struct relay *relay)
{
    return atomic_exchange(&relay->bytes, 0);
}
