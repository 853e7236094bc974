#include "providers/aws/pacing.h"

#include <pthread.h>

static const double factor_least = 1.0 / 32, factor_per_second = 0.05, share_least = 0.01;
/* Where nothing is published: up to so many times the rate to begin with, and until the first throttling half
 * as much more each second. */
static const double factor_most = 32, growth_per_second = 0.5;

struct quota {
    struct quota *next;
    char *key; /* "account/region/service" */
    int left;
};

struct pace {
    struct pace *next;
    struct pacing *pacing;
    struct quota *quota;
    struct pace *total; /* the bucket from which every call takes, or NULL */
    char *key;          /* "account/region/service/bucket" */
    double rate, burst;
    double factor;     /* of the rate: 1, less after throttling, more where it grows */
    bool grows;        /* the rate is where to begin with */
    bool throttled;    /* ever */
    double tokens;     /* below 0: already promised to callers who wait */
    double background; /* likewise: what is left for those who have a share only */
    int64_t updated_ms;
    double window; /* how many calls may be under way */
    int in_flight;
    uint32_t round; /* counts how often the window was cut */
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

static struct pace *pace_new(struct pacing *pacing, const char *key, struct quota *quota, double rate,
                             double burst)
{
    struct pace *pace = memory_alloc(sizeof *pace);
    burst = burst < 1 ? 1 : burst;
    *pace = (struct pace){.next = pacing->paces,
                          .pacing = pacing,
                          .quota = quota,
                          .key = memory_strdup(key),
                          .rate = rate,
                          .burst = burst,
                          .factor = 1,
                          .tokens = burst,
                          .background = burst,
                          .updated_ms = clock_monotonic(pacing->clock),
                          .window = PACE_WINDOW};
    pacing->paces = pace;
    return pace;
}

static struct pace *find(struct pacing *pacing, const char *key)
{
    struct pace *pace = pacing->paces;
    while (pace && strcmp(pace->key, key) != 0)
        pace = pace->next;
    return pace;
}

/* Services that count together have their buckets below one name. */
struct pace *pacing_of(struct pacing *pacing, struct str account, struct str region,
                       const struct aws_operation *operation)
{
    const struct aws_service *service = operation->service;
    const char *group = service->total ? service->total : service->name;
    char quota[192], total[256], key[256];
    snprintf(quota, sizeof quota, "%.*s/%.*s/%s", STR_ARG(account), STR_ARG(region), service->name);
    snprintf(total, sizeof total, "%.*s/%.*s/%s/", STR_ARG(account), STR_ARG(region), group);
    snprintf(key, sizeof key, "%s%s", total, operation->bucket ? operation->bucket : "");
    pthread_mutex_lock(&pacing->lock);
    struct pace *pace = find(pacing, key), *all = NULL;
    if (!pace && service->total && operation->bucket) {
        all = find(pacing, total);
        if (!all)
            all = pace_new(pacing, total, quota_of(pacing, quota), service->rate, service->burst);
    }
    if (!pace) {
        bool own = operation->rate > 0;
        pace = pace_new(pacing, key, quota_of(pacing, quota), own ? operation->rate : service->rate,
                        own ? operation->burst : service->burst);
        pace->grows = !own && service->rate_unpublished;
        pace->total = all;
    }
    pthread_mutex_unlock(&pacing->lock);
    return pace;
}

static void fill(double *tokens, double gained, double most)
{
    *tokens = *tokens + gained < most ? *tokens + gained : most;
}

/* Brings tokens and factor to the present. */
static void advance(struct pace *pace, double share)
{
    int64_t now = clock_monotonic(pace->pacing->clock);
    double seconds = (double)(now - pace->updated_ms) / 1000, gained = seconds * pace->rate * pace->factor;
    double part = pace->burst * share;
    pace->updated_ms = now;
    fill(&pace->tokens, gained, pace->burst);
    fill(&pace->background, gained * share, part < 1 ? 1 : part);
    if (pace->factor < 1)
        fill(&pace->factor, seconds * factor_per_second, 1);
}

static int64_t wait_for(double tokens, double rate)
{
    return tokens < 0 && rate > 0 ? (int64_t)(-tokens / rate * 1000) + 1 : 0;
}

static int64_t take(struct pace *pace, double share)
{
    double rate = pace->rate * pace->factor;
    advance(pace, share);
    pace->tokens -= 1;
    int64_t wait_ms = wait_for(pace->tokens, rate);
    if (share >= 1)
        return wait_ms;
    pace->background -= 1;
    int64_t own_ms = wait_for(pace->background, rate * share);
    return own_ms > wait_ms ? own_ms : wait_ms;
}

int64_t pace_take(struct pace *pace, double share)
{
    share = share <= 0 || share > 1 ? 1 : share < share_least ? share_least : share;
    pthread_mutex_lock(&pace->pacing->lock);
    int64_t wait_ms = take(pace, share);
    int64_t total_ms = pace->total ? take(pace->total, share) : 0;
    pthread_mutex_unlock(&pace->pacing->lock);
    return total_ms > wait_ms ? total_ms : wait_ms;
}

/* By an answer that came while others waited for their turn: as many as there are in a second give it a
 * second's growth. */
static void grow(struct pace *pace)
{
    if (!pace->grows || pace->factor < 1 || pace->tokens >= 0)
        return;
    double each = pace->throttled ? factor_per_second / pace->factor : growth_per_second;
    fill(&pace->factor, each / pace->rate, factor_most);
}

bool pace_enter(struct pace *pace, uint32_t *round)
{
    pthread_mutex_lock(&pace->pacing->lock);
    bool enough = pace->in_flight < (int)pace->window;
    if (enough)
        pace->in_flight++;
    *round = pace->round;
    pthread_mutex_unlock(&pace->pacing->lock);
    return enough;
}

static void slow_down(struct pace *pace)
{
    advance(pace, 1);
    pace->throttled = true;
    pace->factor = pace->factor / 2 < factor_least ? factor_least : pace->factor / 2;
    if (pace->tokens > 0)
        pace->tokens = 0;
    if (pace->background > 0)
        pace->background = 0;
}

void pace_leave(struct pace *pace, uint32_t round, bool throttled)
{
    pthread_mutex_lock(&pace->pacing->lock);
    pace->in_flight--;
    if (!throttled) {
        fill(&pace->window, 1 / pace->window, PACE_WINDOW);
        grow(pace);
    } else if (round == pace->round) {
        pace->round++;
        pace->window = pace->window / 2 < 1 ? 1 : pace->window / 2;
        slow_down(pace);
    }
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
