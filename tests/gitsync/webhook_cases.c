#include "webhook_cases.h"

#include "base/digest.h"

#define OLD "1111111111111111111111111111111111111111"
#define NEW "2222222222222222222222222222222222222222"
#define ZERO "0000000000000000000000000000000000000000"

/* GitHub, Gitea and Forgejo */
#define HUB_REPOSITORY                                                                                       \
    "\"repository\":{\"id\":7,\"full_name\":\"shop/orders\",\"private\":true,"                               \
    "\"clone_url\":\"https://git.example/shop/orders.git\",\"ssh_url\":\"git@git.example:shop/"              \
    "orders.git\"},"                                                                                         \
    "\"sender\":{\"login\":\"ann\",\"id\":1}"
#define HUB_SHOP "shop/orders https://git.example/shop/orders.git git@git.example:shop/orders.git"
#define HUB_FIELDS                                                                                           \
    "repository.full_name,repository.clone_url,repository.ssh_url,sender.login,repository,sender"
#define HUB_PULL(more)                                                                                       \
    "\"pull_request\":{\"number\":12,\"title\":\"Raise memory\",\"draft\":false" more                        \
    ",\"head\":{\"ref\":\"memory\",\"sha\":\"" NEW "\",\"repo\":{\"full_name\":\"ann/orders\"}},"            \
    "\"base\":{\"ref\":\"main\",\"sha\":\"" OLD "\",\"repo\":{\"full_name\":\"shop/orders\"}}}"
#define HUB_PULL_FIELDS                                                                                      \
    ",pull_request,pull_request.number,pull_request.head.ref,pull_request.head.sha,pull_request.base.ref,"   \
    "pull_request.head.repo.full_name,pull_request.head"
#define HUB_PULL_TEXT " #12 memory@" NEW " of ann/orders to main"
#define HUB_COMMENT                                                                                          \
    "\"comment\":{\"id\":99,\"body\":\"/plumb approve\\nthanks\",\"user\":{\"login\":\"bob\"}}"
#define HUB_ISSUE "\"issue\":{\"number\":12,\"title\":\"t\",\"pull_request\":{\"url\":\"https://x\"}}"

/* GitLab */
#define LAB_PROJECT                                                                                          \
    "\"project\":{\"id\":7,\"path_with_namespace\":\"shop/orders\","                                         \
    "\"git_http_url\":\"https://lab.example/shop/orders.git\","                                              \
    "\"git_ssh_url\":\"git@lab.example:shop/orders.git\"}"
#define LAB_SHOP "shop/orders https://lab.example/shop/orders.git git@lab.example:shop/orders.git"
#define LAB_MERGE                                                                                            \
    "\"iid\":3,\"source_branch\":\"memory\",\"target_branch\":\"main\",\"last_commit\":{\"id\":\"" NEW       \
    "\"},"                                                                                                   \
    "\"source\":{\"path_with_namespace\":\"ann/orders\"}"
#define LAB_MERGE_TEXT " #3 memory@" NEW " of ann/orders to main"
#define LAB_REQUEST(action)                                                                                  \
    "{\"object_kind\":\"merge_request\",\"user\":{\"username\":\"ann\"}," LAB_PROJECT                        \
    ",\"object_attributes\":{\"id\":93,\"state\":\"opened\",\"action\":\"" action "\"," LAB_MERGE "}}"
#define LAB_FIELDS "object_kind,project.path_with_namespace,project.git_http_url,project.git_ssh_url,project"

/* Bitbucket Cloud */
#define CLOUD_SHOP                                                                                           \
    "\"actor\":{\"nickname\":\"ann\"},\"repository\":{\"full_name\":\"shop/orders\","                        \
    "\"links\":{\"html\":{\"href\":\"https://bitbucket.org/shop/orders\"}}}"
#define CLOUD_PULL                                                                                           \
    "\"pullrequest\":{\"id\":5,\"source\":{\"branch\":{\"name\":\"memory\"},\"commit\":{\"hash\":"           \
    "\"d3022fc0ca3d\"},\"repository\":{\"full_name\":\"ann/orders\"}},"                                      \
    "\"destination\":{\"branch\":{\"name\":\"main\"}}}"
#define CLOUD_FIELDS                                                                                         \
    "repository.full_name,repository.links.html.href,actor.nickname,pullrequest,pullrequest.id,"             \
    "pullrequest.source.branch.name,pullrequest.source.commit.hash,"                                         \
    "pullrequest.source.repository.full_name,pullrequest.destination.branch.name"
#define CLOUD_TEXT "shop/orders https://bitbucket.org/shop/orders - ann"
#define CLOUD_PULL_TEXT " #5 memory@d3022fc0ca3d of ann/orders to main"

/* Bitbucket Data Center */
#define SERVER_REPOSITORY                                                                                    \
    "\"repository\":{\"slug\":\"orders\",\"project\":{\"key\":\"SHOP\"},\"links\":{\"clone\":["              \
    "{\"href\":\"https://bb.example/scm/shop/orders.git\",\"name\":\"http\"},"                               \
    "{\"href\":\"ssh://git@bb.example:7999/shop/orders.git\",\"name\":\"ssh\"}]}}"
#define SERVER_SHOP                                                                                          \
    "SHOP/orders https://bb.example/scm/shop/orders.git ssh://git@bb.example:7999/shop/orders.git ann"
#define SERVER_PULL                                                                                          \
    "\"actor\":{\"name\":\"ann\"},\"pullRequest\":{\"id\":8,\"fromRef\":{\"id\":\"refs/heads/memory\","      \
    "\"displayId\":\"memory\",\"latestCommit\":\"" NEW "\",\"repository\":{\"slug\":\"orders\","             \
    "\"project\":{\"key\":\"~ANN\"}}},\"toRef\":{\"displayId\":\"main\"," SERVER_REPOSITORY "}}"
#define SERVER_PULL_TEXT " #8 memory@" NEW " of ~ANN/orders to main"

const struct webhook_case webhook_cases[] = {
    {WEBHOOK_GITHUB, "ping", "{\"zen\":\"Keep it\",\"hook_id\":1}", "ping - - - -", ""},
    {WEBHOOK_GITHUB, "push",
     "{\"ref\":\"refs/heads/main\",\"before\":\"" OLD "\",\"after\":\"" NEW "\"," HUB_REPOSITORY "}",
     "push " HUB_SHOP " ann refs/heads/main " OLD ".." NEW, HUB_FIELDS ",ref,before,after"},
    {WEBHOOK_GITHUB, "push",
     "{\"ref\":\"refs/heads/old\",\"before\":\"" OLD "\",\"after\":\"" ZERO "\"," HUB_REPOSITORY "}",
     "push " HUB_SHOP " ann refs/heads/old " OLD ".." ZERO, ""},
    {WEBHOOK_GITHUB, "pull_request",
     "{\"action\":\"opened\",\"number\":12," HUB_PULL("") "," HUB_REPOSITORY "}",
     "pull request " HUB_SHOP " ann opened" HUB_PULL_TEXT, HUB_FIELDS HUB_PULL_FIELDS ",action"},
    {WEBHOOK_GITHUB, "pull_request", "{\"action\":\"synchronize\"," HUB_PULL("") "," HUB_REPOSITORY "}",
     "pull request " HUB_SHOP " ann updated" HUB_PULL_TEXT, ""},
    {WEBHOOK_GITHUB, "pull_request",
     "{\"action\":\"closed\"," HUB_PULL(",\"merged\":true") "," HUB_REPOSITORY "}",
     "pull request " HUB_SHOP " ann merged" HUB_PULL_TEXT, "pull_request.merged"},
    {WEBHOOK_GITHUB, "pull_request",
     "{\"action\":\"closed\"," HUB_PULL(",\"merged\":false") "," HUB_REPOSITORY "}",
     "pull request " HUB_SHOP " ann closed" HUB_PULL_TEXT, ""},
    {WEBHOOK_GITHUB, "pull_request", "{\"action\":\"labeled\"," HUB_PULL("") "," HUB_REPOSITORY "}",
     "other " HUB_SHOP " ann", ""},
    {WEBHOOK_GITHUB, "issue_comment",
     "{\"action\":\"created\"," HUB_ISSUE "," HUB_COMMENT "," HUB_REPOSITORY "}",
     "comment " HUB_SHOP " bob #12 99 \"/plumb approve\nthanks\"",
     HUB_FIELDS ",action,issue.number,issue.pull_request,comment.id,comment.body,comment.user.login"},
    {WEBHOOK_GITHUB, "issue_comment",
     "{\"action\":\"edited\"," HUB_ISSUE "," HUB_COMMENT "," HUB_REPOSITORY "}", "other " HUB_SHOP " bob",
     ""},
    {WEBHOOK_GITHUB, "issue_comment",
     "{\"action\":\"created\",\"issue\":{\"number\":4}," HUB_COMMENT "," HUB_REPOSITORY "}",
     "other " HUB_SHOP " bob", ""},
    {WEBHOOK_GITHUB, "pull_request_review_comment",
     "{\"action\":\"created\"," HUB_PULL("") "," HUB_COMMENT "," HUB_REPOSITORY "}",
     "comment " HUB_SHOP " bob #12 99 \"/plumb approve\nthanks\"", "comment.id,pull_request.number"},
    {WEBHOOK_GITHUB, "pull_request_review",
     "{\"action\":\"submitted\",\"review\":{\"id\":1,\"state\":\"approved\",\"body\":null,\"user\":"
     "{\"login\":\"bob\"}}," HUB_PULL("") "," HUB_REPOSITORY "}",
     "review " HUB_SHOP " bob approved" HUB_PULL_TEXT " \"\"", "review.state,review.user.login,action"},
    {WEBHOOK_GITHUB, "pull_request_review",
     "{\"action\":\"submitted\",\"review\":{\"state\":\"CHANGES_REQUESTED\",\"body\":\"no\",\"user\":"
     "{\"login\":\"bob\"}}," HUB_PULL("") "," HUB_REPOSITORY "}",
     "review " HUB_SHOP " bob rejected" HUB_PULL_TEXT " \"no\"", "review.body"},
    {WEBHOOK_GITHUB, "pull_request_review",
     "{\"action\":\"dismissed\",\"review\":{\"state\":\"dismissed\",\"user\":"
     "{\"login\":\"bob\"}}," HUB_PULL("") "," HUB_REPOSITORY "}",
     "review " HUB_SHOP " bob withdrawn" HUB_PULL_TEXT " \"\"", ""},
    {WEBHOOK_GITHUB, "workflow_run", "{" HUB_REPOSITORY "}", "other " HUB_SHOP " ann", ""},
    {WEBHOOK_GITEA, "push",
     "{\"ref\":\"refs/tags/v1\",\"before\":\"" ZERO "\",\"after\":\"" NEW "\"," HUB_REPOSITORY "}",
     "push " HUB_SHOP " ann refs/tags/v1 " ZERO ".." NEW, HUB_FIELDS ",ref,after"},
    {WEBHOOK_GITEA, "pull_request", "{\"action\":\"synchronized\"," HUB_PULL("") "," HUB_REPOSITORY "}",
     "pull request " HUB_SHOP " ann updated" HUB_PULL_TEXT, HUB_FIELDS},
    {WEBHOOK_GITEA, "issue_comment",
     "{\"action\":\"created\",\"is_pull\":true," HUB_ISSUE "," HUB_COMMENT "," HUB_REPOSITORY "}",
     "comment " HUB_SHOP " bob #12 99 \"/plumb approve\nthanks\"", ""},
    {WEBHOOK_GITEA, "pull_request_approved",
     "{\"action\":\"reviewed\",\"review\":{\"type\":\"pull_request_review_approved\",\"content\":\"ok\"}"
     "," HUB_PULL("") "," HUB_REPOSITORY "}",
     "review " HUB_SHOP " ann approved" HUB_PULL_TEXT " \"ok\"", "review.content,pull_request.number"},
    {WEBHOOK_FORGEJO, "pull_request_rejected",
     "{\"action\":\"reviewed\",\"review\":{\"content\":\"no\"}," HUB_PULL("") "," HUB_REPOSITORY "}",
     "review " HUB_SHOP " ann rejected" HUB_PULL_TEXT " \"no\"", ""},
    {WEBHOOK_FORGEJO, "push",
     "{\"ref\":\"refs/heads/main\",\"before\":\"" OLD "\",\"after\":\"" NEW "\"," HUB_REPOSITORY "}",
     "push " HUB_SHOP " ann refs/heads/main " OLD ".." NEW, HUB_FIELDS},
    {WEBHOOK_GITLAB, "Push Hook",
     "{\"object_kind\":\"push\",\"ref\":\"refs/heads/main\",\"before\":\"" OLD "\",\"after\":\"" NEW
     "\",\"user_username\":\"ann\"," LAB_PROJECT "}",
     "push " LAB_SHOP " ann refs/heads/main " OLD ".." NEW, LAB_FIELDS ",ref,before,after,user_username"},
    {WEBHOOK_GITLAB, "Tag Push Hook",
     "{\"object_kind\":\"tag_push\",\"ref\":\"refs/tags/v1\",\"before\":\"" ZERO "\",\"after\":\"" NEW
     "\",\"user_username\":\"ann\"," LAB_PROJECT "}",
     "push " LAB_SHOP " ann refs/tags/v1 " ZERO ".." NEW, ""},
    {WEBHOOK_GITLAB, "Merge Request Hook", LAB_REQUEST("open"),
     "pull request " LAB_SHOP " ann opened" LAB_MERGE_TEXT,
     LAB_FIELDS ",user.username,object_attributes,object_attributes.iid,object_attributes.source_branch,"
                "object_attributes.target_branch,object_attributes.source.path_with_namespace,"
                "object_attributes.last_commit.id,object_attributes.action"},
    {WEBHOOK_GITLAB, "Merge Request Hook", LAB_REQUEST("merge"),
     "pull request " LAB_SHOP " ann merged" LAB_MERGE_TEXT, ""},
    {WEBHOOK_GITLAB, "Merge Request Hook", LAB_REQUEST("approved"),
     "review " LAB_SHOP " ann approved" LAB_MERGE_TEXT " \"\"", ""},
    {WEBHOOK_GITLAB, "Merge Request Hook", LAB_REQUEST("unapproved"),
     "review " LAB_SHOP " ann withdrawn" LAB_MERGE_TEXT " \"\"", ""},
    {WEBHOOK_GITLAB, "Note Hook",
     "{\"object_kind\":\"note\",\"user\":{\"username\":\"bob\"}," LAB_PROJECT
     ",\"object_attributes\":{\"id\":1244,\"note\":\"/plumb plan\",\"noteable_type\":\"MergeRequest\","
     "\"action\":\"create\"},\"merge_request\":{" LAB_MERGE "}}",
     "comment " LAB_SHOP " bob #3 1244 \"/plumb plan\"",
     "object_attributes.noteable_type,object_attributes.id,object_attributes.note,merge_request,"
     "merge_request.iid,object_attributes.action"},
    {WEBHOOK_GITLAB, "Note Hook",
     "{\"object_kind\":\"note\"," LAB_PROJECT ",\"object_attributes\":{\"noteable_type\":\"Commit\"}}",
     "other " LAB_SHOP " -", ""},
    {WEBHOOK_GITLAB, "System Hook", "{\"event_name\":\"project_create\"}", "other - - - -", ""},
    {WEBHOOK_BITBUCKET, "repo:push",
     "{" CLOUD_SHOP ",\"push\":{\"changes\":["
     "{\"new\":{\"type\":\"branch\",\"name\":\"main\",\"target\":{\"hash\":\"" NEW "\"}},"
     "\"old\":{\"type\":\"branch\",\"name\":\"main\",\"target\":{\"hash\":\"" OLD "\"}}},"
     "{\"new\":null,\"old\":{\"type\":\"tag\",\"name\":\"v1\",\"target\":{\"hash\":\"" OLD "\"}}}]}}",
     "push " CLOUD_TEXT " refs/heads/main " OLD ".." NEW " refs/tags/v1 " OLD "..",
     "repository.full_name,push.changes,push.changes.0.new.name,push.changes.0.new.target.hash,"
     "push.changes.0.old.target.hash"},
    {WEBHOOK_BITBUCKET, "pullrequest:created", "{" CLOUD_SHOP "," CLOUD_PULL "}",
     "pull request " CLOUD_TEXT " opened" CLOUD_PULL_TEXT, CLOUD_FIELDS},
    {WEBHOOK_BITBUCKET, "pullrequest:fulfilled", "{" CLOUD_SHOP "," CLOUD_PULL "}",
     "pull request " CLOUD_TEXT " merged" CLOUD_PULL_TEXT, ""},
    {WEBHOOK_BITBUCKET, "pullrequest:approved", "{" CLOUD_SHOP "," CLOUD_PULL ",\"approval\":{}}",
     "review " CLOUD_TEXT " approved" CLOUD_PULL_TEXT " \"\"", ""},
    {WEBHOOK_BITBUCKET, "pullrequest:comment_created",
     "{" CLOUD_SHOP "," CLOUD_PULL ",\"comment\":{\"id\":17,\"content\":{\"raw\":\"hello\"}}}",
     "comment " CLOUD_TEXT " #5 17 \"hello\"", "comment.id,comment.content.raw"},
    {WEBHOOK_BITBUCKET, "diagnostics:ping", "{\"test\":true}", "ping - - - -", ""},
    {WEBHOOK_BITBUCKET, "repo:refs_changed",
     "{\"eventKey\":\"repo:refs_changed\",\"actor\":{\"name\":\"ann\"}," SERVER_REPOSITORY
     ",\"changes\":[{\"ref\":{\"id\":\"refs/heads/main\"},\"fromHash\":\"" OLD "\",\"toHash\":\"" NEW
     "\",\"type\":\"UPDATE\"}]}",
     "push " SERVER_SHOP " refs/heads/main " OLD ".." NEW,
     "repository.slug,repository.project.key,repository.links.clone,repository.links.clone.0.href,actor.name,"
     "changes,changes.0.ref.id,changes.0.fromHash,changes.0.toHash"},
    {WEBHOOK_BITBUCKET, "pr:opened", "{" SERVER_PULL "}",
     "pull request " SERVER_SHOP " opened" SERVER_PULL_TEXT,
     "pullRequest,pullRequest.id,pullRequest.fromRef.displayId,pullRequest.fromRef.latestCommit,"
     "pullRequest.toRef.displayId,pullRequest.toRef.repository,pullRequest.fromRef.repository.slug"},
    {WEBHOOK_BITBUCKET, "pr:reviewer:needs_work", "{" SERVER_PULL "}",
     "review " SERVER_SHOP " rejected" SERVER_PULL_TEXT " \"\"", ""},
    {WEBHOOK_BITBUCKET, "pr:comment:added", "{" SERVER_PULL ",\"comment\":{\"id\":62,\"text\":\"hello\"}}",
     "comment " SERVER_SHOP " #8 62 \"hello\"", "comment.id,comment.text"},
    {WEBHOOK_GENERIC, "", "{}", "sync - - - -", ""},
    {WEBHOOK_GENERIC, "rolled-back", "{\"environment\":\"beta\",\"application\":\"orders\",\"more\":[1]}",
     "sync - - - - beta/orders", "environment,application"},
    {WEBHOOK_GENERIC, "",
     "{\"repository\":\"https://git.example/orders.git\",\"ref\":\"refs/heads/main\",\"after\":\"" NEW "\"}",
     "push - https://git.example/orders.git - - refs/heads/main .." NEW, "repository,ref,after"},
    {WEBHOOK_GENERIC, "", "{\"repository\":\"git@git.example:orders.git\",\"ref\":\"refs/heads/main\"}",
     "push - - git@git.example:orders.git - refs/heads/main ..", ""},
    {WEBHOOK_GENERIC, "", "{\"repository\":{\"full_name\":\"shop/orders\"},\"ref\":\"refs/heads/main\"}",
     "push shop/orders - - - refs/heads/main ..", "repository.full_name,ref"},
};
const size_t webhook_case_count = ARRAY_LENGTH(webhook_cases);

static void add(struct signed_headers *headers, const char *name, struct str value)
{
    headers->list[headers->count++] = (struct http_header){.name = str_from(name), .value = value};
}

static struct str mac_hex(struct arena *arena, struct str secret, struct str bytes)
{
    unsigned char mac[SHA256_SIZE];
    hmac_sha256(secret, bytes, mac);
    return hex_encode(arena, (struct str){.ptr = (char *)mac, .len = sizeof mac});
}

/* "BEFORE.BODY", also where that has a NUL. */
static struct str signed_content(struct arena *arena, struct str before, struct str body)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    buf_printf(&text, "%.*s.", STR_ARG(before));
    buf_add(&text, body);
    struct str copy = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return copy;
}

static void sign_gitlab(struct arena *arena, const char *delivery, struct str secret, int64_t now_ms,
                        struct str body, struct signed_headers *headers)
{
    unsigned char mac[SHA256_SIZE];
    struct str key;
    add(headers, "Idempotency-Key", str_from(delivery));
    if (!str_starts(secret, "whsec_")) {
        add(headers, "X-Gitlab-Token", secret);
        return;
    }
    struct str time = arena_printf(arena, "%lld", (long long)now_ms / 1000);
    struct str content = signed_content(arena, arena_printf(arena, "%s.%.*s", delivery, STR_ARG(time)), body);
    if (!base64_decode(arena, str_from_index(secret, 6), &key))
        abort();
    hmac_sha256(key, content, mac);
    struct str text = base64_encode(arena, (struct str){.ptr = (char *)mac, .len = sizeof mac});
    add(headers, "webhook-id", str_from(delivery));
    add(headers, "webhook-timestamp", time);
    add(headers, "webhook-signature", arena_printf(arena, "v1,%.*s", STR_ARG(text)));
}

/* Forgejo sends Gitea's headers as well, and both send GitHub's. */
static void sign_gitea(struct arena *arena, bool forgejo, const char *event, const char *delivery,
                       struct str secret, struct str body, struct signed_headers *headers)
{
    struct str hex = mac_hex(arena, secret, body);
    add(headers, "X-GitHub-Event", str_from(event));
    add(headers, "X-Hub-Signature-256", arena_printf(arena, "sha256=%.*s", STR_ARG(hex)));
    add(headers, "X-Gitea-Event", str_from(event));
    add(headers, "X-Gitea-Signature", hex);
    if (!forgejo) {
        add(headers, "X-Gitea-Delivery", str_from(delivery));
        return;
    }
    add(headers, "X-Forgejo-Event", str_from(event));
    add(headers, "X-Forgejo-Delivery", str_from(delivery));
    add(headers, "X-Forgejo-Signature", hex);
}

void webhook_sign(struct arena *arena, enum webhook_forge forge, const char *event, const char *delivery,
                  struct str secret, int64_t now_ms, struct str body, struct signed_headers *headers)
{
    headers->count = 0;
    struct str hex = mac_hex(arena, secret, body);
    struct str prefixed = arena_printf(arena, "sha256=%.*s", STR_ARG(hex));
    if (forge == WEBHOOK_GITHUB) {
        add(headers, "X-GitHub-Event", str_from(event));
        add(headers, "X-GitHub-Delivery", str_from(delivery));
        add(headers, "X-Hub-Signature-256", prefixed);
    } else if (forge == WEBHOOK_GITEA || forge == WEBHOOK_FORGEJO) {
        sign_gitea(arena, forge == WEBHOOK_FORGEJO, event, delivery, secret, body, headers);
    } else if (forge == WEBHOOK_GITLAB) {
        add(headers, "X-Gitlab-Event", str_from(event));
        sign_gitlab(arena, delivery, secret, now_ms, body, headers);
    } else if (forge == WEBHOOK_BITBUCKET) {
        add(headers, "X-Event-Key", str_from(event));
        add(headers, "X-Request-UUID", str_from(delivery));
        add(headers, "X-Hub-Signature", prefixed);
    } else {
        long long time = now_ms / 1000;
        struct str content = signed_content(arena, arena_printf(arena, "%lld", time), body);
        hex = mac_hex(arena, secret, content);
        add(headers, "X-Plumb-Event", str_from(event));
        add(headers, "X-Plumb-Delivery", str_from(delivery));
        add(headers, "X-Plumb-Signature", arena_printf(arena, "t=%lld,v1=%.*s", time, STR_ARG(hex)));
    }
}

static void put(struct buf *out, struct str text)
{
    buf_printf(out, " %.*s", STR_ARG(text.len ? text : STR("-")));
}

static void put_pull_request(struct buf *out, const struct webhook_event *event)
{
    buf_printf(out, " #%lld %.*s@%.*s of %.*s to %.*s", (long long)event->number, STR_ARG(event->head_ref),
               STR_ARG(event->head_commit), STR_ARG(event->head_repository), STR_ARG(event->base_ref));
}

struct str webhook_text(struct arena *arena, const struct webhook_event *event)
{
    static const char *const actions[] = {"opened", "updated", "closed", "merged"};
    static const char *const verdicts[] = {"commented", "approved", "rejected", "withdrawn"};
    struct buf out = BUF_INIT(BUF_SMALL);
    buf_addz(&out, webhook_kind_name(event->kind));
    put(&out, event->repository);
    put(&out, event->http_url);
    put(&out, event->ssh_url);
    put(&out, event->actor);
    for (size_t i = 0; i < event->ref_count; i++)
        buf_printf(&out, " %.*s %.*s..%.*s", STR_ARG(event->refs[i].name), STR_ARG(event->refs[i].before),
                   STR_ARG(event->refs[i].after));
    if (event->kind == WEBHOOK_PULL_REQUEST || event->kind == WEBHOOK_REVIEW) {
        buf_printf(&out, " %s",
                   event->kind == WEBHOOK_REVIEW ? verdicts[event->verdict] : actions[event->action]);
        put_pull_request(&out, event);
    }
    if (event->kind == WEBHOOK_COMMENT)
        buf_printf(&out, " #%lld %.*s", (long long)event->number, STR_ARG(event->comment_id));
    if (event->kind == WEBHOOK_COMMENT || event->kind == WEBHOOK_REVIEW)
        buf_printf(&out, " \"%.*s\"", STR_ARG(event->text));
    if (event->environment.len)
        buf_printf(&out, " %.*s/%.*s", STR_ARG(event->environment), STR_ARG(event->application));
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}
