import json

import harness
from harness import Case

URI = "arn:aws:lambda:us-east-1:111111111111:function:orders"
PROXY = {"type": "aws_proxy", "httpMethod": "POST", "uri": URI, "payloadFormatVersion": "2.0"}
BODY = json.dumps({
    "openapi": "3.0.1", "info": {"title": "orders", "version": "7"},
    "tags": [{"name": "made", "x-amazon-apigateway-tag-value": "here"}],
    "x-amazon-apigateway-cors": {"allowOrigins": ["*"], "allowHeaders": ["X-Own"]},
    "components": {"securitySchemes": {
        "jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {
            "type": "jwt", "identitySource": "$request.header.Authorization",
            "jwtConfiguration": {"issuer": "https://issuer", "audience": ["a"]}}}},
        "x-amazon-apigateway-integrations": {"shared": PROXY}},
    "paths": {"/orders/{id}": {"get": {"operationId": "read", "security": [{"jwt": ["s"]}],
                                       "x-amazon-apigateway-integration": PROXY}},
              "$default": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {
                  "$ref": "#/components/x-amazon-apigateway-integrations/shared"}}}}})


class ApiGatewayV2(Case):
    def setUp(self):
        super().setUp()
        self.api = self.client("apigatewayv2")

    def http(self, **more):
        return self.api.create_api(Name="orders", ProtocolType="HTTP", **more)["ApiId"]

    def socket(self):
        return self.api.create_api(Name="talk", ProtocolType="WEBSOCKET",
                                   RouteSelectionExpression="$request.body.action")["ApiId"]

    def test_api(self):
        api = self.api
        self.refused("BadRequestException", api.create_api, Name="x", ProtocolType="WEBSOCKET")
        one = self.http(Tags={"team": "orders"}, CorsConfiguration={"AllowHeaders": ["X-Own"], "MaxAge": 5})
        got = api.get_api(ApiId=one)
        self.assertEqual(got["CorsConfiguration"], {"AllowHeaders": ["x-own"], "MaxAge": 5})
        self.assertEqual((got["IpAddressType"], got["DisableExecuteApiEndpoint"], got["RouteSelectionExpression"]),
                         ("ipv4", False, "$request.method $request.path"))
        api.update_api(ApiId=one, Description="d", CorsConfiguration={"AllowOrigins": ["*"]})
        self.assertEqual(api.get_api(ApiId=one)["CorsConfiguration"], {"AllowOrigins": ["*"]})
        api.delete_cors_configuration(ApiId=one)
        api.update_api(ApiId=one, Description="")
        self.assertFalse({"CorsConfiguration", "Description"} & set(api.get_api(ApiId=one)))
        arn = f"arn:aws:apigateway:us-east-1::/apis/{one}"
        api.tag_resource(ResourceArn=arn, Tags={"stage": "beta"})
        api.untag_resource(ResourceArn=arn, TagKeys=["team"])
        self.assertEqual(api.get_tags(ResourceArn=arn)["Tags"], {"stage": "beta"})
        self.http()
        first = api.get_apis(MaxResults="1")
        self.assertEqual(len(first["Items"] + api.get_apis(NextToken=first["NextToken"])["Items"]), 2)
        api.delete_api(ApiId=one)
        self.refused("NotFoundException", api.get_api, ApiId=one)

    def test_quick_create(self):
        one = self.http(Target=URI, RouteKey="ANY /all")
        route = self.api.get_routes(ApiId=one)["Items"][0]
        integration = self.api.get_integrations(ApiId=one)["Items"][0]
        self.assertEqual((route["RouteKey"], route["Target"], route["ApiGatewayManaged"]),
                         ("ANY /all", "integrations/" + integration["IntegrationId"], True))
        self.api.update_api(ApiId=one, Target="https://example.com")
        self.assertEqual(self.api.get_integrations(ApiId=one)["Items"][0]["IntegrationUri"], "https://example.com")
        self.assertTrue(self.api.get_stage(ApiId=one, StageName="$default")["DeploymentId"])
        self.refused("BadRequestException", self.api.update_api, ApiId=self.http(), Target=URI)

    def test_import(self):
        api = self.api
        one = self.http(Description="gone")
        api.create_stage(ApiId=one, StageName="$default", AutoDeploy=True)
        self.assertNotIn("DeploymentId", api.get_stage(ApiId=one, StageName="$default"))
        api.reimport_api(ApiId=one, Body=BODY)
        self.assertTrue(api.get_stage(ApiId=one, StageName="$default")["DeploymentId"])
        got = api.get_api(ApiId=one)
        self.assertEqual((got["Version"], got["Tags"], got["CorsConfiguration"]["AllowHeaders"]),
                         ("7", {"made": "here"}, ["x-own"]))
        routes = {r["RouteKey"]: r for r in api.get_routes(ApiId=one)["Items"]}
        self.assertEqual(sorted(routes), ["$default", "GET /orders/{id}"])
        read = routes["GET /orders/{id}"]
        self.assertEqual((read["AuthorizationType"], read["AuthorizationScopes"], read["OperationName"]),
                         ("JWT", ["s"], "read"))
        integration = api.get_integration(ApiId=one, IntegrationId=read["Target"].split("/")[1])
        self.assertEqual((integration["IntegrationType"], integration["IntegrationUri"],
                          integration["PayloadFormatVersion"]), ("AWS_PROXY", URI, "2.0"))
        self.assertEqual(api.get_authorizer(ApiId=one, AuthorizerId=read["AuthorizerId"])["JwtConfiguration"],
                         {"Issuer": "https://issuer", "Audience": ["a"]})
        self.assertEqual(api.get_api(ApiId=api.import_api(Body=BODY)["ApiId"])["Name"], "orders")
        for wrong in ("{", '{"swagger": "2.0"}', '{"openapi": "3.0.1", "info": {}}'):
            self.refused("BadRequestException", api.reimport_api, ApiId=one, Body=wrong)

    def test_things(self):
        api, one = self.api, self.http()
        integration = api.create_integration(ApiId=one, IntegrationType="AWS_PROXY", IntegrationUri=URI,
                                             RequestParameters={"a": "1", "b": "2"})
        self.assertEqual((integration["IntegrationMethod"], integration["PayloadFormatVersion"],
                          integration["TimeoutInMillis"]), ("POST", "1.0", 30000))
        its = {"ApiId": one, "IntegrationId": integration["IntegrationId"]}
        self.assertEqual(api.update_integration(**its, RequestParameters={"a": ""})["RequestParameters"], {"b": "2"})
        self.refused("BadRequestException", api.create_integration, ApiId=one, IntegrationType="MOCK")
        route = api.create_route(ApiId=one, RouteKey="GET /", Target="integrations/" + its["IntegrationId"],
                                 RequestParameters={"route.request.header.x": {"Required": True}})
        self.refused("ConflictException", api.create_route, ApiId=one, RouteKey="GET /")
        self.refused("BadRequestException", api.create_route, ApiId=one, RouteKey="GET /x", Target="integrations/no")
        self.refused("BadRequestException", api.create_route, ApiId=one, RouteKey="GET")
        self.refused("ConflictException", api.delete_integration, **its)
        where = {"ApiId": one, "RouteId": route["RouteId"]}
        api.delete_route_request_parameter(**where, RequestParameterKey="route.request.header.x")
        self.refused("BadRequestException", api.update_route, **where, AuthorizationType="JWT")
        authorizer = api.create_authorizer(
            ApiId=one, Name="jwt", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": "https://i", "Audience": ["a"]})["AuthorizerId"]
        api.update_route(**where, AuthorizationType="JWT", AuthorizerId=authorizer)
        self.refused("ConflictException", api.delete_authorizer, ApiId=one, AuthorizerId=authorizer)
        self.assertEqual(api.get_route(**where)["AuthorizationType"], "JWT")
        api.delete_route(**where)
        api.delete_authorizer(ApiId=one, AuthorizerId=authorizer)
        api.delete_integration(**its)
        self.refused("NotFoundException", api.get_integration, **its)

    def test_stage(self):
        api, one = self.api, self.http()
        self.refused("BadRequestException", api.create_deployment, ApiId=one)
        api.create_route(ApiId=one, RouteKey="GET /")
        deployment = api.create_deployment(ApiId=one, Description="first")["DeploymentId"]
        where = {"ApiId": one, "StageName": "beta"}
        self.refused("NotFoundException", api.create_stage, **where, RouteSettings={"GET /no": {}})
        self.refused("BadRequestException", api.create_stage, **where, DefaultRouteSettings={"LoggingLevel": "INFO"})
        api.create_stage(**where, DeploymentId=deployment, StageVariables={"a": "1", "b": "2"},
                         RouteSettings={"GET /": {"ThrottlingBurstLimit": 1}},
                         AccessLogSettings={"DestinationArn": "arn:x:log-group:y:*", "Format": "$context.requestId"})
        self.refused("ConflictException", api.create_stage, **where)
        self.refused("BadRequestException", api.delete_deployment, ApiId=one, DeploymentId=deployment)
        got = api.update_stage(**where, StageVariables={"a": ""}, Description="d")
        self.assertEqual((got["StageVariables"], got["AccessLogSettings"]["DestinationArn"],
                          got["DefaultRouteSettings"]),
                         ({"b": "2"}, "arn:x:log-group:y", {"DetailedMetricsEnabled": False}))
        api.delete_route_settings(**where, RouteKey="GET /")
        api.delete_access_log_settings(**where)
        got = api.get_stage(**where)
        self.assertEqual(got["RouteSettings"], {})
        self.assertNotIn("AccessLogSettings", got)
        self.refused("BadRequestException", api.update_stage, **where, AutoDeploy=True, DeploymentId=deployment)
        moved = api.update_stage(**where, AutoDeploy=True)["DeploymentId"]
        self.assertNotEqual(moved, deployment)
        api.create_route(ApiId=one, RouteKey="GET /new")
        self.assertNotEqual(api.get_stage(**where)["DeploymentId"], moved)
        api.update_deployment(ApiId=one, DeploymentId=deployment, Description="other")
        self.assertEqual(api.get_deployment(ApiId=one, DeploymentId=deployment)["Description"], "other")
        api.delete_deployment(ApiId=one, DeploymentId=deployment)
        self.assertEqual([s["StageName"] for s in api.get_stages(ApiId=one)["Items"]], ["beta"])
        api.delete_stage(**where)
        self.refused("NotFoundException", api.get_stage, **where)

    def test_socket(self):
        api, one = self.api, self.socket()
        self.refused("BadRequestException", api.create_model, ApiId=self.http(), Name="m", Schema="{}")
        model = api.create_model(ApiId=one, Name="m", Schema="{}", ContentType="application/json")["ModelId"]
        self.refused("ConflictException", api.create_model, ApiId=one, Name="m", Schema="{}")
        api.update_model(ApiId=one, ModelId=model, Schema='{"type": "object"}')
        integration = api.create_integration(ApiId=one, IntegrationType="MOCK")["IntegrationId"]
        route = api.create_route(ApiId=one, RouteKey="$connect", Target="integrations/" + integration)["RouteId"]
        answer = api.create_integration_response(ApiId=one, IntegrationId=integration, IntegrationResponseKey="$default",
                                                 ResponseTemplates={"x": "y"})["IntegrationResponseId"]
        self.refused("NotFoundException", api.get_integration_response, ApiId=one, IntegrationId="no",
                     IntegrationResponseId=answer)
        self.assertEqual(len(api.get_integration_responses(ApiId=one, IntegrationId=integration)["Items"]), 1)
        reply = api.create_route_response(ApiId=one, RouteId=route, RouteResponseKey="$default")["RouteResponseId"]
        api.update_route_response(ApiId=one, RouteId=route, RouteResponseId=reply, ModelSelectionExpression="m")
        self.assertEqual(api.get_route_response(ApiId=one, RouteId=route, RouteResponseId=reply)
                         ["ModelSelectionExpression"], "m")
        api.delete_route_response(ApiId=one, RouteId=route, RouteResponseId=reply)
        self.assertEqual(api.get_route_responses(ApiId=one, RouteId=route)["Items"], [])

    def test_domain(self):
        api, one = self.api, self.http()
        api.create_stage(ApiId=one, StageName="$default")
        settings = [{"CertificateArn": "arn:c", "EndpointType": "REGIONAL"}]
        self.refused("BadRequestException", api.create_domain_name, DomainName="a.example.com",
                     DomainNameConfigurations=[])
        got = api.create_domain_name(DomainName="a.example.com", DomainNameConfigurations=settings,
                                     MutualTlsAuthentication={"TruststoreUri": "s3://b/k"}, Tags={"a": "1"})
        self.assertEqual(got["DomainNameConfigurations"][0]["DomainNameStatus"], "AVAILABLE")
        self.refused("ConflictException", api.create_domain_name, DomainName="a.example.com")
        api.update_domain_name(DomainName="a.example.com", MutualTlsAuthentication={"TruststoreUri": ""})
        self.assertNotIn("MutualTlsAuthentication", api.get_domain_name(DomainName="a.example.com"))
        where = {"DomainName": "a.example.com"}
        self.refused("BadRequestException", api.create_api_mapping, **where, ApiId=one, Stage="no")
        mapping = api.create_api_mapping(**where, ApiId=one, Stage="$default", ApiMappingKey="v1")["ApiMappingId"]
        self.refused("ConflictException", api.create_api_mapping, **where, ApiId=one, Stage="$default",
                     ApiMappingKey="v1")
        api.update_api_mapping(**where, ApiId=one, ApiMappingId=mapping, ApiMappingKey="")
        self.assertNotIn("ApiMappingKey", api.get_api_mapping(**where, ApiMappingId=mapping))
        self.refused("BadRequestException", api.delete_api, ApiId=one)
        api.delete_api_mapping(**where, ApiMappingId=mapping)
        api.delete_domain_name(**where)
        self.assertEqual(api.get_domain_names()["Items"], [])

    def test_link(self):
        api = self.api
        link = api.create_vpc_link(Name="l", SubnetIds=["subnet-1"], Tags={"a": "1"})
        self.assertEqual(link["VpcLinkStatus"], "PENDING")
        link = link["VpcLinkId"]
        api.update_vpc_link(VpcLinkId=link, Name="m")
        self.assertEqual([one["Name"] for one in api.get_vpc_links()["Items"]], ["m"])
        api.delete_vpc_link(VpcLinkId=link)
        self.refused("NotFoundException", api.get_vpc_link, VpcLinkId=link)


if __name__ == "__main__":
    harness.main()
