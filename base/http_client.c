#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/http_exchange.h"

enum {
    CONNECTIONS_PER_HOST = 8,
    CONNECTIONS_MAX = 64,
    LOOK_MS = 50,        /* how often deadlines and cancelled flags are looked at while a request runs */
    IDLE_MS = 60 * 1000, /* a new request ends the wait */
};

struct http_client {
    CURLM *multi;
    CURLSH *share; /* TLS sessions, within the I/O thread */
    struct http_client_options options;
    pthread_t thread;
    struct http_exchange *active, *waiting; /* the I/O thread's; waiting is first come, first served */

    pthread_mutex_t lock;
    struct http_exchange *arrived, **arrived_end; /* first come, first served */
    bool stopping;
};

/* ---- the I/O thread ---- */

static void settle(struct http_client *client, struct http_exchange *exchange)
{
    http_exchange_stop(exchange);
    pthread_mutex_lock(&client->lock);
    exchange->finished = true;
    pthread_cond_signal(&exchange->changed); /* the worker may free it from here on */
    pthread_mutex_unlock(&client->lock);
}

static void start(struct http_client *client, struct http_exchange *exchange)
{
    exchange->next = NULL;
    if (!http_exchange_start(exchange, &client->options, client->share)) {
        settle(client, exchange);
        return;
    }
    CURLMcode refused = curl_multi_add_handle(client->multi, exchange->easy);
    if (refused) {
        error_set(&exchange->error, ERROR_BUG, "libcurl refused a request: %s", curl_multi_strerror(refused));
        settle(client, exchange);
        return;
    }
    exchange->next = client->active;
    client->active = exchange;
}

/* Takes what has arrived; false when the client is being freed. */
static bool take_arrived(struct http_client *client)
{
    struct http_exchange **end = &client->waiting;
    while (*end)
        end = &(*end)->next;
    pthread_mutex_lock(&client->lock);
    bool stopping = client->stopping;
    *end = client->arrived;
    client->arrived = NULL;
    client->arrived_end = &client->arrived;
    pthread_mutex_unlock(&client->lock);
    return !stopping;
}

static bool has_room(const struct http_client *client, const char *origin)
{
    long all = 0, same = 0;
    for (const struct http_exchange *exchange = client->active; exchange; exchange = exchange->next) {
        all++;
        same += strcmp(exchange->origin, origin) == 0;
    }
    return all < CONNECTIONS_MAX && same < client->options.connections_per_host;
}

/* The limits are kept here and not by libcurl, so that whoever came first is served first. */
static void start_waiting(struct http_client *client)
{
    struct http_exchange **link = &client->waiting;
    while (*link) {
        struct http_exchange *exchange = *link;
        if (has_room(client, exchange->origin)) {
            *link = exchange->next;
            start(client, exchange);
        } else {
            link = &exchange->next;
        }
    }
}

static void unlink_from(struct http_exchange **link, const struct http_exchange *exchange)
{
    while (*link != exchange)
        link = &(*link)->next;
    *link = exchange->next;
}

static void remove_active(struct http_client *client, struct http_exchange *exchange)
{
    unlink_from(&client->active, exchange);
    curl_multi_remove_handle(client->multi, exchange->easy);
    settle(client, exchange);
}

static void settle_finished(struct http_client *client)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(client->multi, &left))) {
        char *private = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        struct http_exchange *exchange = (void *)private;
        http_exchange_finish(exchange, code);
        remove_active(client, exchange);
    }
}

static void settle_late(struct http_client *client)
{
    int64_t now = http_now_ms();
    struct http_exchange *exchange, *next;
    for (exchange = client->active; exchange; exchange = next) {
        next = exchange->next;
        if (http_exchange_give_up(exchange, now))
            remove_active(client, exchange);
    }
    for (exchange = client->waiting; exchange; exchange = next) {
        next = exchange->next;
        if (http_exchange_give_up(exchange, now)) {
            unlink_from(&client->waiting, exchange);
            settle(client, exchange);
        }
    }
}

static void *io_thread(void *self)
{
    struct http_client *client = self;
    int running;
    /* What has arrived is started before the wait, or each request would cost one more round. */
    while (take_arrived(client)) {
        start_waiting(client);
        curl_multi_poll(client->multi, NULL, 0, client->active ? LOOK_MS : IDLE_MS, NULL);
        curl_multi_perform(client->multi, &running);
        settle_finished(client);
        settle_late(client);
    }
    curl_multi_cleanup(client->multi); /* here, where SIGPIPE is blocked: it may still write */
    curl_share_cleanup(client->share);
    return NULL;
}

/* ---- the workers ---- */

static bool client_perform(void *self, struct arena *arena, const struct http_request *request,
                           struct http_response *response, struct error *error)
{
    struct http_client *client = self;
    struct http_exchange exchange;
    if (!http_exchange_prepare(&exchange, arena, request, &client->options, error))
        return false;
    pthread_cond_init(&exchange.changed, NULL);
    pthread_mutex_lock(&client->lock);
    *client->arrived_end = &exchange;
    client->arrived_end = &exchange.next;
    curl_multi_wakeup(client->multi);
    while (!exchange.finished)
        pthread_cond_wait(&exchange.changed, &client->lock);
    pthread_mutex_unlock(&client->lock);
    pthread_cond_destroy(&exchange.changed);
    return http_exchange_result(&exchange, arena, response, error);
}

static void copy_options(struct http_client_options *to, const struct http_client_options *from)
{
    char **hosts = memory_alloc((from->plain_host_count + 1) * sizeof *hosts);
    for (size_t i = 0; i < from->plain_host_count; i++)
        hosts[i] = memory_strdup(from->plain_hosts[i]);
    *to = (struct http_client_options){
        .plain_hosts = (const char *const *)hosts,
        .plain_host_count = from->plain_host_count,
        .ca_file = from->ca_file ? memory_strdup(from->ca_file) : NULL,
        .connections_per_host =
            from->connections_per_host ? from->connections_per_host : CONNECTIONS_PER_HOST,
        .loopback_is_public = from->loopback_is_public,
    };
}

static void free_client(struct http_client *client)
{
    for (size_t i = 0; i < client->options.plain_host_count; i++)
        free((void *)(uintptr_t)client->options.plain_hosts[i]);
    free((void *)(uintptr_t)client->options.plain_hosts);
    free((void *)(uintptr_t)client->options.ca_file);
    pthread_mutex_destroy(&client->lock);
    free(client);
    curl_global_cleanup();
}

static void open_multi(struct http_client *client)
{
    client->multi = curl_multi_init();
    client->share = curl_share_init();
    if (!client->multi || !client->share)
        memory_exhausted();
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_MAX);
    curl_share_setopt(client->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

/* Signals are the main thread's; SIGPIPE above all must not reach the thread that writes to sockets. */
static int start_thread(struct http_client *client)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&client->thread, NULL, io_thread, client);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

bool http_client_new(const struct http_client_options *options, struct http_client **out, struct error *error)
{
    if (options->ca_file && access(options->ca_file, R_OK) != 0)
        return error_set(error, ERROR_INVALID, "cannot read the CA file '%s': %s", options->ca_file,
                         strerror(errno));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, ERROR_UNAVAILABLE, "cannot start libcurl");
    struct http_client *client = memory_alloc(sizeof *client);
    copy_options(&client->options, options);
    pthread_mutex_init(&client->lock, NULL);
    client->arrived_end = &client->arrived;
    open_multi(client);
    int failed = start_thread(client);
    if (failed) {
        curl_multi_cleanup(client->multi);
        curl_share_cleanup(client->share);
        free_client(client);
        return error_set(error, ERROR_UNAVAILABLE, "cannot start the I/O thread: %s", strerror(failed));
    }
    *out = client;
    return true;
}

struct http http_client_http(struct http_client *client)
{
    return (struct http){.self = client, .perform = client_perform};
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    pthread_mutex_lock(&client->lock);
    client->stopping = true;
    curl_multi_wakeup(client->multi);
    pthread_mutex_unlock(&client->lock);
    pthread_join(client->thread, NULL);
    free_client(client);
}
