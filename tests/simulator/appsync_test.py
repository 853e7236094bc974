import time

import harness
from harness import BETA, Case

SCHEMA = b'''
"""What can be asked { for: }"""
type Query { getOrder(id: ID!): Order  orders(first: Int = 10, after: String): [Order] }  # the end }
type Order { id: ID!, total: Int }
schema { query: Query }
'''
ARN = f"arn:aws:appsync:us-east-1:{BETA}:apis/"


class AppSync(Case):
    def setUp(self):
        super().setUp()
        self.simulator.control("POST", "delays", {"iam.propagation": 0, "appsync.schema": 0})
        self.sync = self.client("appsync")
        self.api = self.sync.create_graphql_api(name="orders", authenticationType="API_KEY")["graphqlApi"]["apiId"]

    def source(self, name="none"):
        self.sync.create_data_source(apiId=self.api, name=name, type="NONE")

    def schema(self):
        self.sync.start_schema_creation(apiId=self.api, definition=SCHEMA)

    def test_api(self):
        sync = self.sync
        live = sync.get_graphql_api(apiId=self.api)["graphqlApi"]
        self.assertEqual((live["arn"], live["visibility"], live["introspectionConfig"]),
                         (ARN + self.api, "GLOBAL", "ENABLED"))
        self.assertRegex(live["uris"]["GRAPHQL"], r"^https://\w+\.appsync-api\.us-east-1\.amazonaws\.com/graphql$")
        sync.update_graphql_api(apiId=self.api, name="bills", authenticationType="AWS_IAM", ownerContact="me")
        sync.update_graphql_api(apiId=self.api, name="bills", authenticationType="AWS_IAM")
        self.assertNotIn("ownerContact", sync.get_graphql_api(apiId=self.api)["graphqlApi"])
        sync.tag_resource(resourceArn=live["arn"], tags={"team": "orders", "x": "y"})
        sync.untag_resource(resourceArn=live["arn"], tagKeys=["x"])
        self.assertEqual(sync.list_tags_for_resource(resourceArn=live["arn"])["tags"], {"team": "orders"})
        sync.put_graphql_api_environment_variables(apiId=self.api, environmentVariables={"TABLE": "orders"})
        self.assertEqual(sync.get_graphql_api_environment_variables(apiId=self.api)["environmentVariables"],
                         {"TABLE": "orders"})
        self.refused("BadRequestException", sync.create_graphql_api, name="x",
                     authenticationType="AMAZON_COGNITO_USER_POOLS")
        self.refused("BadRequestException", sync.create_graphql_api, name="x", authenticationType="API_KEY",
                     additionalAuthenticationProviders=[{"authenticationType": "AWS_LAMBDA"}])
        sync.delete_graphql_api(apiId=self.api)
        self.refused("NotFoundException", sync.get_graphql_api, apiId=self.api)
        self.assertEqual(sync.list_graphql_apis()["graphqlApis"], [])

    def test_schema(self):
        sync = self.sync
        self.assertEqual(sync.get_schema_creation_status(apiId=self.api)["status"], "NOT_APPLICABLE")
        self.simulator.control("POST", "delays", {"appsync.schema": 200})
        self.schema()
        self.assertEqual(sync.get_schema_creation_status(apiId=self.api)["status"], "PROCESSING")
        self.refused("ConcurrentModificationException", sync.create_data_source, apiId=self.api, name="x", type="NONE")
        time.sleep(0.3)
        self.assertEqual(sync.get_schema_creation_status(apiId=self.api)["status"], "SUCCESS")
        told = sync.get_introspection_schema(apiId=self.api, format="SDL")["schema"].read()
        self.assertIn(b"getOrder", told)
        self.assertNotIn(b"the end", told)
        self.simulator.control("POST", "delays", {"appsync.schema": 0})
        for broken in (b"type Query {", b"input X { a: Int }"):
            sync.start_schema_creation(apiId=self.api, definition=broken)
            status = sync.get_schema_creation_status(apiId=self.api)
            self.assertEqual(status["status"], "FAILED")
            self.assertTrue(status["details"])
        self.assertEqual(told, sync.get_introspection_schema(apiId=self.api, format="SDL")["schema"].read())

    def test_keys(self):
        sync, ends = self.sync, int(time.time()) + 30 * 86400
        key = sync.create_api_key(apiId=self.api, expires=ends)["apiKey"]
        self.assertEqual(key["expires"], ends - ends % 3600)
        sync.update_api_key(apiId=self.api, id=key["id"], description="d")
        self.assertEqual([(k["description"], k["expires"]) for k in sync.list_api_keys(apiId=self.api)["apiKeys"]],
                         [("d", key["expires"])])
        self.refused("ApiKeyValidityOutOfBoundsException", sync.create_api_key, apiId=self.api, expires=1)
        sync.delete_api_key(apiId=self.api, id=key["id"])
        self.refused("NotFoundException", sync.delete_api_key, apiId=self.api, id=key["id"])

    def test_sources(self):
        sync = self.sync
        self.source()
        self.assertEqual(sync.get_data_source(apiId=self.api, name="none")["dataSource"]["dataSourceArn"],
                         f"{ARN}{self.api}/datasources/none")
        for arguments in ({"name": "none", "type": "NONE"}, {"name": "a-b", "type": "NONE"},
                          {"name": "a", "type": "HTTP"},
                          {"name": "a", "type": "AWS_LAMBDA", "lambdaConfig": {"lambdaFunctionArn": "arn:x"}},
                          {"name": "a", "type": "NONE", "serviceRoleArn": f"arn:aws:iam::{BETA}:role/none"}):
            self.refused("BadRequestException", sync.create_data_source, apiId=self.api, **arguments)
        sync.update_data_source(apiId=self.api, name="none", type="HTTP", httpConfig={"endpoint": "https://x"})
        sync.delete_data_source(apiId=self.api, name="none")
        self.refused("NotFoundException", sync.get_data_source, apiId=self.api, name="none")

    def test_resolvers(self):
        sync = self.sync
        self.source()
        self.schema()
        code = {"code": "export function request(){}", "runtime": {"name": "APPSYNC_JS", "runtimeVersion": "1.0.0"}}
        one = sync.create_function(apiId=self.api, name="one", dataSourceName="none",
                                   **code)["functionConfiguration"]
        self.assertEqual(one["functionArn"], f"{ARN}{self.api}/functions/{one['functionId']}")
        where = {"apiId": self.api, "typeName": "Query"}
        made = sync.create_resolver(**where, fieldName="orders", kind="PIPELINE", **code,
                                    pipelineConfig={"functions": [one["functionId"]]})["resolver"]
        self.assertEqual(made["resolverArn"], f"{ARN}{self.api}/types/Query/resolvers/orders")
        self.refused("BadRequestException", sync.create_resolver, **where, fieldName="orders", dataSourceName="none")
        self.refused("NotFoundException", sync.create_resolver, **where, fieldName="first", dataSourceName="none")
        self.refused("NotFoundException", sync.create_resolver, **where, fieldName="getOrder", dataSourceName="gone")
        self.refused("BadRequestException", sync.create_resolver, **where, fieldName="getOrder",
                     dataSourceName="none", runtime=code["runtime"])
        self.refused("BadRequestException", sync.delete_function, apiId=self.api, functionId=one["functionId"])
        sync.update_resolver(**where, fieldName="orders", dataSourceName="none", requestMappingTemplate="{}")
        live = sync.get_resolver(**where, fieldName="orders")["resolver"]
        self.assertEqual(live["kind"], "UNIT")
        self.assertNotIn("code", live)
        sync.update_function(apiId=self.api, functionId=one["functionId"], name="two", dataSourceName="none")
        self.assertEqual([f["name"] for f in sync.list_functions(apiId=self.api)["functions"]], ["two"])
        sync.delete_function(apiId=self.api, functionId=one["functionId"])
        sync.delete_resolver(**where, fieldName="orders")
        self.assertEqual(sync.list_resolvers(**where)["resolvers"], [])

    def test_events(self):
        sync, key = self.sync, [{"authType": "API_KEY"}]
        modes = {"connectionAuthModes": key, "defaultPublishAuthModes": key, "defaultSubscribeAuthModes": key}
        config = {"authProviders": key, **modes}
        api = sync.create_api(name="events", eventConfig=config, tags={"a": "b"})["api"]
        where = {"apiId": api["apiId"]}
        self.assertEqual((api["apiArn"], api["dns"]["HTTP"]),
                         (ARN + api["apiId"], api["apiId"] + ".appsync-api.us-east-1.amazonaws.com"))
        self.refused("BadRequestException", sync.create_api, name="x",
                     eventConfig={"authProviders": [{"authType": "AWS_IAM"}], **modes})
        sync.update_api(**where, name="others", eventConfig=config)
        self.assertEqual([a["name"] for a in sync.list_apis()["apis"]], ["others"])
        self.refused("NotFoundException", sync.get_graphql_api, **where)
        made = sync.create_channel_namespace(**where, name="orders", publishAuthModes=key)["channelNamespace"]
        self.refused("ConflictException", sync.create_channel_namespace, **where, name="orders")
        self.refused("BadRequestException", sync.update_channel_namespace, **where, name="orders",
                     publishAuthModes=[{"authType": "AWS_IAM"}])
        sync.tag_resource(resourceArn=made["channelNamespaceArn"], tags={"team": "orders"})
        sync.update_channel_namespace(**where, name="orders", codeHandlers="x")
        live = sync.get_channel_namespace(**where, name="orders")["channelNamespace"]
        self.assertEqual((live["tags"], live["codeHandlers"]), ({"team": "orders"}, "x"))
        self.assertNotIn("publishAuthModes", live)
        sync.create_api_key(**where)
        sync.delete_channel_namespace(**where, name="orders")
        self.refused("NotFoundException", sync.get_channel_namespace, **where, name="orders")
        sync.delete_api(**where)
        self.refused("NotFoundException", sync.get_api, **where)


if __name__ == "__main__":
    harness.main()
