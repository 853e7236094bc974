#include "environments/serverless/compile.h"

/*
 * What a service may say, in the language of schema.c.
 * https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml (version 3)
 */

static const struct {
    const char *name, *rule;
} rules[] = {
    {"value", "text | function"},
    {"arn_value", "arn | function"},
    {"values", "[@value] | function"},
    {"actions", "[text]"},
    {"environment", "{*: '' | text | function}"},
    {"tags", "{*: text}"},
    {"layers", "[@value]"},
    {"role_value", "text | function"},
    {"vpc", "{securityGroupIds!: @values, subnetIds!: @values}"},
    {"tracing", "'Active' | 'PassThrough' | bool"},
    {"runtime_management", "text | {mode: text, arn: @value}"},
    {"principal", "'*' | {AWS: '*' | function | [@arn_value | text], Federated: [text], Service: [text], "
                  "CanonicalUser: [text]}"},
    {"resource", "'*' | @arn_value | id | ['*' | @arn_value | id] | [any] | any"},
    {"policy_resource", "'*' | @arn_value | api | ['*' | @arn_value | api | any]"},
    {"statements",
     "[{Sid: text, Effect!: text, Action: @actions, NotAction: @actions, Principal: @principal, "
     "NotPrincipal: @principal, Resource: @resource, NotResource: @resource, Condition: map}]"},
    {"policy_statements",
     "[{Sid: text, Effect!: text, Action: @actions, NotAction: @actions, Principal: @principal, "
     "NotPrincipal: @principal, Resource: @policy_resource, NotResource: @policy_resource, Condition: map}]"},
    {"log_policy", "{Name!: text, Description: text, Version!: text, Statement!: [any]}"},
    {"filter_patterns", "[map]"},
    {"destination", "text | {arn!: @value, type!: text}"},
    {"package", "{artifact: text, exclude: [text], excludeDevDependencies: bool, include: [text], "
                "individually: bool, path: text, patterns: [text]}"},
    {"function",
     "{name: text, events: any, architecture: text, awsKmsKeyArn: @value, condition: text, dependsOn: "
     "[text], "
     "description: text, destinations: {onSuccess: @destination, onFailure: @destination}, disableLogs: "
     "bool, "
     "environment: @environment, ephemeralStorageSize: int, "
     "fileSystemConfig: {localMountPath!: text, arn!: @value}, handler: text, "
     "image: text | {name: text, uri: text, workingDirectory: text, command: [text], entryPoint: [text]}, "
     "kmsKeyArn: @value, snapStart: bool, layers: @layers, logRetentionInDays: int, "
     "logDataProtectionPolicy: @log_policy, maximumEventAge: int, maximumRetryAttempts: int, memorySize: "
     "int, "
     "onError: @value, package: @package, provisionedConcurrency: int | function, "
     "reservedConcurrency: int | function, role: @role_value, runtime: text, "
     "runtimeManagement: @runtime_management, tags: @tags, timeout: int, tracing: @tracing, "
     "url: bool | {authorizer: text, cors: bool | @url_cors, invokeMode: text}, versionFunction: bool, "
     "vpc: bool | @vpc, httpApi: {payload: text}}"},
    {"url_cors", "{allowCredentials: bool, allowedHeaders: [text], allowedMethods: [text], "
                 "allowedOrigins: [text], exposedResponseHeaders: [text], maxAge: int}"},
    {"usage_plan",
     "{quota: {limit: int, offset: int, period: text}, throttle: {burstLimit: int, rateLimit: int}}"},
    {"usage_plans", "@usage_plan | [{*: @usage_plan}]"},
    {"api_key", "text | {name: text, value: text, description: text, customerId: text, enabled: bool}"},
    {"api_gateway",
     "{apiKeys: [@api_key | {*: [@api_key]}], apiKeySourceType: text, binaryMediaTypes: [text], "
     "description: text, disableDefaultEndpoint: bool, metrics: bool, minimumCompressionSize: int, "
     "resourcePolicy: @policy_statements, restApiId: @value, "
     "restApiResources: [{path: text, resourceId: @value}] | map, restApiRootResourceId: @value, "
     "request: {schemas: {*: {schema!: map, name: text, description: text}}}, "
     "shouldStartNameWithService: bool, stage: text, usagePlan: @usage_plans, websocketApiId: @value}"},
    {"alb_authorizer",
     "{type!: text, authorizationEndpoint: text, clientId: text, clientSecret: text, issuer: text, "
     "tokenEndpoint: text, userInfoEndpoint: text, userPoolArn: @value, userPoolClientId: text, "
     "userPoolDomain: text, onUnauthenticatedRequest: text, requestExtraParams: {*: text}, scope: text, "
     "sessionCookieName: text, sessionTimeout: int}"},
    {"http_authorizer",
     "{type: text, name: text, identitySource: @value | [@value], issuerUrl: @value, "
     "audience: @value | [@value], functionName: text, functionArn: @value, managedExternally: bool, "
     "resultTtlInSeconds: int, enableSimpleResponses: bool, payloadVersion: text}"},
    {"http_api",
     "{authorizers: {*: @http_authorizer}, cors: bool | @url_cors, id: text | function, name: text, "
     "payload: text, metrics: bool, useProviderTags: bool, disableDefaultEndpoint: bool, "
     "shouldStartNameWithService: bool}"},
    {"role_settings", "{name: text, path: text, managedPolicies: [@value], statements: @statements, "
                      "permissionBoundary: @value, permissionsBoundary: @value, tags: @tags}"},
    {"access_logs",
     "bool | {accessLogging: bool, executionLogging: bool, format: text, fullExecutionData: bool, "
     "level: text, role: @value, roleManagedExternally: bool}"},
    {"deployment_bucket",
     "text | {blockPublicAccess: bool, skipPolicySetup: bool, maxPreviousDeploymentArtifacts: int, name: "
     "text, "
     "versioning: bool, serverSideEncryption: text, sseCustomerAlgorithim: text, sseCustomerKey: text, "
     "sseCustomerKeyMD5: text, sseKMSKeyId: text, tags: @tags}"},
    {"provider",
     "{name!: text, alb: {targetGroupPrefix: text, authorizers: {*: @alb_authorizer}}, "
     "apiGateway: @api_gateway, apiName: text, architecture: text, cfnRole: any, cloudFront: {cachePolicies: "
     "{*: map}}, "
     "deploymentBucket: @deployment_bucket, deploymentPrefix: text, disableRollback: bool, endpointType: "
     "text, "
     "environment: @environment, eventBridge: {useCloudFormation: bool}, httpApi: @http_api, "
     "iam: {role: function | @role_settings | text, deploymentRole: any}, iamManagedPolicies: [@value], "
     "iamRoleStatements: @statements, ecr: {scanOnPush: bool, images: {*: text | any}}, kmsKeyArn: @value, "
     "lambdaHashingVersion: text, layers: @layers, logRetentionInDays: int, "
     "logDataProtectionPolicy: @log_policy, logs: {frameworkLambda: bool, httpApi: bool | {format: text}, "
     "restApi: @access_logs, websocket: @access_logs}, memorySize: int, notificationArns: any, "
     "profile: text, region: text, role: @role_value, rolePermissionsBoundary: @value, "
     "rollbackConfiguration: any, runtime: text, runtimeManagement: @runtime_management, deploymentMethod: "
     "text, "
     "s3: {*: map}, stage: text, stackName: text, stackParameters: any, stackPolicy: any, stackTags: @tags, "
     "tags: @tags, timeout: int, tracing: {apiGateway: bool, lambda: @tracing}, vpc: @vpc, "
     "vpcEndpointIds: @values, versionFunctions: bool, websocket: {useProviderTags: bool}, "
     "websocketsApiName: text, kinesis: {consumerNamingMode: text}, "
     "websocketsApiRouteSelectionExpression: text, websocketsDescription: text}"},
    {"layer",
     "{allowedAccounts: [text], compatibleArchitectures: [text], compatibleRuntimes: [text], "
     "description: text, licenseInfo: text, name: text, package: @package, path: text, retain: bool}"},
    {"resources", "{AWSTemplateFormatVersion: text, Conditions: map, Description: text, Mappings: map, "
                  "Metadata: map, Outputs: map, Parameters: map, Resources: map, Transform: [text], "
                  "Rules: map, extensions: map}"},
    {"extension", "{Properties: map, CreationPolicy: map, DeletionPolicy: text, DependsOn: [text], "
                  "Metadata: map, UpdatePolicy: map, UpdateReplacePolicy: text, Condition: text}"},
    /* The events of a function, by kind. */
    {"event",
     "{activemq: any, alb: any, alexaSkill: any, alexaSmartHome: any, cloudFront: any, cloudwatchEvent: any, "
     "cloudwatchLog: any, cognitoUserPool: any, eventBridge: any, http: any, httpApi: any, iot: any, "
     "iotFleetProvisioning: any, kafka: any, msk: any, rabbitmq: any, s3: any, schedule: any, sns: any, "
     "sqs: any, stream: any, websocket: any}"},
    {"event.activemq", "{arn!: @value, basicAuthArn!: @value, batchSize: int, maximumBatchingWindow: int, "
                       "enabled: bool, queue!: text, filterPatterns: @filter_patterns}"},
    {"event.rabbitmq", "{arn!: @value, basicAuthArn!: @value, batchSize: int, maximumBatchingWindow: int, "
                       "enabled: bool, queue!: text, virtualHost: text, filterPatterns: @filter_patterns}"},
    {"event.alb",
     "{authorizer: [text], conditions!: {header: [@alb_header] | @alb_header, host: [text], ip: [text], "
     "method: [text], path: [text], query: {*: text}}, healthCheck: bool | {healthyThresholdCount: int, "
     "intervalSeconds: int, matcher: {httpCode: text}, path: text, timeoutSeconds: int, "
     "unhealthyThresholdCount: int, enabled: bool}, listenerArn!: text | function, multiValueHeaders: bool, "
     "priority!: int, targetGroupName: text}"},
    {"alb_header", "{name!: text, values!: [text]}"},
    {"event.alexaSkill", "text | {appId!: text, enabled: bool}"},
    {"event.alexaSmartHome", "text | {appId!: text, enabled: bool}"},
    {"event.cloudFront",
     "{behavior: @edge_behavior, cachePolicy: {id: @value, name: text}, eventType!: text, "
     "isDefaultOrigin: bool, includeBody: bool, origin!: text | @edge_origin, pathPattern: text}"},
    {"edge_origin",
     "{ConnectionAttempts: int, ConnectionTimeout: int, CustomOriginConfig: {HTTPPort: int, HTTPSPort: int, "
     "OriginKeepaliveTimeout: int, OriginProtocolPolicy!: text, OriginReadTimeout: int, "
     "OriginSSLProtocols: [text]}, DomainName!: @value, OriginAccessControlId: @value, "
     "OriginCustomHeaders: [{HeaderName!: text, HeaderValue!: text}], OriginPath: text, "
     "S3OriginConfig: {OriginAccessIdentity: @value}}"},
    {"edge_behavior",
     "{AllowedMethods: [text], CachedMethods: [text], CachePolicyId: text, Compress: bool, "
     "FieldLevelEncryptionId: text, OriginRequestPolicyId: @value, ResponseHeadersPolicyId: @value, "
     "SmoothStreaming: bool, TrustedSigners: [text], ViewerProtocolPolicy: text, TrustedKeyGroups: [@value], "
     "MaxTTL: number, MinTTL: number, DefaultTTL: number, ForwardedValues: {Cookies: {Forward!: text, "
     "WhitelistedNames: [text]}, Headers: [text], QueryString!: bool, QueryStringCacheKeys: [text]}}"},
    {"event.cloudwatchEvent",
     "{event: map, input: text | map, inputPath: text, inputTransformer: @input_transformer, "
     "description: text, name: text, enabled: bool}"},
    {"input_transformer", "{inputPathsMap: {*: text}, inputTemplate!: text}"},
    {"event.cloudwatchLog", "text | {logGroup!: text, filter: text}"},
    {"event.cognitoUserPool", "{pool!: text, trigger!: text, existing: bool, forceDeploy: bool, "
                              "kmsKeyId: @value, lambdaVersion: text}"},
    {"event.eventBridge",
     "{eventBus: text | function, schedule: text, name: text, description: text, enabled: bool, "
     "pattern: {version: any, id: any, detail-type: any, source: any, account: any, time: any, region: any, "
     "resources: any, detail: any, $or: [any]}, input: map, inputPath: text, "
     "inputTransformer: @input_transformer, "
     "retryPolicy: {maximumEventAge: int, maximumRetryAttempts: int}, deadLetterQueueArn: @value}"},
    {"event.http",
     "text | {async: bool, authorizer: text | @rest_authorizer, connectionId: @value, connectionType: text, "
     "cors: bool | @rest_cors, integration: text, method!: text, operationId: text, path!: text, private: "
     "bool, "
     "request: @rest_request, response: @rest_response}"},
    {"rest_authorizer",
     "{arn: @value, authorizerId: @value, claims: [text], identitySource: text, "
     "identityValidationExpression: text, managedExternally: bool, name: text, resultTtlInSeconds: int, "
     "scopes: [@value], type: text}"},
    {"rest_cors",
     "{allowCredentials: bool, cacheControl: text, headers: [text], maxAge: int, methods: [text], "
     "origin: text, origins: [text]}"},
    {"rest_parameters", "{*: bool | {required: bool, mappedValue: @value}}"},
    {"rest_request",
     "{contentHandling: text, method: text, parameters: {querystrings: @rest_parameters, "
     "headers: @rest_parameters, paths: @rest_parameters}, passThrough: text, schemas: {*: map | text}, "
     "template: {*: text}, uri: @value}"},
    {"rest_response",
     "{contentHandling: text, headers: {*: text}, template: text, statusCodes: {*: {headers: {*: text}, "
     "pattern: text, template: text | {*: text}}}}"},
    {"event.httpApi",
     "text | {authorizer: text | {id: text | function, name: text, scopes: [text], type: text}, "
     "method: text, path!: text}"},
    {"event.iot", "{sql!: text, sqlVersion: text, name: text, enabled: bool, description: text}"},
    {"event.iotFleetProvisioning",
     "{enabled: bool, provisioningRoleArn!: @value, templateBody!: map, templateName: text}"},
    {"event.kafka",
     "{accessConfigurations!: {vpcSubnet: [text], vpcSecurityGroup: [text], saslPlainAuth: [text], "
     "saslScram256Auth: [text], saslScram512Auth: [text], clientCertificateTlsAuth: [text], "
     "serverRootCaCertificate: [text]}, batchSize: int, maximumBatchingWindow: int, enabled: bool, "
     "bootstrapServers!: [text], startingPosition: text, startingPositionTimestamp: number, topic!: text, "
     "consumerGroupId: text, filterPatterns: @filter_patterns}"},
    {"event.msk",
     "{arn!: @value, batchSize: int, maximumBatchingWindow: int, enabled: bool, startingPosition: text, "
     "startingPositionTimestamp: number, topic!: text, saslScram512: text, consumerGroupId: text, "
     "filterPatterns: @filter_patterns}"},
    {"event.s3", "text | {bucket!: text | function, event: text, existing: bool, forceDeploy: bool, "
                 "rules: [{prefix: @value, suffix: @value}]}"},
    {"event.schedule",
     "text | {rate!: [@value], enabled: bool, name: text, description: text, input: text | map, "
     "inputPath: text, inputTransformer: {inputTemplate!: text, inputPathsMap: map}, method: text, "
     "timezone: text}"},
    {"event.sns",
     "text | {arn: @value, topicName: text, displayName: text, filterPolicy: map, filterPolicyScope: text, "
     "redrivePolicy: {deadLetterTargetArn: text, deadLetterTargetRef: text, "
     "deadLetterTargetImport: {arn!: text, url!: text}}}"},
    {"event.sqs", "text | {arn!: @value, batchSize: int, enabled: bool, maximumBatchingWindow: int, "
                  "functionResponseType: text, filterPatterns: @filter_patterns, maximumConcurrency: int}"},
    {"event.stream",
     "text | {arn!: @value, type: text, batchSize: int, parallelizationFactor: int, startingPosition: text, "
     "startingPositionTimestamp: number, enabled: bool, consumer: bool | @value, batchWindow: int, "
     "maximumRetryAttempts: int, bisectBatchOnFunctionError: bool, maximumRecordAgeInSeconds: int, "
     "functionResponseType: text, destinations: {onFailure!: text | {arn: @value, type: text}}, "
     "tumblingWindowInSeconds: int, filterPatterns: @filter_patterns}"},
    {"event.websocket", "text | {route!: text, routeResponseSelectionExpression: text, "
                        "authorizer: text | {name: text, arn: @value, identitySource: [text]}}"},
};

const char *schema_text(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
        if (str_is(name, rules[i].name))
            return rules[i].rule;
    return NULL;
}
