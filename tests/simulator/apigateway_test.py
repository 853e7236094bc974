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


if __name__ == "__main__":
    harness.main()
