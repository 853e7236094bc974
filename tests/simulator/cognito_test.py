import json

import harness
from harness import BETA, Case

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                 "Principal": {"Service": "cognito-idp.amazonaws.com"}}]}


class Cognito(Case):
    def setUp(self):
        super().setUp()
        self.idp = self.client("cognito-idp")

    def pool(self, **more):
        return self.idp.create_user_pool(PoolName="people", **more)["UserPool"]["Id"]

    def read(self, pool):
        return self.idp.describe_user_pool(UserPoolId=pool)["UserPool"]

    def test_pool(self):
        pool = self.pool(UserPoolTags={"team": "orders"}, UsernameAttributes=["email"])
        live = self.read(pool)
        self.assertRegex(pool, r"^us-east-1_\w{9}$")
        self.assertEqual(live["Arn"], f"arn:aws:cognito-idp:us-east-1:{BETA}:userpool/{pool}")
        self.assertEqual((live["Name"], live["MfaConfiguration"], live["DeletionProtection"]),
                         ("people", "OFF", "INACTIVE"))
        self.assertEqual(live["Policies"]["PasswordPolicy"], {
            "MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True,
            "RequireSymbols": True, "TemporaryPasswordValidityDays": 7})
        self.assertEqual(self.idp.list_tags_for_resource(ResourceArn=live["Arn"])["Tags"], {"team": "orders"})
        self.assertEqual([one["Id"] for one in self.idp.list_user_pools(MaxResults=60)["UserPools"]], [pool])
        self.idp.delete_user_pool(UserPoolId=pool)
        self.refused("ResourceNotFoundException", self.idp.describe_user_pool, UserPoolId=pool)

    def test_an_update_resets_what_it_is_not_told(self):
        pool = self.pool(AutoVerifiedAttributes=["email"], DeletionProtection="ACTIVE", UserPoolTags={"a": "b"},
                         EmailVerificationMessage="{####}")
        self.assertEqual(self.read(pool)["VerificationMessageTemplate"],
                         {"EmailMessage": "{####}", "DefaultEmailOption": "CONFIRM_WITH_CODE"})
        self.refused("InvalidParameterException", self.idp.delete_user_pool, UserPoolId=pool)
        self.idp.update_user_pool(UserPoolId=pool, PoolName="others",
                                  Policies={"PasswordPolicy": {"MinimumLength": 12}})
        live = self.read(pool)
        self.assertEqual((live["Name"], live["DeletionProtection"]), ("others", "INACTIVE"))
        self.assertNotIn("AutoVerifiedAttributes", live)
        self.assertNotIn("EmailVerificationMessage", live)
        self.assertEqual(live["UserPoolTags"], {})
        self.assertFalse(live["Policies"]["PasswordPolicy"]["RequireSymbols"])

    def test_refusals(self):
        idp, pool = self.idp, self.pool()
        for code, arguments in (
                ("InvalidParameterException", {"AliasAttributes": ["email"], "UsernameAttributes": ["email"]}),
                ("InvalidParameterException", {"MfaConfiguration": "ON"}),
                ("InvalidSmsRoleTrustRelationshipException",
                 {"SmsConfiguration": {"SnsCallerArn": f"arn:aws:iam::{BETA}:role/none"}}),
                ("InvalidParameterException", {"Schema": [{"Name": "x", "AttributeDataType": "String",
                                                           "Required": True}]}),
                ("InvalidParameterException",
                 {"AdminCreateUserConfig": {"UnusedAccountValidityDays": 3},
                  "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}}})):
            self.refused(code, idp.create_user_pool, PoolName="x", **arguments)
        self.refused("ResourceNotFoundException", idp.update_user_pool, UserPoolId="us-east-1_abc")
        idp.add_custom_attributes(UserPoolId=pool, CustomAttributes=[{"Name": "tier", "AttributeDataType": "String"}])
        self.refused("InvalidParameterException", idp.add_custom_attributes, UserPoolId=pool,
                     CustomAttributes=[{"Name": "tier", "AttributeDataType": "String"}])
        self.assertIn("custom:tier", [a["Name"] for a in self.read(pool)["SchemaAttributes"]])

    def test_factors(self):
        idp = self.idp
        self.simulator.control("POST", "delays", {"iam.propagation": 0})
        role = self.client("iam").create_role(RoleName="sms", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        sms = {"SnsCallerArn": role, "ExternalId": "x"}
        pool = self.pool(MfaConfiguration="OPTIONAL", SmsConfiguration=sms)
        self.assertEqual(idp.get_user_pool_mfa_config(UserPoolId=pool)["SmsMfaConfiguration"],
                         {"SmsConfiguration": sms})
        idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="ON",
                                     SoftwareTokenMfaConfiguration={"Enabled": True},
                                     WebAuthnConfiguration={"RelyingPartyId": "example.com"})
        live = idp.get_user_pool_mfa_config(UserPoolId=pool)
        self.assertEqual(live["SoftwareTokenMfaConfiguration"], {"Enabled": True})
        self.assertNotIn("SmsMfaConfiguration", live)
        self.assertEqual(self.read(pool)["MfaConfiguration"], "ON")
        for arguments in ({"MfaConfiguration": "ON"},
                          {"MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": {"Enabled": True}}):
            self.refused("InvalidParameterException", idp.set_user_pool_mfa_config, UserPoolId=pool, **arguments)
        idp.update_user_pool(UserPoolId=pool)
        self.assertEqual(idp.get_user_pool_mfa_config(UserPoolId=pool)["MfaConfiguration"], "OFF")

    def test_client(self):
        idp, pool = self.idp, self.pool()
        made = idp.create_user_pool_client(UserPoolId=pool, ClientName="web", GenerateSecret=True,
                                           ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"])["UserPoolClient"]
        where = {"UserPoolId": pool, "ClientId": made["ClientId"]}
        self.assertEqual((len(made["ClientId"]), len(made["ClientSecret"])), (26, 52))
        idp.update_user_pool_client(**where, CallbackURLs=["https://example.com"],
                                    DefaultRedirectURI="https://example.com")
        live = idp.describe_user_pool_client(**where)["UserPoolClient"]
        self.assertNotIn("ExplicitAuthFlows", live)
        self.assertEqual((live["ClientName"], live["EnableTokenRevocation"]), ("web", True))
        for code, arguments in (("InvalidParameterException", {"DefaultRedirectURI": "https://example.org"}),
                                ("InvalidParameterException", {"SupportedIdentityProviders": ["Facebook"]}),
                                ("InvalidParameterException", {"ReadAttributes": ["custom:none"]}),
                                ("ScopeDoesNotExistException", {"AllowedOAuthScopes": ["orders/read"]}),
                                ("InvalidOAuthFlowException", {"AllowedOAuthFlowsUserPoolClient": True})):
            self.refused(code, idp.update_user_pool_client, **where, **arguments)
        self.assertEqual(idp.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"],
                         [{"ClientId": made["ClientId"], "UserPoolId": pool, "ClientName": "web"}])
        idp.delete_user_pool_client(**where)
        self.refused("ResourceNotFoundException", idp.describe_user_pool_client, **where)

    def test_domain(self):
        idp, pool = self.idp, self.pool()
        idp.create_user_pool_domain(UserPoolId=pool, Domain="orders-beta")
        live = idp.describe_user_pool_domain(Domain="orders-beta")["DomainDescription"]
        self.assertEqual((live["UserPoolId"], live["Status"]), (pool, "ACTIVE"))
        self.assertEqual(idp.describe_user_pool_domain(Domain="none")["DomainDescription"], {})
        self.refused("InvalidParameterException", idp.create_user_pool_domain, UserPoolId=pool, Domain="orders-beta")
        self.refused("InvalidParameterException", idp.delete_user_pool, UserPoolId=pool)
        idp.update_user_pool_domain(UserPoolId=pool, Domain="orders-beta", ManagedLoginVersion=2)
        idp.delete_user_pool_domain(UserPoolId=pool, Domain="orders-beta")
        self.refused("InvalidParameterException", idp.delete_user_pool_domain, UserPoolId=pool, Domain="orders-beta")

    def test_groups_and_servers(self):
        idp, pool = self.idp, self.pool()
        where = {"UserPoolId": pool}
        idp.create_group(GroupName="admins", Precedence=1, **where)
        self.refused("GroupExistsException", idp.create_group, GroupName="admins", **where)
        idp.update_group(GroupName="admins", Description="d", **where)
        self.assertEqual(idp.get_group(GroupName="admins", **where)["Group"]["Description"], "d")
        idp.delete_group(GroupName="admins", **where)
        self.refused("ResourceNotFoundException", idp.get_group, GroupName="admins", **where)
        scopes = [{"ScopeName": "read", "ScopeDescription": "reads"}]
        idp.create_resource_server(Identifier="orders", Name="orders", Scopes=scopes, **where)
        self.refused("InvalidParameterException", idp.create_resource_server, Identifier="orders", Name="x", **where)
        idp.create_user_pool_client(ClientName="machine", AllowedOAuthScopes=["orders/read"], **where)
        idp.update_resource_server(Identifier="orders", Name="others", **where)
        self.assertNotIn("Scopes", idp.describe_resource_server(Identifier="orders", **where)["ResourceServer"])
        idp.delete_resource_server(Identifier="orders", **where)
        self.assertEqual(idp.list_resource_servers(MaxResults=10, **where)["ResourceServers"], [])


if __name__ == "__main__":
    harness.main()
