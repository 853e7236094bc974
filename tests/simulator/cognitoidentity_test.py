import harness
from harness import BETA, Case

ROLE = f"arn:aws:iam::{BETA}:role/people"


class CognitoIdentity(Case):
    def test_pool(self):
        identity = self.client("cognito-identity")
        pool = identity.create_identity_pool(IdentityPoolName="people", AllowUnauthenticatedIdentities=False,
                                             IdentityPoolTags={"team": "orders"},
                                             SamlProviderARNs=[f"arn:aws:iam::{BETA}:saml-provider/x"])
        where = {"IdentityPoolId": pool["IdentityPoolId"]}
        self.assertRegex(pool["IdentityPoolId"], "^us-east-1:[0-9a-f-]{36}$")
        self.assertEqual(identity.list_identity_pools(MaxResults=60)["IdentityPools"],
                         [dict(where, IdentityPoolName="people")])
        identity.update_identity_pool(**where, IdentityPoolName="others", AllowUnauthenticatedIdentities=True,
                                      DeveloperProviderName="dev")
        live = identity.describe_identity_pool(**where)
        self.assertEqual((live["IdentityPoolName"], live["IdentityPoolTags"]), ("others", {}))
        self.assertNotIn("SamlProviderARNs", live)
        self.refused("InvalidParameterException", identity.update_identity_pool, **where, IdentityPoolName="others",
                     AllowUnauthenticatedIdentities=True, DeveloperProviderName="other")
        arn = f"arn:aws:cognito-identity:us-east-1:{BETA}:identitypool/{pool['IdentityPoolId']}"
        identity.tag_resource(ResourceArn=arn, Tags={"a": "b"})
        self.assertEqual(identity.list_tags_for_resource(ResourceArn=arn)["Tags"], {"a": "b"})
        identity.untag_resource(ResourceArn=arn, TagKeys=["a"])
        identity.delete_identity_pool(**where)
        self.refused("ResourceNotFoundException", identity.describe_identity_pool, **where)

    def test_roles(self):
        identity = self.client("cognito-identity")
        pool = identity.create_identity_pool(IdentityPoolName="people", AllowUnauthenticatedIdentities=False)
        where = {"IdentityPoolId": pool["IdentityPoolId"]}
        self.assertNotIn("Roles", identity.get_identity_pool_roles(**where))
        identity.set_identity_pool_roles(**where, Roles={"authenticated": ROLE},
                                         RoleMappings={"graph.facebook.com": {"Type": "Token"}})
        identity.set_identity_pool_roles(**where, Roles={"unauthenticated": ROLE})
        live = identity.get_identity_pool_roles(**where)
        self.assertEqual((live["Roles"], live.get("RoleMappings")), ({"unauthenticated": ROLE}, None))
        self.refused("InvalidParameterException", identity.set_identity_pool_roles, **where, Roles={},
                     RoleMappings={"x": {"Type": "Rules"}})


if __name__ == "__main__":
    harness.main()
