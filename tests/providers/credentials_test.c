#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "providers/aws/session.h"
#include "tests/providers/fake_aws.h"

#define KEYS                                                                                                 \
    "{\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2015-08-30T13:36:" \
    "00Z\"}"
#define STS_KEYS(operation)                                                                                  \
    "<" operation "Response><" operation "Result><Credentials><AccessKeyId>ASIA</AccessKeyId>"               \
    "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"                                     \
    "<Expiration>2015-08-30T13:36:00Z</Expiration></Credentials></" operation "Result></" operation          \
    "Response>"

enum { FILES_MAX = 3, VARIABLES_MAX = 8 };

/* Files are written below a directory of the test; "@" in a variable stands for that directory. */
struct source_case {
    const char *name;
    struct fake_variable variables[VARIABLES_MAX];
    struct fake_variable files[FILES_MAX];
    struct fake_answer answers[4];
    const char *wanted; /* "access key/secret/token/expires" or "code: message" */
    const char *requests;
};

static const struct source_case source_cases[] = {
    {.name = "environment",
     .variables = {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}, {"AWS_SESSION_TOKEN", "T"}},
     .wanted = "A/S/T/0",
     .requests = ""},
    {.name = "half an environment",
     .variables = {{"AWS_ACCESS_KEY_ID", "A"}},
     .wanted = "invalid: environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together",
     .requests = ""},
    {.name = "default profile",
     .variables = {{"HOME", "@"}},
     .files = {{"/.aws/credentials",
                "# mine\n[other]\naws_access_key_id=no\n[default]\naws_access_key_id = A\n"
                "aws_secret_access_key=S=\n; end\n"}},
     .wanted = "A/S=//0",
     .requests = ""},
    {.name = "the credentials file wins over the config file",
     .variables = {{"AWS_CONFIG_FILE", "@/config"},
                   {"AWS_SHARED_CREDENTIALS_FILE", "@/keys"},
                   {"AWS_PROFILE", "p"}},
     .files = {{"/config",
                "[profile p]\naws_access_key_id=old\ns3 =\n  aws_access_key_id=nested\n[p]\nx=y\n"},
               {"/keys", "[p]\r\naws_access_key_id=A\r\naws_secret_access_key=S\r\naws_session_token=T\r\n"}},
     .wanted = "A/S/T/0",
     .requests = ""},
    {.name = "a chosen profile that is not there",
     .variables = {{"AWS_PROFILE", "prod"}, {"HOME", "@"}},
     .wanted = "not found: shared files: there is no profile 'prod'",
     .requests = ""},
    {.name = "a role of another profile",
     .variables = {{"AWS_CONFIG_FILE", "@/config"}, {"AWS_PROFILE", "deploy"}},
     .files = {{"/config", "[profile deploy]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=base\n"
                           "external_id=x y\nrole_session_name=me\n"
                           "[profile base]\naws_access_key_id=A\naws_secret_access_key=S\n"}},
     .answers = {{.body = STS_KEYS("AssumeRole")}},
     .wanted = "ASIA/s/t/1440941760000",
     .requests = "POST https://sts.us-east-1.amazonaws.com/ Action=AssumeRole&Version=2011-06-15"
                 "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=me&DurationSeconds=3600"
                 "&ExternalId=x%20y\n"},
    {.name = "a profile that is its own source",
     .variables = {{"AWS_CONFIG_FILE", "@/config"}},
     .files = {{"/config", "[default]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=default\n"
                           "aws_access_key_id=A\naws_secret_access_key=S\n"}},
     .answers = {{.body = STS_KEYS("AssumeRole")}},
     .wanted = "ASIA/s/t/1440941760000",
     .requests = "POST https://sts.us-east-1.amazonaws.com/ Action=AssumeRole&Version=2011-06-15"
                 "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=plumb&DurationSeconds=3600\n"},
    {.name = "profiles in a circle",
     .variables = {{"AWS_CONFIG_FILE", "@/config"}, {"AWS_PROFILE", "a"}},
     .files = {{"/config",
                "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=r\nsource_profile=a\n"}},
     .wanted = "invalid: shared files: profile 'a': more than 5 source_profiles in a chain",
     .requests = ""},
    {.name = "a command is not run",
     .variables = {{"AWS_CONFIG_FILE", "@/config"}},
     .files = {{"/config", "[default]\ncredential_process = touch /tmp/owned\n"}},
     .wanted =
         "invalid: shared files: profile 'default' needs credential_process, which plumb does not do: use a "
         "role",
     .requests = ""},
    {.name = "a role on a container's credentials",
     .variables = {{"AWS_CONFIG_FILE", "@/config"}, {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c"}},
     .files = {{"/config", "[default]\nrole_arn=r\ncredential_source=EcsContainer\n"}},
     .answers = {{.body = KEYS}, {.body = STS_KEYS("AssumeRole")}},
     .wanted = "ASIA/s/t/1440941760000",
     .requests = "GET http://169.254.170.2/c\n"
                 "POST https://sts.us-east-1.amazonaws.com/ Action=AssumeRole&Version=2011-06-15"
                 "&RoleArn=r&RoleSessionName=plumb&DurationSeconds=3600\n"},
    {.name = "web identity",
     .variables = {{"AWS_WEB_IDENTITY_TOKEN_FILE", "@/token"},
                   {"AWS_ROLE_ARN", "r"},
                   {"AWS_ROLE_SESSION_NAME", "n"}},
     .files = {{"/token", "ey.J\n"}},
     .answers = {{.body = STS_KEYS("AssumeRoleWithWebIdentity")}},
     .wanted = "ASIA/s/t/1440941760000",
     .requests =
         "POST https://sts.us-east-1.amazonaws.com/ Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
         "&RoleArn=r&RoleSessionName=n&WebIdentityToken=ey.J\n"},
    {.name = "web identity that is refused stops the search",
     .variables = {{"AWS_WEB_IDENTITY_TOKEN_FILE", "@/token"}, {"AWS_ROLE_ARN", "r"}},
     .files = {{"/token", "ey.J\n"}},
     .answers = {{.status = 403,
                  .body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></"
                          "ErrorResponse>"}},
     .wanted =
         "denied: web identity: cannot assume role 'r': sts AssumeRoleWithWebIdentity: AccessDenied: no",
     .requests =
         "POST https://sts.us-east-1.amazonaws.com/ Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
         "&RoleArn=r&RoleSessionName=plumb&WebIdentityToken=ey.J\n"},
    {.name = "container with a token in a file",
     .variables = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"},
                   {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "@/token"}},
     .files = {{"/token", "tok\n"}},
     .answers = {{.body = KEYS}},
     .wanted = "AKID/s/t/1440941760000",
     .requests = "GET http://169.254.170.23/v1/credentials [tok]\n"},
    {.name = "a container's token cannot forge a header",
     .variables = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c"},
                   {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nb"}},
     .wanted = "invalid: container: the container's authorization token holds a line end",
     .requests = ""},
    {.name = "container that is down",
     .variables = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c"}},
     .answers = {{.status = 500}},
     .wanted = "unavailable: container: http://169.254.170.2/c answered 500",
     .requests = "GET http://169.254.170.2/c\n"},
    {.name = "instance metadata",
     .answers = {{.lost = ERROR_TIMEOUT}, {.body = "imds-token"}, {.body = "my-role\n"}, {.body = KEYS}},
     .wanted = "AKID/s/t/1440941760000",
     .requests = "PUT http://169.254.169.254/latest/api/token\n"
                 "PUT http://169.254.169.254/latest/api/token\n"
                 "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/\n"
                 "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role\n"},
    {.name = "nothing",
     .variables = {{"AWS_EC2_METADATA_DISABLED", "true"}, {"HOME", "@"}},
     .wanted =
         "denied: no AWS credentials found; looked at environment (AWS_ACCESS_KEY_ID is not set), shared "
         "files (there is no profile 'default'), web identity (AWS_WEB_IDENTITY_TOKEN_FILE is not set), "
         "container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set), instance metadata "
         "(AWS_EC2_METADATA_DISABLED is set)",
     .requests = ""},
    {.name = "nothing that answers",
     .variables = {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://[fd00:ec2::254]/"}, {"HOME", "@"}},
     .answers = {{.lost = ERROR_TIMEOUT}, {.lost = ERROR_TIMEOUT}},
     .wanted =
         "denied: no AWS credentials found; looked at environment (AWS_ACCESS_KEY_ID is not set), shared "
         "files (there is no profile 'default'), web identity (AWS_WEB_IDENTITY_TOKEN_FILE is not set), "
         "container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set), instance metadata "
         "(no answer)",
     .requests =
         "PUT http://[fd00:ec2::254]/latest/api/token\nPUT http://[fd00:ec2::254]/latest/api/token\n"},
};

static void write_file(struct fake_aws *fake, const char *directory, const struct fake_variable *file)
{
    const char *path = arena_printf(fake->arena, "%s%s", directory, file->name).ptr;
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(file->value, out);
    fclose(out);
}

/* The case's variables with the directory put in. */
static const struct fake_variable *variables_of(struct fake_aws *fake, const struct source_case *c,
                                                const char *directory)
{
    struct fake_variable *all = arena_array(fake->arena, VARIABLES_MAX + 1, sizeof *all);
    for (size_t i = 0; i < VARIABLES_MAX && c->variables[i].name; i++) {
        all[i] = c->variables[i];
        if (*all[i].value == '@')
            all[i].value = arena_printf(fake->arena, "%s%s", directory, all[i].value + 1).ptr;
    }
    return all;
}

static struct str look(struct fake_aws *fake)
{
    struct credentials found = {0};
    struct error error = ERROR_INIT;
    if (!credentials_find(fake->session, STR("us-east-1"), &found, &error))
        return arena_printf(fake->arena, "%s: %s", error_code_name(error.code), error.message);
    struct str text = arena_printf(fake->arena, "%s/%s/%s/%lld", found.access_key, found.secret_key,
                                   found.token, (long long)found.expires_ms);
    credentials_release(&found);
    return text;
}

static void sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(source_cases); i++) {
        const struct source_case *c = &source_cases[i];
        char directory[] = "/tmp/plumb-credentials-XXXXXX", aws[64];
        struct fake_aws fake;
        assert_non_null(mkdtemp(directory));
        snprintf(aws, sizeof aws, "%s/.aws", directory);
        assert_int_equal(mkdir(aws, 0700), 0);
        fake_init(&fake);
        fake.variables = variables_of(&fake, c, directory);
        fake.show = strncmp(c->name, "container with", 14) == 0 ? "Authorization" : NULL;
        fake_start(&fake);
        for (size_t f = 0; f < FILES_MAX && c->files[f].name; f++)
            write_file(&fake, directory, &c->files[f]);
        fake_script(&fake, c->answers, ARRAY_LENGTH(c->answers));
        assert_text(look(&fake), c->wanted);
        assert_text(fake_requests(&fake), c->requests);
        for (size_t f = 0; f < FILES_MAX && c->files[f].name; f++)
            unlink(arena_printf(fake.arena, "%s%s", directory, c->files[f].name).ptr);
        rmdir(aws);
        rmdir(directory);
        fake_release(&fake);
    }
}

/* The role of a target, on the ambient credentials, with the external id. */
static void assumes_the_targets_role(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {{.body = STS_KEYS("AssumeRole")}};
    struct fake_aws fake;
    struct error error = ERROR_INIT;
    struct aws *aws;
    fake_init(&fake);
    fake_start(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    struct aws_target target = {.region = STR("eu-west-1"),
                                .role_arn = STR("arn:aws:iam::111111111111:role/plumb"),
                                .external_id = STR("x"),
                                .account = STR("111111111111")};
    if (!aws_open(fake.session, &target, &aws, &error))
        fail_msg("%s", error.message);
    assert_text(fake_requests(&fake),
                "POST https://sts.eu-west-1.amazonaws.com/ Action=AssumeRole&Version=2011-06-15"
                "&RoleArn=arn%3Aaws%3Aiam%3A%3A111111111111%3Arole%2Fplumb&RoleSessionName=plumb"
                "&DurationSeconds=3600&ExternalId=x\n");
    aws_close(aws);
    fake_release(&fake);
}

/* A source that counts, may fail, and gives credentials for an hour. */
struct counting {
    struct fake_aws *fake;
    atomic_int fetched;
    bool fails;
    int64_t takes_real_ms;
};

static bool count(void *self, struct credentials *credentials, struct error *error)
{
    struct counting *counting = self;
    atomic_fetch_add(&counting->fetched, 1);
    clock_sleep(&system_clock, counting->takes_real_ms);
    if (counting->fails)
        return error_set(error, ERROR_UNAVAILABLE, "down");
    int64_t now = counting->fake ? counting->fake->wall_ms : clock_wall(&system_clock);
    credentials_set(credentials, STR("A"), STR("S"), STR_EMPTY, now + 3600 * 1000);
    return true;
}

static bool get(struct credential_cache *cache, struct error *error)
{
    struct credentials copy = {0};
    bool done = credential_cache_get(cache, &copy, error);
    credentials_release(&copy);
    return done;
}

static void renews_in_time(void **state)
{
    (void)state;
    enum { MINUTE = 60 * 1000 };
    struct fake_aws fake;
    struct error error = ERROR_INIT;
    atomic_llong skew = 0;
    fake_init(&fake);
    struct counting counting = {.fake = &fake};
    struct credential_cache *cache = credential_cache_new(&fake.clock, &skew, count, &counting);
    assert_true(get(cache, &error));
    fake.wall_ms += 54 * MINUTE;
    assert_true(get(cache, &error));
    assert_int_equal(counting.fetched, 1);
    fake.wall_ms += 2 * MINUTE; /* four minutes left */
    assert_true(get(cache, &error));
    assert_int_equal(counting.fetched, 2);

    /* The source is down: the old ones serve to their end, asked for only every half minute. */
    counting.fails = true;
    fake.wall_ms += 56 * MINUTE;
    assert_true(get(cache, &error));
    assert_true(get(cache, &error));
    assert_int_equal(counting.fetched, 3);
    fake.wall_ms += MINUTE;
    assert_true(get(cache, &error));
    assert_int_equal(counting.fetched, 4);
    fake.wall_ms += 4 * MINUTE;
    assert_false(get(cache, &error));
    assert_text(str_from(error.message), "down");

    /* By AWS's clock, not by ours. */
    counting.fails = false;
    assert_true(get(cache, &error));
    assert_int_equal(counting.fetched, 6);
    atomic_store(&skew, 56 * MINUTE);
    assert_true(get(cache, &error));
    assert_int_equal(counting.fetched, 7);
    credential_cache_free(cache);
    fake_release(&fake);
}

static void *get_in_thread(void *cache)
{
    struct error error = ERROR_INIT;
    return get(cache, &error) ? cache : NULL;
}

static void fetches_once_for_all_threads(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    atomic_llong skew = 0;
    struct counting counting = {.takes_real_ms = 50};
    struct credential_cache *cache = credential_cache_new(&system_clock, &skew, count, &counting);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, get_in_thread, cache), 0);
    for (int i = 0; i < THREADS; i++) {
        void *got;
        pthread_join(threads[i], &got);
        assert_ptr_equal(got, cache);
    }
    assert_int_equal(counting.fetched, 1);
    credential_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources),
        cmocka_unit_test(assumes_the_targets_role),
        cmocka_unit_test(renews_in_time),
        cmocka_unit_test(fetches_once_for_all_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
