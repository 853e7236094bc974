#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/aws/failure.h"
#include "tests/providers/fake_aws.h"

static const struct aws_service lambda = {.signing_name = "lambda"}, sqs = {.signing_name = "sqs"},
                                iam = {.signing_name = "iam"}, s3 = {.signing_name = "s3"},
                                dynamodb = {.signing_name = "dynamodb"},
                                apigateway = {.signing_name = "apigateway"},
                                cloudformation = {.signing_name = "cloudformation"},
                                route53 = {.signing_name = "route53"};

struct failure_case {
    const struct aws_service *service;
    const char *method;
    int status;
    const char *header, *value; /* or NULL */
    const char *body;
    const char *wanted; /* "code [name] message" */
};

static const struct failure_case cases[] = {
    /* The forms. */
    {&lambda, "GET", 404, "x-amzn-ErrorType", "ResourceNotFoundException",
     "{\"Type\":\"User\",\"Message\":\"Function not found: f\"}",
     "not found [ResourceNotFoundException] ResourceNotFoundException: Function not found: f"},
    {&apigateway, "GET", 409, "x-amzn-errortype", "ConflictException:http://internal.amazon.com/coral/",
     "{\"message\":\"busy\"}", "conflict [ConflictException] ConflictException: busy"},
    {&sqs, NULL, 400, "x-amzn-RequestId", "12-34",
     "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"none\"}",
     "not found [QueueDoesNotExist] QueueDoesNotExist: none (request 12-34)"},
    {&sqs, NULL, 400, NULL, NULL,
     "<ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error><Type>Sender</Type>"
     "<Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>none</Message></Error>"
     "<RequestId>1</RequestId></ErrorResponse>",
     "not found [AWS.SimpleQueueService.NonExistentQueue] AWS.SimpleQueueService.NonExistentQueue: none"},
    {&iam, NULL, 404, NULL, NULL,
     "<?xml version=\"1.0\"?><ErrorResponse><Error><Code>NoSuchEntity</Code><Message>no role</Message>"
     "</Error></ErrorResponse>",
     "not found [NoSuchEntity] NoSuchEntity: no role"},
    {&s3, "GET", 404, NULL, NULL,
     "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>",
     "not found [NoSuchBucket] NoSuchBucket: none"},
    {&s3, "PUT", 400, NULL, NULL,
     "<Response><Errors><Error><Code>Blocked</Code><Message>x</Message></Error></Errors></Response>",
     "invalid [Blocked] Blocked: x"},
    {&route53, "POST", 400, NULL, NULL,
     "<InvalidChangeBatch xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Messages><Message>Tried "
     "to "
     "create resource record set x but it already exists</Message></Messages></InvalidChangeBatch>",
     "conflict [InvalidChangeBatch] InvalidChangeBatch: Tried to create resource record set x but it already "
     "exists"},
    {&route53, "POST", 400, NULL, NULL,
     "<ErrorResponse><Error><Code>InvalidChangeBatch</Code><Message>[Tried to delete x, but it was not "
     "found]</Message></Error></ErrorResponse>",
     "not found [InvalidChangeBatch] InvalidChangeBatch: [Tried to delete x, but it was not found]"},
    {&lambda, "GET", 400, NULL, NULL, "{\"code\":\"Odd\",\"errorMessage\":\"said elsewhere\"}",
     "invalid [Odd] Odd: said elsewhere"},

    /* No form. */
    {&s3, "HEAD", 404, NULL, NULL, "", "not found [] status 404 without a reason"},
    {&s3, "HEAD", 403, NULL, NULL, "", "denied [] status 403 without a reason"},
    {&lambda, "GET", 404, NULL, NULL, "{}", "not found [] status 404 without a reason"},
    {&lambda, "GET", 404, "x-amzn-RequestId", "9", "",
     "not found [] status 404 without a reason (request 9)"},
    {&lambda, "GET", 404, NULL, NULL, "",
     "unavailable [] status 404, but not from AWS: is the endpoint right?"},
    {&lambda, "GET", 404, NULL, NULL, "<!doctype html><title>404</title>",
     "unavailable [] status 404, but not from AWS: is the endpoint right?"},
    {&lambda, "GET", 404, NULL, NULL, "<html><h1>404</h1></html>",
     "unavailable [] status 404, but not from AWS: is the endpoint right?"},
    {&lambda, "GET", 503, NULL, NULL, "<html><br>", "unavailable [] status 503 without a reason"},
    {&lambda, "GET", 500, NULL, NULL, "", "unavailable [] status 500 without a reason"},
    {&lambda, "GET", 502, NULL, NULL, "{\"message\":\"Internal server error\"}",
     "unavailable [] status 502: Internal server error"},
    {&lambda, "GET", 429, NULL, NULL, "", "throttled [] status 429 without a reason"},
    {&lambda, "GET", 409, NULL, NULL, "", "conflict [] status 409 without a reason"},
    {&lambda, "GET", 301, NULL, NULL, "", "invalid [] status 301 without a reason"},
    {&lambda, "GET", 413, NULL, NULL, "{", "invalid [] status 413 without a reason"},
};

static void reads_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct failure_case *c = &cases[i];
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct aws_operation operation = {.service = c->service, .name = "Op", .method = c->method};
        struct http_header header = {str_from(c->header), str_from(c->value)};
        struct http_response response = {.status = c->status,
                                         .headers = &header,
                                         .header_count = c->header != NULL,
                                         .body = str_from(c->body)};
        assert_false(failure_read(arena, &operation, &response, &error));
        assert_text(arena_printf(arena, "%s [%s] %s", error_code_name(error.code), error.name, error.message),
                    c->wanted);
        arena_free(arena);
    }
}

struct name_case {
    const struct aws_service *service;
    const char *name, *message;
    int status;
    enum error_code code;
};

static const struct name_case names[] = {
    {&lambda, "TooManyRequestsException", "", 429, ERROR_THROTTLED},
    {&lambda, "ThrottlingException", "", 400, ERROR_THROTTLED},
    {&iam, "Throttling", "Rate exceeded", 400, ERROR_THROTTLED},
    {&cloudformation, "ValidationError", "Rate exceeded", 400, ERROR_THROTTLED},
    {&iam, "RequestThrottled", "", 403, ERROR_THROTTLED},
    {&s3, "SlowDown", "", 503, ERROR_THROTTLED},
    {&dynamodb, "ProvisionedThroughputExceededException", "", 400, ERROR_THROTTLED},
    {&dynamodb, "LimitExceededException", "50 at once", 400, ERROR_THROTTLED},
    {&apigateway, "LimitExceededException", "", 429, ERROR_THROTTLED},
    {&iam, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000", 409, ERROR_INVALID},
    {&lambda, "CodeStorageExceededException", "", 400, ERROR_INVALID},
    {&lambda, "ResourceNotFoundException", "", 404, ERROR_NOT_FOUND},
    {&lambda, "ResourceConflictException", "", 409, ERROR_CONFLICT},
    {&lambda, "PreconditionFailedException", "", 412, ERROR_CONFLICT},
    {&lambda, "InvalidParameterValueException", "", 400, ERROR_INVALID},
    {&lambda, "ServiceException", "", 500, ERROR_UNAVAILABLE},
    {&iam, "NoSuchEntity", "", 404, ERROR_NOT_FOUND},
    {&iam, "EntityAlreadyExists", "", 409, ERROR_CONFLICT},
    {&iam, "DeleteConflict", "", 409, ERROR_CONFLICT},
    {&iam, "ConcurrentModification", "", 409, ERROR_CONFLICT},
    {&s3, "NoSuchTagSet", "", 404, ERROR_NOT_FOUND},
    {&s3, "ServerSideEncryptionConfigurationNotFoundError", "", 404, ERROR_NOT_FOUND},
    {&s3, "BucketAlreadyOwnedByYou", "", 409, ERROR_CONFLICT},
    {&s3, "AccessDenied", "", 403, ERROR_DENIED},
    {&sqs, "QueueDeletedRecently", "", 400, ERROR_CONFLICT},
    {&sqs, "QueueNameExists", "", 400, ERROR_CONFLICT},
    {&dynamodb, "ResourceInUseException", "", 400, ERROR_CONFLICT},
    {&dynamodb, "UnrecognizedClientException", "", 400, ERROR_DENIED},
    {&cloudformation, "ValidationError", "Stack with id x does not exist", 400, ERROR_NOT_FOUND},
    {&cloudformation, "ValidationError", "bad template", 400, ERROR_INVALID},
    {&cloudformation, "AlreadyExistsException", "", 400, ERROR_CONFLICT},
    {&lambda, "ParameterNotFound", "", 400, ERROR_NOT_FOUND},
    {&lambda, "StateMachineDoesNotExist", "", 400, ERROR_NOT_FOUND},
    {&lambda, "ApplicationDoesNotExistException", "", 400, ERROR_NOT_FOUND},
    {&lambda, "AuthorizationError", "", 403, ERROR_DENIED},
    {&lambda, "AccessDeniedException", "", 400, ERROR_DENIED},
    {&lambda, "SomethingNew", "", 400, ERROR_INVALID},
    {&lambda, "SomethingNew", "", 404, ERROR_NOT_FOUND},
};

static void maps_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const struct name_case *c = &names[i];
        enum error_code got = failure_code(c->service, str_from(c->name), str_from(c->message), c->status);
        if (got != c->code)
            fail_msg("%s %s: %s", c->service->signing_name, c->name, error_code_name(got));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form),
        cmocka_unit_test(maps_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
