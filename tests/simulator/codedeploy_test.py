#!/usr/bin/env python3
"""CodeDeploy in the simulator, as boto3 sees it."""
import json


import harness
from harness import Case

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "codedeploy.amazonaws.com"}}]})


class CodeDeploy(Case):
    def setUp(self):
        super().setUp()
        self.deploy = self.client("codedeploy")
        self.simulator.control("POST", "delays", {"iam.propagation": 0})
        self.role = self.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]

    def test_an_application_and_its_groups(self):
        self.deploy.create_application(applicationName="shop", computePlatform="Lambda", tags=[{"Key": "a", "Value": "1"}])
        self.refused("ApplicationAlreadyExistsException", self.deploy.create_application, applicationName="shop")
        self.assertEqual(self.deploy.get_application(applicationName="shop")["application"]["computePlatform"], "Lambda")
        group = {"applicationName": "shop", "deploymentGroupName": "orders"}
        self.refused("InvalidRoleException", self.deploy.create_deployment_group, **group,
                   serviceRoleArn="arn:aws:iam::111111111111:role/none")
        self.deploy.create_deployment_group(**group, serviceRoleArn=self.role, alarmConfiguration={
            "enabled": True, "alarms": [{"name": "errors"}]})
        self.refused("DeploymentGroupAlreadyExistsException", self.deploy.create_deployment_group, **group,
                   serviceRoleArn=self.role)
        self.refused("InvalidAlarmConfigException", self.deploy.update_deployment_group, applicationName="shop",
                   currentDeploymentGroupName="orders", alarmConfiguration={"enabled": True, "alarms": []})
        self.deploy.update_deployment_group(applicationName="shop", currentDeploymentGroupName="orders",
                                            deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce")
        info = self.deploy.get_deployment_group(**group)["deploymentGroupInfo"]
        self.assertEqual((info["deploymentConfigName"], info["alarmConfiguration"]["alarms"], info["computePlatform"]),
                         ("CodeDeployDefault.LambdaAllAtOnce", [{"name": "errors"}], "Lambda"))
        self.deploy.delete_deployment_group(**group)
        self.refused("DeploymentGroupDoesNotExistException", self.deploy.get_deployment_group, **group)
        self.deploy.delete_application(applicationName="shop")
        self.deploy.delete_application(applicationName="shop")
        self.refused("ApplicationDoesNotExistException", self.deploy.get_application, applicationName="shop")

    def test_a_configuration_in_use_stays(self):
        self.refused("DeploymentConfigDoesNotExistException", self.deploy.get_deployment_config, deploymentConfigName="slow")
        self.refused("InvalidTrafficRoutingConfigurationException", self.deploy.create_deployment_config,
                   deploymentConfigName="slow", computePlatform="Lambda")
        self.deploy.create_deployment_config(deploymentConfigName="slow", computePlatform="Lambda", trafficRoutingConfig={
            "type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 5}})
        self.deploy.create_application(applicationName="shop", computePlatform="Lambda")
        self.deploy.create_deployment_group(applicationName="shop", deploymentGroupName="orders",
                                            serviceRoleArn=self.role, deploymentConfigName="slow")
        self.refused("DeploymentConfigInUseException", self.deploy.delete_deployment_config, deploymentConfigName="slow")
        self.deploy.delete_application(applicationName="shop")
        self.deploy.delete_deployment_config(deploymentConfigName="slow")
        self.refused("InvalidOperationException", self.deploy.delete_deployment_config,
                   deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce")

    def test_tags(self):
        self.deploy.create_application(applicationName="shop", computePlatform="Lambda", tags=[{"Key": "a", "Value": "1"}])
        arn = "arn:aws:codedeploy:us-east-1:111111111111:application:shop"
        self.deploy.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
        self.deploy.untag_resource(ResourceArn=arn, TagKeys=["a"])
        self.assertEqual(self.deploy.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "b", "Value": "2"}])
        self.refused("DeploymentGroupDoesNotExistException", self.deploy.tag_resource, Tags=[{"Key": "b", "Value": "2"}],
                   ResourceArn="arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:shop/none")


if __name__ == "__main__":
    harness.main()
