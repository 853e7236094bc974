#include "providers/aws/pacing.h"

#include <pthread.h>

static const double factor_least = 1.0 / 32, factor_per_second = 0.05;

struct quota {
    struct quota *next;
    char *key; /* "account/region/service" */
    int left;
};

struct pace {
    struct pace *next;
    struct pacing *pacing;
    struct quota *quota;
    char *key; /* "account/region/service/bucket" */
    double rate, burst;
    double factor; /* of the rate: 1, less after throttling */
    double tokens; /* below 0: already promised to callers who wait */
    int64_t updated_ms;
};

struct pacing {
    const struct clock *clock;
    pthread_mutex_t lock;
    struct pace *paces;
    struct quota *quotas;
};

struct pacing *pacing_new(const struct clock *clock)
{
    struct pacing *pacing = memory_alloc(sizeof *pacing);
    *pacing = (struct pacing){.clock = clock};
    pthread_mutex_init(&pacing->lock, NULL);
    return pacing;
}

void pacing_free(struct pacing *pacing)
{
    if (!pacing)
        return;
    for (struct pace *pace = pacing->paces, *next; pace; pace = next) {
        next = pace->next;
        free(pace->key);
        free(pace);
    }
    for (struct quota *quota = pacing->quotas, *next; quota; quota = next) {
        next = quota->next;
        free(quota->key);
        free(quota);
    }
    pthread_mutex_destroy(&pacing->lock);
    free(pacing);
}

static struct quota *quota_of(struct pacing *pacing, const char *key)
{
    struct quota *quota = pacing->quotas;
    while (quota && strcmp(quota->key, key) != 0)
        quota = quota->next;
    if (!quota) {
        quota = memory_alloc(sizeof *quota);
        *quota = (struct quota){.next = pacing->quotas, .key = memory_strdup(key), .left = RETRY_QUOTA};
        pacing->quotas = quota;
    }
    return quota;
}

static struct pace *pace_new(struct pacing *pacing, const char *key, struct quota *quota,
                             const struct aws_operation *operation)
{
    struct pace *pace = memory_alloc(sizeof *pace);
    double burst = operation->rate > 0 ? operation->burst : operation->service->burst;
    *pace = (struct pace){.next = pacing->paces,
                          .pacing = pacing,
                          .quota = quota,
                          .key = memory_strdup(key),
                          .rate = operation->rate > 0 ? operation->rate : operation->service->rate,
                          .burst = burst < 1 ? 1 : burst,
                          .factor = 1,
                          .tokens = burst < 1 ? 1 : burst,
                          .updated_ms = clock_monotonic(pacing->clock)};
    pacing->paces = pace;
    return pace;
}

struct pace *pacing_of(struct pacing *pacing, struct str account, struct str region,
                       const struct aws_operation *operation)
{
    char service[192], key[256];
    snprintf(service, sizeof service, "%.*s/%.*s/%s", STR_ARG(account), STR_ARG(region),
             operation->service->name);
    snprintf(key, sizeof key, "%s/%s", service, operation->bucket ? operation->bucket : "");
    pthread_mutex_lock(&pacing->lock);
    struct pace *pace = pacing->paces;
    while (pace && strcmp(pace->key, key) != 0)
        pace = pace->next;
    if (!pace)
        pace = pace_new(pacing, key, quota_of(pacing, service), operation);
    pthread_mutex_unlock(&pacing->lock);
    return pace;
}

/* Brings tokens and factor to the present. */
static void advance(struct pace *pace)
{
    int64_t now = clock_monotonic(pace->pacing->clock);
    double seconds = (double)(now - pace->updated_ms) / 1000;
    pace->updated_ms = now;
    pace->tokens += seconds * pace->rate * pace->factor;
    if (pace->tokens > pace->burst)
        pace->tokens = pace->burst;
    pace->factor += seconds * factor_per_second;
    if (pace->factor > 1)
        pace->factor = 1;
}

int64_t pace_take(struct pace *pace)
{
    int64_t wait_ms = 0;
    pthread_mutex_lock(&pace->pacing->lock);
    advance(pace);
    pace->tokens -= 1;
    if (pace->tokens < 0 && pace->rate > 0)
        wait_ms = (int64_t)(-pace->tokens / (pace->rate * pace->factor) * 1000) + 1;
    pthread_mutex_unlock(&pace->pacing->lock);
    return wait_ms;
}

void pace_throttled(struct pace *pace)
{
    pthread_mutex_lock(&pace->pacing->lock);
    advance(pace);
    pace->factor /= 2;
    if (pace->factor < factor_least)
        pace->factor = factor_least;
    if (pace->tokens > 0)
        pace->tokens = 0;
    pthread_mutex_unlock(&pace->pacing->lock);
}

bool pace_pay(struct pace *pace, int cost)
{
    pthread_mutex_lock(&pace->pacing->lock);
    bool enough = pace->quota->left >= cost;
    if (enough)
        pace->quota->left -= cost;
    pthread_mutex_unlock(&pace->pacing->lock);
    return enough;
}

void pace_refund(struct pace *pace, int paid)
{
    pthread_mutex_lock(&pace->pacing->lock);
    pace->quota->left += paid > 0 ? paid : 1;
    if (pace->quota->left > RETRY_QUOTA)
        pace->quota->left = RETRY_QUOTA;
    pthread_mutex_unlock(&pace->pacing->lock);
}
