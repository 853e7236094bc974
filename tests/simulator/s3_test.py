import json

import harness
from harness import GAMMA, Case


class S3(Case):
    def test_bucket(self):
        s3 = self.client("s3", region="eu-west-1")
        self.refused("IllegalLocationConstraintException", s3.create_bucket, Bucket="orders")
        where = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket="orders", CreateBucketConfiguration=where)
        self.refused("BucketAlreadyOwnedByYou", s3.create_bucket, Bucket="orders", CreateBucketConfiguration=where)
        other = self.client("s3", key=GAMMA, region="eu-west-1")
        self.refused("BucketAlreadyExists", other.create_bucket, Bucket="orders", CreateBucketConfiguration=where)
        self.refused("AccessDenied", other.get_bucket_policy, Bucket="orders")
        self.refused("InvalidBucketName", s3.create_bucket, Bucket="Orders_", CreateBucketConfiguration=where)
        self.assertEqual(s3.get_bucket_location(Bucket="orders")["LocationConstraint"], "eu-west-1")
        self.assertEqual(s3.head_bucket(Bucket="orders")["BucketRegion"], "eu-west-1")
        self.assertEqual([b["Name"] for b in s3.list_buckets()["Buckets"]], ["orders"])
        s3.put_object(Bucket="orders", Key="a/b c", Body=b"bytes")
        self.assertEqual(s3.get_object(Bucket="orders", Key="a/b c")["Body"].read(), b"bytes")
        self.assertEqual([o["Key"] for o in s3.list_objects_v2(Bucket="orders", Prefix="a/")["Contents"]], ["a/b c"])
        self.refused("BucketNotEmpty", s3.delete_bucket, Bucket="orders")
        s3.delete_object(Bucket="orders", Key="a/b c")
        self.refused("NoSuchKey", s3.get_object, Bucket="orders", Key="a/b c")
        s3.delete_bucket(Bucket="orders")
        self.refused("NoSuchBucket", s3.get_bucket_versioning, Bucket="orders")
        other.create_bucket(Bucket="orders", CreateBucketConfiguration=where)

    def test_configurations(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="orders")
        default = s3.get_bucket_encryption(Bucket="orders")["ServerSideEncryptionConfiguration"]["Rules"][0]
        self.assertEqual(default["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
        self.assertTrue(s3.get_public_access_block(Bucket="orders")["PublicAccessBlockConfiguration"]["BlockPublicAcls"])
        self.assertNotIn("Status", s3.get_bucket_versioning(Bucket="orders"))
        s3.put_bucket_versioning(Bucket="orders", VersioningConfiguration={"Status": "Enabled"})
        self.assertEqual(s3.get_bucket_versioning(Bucket="orders")["Status"], "Enabled")
        self.refused("NoSuchTagSet", s3.get_bucket_tagging, Bucket="orders")
        tags = [{"Key": "team", "Value": "orders"}]
        s3.put_bucket_tagging(Bucket="orders", Tagging={"TagSet": tags})
        self.assertEqual(s3.get_bucket_tagging(Bucket="orders")["TagSet"], tags)
        self.refused("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket="orders")
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        s3.put_bucket_policy(Bucket="orders", Policy=policy)
        self.assertEqual(s3.get_bucket_policy(Bucket="orders")["Policy"], policy)
        s3.delete_bucket_policy(Bucket="orders")
        self.refused("NoSuchLifecycleConfiguration", s3.get_bucket_lifecycle_configuration, Bucket="orders")


if __name__ == "__main__":
    harness.main()
