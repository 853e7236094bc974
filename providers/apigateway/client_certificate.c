/*
 * AWS::ApiGateway::ClientCertificate: by which a backend knows that a request comes from API Gateway.  It has
 * no name, so it is found again by its ownership tags.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-clientcertificate.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

static const struct shape shape[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"Description", "/description", PATCH_TEXT},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {{"clientCertificateId", NULL}, {NULL, NULL}};
static const enum apigateway_operation list = APIGATEWAY_GET_CLIENT_CERTIFICATES;

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .create = APIGATEWAY_GENERATE_CLIENT_CERTIFICATE,
    .read = APIGATEWAY_GET_CLIENT_CERTIFICATE,
    .update = APIGATEWAY_UPDATE_CLIENT_CERTIFICATE,
    .remove = APIGATEWAY_DELETE_CLIENT_CERTIFICATE,
    .list = &list,
    .id = "clientCertificateId",
    .attribute = "ClientCertificateId",
    .tagged = "clientcertificates/",
    .write_tags = apigateway_write_tags,
};
TABLE_LIFE(table, apigateway_client_certificate_type)

const struct resource_type apigateway_client_certificate_type = {
    .name = "AWS::ApiGateway::ClientCertificate",
    .traits = RESOURCE_TAGGED,
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/clientcertificates/{ClientCertificateId}",
};
