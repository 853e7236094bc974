#include "providers/route53/operations.h"

const struct aws_service route53_service = {
    .name = "route_53",
    .signing_name = "route53",
    .endpoint_prefix = "route53",
    .global = true,
    .protocol = AWS_REST_XML,
    .api_version = "",
    .target_prefix = "",
    .xml_namespace = "https://route53.amazonaws.com/doc/2013-04-01/",
    .rate = 5,
    .burst = 5,
};

#define ROW(NAME, SAFETY, METHOD, PATH, RESOURCE, ...)                                                       \
    {                                                                                                        \
        .service = &route53_service, .name = NAME, .safety = SAFETY, .method = METHOD,                       \
        .path = "/2013-04-01/" PATH, .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                     \
    }
#define BODY(NAME) .xml_root = NAME "Request"
#define ZONE "hostedzone/{Id}"
#define ARN "arn:{partition}:route53:::"

/* A batch of changes that was done fails when it is sent again. */
const struct aws_operation route53_operations[ROUTE53_OPERATION_COUNT] = {
    [ROUTE53_ASSOCIATE_VPC_WITH_HOSTED_ZONE] =
        ROW("AssociateVPCWithHostedZone", AWS_NATURAL, "POST", ZONE "/associatevpc", ARN ZONE,
            BODY("AssociateVPCWithHostedZone")),
    [ROUTE53_CHANGE_RESOURCE_RECORD_SETS] = ROW("ChangeResourceRecordSets", AWS_READ_BACK, "POST",
                                                ZONE "/rrset/", ARN ZONE, BODY("ChangeResourceRecordSets")),
    [ROUTE53_CHANGE_TAGS_FOR_RESOURCE] =
        ROW("ChangeTagsForResource", AWS_NATURAL, "POST", "tags/{ResourceType}/{ResourceId}",
            ARN "hostedzone/{ResourceId}", BODY("ChangeTagsForResource")),
    [ROUTE53_CREATE_HOSTED_ZONE] =
        ROW("CreateHostedZone", AWS_READ_BACK, "POST", "hostedzone", "*", BODY("CreateHostedZone")),
    [ROUTE53_CREATE_QUERY_LOGGING_CONFIG] =
        ROW("CreateQueryLoggingConfig", AWS_READ_BACK, "POST", "queryloggingconfig",
            ARN "hostedzone/{HostedZoneId}", BODY("CreateQueryLoggingConfig")),
    [ROUTE53_DELETE_HOSTED_ZONE] = ROW("DeleteHostedZone", AWS_NATURAL, "DELETE", ZONE, ARN ZONE),
    [ROUTE53_DELETE_QUERY_LOGGING_CONFIG] = ROW("DeleteQueryLoggingConfig", AWS_NATURAL, "DELETE",
                                                "queryloggingconfig/{Id}", ARN "queryloggingconfig/{Id}"),
    [ROUTE53_DISASSOCIATE_VPC_FROM_HOSTED_ZONE] =
        ROW("DisassociateVPCFromHostedZone", AWS_NATURAL, "POST", ZONE "/disassociatevpc", ARN ZONE,
            BODY("DisassociateVPCFromHostedZone")),
    [ROUTE53_GET_CHANGE] = ROW("GetChange", AWS_READ, "GET", "change/{Id}", ARN "change/{Id}"),
    [ROUTE53_GET_HOSTED_ZONE] = ROW("GetHostedZone", AWS_READ, "GET", ZONE, ARN ZONE),
    [ROUTE53_LIST_HOSTED_ZONES_BY_NAME] =
        ROW("ListHostedZonesByName", AWS_READ, "GET", "hostedzonesbyname", "*",
            .query = "DNSName=dnsname,HostedZoneId=hostedzoneid,MaxItems=maxitems"),
    [ROUTE53_LIST_QUERY_LOGGING_CONFIGS] =
        ROW("ListQueryLoggingConfigs", AWS_READ, "GET", "queryloggingconfig", ARN "hostedzone/*",
            .query = "HostedZoneId=hostedzoneid,NextToken=nexttoken,MaxResults=maxresults",
            .page_in = "NextToken", .page_out = "NextToken",
            .page_items = "QueryLoggingConfigs.QueryLoggingConfig"),
    [ROUTE53_LIST_RESOURCE_RECORD_SETS] = ROW(
        "ListResourceRecordSets", AWS_READ, "GET", ZONE "/rrset", ARN ZONE,
        .query =
            "StartRecordName=name,StartRecordType=type,StartRecordIdentifier=identifier,MaxItems=maxitems"),
    [ROUTE53_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, "GET",
                                           "tags/{ResourceType}/{ResourceId}", ARN "hostedzone/{ResourceId}"),
    [ROUTE53_UPDATE_HOSTED_ZONE_COMMENT] =
        ROW("UpdateHostedZoneComment", AWS_NATURAL, "POST", ZONE, ARN ZONE, BODY("UpdateHostedZoneComment")),
    [ROUTE53_UPDATE_HOSTED_ZONE_FEATURES] = ROW("UpdateHostedZoneFeatures", AWS_NATURAL, "POST",
                                                ZONE "/features", ARN ZONE, BODY("UpdateHostedZoneFeatures")),
};
