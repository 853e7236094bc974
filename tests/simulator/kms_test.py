import json

import harness
from harness import BETA, Case


class Kms(Case):
    def setUp(self):
        super().setUp()
        self.kms = self.client("kms")

    def key(self, **given):
        return self.kms.create_key(**given)["KeyMetadata"]["KeyId"]

    def test_key(self):
        kms = self.kms
        made = kms.create_key(Description="d", Tags=[{"TagKey": "team", "TagValue": "orders"}])["KeyMetadata"]
        key, arn = made["KeyId"], made["Arn"]
        self.assertEqual((arn, made["KeyState"], made["KeySpec"], made["KeyUsage"], made["MultiRegion"]),
                         (f"arn:aws:kms:us-east-1:{BETA}:key/{key}", "Enabled", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT",
                          False))
        policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
        self.assertEqual(policy["Statement"][0]["Principal"], {"AWS": f"arn:aws:iam::{BETA}:root"})
        self.refused("MalformedPolicyDocumentException", kms.put_key_policy, KeyId=key, Policy="{}")
        kms.put_key_policy(KeyId=key, Policy='{"Statement": [1]}')
        self.assertEqual(kms.get_key_policy(KeyId=key)["Policy"], '{"Statement": [1]}')
        kms.update_key_description(KeyId=key, Description="other")
        kms.disable_key(KeyId=key)
        found = kms.describe_key(KeyId=arn)["KeyMetadata"]
        self.assertEqual((found["Description"], found["KeyState"], found["Enabled"]), ("other", "Disabled", False))
        self.refused("DisabledException", kms.enable_key_rotation, KeyId=key)
        kms.enable_key(KeyId=key)
        self.refused("NotFoundException", kms.describe_key, KeyId="12345678-1234-1234-1234-123456789012")

    def test_rotation(self):
        kms, key = self.kms, self.key()
        self.assertFalse(kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
        status = kms.get_key_rotation_status(KeyId=key)
        self.assertEqual((status["KeyRotationEnabled"], status["RotationPeriodInDays"]), (True, 180))
        kms.disable_key_rotation(KeyId=key)
        self.assertFalse(kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])
        other = self.key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
        self.refused("UnsupportedOperationException", kms.get_key_rotation_status, KeyId=other)
        self.refused("ValidationException", kms.create_key, KeySpec="ECC_NIST_P256")

    def test_deletion(self):
        kms, key = self.kms, self.key()
        self.refused("ValidationException", kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=6)
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        self.assertEqual(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "PendingDeletion")
        self.refused("KMSInvalidStateException", kms.schedule_key_deletion, KeyId=key)
        self.refused("KMSInvalidStateException", kms.get_key_policy, KeyId=key)
        self.assertEqual([k["KeyId"] for k in kms.list_keys()["Keys"]], [key])
        kms.cancel_key_deletion(KeyId=key)
        self.assertEqual(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "Disabled")

    def test_tags_and_pages(self):
        kms = self.kms
        keys = sorted(self.key() for _ in range(3))
        page = kms.list_keys(Limit=2)
        self.assertTrue(page["Truncated"])
        rest = kms.list_keys(Limit=2, Marker=page["NextMarker"])
        self.assertEqual(sorted(k["KeyId"] for k in page["Keys"] + rest["Keys"]), keys)
        kms.tag_resource(KeyId=keys[0], Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}])
        kms.untag_resource(KeyId=keys[0], TagKeys=["a"])
        self.assertEqual(kms.list_resource_tags(KeyId=keys[0])["Tags"], [{"TagKey": "b", "TagValue": "2"}])

    def test_alias(self):
        kms, first, second = self.kms, self.key(), self.key()
        kms.create_alias(AliasName="alias/orders", TargetKeyId=first)
        self.refused("AlreadyExistsException", kms.create_alias, AliasName="alias/orders", TargetKeyId=second)
        self.refused("NotAuthorizedException", kms.create_alias, AliasName="alias/aws/orders", TargetKeyId=second)
        kms.update_alias(AliasName="alias/orders", TargetKeyId=second)
        self.assertEqual(kms.describe_key(KeyId="alias/orders")["KeyMetadata"]["KeyId"], second)
        self.refused("NotFoundException", kms.update_alias, AliasName="alias/bills", TargetKeyId=second)
        self.assertEqual([a["TargetKeyId"] for a in kms.list_aliases()["Aliases"]], [second])
        kms.delete_alias(AliasName="alias/orders")
        self.refused("NotFoundException", kms.delete_alias, AliasName="alias/orders")
        self.refused("NotFoundException", kms.describe_key, KeyId="alias/orders")


if __name__ == "__main__":
    harness.main()
