import json

import harness
from harness import Case

BODY = json.dumps({"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {
    "/orders/{id}": {"get": {"x-amazon-apigateway-integration": {
        "type": "aws_proxy", "httpMethod": "POST", "uri": "arn:x"}}}}})


class ApiGateway(Case):
    def setUp(self):
        super().setUp()
        self.api = self.client("apigateway")
        self.id = self.api.create_rest_api(name="orders", tags={"team": "orders"})["id"]

    def test_api(self):
        api, where = self.api, {"restApiId": self.id}
        self.assertEqual(api.get_rest_api(**where)["endpointConfiguration"]["types"], ["EDGE"])
        api.put_rest_api(**where, mode="overwrite", body=BODY)
        resources = {r["path"]: r for r in api.get_resources(**where, embed=["methods"])["items"]}
        self.assertEqual(sorted(resources), ["/", "/orders", "/orders/{id}"])
        method = resources["/orders/{id}"]["resourceMethods"]["GET"]
        self.assertEqual((method["methodIntegration"]["type"], method["methodIntegration"]["uri"]),
                         ("AWS_PROXY", "arn:x"))
        self.refused("BadRequestException", api.put_rest_api, **where, body="{")
        api.update_rest_api(**where, patchOperations=[
            {"op": "replace", "path": "/description", "value": "d"},
            {"op": "add", "path": "/binaryMediaTypes/image~1png"},
            {"op": "replace", "path": "/endpointConfiguration/types/EDGE", "value": "REGIONAL"}])
        got = api.get_rest_api(**where)
        self.assertEqual((got["description"], got["binaryMediaTypes"], got["endpointConfiguration"]["types"]),
                         ("d", ["image/png"], ["REGIONAL"]))
        arn = f"arn:aws:apigateway:us-east-1::/restapis/{self.id}"
        api.tag_resource(resourceArn=arn, tags={"stage": "beta"})
        api.untag_resource(resourceArn=arn, tagKeys=["team"])
        self.assertEqual(api.get_tags(resourceArn=arn)["tags"], {"stage": "beta"})
        self.assertEqual([a["name"] for a in api.get_rest_apis()["items"]], ["orders"])
        api.delete_rest_api(**where)
        self.refused("NotFoundException", api.get_rest_api, **where)

    def test_stage(self):
        api, where = self.api, {"restApiId": self.id}
        self.refused("BadRequestException", api.create_deployment, **where)
        api.put_rest_api(**where, body=BODY)
        first = api.create_deployment(**where, description="one")["id"]
        second = api.create_deployment(**where, description="two")["id"]
        self.refused("BadRequestException", api.create_stage, **where, stageName="prod", deploymentId="none")
        api.create_stage(**where, stageName="prod", deploymentId=first, variables={"a": "1"})
        self.refused("ConflictException", api.create_stage, **where, stageName="prod", deploymentId=first)
        self.refused("BadRequestException", api.delete_deployment, **where, deploymentId=first)
        stage = api.update_stage(**where, stageName="prod", patchOperations=[
            {"op": "replace", "path": "/deploymentId", "value": second},
            {"op": "replace", "path": "/variables/b", "value": "2"},
            {"op": "remove", "path": "/variables/a"},
            {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": "50"},
            {"op": "replace", "path": "/~1orders~1{id}/GET/metrics/enabled", "value": "true"}])
        self.assertEqual((stage["deploymentId"], stage["variables"]), (second, {"b": "2"}))
        self.assertEqual(stage["methodSettings"]["*/*"]["throttlingBurstLimit"], 50)
        self.assertTrue(stage["methodSettings"]["~1orders~1{id}/GET"]["metricsEnabled"])
        self.refused("BadRequestException", api.update_stage, **where, stageName="prod",
                     patchOperations=[{"op": "replace", "path": "/nonsense", "value": "1"}])
        api.delete_deployment(**where, deploymentId=first)
        self.assertEqual([d["description"] for d in api.get_deployments(**where)["items"]], ["two"])
        api.delete_stage(**where, stageName="prod")
        self.refused("NotFoundException", api.get_stage, **where, stageName="prod")

    def test_canary(self):
        api, where = self.api, {"restApiId": self.id}
        api.put_rest_api(**where, body=BODY)
        first = api.create_deployment(**where)["id"]
        settings = {"percentTraffic": 10.5, "useStageCache": False, "stageVariableOverrides": {"a": "2"}}
        self.refused("NotFoundException", api.create_deployment, **where, stageName="prod", canarySettings=settings)
        self.assertEqual(len(api.get_deployments(**where)["items"]), 1)
        api.create_stage(**where, stageName="prod", deploymentId=first)
        second = api.create_deployment(**where, stageName="prod", canarySettings=settings)["id"]
        stage = api.get_stage(**where, stageName="prod")
        self.assertEqual(stage["deploymentId"], first)
        self.assertEqual(stage["canarySettings"], dict(settings, deploymentId=second))
        self.refused("BadRequestException", api.delete_deployment, **where, deploymentId=second)
        api.update_stage(**where, stageName="prod", patchOperations=[{"op": "remove", "path": "/canarySettings"}])
        api.delete_deployment(**where, deploymentId=second)

    def test_resources(self):
        api, where = self.api, {"restApiId": self.id}
        root = api.get_rest_api(**where)["rootResourceId"]
        orders = api.create_resource(**where, parentId=root, pathPart="orders")["id"]
        one = api.create_resource(**where, parentId=orders, pathPart="{id}")
        self.assertEqual((one["path"], one["parentId"]), ("/orders/{id}", orders))
        self.refused("ConflictException", api.create_resource, **where, parentId=root, pathPart="orders")
        self.refused("BadRequestException", api.create_resource, **where, parentId=orders, pathPart="{other}")
        self.refused("BadRequestException", api.create_resource, **where, parentId=orders, pathPart="a b")
        self.refused("NotFoundException", api.create_resource, **where, parentId="none", pathPart="a")
        self.refused("BadRequestException", api.delete_resource, **where, resourceId=root)
        api.delete_resource(**where, resourceId=orders)
        self.refused("NotFoundException", api.get_resource, **where, resourceId=one["id"])

    def test_methods(self):
        api, where = self.api, {"restApiId": self.id}
        where |= {"resourceId": api.get_rest_api(**where)["rootResourceId"], "httpMethod": "GET"}
        self.refused("NotFoundException", api.get_method, **where)
        self.refused("BadRequestException", api.put_method, **where, authorizationType="CUSTOM", authorizerId="a")
        self.refused("BadRequestException", api.put_method, **where, authorizationType="NONE",
                     requestModels={"application/json": "Unknown"})
        api.put_method(**where, authorizationType="NONE", requestParameters={"method.request.path.a": True})
        self.refused("ConflictException", api.put_method, **where, authorizationType="NONE")
        self.refused("BadRequestException", api.create_deployment, restApiId=self.id)
        self.refused("NotFoundException", api.put_integration_response, **where, statusCode="200")
        self.refused("BadRequestException", api.put_integration, **where, type="MOCK",
                     requestParameters={"integration.request.path.a": "method.request.path.b"})
        api.put_integration(**where, type="MOCK", requestTemplates={"a/b": "{}"},
                            requestParameters={"integration.request.path.a": "method.request.path.a"})
        self.refused("NotFoundException", api.put_integration_response, **where, statusCode="200")
        api.put_method_response(**where, statusCode="200", responseParameters={"method.response.header.A": True})
        self.refused("ConflictException", api.put_method_response, **where, statusCode="200")
        self.refused("BadRequestException", api.put_integration_response, **where, statusCode="200",
                     responseParameters={"method.response.header.B": "'b'"})
        api.put_integration_response(**where, statusCode="200", selectionPattern="2.*")
        self.refused("BadRequestException", api.update_method, **where, patchOperations=[
            {"op": "remove", "path": "/requestParameters/method.request.path.a"}])
        api.update_method(**where, patchOperations=[{"op": "replace", "path": "/apiKeyRequired", "value": "true"}])
        api.update_integration(**where, patchOperations=[{"op": "remove", "path": "/requestTemplates/a~1b"},
                                                         {"op": "replace", "path": "/timeoutInMillis", "value": "60"}])
        api.update_method_response(**where, statusCode="200", patchOperations=[
            {"op": "add", "path": "/responseModels/a~1b", "value": "Empty"}])
        method = api.get_method(**where)
        self.assertEqual((method["apiKeyRequired"], method["methodIntegration"]["timeoutInMillis"]), (True, 60))
        self.assertNotIn("requestTemplates", method["methodIntegration"])
        self.assertEqual(method["methodResponses"]["200"]["responseModels"], {"a/b": "Empty"})
        self.assertEqual(list(method["methodIntegration"]["integrationResponses"]), ["200"])
        api.create_deployment(restApiId=self.id)
        api.delete_integration_response(**where, statusCode="200")
        api.delete_method_response(**where, statusCode="200")
        api.delete_integration(**where)
        api.delete_method(**where)
        self.refused("NotFoundException", api.delete_method, **where)

    def test_parts(self):
        api, where = self.api, {"restApiId": self.id}
        self.refused("BadRequestException", api.create_model, **where, name="a-b", contentType="a/b")
        self.refused("BadRequestException", api.create_model, **where, name="Order", contentType="a/b", schema="{")
        api.create_model(**where, name="Order", contentType="a/b", schema="{}")
        self.refused("ConflictException", api.create_model, **where, name="Order", contentType="a/b")
        api.update_model(**where, modelName="Order", patchOperations=[
            {"op": "replace", "path": "/description", "value": "d"}])
        self.assertEqual(api.get_model(**where, modelName="Order")["description"], "d")
        api.delete_model(**where, modelName="Order")
        self.refused("NotFoundException", api.get_model, **where, modelName="Order")
        one = api.create_request_validator(**where, name="all", validateRequestBody=True)["id"]
        api.update_request_validator(**where, requestValidatorId=one, patchOperations=[
            {"op": "replace", "path": "/validateRequestParameters", "value": "true"}])
        self.assertTrue(api.get_request_validator(**where, requestValidatorId=one)["validateRequestParameters"])
        self.assertEqual([v["id"] for v in api.get_request_validators(**where)["items"]], [one])
        api.delete_request_validator(**where, requestValidatorId=one)
        self.refused("NotFoundException", api.get_request_validator, **where, requestValidatorId=one)
        self.refused("BadRequestException", api.create_authorizer, **where, name="a", type="TOKEN")
        pool = {"type": "COGNITO_USER_POOLS", "providerARNs": ["arn:a"]}
        one = api.create_authorizer(**where, name="a", **pool)["id"]
        self.refused("ConflictException", api.create_authorizer, **where, name="a", **pool)
        self.refused("BadRequestException", api.update_authorizer, **where, authorizerId=one, patchOperations=[
            {"op": "remove", "path": "/providerARNs", "value": "arn:a"}])
        api.update_authorizer(**where, authorizerId=one, patchOperations=[
            {"op": "add", "path": "/providerARNs", "value": "arn:b"}])
        self.assertEqual(api.get_authorizer(**where, authorizerId=one)["providerARNs"], ["arn:a", "arn:b"])
        api.delete_authorizer(**where, authorizerId=one)
        self.assertEqual(api.get_authorizers(**where)["items"], [])
        self.assertTrue(api.get_gateway_response(**where, responseType="THROTTLED")["defaultResponse"])
        api.put_gateway_response(**where, responseType="THROTTLED", statusCode="430")
        got = api.get_gateway_response(**where, responseType="THROTTLED")
        self.assertEqual((got["defaultResponse"], got["statusCode"]), (False, "430"))
        api.delete_gateway_response(**where, responseType="THROTTLED")
        self.refused("NotFoundException", api.delete_gateway_response, **where, responseType="THROTTLED")

    def test_plans(self):
        api = self.api
        api.put_rest_api(restApiId=self.id, body=BODY)
        api.create_stage(restApiId=self.id, stageName="prod", deploymentId=api.create_deployment(restApiId=self.id)["id"])
        self.refused("BadRequestException", api.create_api_key, name="k", value="short")
        key = api.create_api_key(name="k", value="a" * 20, stageKeys=[{"restApiId": self.id, "stageName": "prod"}],
                                 tags={"a": "b"})
        self.assertEqual(key["stageKeys"], [self.id + "/prod"])
        self.refused("ConflictException", api.create_api_key, name="other", value="a" * 20)
        key = key["id"]
        self.assertNotIn("value", api.get_api_key(apiKey=key))
        self.assertEqual(api.get_api_key(apiKey=key, includeValue=True)["value"], "a" * 20)
        self.assertEqual([k["id"] for k in api.get_api_keys(nameQuery="k")["items"]], [key])
        api.tag_resource(resourceArn=f"arn:aws:apigateway:us-east-1::/apikeys/{key}", tags={"c": "d"})
        self.assertEqual(api.get_api_key(apiKey=key)["tags"], {"a": "b", "c": "d"})
        self.refused("BadRequestException", api.create_usage_plan, name="p", quota={"limit": 1})
        self.refused("BadRequestException", api.create_usage_plan, name="p",
                     apiStages=[{"apiId": self.id, "stage": "none"}])
        plan = api.create_usage_plan(name="p", apiStages=[{"apiId": self.id, "stage": "prod"}])["id"]
        stage = f"{self.id}:prod"
        got = api.update_usage_plan(usagePlanId=plan, patchOperations=[
            {"op": "add", "path": "/throttle/rateLimit", "value": "1.5"},
            {"op": "add", "path": "/quota/limit", "value": "2"}, {"op": "add", "path": "/quota/period", "value": "DAY"},
            {"op": "replace", "path": f"/apiStages/{stage}/throttle//orders/GET/rateLimit", "value": "3"}])
        self.assertEqual((got["throttle"], got["quota"], got["apiStages"][0]["throttle"]),
                         ({"rateLimit": 1.5}, {"limit": 2, "offset": 0, "period": "DAY"}, {"/orders/GET": {"rateLimit": 3}}))
        where = {"usagePlanId": plan, "keyId": key}
        self.refused("NotFoundException", api.get_usage_plan_key, **where)
        api.create_usage_plan_key(**where, keyType="API_KEY")
        self.refused("ConflictException", api.create_usage_plan_key, **where, keyType="API_KEY")
        self.assertEqual(api.get_usage_plan_key(**where)["name"], "k")
        api.delete_usage_plan_key(**where)
        self.refused("BadRequestException", api.delete_usage_plan, usagePlanId=plan)
        api.update_usage_plan(usagePlanId=plan, patchOperations=[{"op": "remove", "path": "/apiStages", "value": stage}])
        api.delete_usage_plan(usagePlanId=plan)
        self.assertEqual(api.get_usage_plans()["items"], [])
        api.delete_api_key(apiKey=key)
        self.refused("NotFoundException", api.get_api_key, apiKey=key)

    def test_account(self):
        self.assertNotIn("cloudwatchRoleArn", self.api.get_account())
        self.api.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": "arn:a"}])
        self.assertEqual(self.api.get_account()["cloudwatchRoleArn"], "arn:a")

    def settle(self, ms):
        """How long domains and links take from now on."""
        self.simulator.control("POST", "delays", {"apigateway.domain": ms, "apigateway.link": ms})

    def test_domains(self):
        self.settle(60000)
        api, where = self.api, {"domainName": "orders.example"}
        self.refused("BadRequestException", api.create_domain_name, **where)
        made = api.create_domain_name(**where, regionalCertificateArn="arn:a", tags={"a": "b"},
                                      endpointConfiguration={"types": ["REGIONAL"]})
        self.assertEqual((made["securityPolicy"], made["domainNameStatus"]), ("TLS_1_2", "UPDATING"))
        self.assertNotIn("distributionDomainName", made)
        self.refused("BadRequestException", api.create_domain_name, **where, regionalCertificateArn="arn:a",
                     endpointConfiguration={"types": ["REGIONAL"]})
        self.settle(0)
        api.delete_domain_name(**where)
        api.create_domain_name(**where, regionalCertificateArn="arn:a", endpointConfiguration={"types": ["REGIONAL"]})
        self.assertEqual(api.get_domain_name(**where)["domainNameStatus"], "AVAILABLE")
        to_edge = {"op": "replace", "path": "/endpointConfiguration/types/REGIONAL", "value": "EDGE"}
        self.refused("BadRequestException", api.update_domain_name, **where, patchOperations=[to_edge])
        got = api.update_domain_name(**where, patchOperations=[
            to_edge, {"op": "replace", "path": "/certificateArn", "value": "arn:b"}])
        self.assertIn("distributionDomainName", got)
        self.assertNotIn("regionalDomainName", got)
        self.refused("BadRequestException", api.create_base_path_mapping, **where, restApiId="none")
        self.assertEqual(api.create_base_path_mapping(**where, restApiId=self.id)["basePath"], "(none)")
        self.refused("ConflictException", api.create_base_path_mapping, **where, restApiId=self.id)
        self.refused("BadRequestException", api.update_base_path_mapping, **where, basePath="(none)", patchOperations=[
            {"op": "replace", "path": "/stage", "value": "none"}])
        self.assertEqual(api.get_base_path_mapping(**where, basePath="(none)")["restApiId"], self.id)
        api.delete_base_path_mapping(**where, basePath="(none)")
        self.refused("NotFoundException", api.get_base_path_mapping, **where, basePath="(none)")
        api.delete_domain_name(**where)
        self.refused("NotFoundException", api.get_domain_name, **where)

    def test_documentation(self):
        api, where = self.api, {"restApiId": self.id}
        self.refused("BadRequestException", api.create_documentation_part, **where, location={"type": "API"}, properties="a")
        one = api.create_documentation_part(**where, location={"type": "METHOD", "path": "/a"}, properties="{}")
        self.assertEqual(one["location"], {"type": "METHOD", "path": "/a", "method": "*"})
        self.refused("ConflictException", api.create_documentation_part, **where, properties="{}",
                     location={"type": "METHOD", "path": "/a", "method": "*"})
        part = {"documentationPartId": one["id"]}
        api.update_documentation_part(**where, **part, patchOperations=[
            {"op": "replace", "path": "/properties", "value": '{"a": 1}'}])
        self.assertEqual(api.get_documentation_parts(**where)["items"][0]["properties"], '{"a": 1}')
        version = {"documentationVersion": "1"}
        api.create_documentation_version(**where, **version)
        self.refused("ConflictException", api.create_documentation_version, **where, **version)
        got = api.update_documentation_version(**where, **version, patchOperations=[
            {"op": "replace", "path": "/description", "value": "d"}])
        self.assertEqual((got["version"], got["description"]), ("1", "d"))
        api.delete_documentation_version(**where, **version)
        self.refused("NotFoundException", api.get_documentation_version, **where, **version)
        api.delete_documentation_part(**where, **part)
        self.refused("NotFoundException", api.get_documentation_part, **where, **part)

    def test_certificates_and_links(self):
        self.settle(60000)
        api = self.api
        one = api.generate_client_certificate(description="c", tags={"a": "b"})
        where = {"clientCertificateId": one["clientCertificateId"]}
        api.update_client_certificate(**where, patchOperations=[{"op": "replace", "path": "/description", "value": "d"}])
        self.assertEqual([c["description"] for c in api.get_client_certificates()["items"]], ["d"])
        api.delete_client_certificate(**where)
        self.refused("NotFoundException", api.get_client_certificate, **where)
        self.refused("BadRequestException", api.create_vpc_link, name="l", targetArns=[])
        made = api.create_vpc_link(name="l", targetArns=["arn:a"])
        self.assertEqual(made["status"], "PENDING")
        patch = [{"op": "replace", "path": "/name", "value": "m"}]
        self.refused("BadRequestException", api.update_vpc_link, vpcLinkId=made["id"], patchOperations=patch)
        self.settle(0)
        api.delete_vpc_link(vpcLinkId=made["id"])
        made = api.create_vpc_link(name="l", targetArns=["arn:a"])
        self.assertEqual(api.update_vpc_link(vpcLinkId=made["id"], patchOperations=patch)["name"], "m")
        self.assertEqual([v["status"] for v in api.get_vpc_links()["items"]], ["AVAILABLE"])
        api.delete_vpc_link(vpcLinkId=made["id"])
        self.refused("NotFoundException", api.get_vpc_link, vpcLinkId=made["id"])


if __name__ == "__main__":
    harness.main()
