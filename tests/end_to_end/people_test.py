#!/usr/bin/env python3
"""User pools and GraphQL APIs from one release to the next: what can only be added, what cannot be changed, what is told
again, secrets, schemas, lost answers."""
import json
import unittest

import changes_test
import harness
from changes_test import name, resource, role


def attribute(name_, kind="String", **more):
    return {"Name": name_, "AttributeDataType": kind, "Mutable": True, **more}


def pool(*schema, **properties):
    return resource("Cognito::UserPool", dict({"UserPoolName": "people"}, **({"Schema": list(schema)} if schema else {}),
                                              **properties))


def client(**properties):
    return resource("Cognito::UserPoolClient", dict({"UserPoolId": {"Ref": "Pool"}}, **properties))


def api(**properties):
    return resource("AppSync::GraphQLApi", dict({"Name": "orders", "AuthenticationType": "API_KEY"}, **properties))


def part(kind, **properties):
    return resource("AppSync::" + kind, dict({"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}}, **properties))


class People(changes_test.Changes):
    def idp(self):
        return self.client("cognito-idp")

    def pool_id(self):
        return self.idp().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]

    def live(self):
        return self.idp().describe_user_pool(UserPoolId=self.pool_id())["UserPool"]

    def refused(self, resources, sentence):
        self.commit(resources)
        before = self.live()
        self.assertIn(sentence, self.apply(expect=1).stderr)
        self.assertEqual(self.live(), before)

    def test_attributes_are_added_and_never_changed(self):
        tier, score = attribute("tier"), attribute("score", "Number")
        self.release({"Pool": pool(tier, {"Name": "email", "Required": True})})
        self.release({"Pool": pool(tier, score, {"Name": "email", "Required": True})})
        self.assertEqual([a["Name"] for a in self.live()["SchemaAttributes"] if ":" in a["Name"]],
                         ["custom:tier", "custom:score"])
        self.in_sync()
        longer = attribute("tier", StringAttributeConstraints={"MaxLength": "9"})
        self.refused({"Pool": pool(longer, score, MfaConfiguration="OFF", DeletionProtection="ACTIVE")},
                     "attribute 'tier' of Schema differs from the user pool's")
        self.refused({"Pool": pool(tier, DeletionProtection="ACTIVE")},
                     "attribute 'score' cannot be taken out of Schema")
        self.idp().add_custom_attributes(UserPoolId=self.pool_id(), CustomAttributes=[attribute("byhand")])
        self.commit({"Pool": pool(tier, score, {"Name": "email", "Required": True})})
        self.assertEqual(self.plan(), [])
        self.assertEqual(self.drift(), ["Pool extra attribute.byhand"])

    def test_how_people_are_named_cannot_be_changed(self):
        self.release({"Pool": pool(UsernameAttributes=["email"])})
        self.commit({"Pool": pool(UsernameAttributes=["phone_number"])})
        held = "UsernameAttributes cannot be changed: give the resource another logical id"
        self.assertEqual(self.plan(), [f"update Pool, held: {held}",
                                       '  UsernameAttributes[0]: "email" -> "phone_number"'])
        self.apply(expect=1)
        self.assertEqual(self.live()["UsernameAttributes"], ["email"])

    def test_a_pool_does_not_go_without_a_mark(self):
        self.release({"Pool": pool(), "Topic": changes_test.topic()})
        self.commit({"Topic": changes_test.topic()}, allow={"manyDeletes": True})
        self.assertEqual([line.split(":")[0] for line in self.plan()], ["delete Pool, held"])
        self.apply(expect=1)
        self.assertEqual(self.live()["Name"], "people")

    def test_an_update_leaves_what_others_set(self):
        policy = lambda length: {"PasswordPolicy": {"MinimumLength": length}}
        self.release({"Pool": pool(Policies=policy(8), UserPoolTags={"team": "orders"}), "Client": client()})
        mine = self.live()
        self.idp().update_user_pool(UserPoolId=mine["Id"], UserPoolTags=dict(mine["UserPoolTags"], other="x"),
                                    Policies=mine["Policies"], AutoVerifiedAttributes=["email"],
                                    EmailVerificationMessage="{####}")
        where = {"UserPoolId": mine["Id"],
                 "ClientId": self.idp().list_user_pool_clients(UserPoolId=mine["Id"])["UserPoolClients"][0]["ClientId"]}
        self.idp().update_user_pool_client(**where, LogoutURLs=["https://example.com"])
        self.release({"Pool": pool(Policies=policy(12), UserPoolTags={"team": "bills"}),
                      "Client": client(RefreshTokenValidity=5)})
        live = self.live()
        self.assertEqual((live["AutoVerifiedAttributes"], live["EmailVerificationMessage"]), (["email"], "{####}"))
        self.assertEqual((live["Policies"]["PasswordPolicy"]["MinimumLength"], live["UserPoolTags"]["team"],
                          live["UserPoolTags"]["other"]), (12, "bills", "x"))
        self.assertIn("plumb:logical-id", live["UserPoolTags"])
        self.assertEqual(self.idp().describe_user_pool_client(**where)["UserPoolClient"]["LogoutURLs"],
                         ["https://example.com"])
        self.in_sync()

    def test_a_secret_reaches_who_needs_it_and_nobody_else(self):
        secret = {"Fn::GetAtt": ["Client", "ClientSecret"]}
        resources = {"Pool": pool(), "Client": client(GenerateSecret=True), "Role": role(),
                     "Function": changes_test.function(Environment={"Variables": {"SECRET": secret}})}
        self.commit(resources, Outputs={"Id": {"Value": {"Ref": "Client"}}, "Secret": {"Value": secret}})
        said = [self.repository.plumb(self.account, "plan").stdout, self.apply().stdout]
        ids = {"UserPoolId": self.pool_id()}
        ids["ClientId"] = self.idp().list_user_pool_clients(**ids)["UserPoolClients"][0]["ClientId"]
        clear = self.idp().describe_user_pool_client(**ids)["UserPoolClient"]["ClientSecret"]
        self.assertEqual(self.client("lambda").get_function_configuration(FunctionName=name("Function"))[
            "Environment"]["Variables"], {"SECRET": clear})
        said.append(self.repository.git("log", "-p", "--all"))
        for form in ("text", "json"):
            said += [self.repository.plumb(self.account, what, "-o", form).stdout for what in ("plan", "drift")]
        self.assertFalse([text for text in said if clear in text])
        self.assertIn(ids["ClientId"], said[2])
        self.in_sync()

    def test_a_schema_changed_by_hand_is_found_and_healed(self):
        sync, first = self.client("appsync"), "type Query { order(id: ID!): String }"
        self.client("s3").create_bucket(Bucket="texts")
        self.client("s3").put_object(Bucket="texts", Key="schema", Body=first.encode())
        resources = {"Api": api(), "Schema": part("GraphQLSchema", DefinitionS3Location="s3://texts/schema")}
        self.release(resources)
        self.in_sync()
        where = {"apiId": sync.list_graphql_apis()["graphqlApis"][0]["apiId"]}
        shown = lambda: sync.get_introspection_schema(**where, format="SDL")["schema"].read()
        told = shown()
        sync.start_schema_creation(**where, definition=b"type Query { other: String }")
        self.assertEqual(self.drift(), ["Schema code Code"])
        self.apply()
        self.assertEqual(shown(), told)
        self.in_sync()
        broken = self.release({"Api": api(), "Schema": part("GraphQLSchema", Definition="type Query {")}, expect=1)
        self.assertIn("AppSync refuses the schema: Failed to parse schema document", broken.stderr)
        missing = self.release({"Api": api(), "Schema": part("GraphQLSchema", DefinitionS3Location="s3://texts/no")},
                               expect=1)
        self.assertIn("cannot read s3://texts/no", missing.stderr)

    def test_texts_out_of_s3(self):
        s3, sync = self.client("s3"), self.client("appsync")
        s3.create_bucket(Bucket="texts")
        s3.put_object(Bucket="texts", Key="code.js", Body=b"export function request() {}\n")
        runtime = {"Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0"}
        resources = {"Api": api(), "None": part("DataSource", Name="none", Type="NONE"),
                     "Load": part("FunctionConfiguration", Name="load", DataSourceName={"Fn::GetAtt": ["None", "Name"]},
                                  CodeS3Location="s3://texts/code.js", Runtime=runtime)}
        self.release(resources)
        where = {"apiId": sync.list_graphql_apis()["graphqlApis"][0]["apiId"]}
        live = lambda: sync.list_functions(**where)["functions"][0]
        self.assertEqual(live()["code"], "export function request() {}\n")
        self.in_sync()
        changed = dict(resources["Load"]["Properties"])
        del changed["CodeS3Location"], changed["Runtime"]
        self.release(dict(resources, Load=part("FunctionConfiguration", **dict(
            changed, FunctionVersion="2018-05-29", RequestMappingTemplate="{}", ResponseMappingTemplate="$x"))))
        self.assertEqual((live().get("code"), live()["requestMappingTemplate"]), (None, "{}"))
        self.in_sync()

    def test_what_was_made_though_its_answer_was_lost_is_found(self):
        keys = {f"Key{i}": part("ApiKey", Description="same") for i in range(2)}
        resources = {"Pool": pool(UserPoolName=None), "Client": client(), "Api": api(), **keys,
                     "Schema": part("GraphQLSchema", Definition="type Query { order: String }"),
                     "None": part("DataSource", Name="none", Type="NONE"),
                     "Load": part("FunctionConfiguration", Name="load", DataSourceName={"Fn::GetAtt": ["None", "Name"]}),
                     "Order": part("Resolver", TypeName="Query", FieldName="order", DependsOn=[],
                                   DataSourceName={"Fn::GetAtt": ["None", "Name"]})}
        del resources["Pool"]["Properties"]["UserPoolName"], resources["Order"]["Properties"]["DependsOn"]
        resources["Order"]["DependsOn"] = ["Schema"]
        for operation in ("CreateUserPool", "CreateUserPoolClient", "CreateGraphqlApi", "CreateApiKey",
                          "CreateDataSource", "CreateFunction", "CreateResolver"):
            self.account.post("faults", {"match": {"operation": operation}, "fault": "drop-after", "times": 1})
        self.release(resources)
        sync, where = self.client("appsync"), {"UserPoolId": self.pool_id()}
        one = {"apiId": sync.list_graphql_apis()["graphqlApis"][0]["apiId"]}
        self.assertEqual([len(found) for found in (
            self.idp().list_user_pools(MaxResults=60)["UserPools"],
            self.idp().list_user_pool_clients(**where)["UserPoolClients"],
            sync.list_graphql_apis()["graphqlApis"], sync.list_api_keys(**one)["apiKeys"],
            sync.list_functions(**one)["functions"])], [1, 1, 1, 2, 1])
        self.in_sync()


if __name__ == "__main__":
    unittest.main()
