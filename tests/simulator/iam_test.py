import json
import urllib.parse

import harness
from harness import BETA, GAMMA, Case


def trust(principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


LAMBDA = trust({"Service": "lambda.amazonaws.com"})
READ = json.dumps({"Version": "2012-10-17",
                   "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}, indent=1)
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


class Roles(Case):
    def setUp(self):
        super().setUp()
        self.iam = self.client("iam")

    def create(self, name="orders", **more):
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=LAMBDA, **more)["Role"]

    def test_life(self):
        made = self.create(Path="/app/", Description="first", Tags=[{"Key": "team", "Value": "orders"}])
        self.assertEqual(made["Arn"], f"arn:aws:iam::{BETA}:role/app/orders")
        read = self.iam.get_role(RoleName="orders")["Role"]
        self.assertEqual(read["AssumeRolePolicyDocument"], json.loads(LAMBDA))
        self.assertEqual((read["Description"], read["MaxSessionDuration"], read["Tags"], read["Path"]),
                         ("first", 3600, [{"Key": "team", "Value": "orders"}], "/app/"))
        self.iam.update_role(RoleName="orders", MaxSessionDuration=7200)
        read = self.iam.get_role(RoleName="orders")["Role"]
        self.assertEqual((read["Description"], read["MaxSessionDuration"]), ("first", 7200))
        self.iam.update_assume_role_policy(RoleName="orders", PolicyDocument=trust({"AWS": BETA}))
        self.iam.tag_role(RoleName="orders", Tags=[{"Key": "stage", "Value": "beta"}])
        self.iam.untag_role(RoleName="orders", TagKeys=["team"])
        self.assertEqual(self.iam.list_role_tags(RoleName="orders")["Tags"], [{"Key": "stage", "Value": "beta"}])
        self.iam.delete_role(RoleName="orders")
        self.refused("NoSuchEntity", self.iam.get_role, RoleName="orders")

    def test_refusals(self):
        self.create()
        self.refused("EntityAlreadyExists", self.create, name="ORDERS")
        for document in ("{", "[]", json.dumps({"Version": "2012-10-17", "Statement": []}),
                         json.dumps({"Version": "2011-01-01", "Statement": json.loads(LAMBDA)["Statement"]}), READ):
            self.refused("MalformedPolicyDocument", self.iam.create_role, RoleName="r",
                         AssumeRolePolicyDocument=document)
            if document != READ:
                self.refused("MalformedPolicyDocument", self.iam.put_role_policy, RoleName="orders", PolicyName="p",
                             PolicyDocument=document)
        self.refused("MalformedPolicyDocument", self.iam.put_role_policy, RoleName="orders", PolicyName="p",
                     PolicyDocument=LAMBDA)
        self.refused("ValidationError", self.iam.create_role, RoleName="a/b", AssumeRolePolicyDocument=LAMBDA)
        self.refused("NoSuchEntity", self.iam.attach_role_policy, RoleName="orders",
                     PolicyArn="arn:aws:iam::aws:policy/Nonsense")
        self.refused("NoSuchEntity", self.iam.detach_role_policy, RoleName="orders", PolicyArn=BASIC)
        self.refused("NoSuchEntity", self.iam.get_role_policy, RoleName="orders", PolicyName="none")

    def test_policies_of_a_role(self):
        self.create()
        self.iam.put_role_policy(RoleName="orders", PolicyName="read", PolicyDocument=READ)
        self.assertEqual(self.iam.get_role_policy(RoleName="orders", PolicyName="read")["PolicyDocument"],
                         json.loads(READ))
        self.iam.attach_role_policy(RoleName="orders", PolicyArn=BASIC)
        self.assertEqual(self.iam.list_attached_role_policies(RoleName="orders")["AttachedPolicies"],
                         [{"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": BASIC}])
        self.assertEqual(self.iam.list_role_policies(RoleName="orders")["PolicyNames"], ["read"])
        self.refused("DeleteConflict", self.iam.delete_role, RoleName="orders")
        self.iam.detach_role_policy(RoleName="orders", PolicyArn=BASIC)
        self.refused("DeleteConflict", self.iam.delete_role, RoleName="orders")
        self.iam.delete_role_policy(RoleName="orders", PolicyName="read")
        self.iam.delete_role(RoleName="orders")

    def test_document_keeps_its_spaces(self):
        self.create()
        self.iam.put_role_policy(RoleName="orders", PolicyName="read", PolicyDocument=READ)
        bodies = []
        self.iam.meta.events.register("before-parse.iam.GetRolePolicy",
                                      lambda response_dict, **_: bodies.append(response_dict["body"].decode()))
        self.iam.get_role_policy(RoleName="orders", PolicyName="read")
        encoded = bodies[0].split("<PolicyDocument>")[1].split("</PolicyDocument>")[0]
        self.assertEqual(urllib.parse.unquote(encoded), READ)

    def test_pages_and_details(self):
        for number in range(120):
            self.create(name=f"role-{number:03}")
        self.iam.put_role_policy(RoleName="role-000", PolicyName="read", PolicyDocument=READ)
        first = self.iam.list_roles()
        self.assertEqual((len(first["Roles"]), first["IsTruncated"]), (100, True))
        self.assertEqual(sum(len(page["Roles"]) for page in self.iam.get_paginator("list_roles").paginate()), 120)
        policy = self.iam.create_policy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"]
        self.iam.attach_role_policy(RoleName="role-000", PolicyArn=policy)
        pages = list(self.iam.get_paginator("get_account_authorization_details").paginate())
        self.assertEqual([len(page["RoleDetailList"]) for page in pages], [100, 20])
        detail = pages[0]["RoleDetailList"][0]
        self.assertEqual(detail["RolePolicyList"], [{"PolicyName": "read", "PolicyDocument": json.loads(READ)}])
        self.assertEqual(detail["AttachedManagedPolicies"], [{"PolicyName": "read", "PolicyArn": policy}])
        self.assertEqual(pages[1]["Policies"][0]["PolicyVersionList"][0]["Document"], json.loads(READ))
        self.refused("ValidationError", self.iam.list_roles, Marker="nonsense")


class InstanceProfiles(Case):
    def test_one_role_each(self):
        iam = self.client("iam")
        for role in ("r", "s"):
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=LAMBDA)
        made = iam.create_instance_profile(InstanceProfileName="p", Path="/a/",
                                           Tags=[{"Key": "team", "Value": "orders"}])["InstanceProfile"]
        self.assertEqual((made["Arn"], made["Roles"], made["Tags"]),
                         (f"arn:aws:iam::{BETA}:instance-profile/a/p", [], [{"Key": "team", "Value": "orders"}]))
        self.refused("EntityAlreadyExists", iam.create_instance_profile, InstanceProfileName="p")
        self.refused("NoSuchEntity", iam.add_role_to_instance_profile, InstanceProfileName="p", RoleName="none")
        iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="r")
        self.refused("LimitExceeded", iam.add_role_to_instance_profile, InstanceProfileName="p", RoleName="s")
        self.assertEqual([r["RoleName"] for r in
                          iam.get_instance_profile(InstanceProfileName="p")["InstanceProfile"]["Roles"]], ["r"])
        self.assertEqual([p["Arn"] for p in iam.list_instance_profiles_for_role(RoleName="r")["InstanceProfiles"]],
                         [made["Arn"]])
        self.refused("DeleteConflict", iam.delete_role, RoleName="r")
        self.refused("DeleteConflict", iam.delete_instance_profile, InstanceProfileName="p")
        self.refused("NoSuchEntity", iam.remove_role_from_instance_profile, InstanceProfileName="p", RoleName="s")
        iam.remove_role_from_instance_profile(InstanceProfileName="p", RoleName="r")
        iam.tag_instance_profile(InstanceProfileName="p", Tags=[{"Key": "stage", "Value": "beta"}])
        iam.untag_instance_profile(InstanceProfileName="p", TagKeys=["team"])
        self.assertEqual(iam.get_instance_profile(InstanceProfileName="p")["InstanceProfile"]["Tags"],
                         [{"Key": "stage", "Value": "beta"}])
        iam.delete_instance_profile(InstanceProfileName="p")
        self.refused("NoSuchEntity", iam.get_instance_profile, InstanceProfileName="p")


class Policies(Case):
    def test_versions(self):
        iam = self.client("iam")
        arn = iam.create_policy(PolicyName="read", PolicyDocument=READ,
                                Tags=[{"Key": "a", "Value": "b"}])["Policy"]["Arn"]
        self.refused("EntityAlreadyExists", iam.create_policy, PolicyName="read", PolicyDocument=READ)
        for number in range(2, 6):
            made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=READ, SetAsDefault=number == 3)
            self.assertEqual(made["PolicyVersion"]["VersionId"], f"v{number}")
        self.refused("LimitExceeded", iam.create_policy_version, PolicyArn=arn, PolicyDocument=READ)
        self.assertEqual(iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"], "v3")
        self.refused("DeleteConflict", iam.delete_policy_version, PolicyArn=arn, VersionId="v3")
        iam.set_default_policy_version(PolicyArn=arn, VersionId="v5")
        self.refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
        for number in range(1, 5):
            iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{number}")
        self.assertEqual([row["VersionId"] for row in iam.list_policy_versions(PolicyArn=arn)["Versions"]], ["v5"])
        document = iam.get_policy_version(PolicyArn=arn, VersionId="v5")["PolicyVersion"]["Document"]
        self.assertEqual(document, json.loads(READ))
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=LAMBDA)
        iam.attach_role_policy(RoleName="r", PolicyArn=arn)
        self.assertEqual(iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"][0]["RoleName"], "r")
        self.refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
        iam.detach_role_policy(RoleName="r", PolicyArn=arn)
        self.assertEqual([row["Arn"] for row in iam.list_policies(Scope="Local")["Policies"]], [arn])
        iam.delete_policy(PolicyArn=arn)
        self.refused("NoSuchEntity", iam.get_policy, PolicyArn=arn)
        self.assertEqual(iam.get_policy(PolicyArn=BASIC)["Policy"]["Path"], "/service-role/")


class Trust(Case):
    def test_external_id(self):
        policy = json.loads(trust({"AWS": f"arn:aws:iam::{BETA}:root"}))
        policy["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": "secret"}}
        self.client("iam", key=GAMMA).create_role(RoleName="plumb", AssumeRolePolicyDocument=json.dumps(policy))
        role = {"RoleArn": f"arn:aws:iam::{GAMMA}:role/plumb", "RoleSessionName": "test"}
        sts = self.client("sts")
        self.refused("AccessDenied", sts.assume_role, **role)
        self.refused("AccessDenied", sts.assume_role, **role, ExternalId="wrong")
        sts.assume_role(**role, ExternalId="secret")
        self.refused("AccessDenied", self.client("sts", key="333333333333").assume_role, **role, ExternalId="secret")


if __name__ == "__main__":
    harness.main()
