#!/usr/bin/env python3
"""`driver: codedeploy` on a template that has nothing of CodeDeploy: what it needs is planned, made, and then
there is nothing to do; with other steps the configuration is another one."""
import json
import unittest

import harness

APPLICATION = """template: apps/orders/template.yaml
parameters: {TableBillingMode: PAY_PER_REQUEST}
deployment:
  driver: codedeploy
  steps: [{weight: %d, for: 7m}]
  alarms: [OrderErrors]
  hooks: {beforeAllowTraffic: OrderPreTraffic, afterAllowTraffic: OrderPostTraffic}
"""
MADE = ["PlumbDeploymentApplication", "PlumbDeploymentGroupOrderServiceAliaslive", "PlumbDeploymentRole"]


class CodeDeploy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = harness.Simulator()
        cls.addClassCleanup(cls.account.close)
        cls.account.prepare()
        cls.repository = harness.Repository()
        cls.addClassCleanup(cls.repository.close)
        cls.codedeploy = cls.account.client("codedeploy", "prod")

    def plan(self):
        return self.repository.json(self.account, "plan", "prod")[0]["changes"]

    def write(self, percent):
        self.repository.write("environments/prod/orders.yaml", APPLICATION % percent)
        self.repository.commit("deploy %d %% first" % percent)

    def apply(self):
        self.repository.plumb(self.account, "apply", "prod", expect=0)
        self.assertEqual(self.plan(), [])

    def physical_id(self, logical_id):
        text = self.repository.git("show", "refs/plumb/333333333333:us-west-2/prod/orders/inventory.json")
        [found] = [one for one in json.loads(text)["resources"] if one["logicalId"] == logical_id]
        return found["physicalId"]

    def group(self):
        return self.codedeploy.get_deployment_group(
            applicationName=self.physical_id(MADE[0]),
            deploymentGroupName=self.physical_id(MADE[1]))["deploymentGroupInfo"]

    def configuration(self):
        return self.codedeploy.get_deployment_config(
            deploymentConfigName=self.group()["deploymentConfigName"])["deploymentConfigInfo"]

    def test_what_it_needs_is_made_once(self):
        self.write(25)
        planned = {change["logicalId"]: change["action"] for change in self.plan()}
        for name in MADE + ["PlumbDeploymentConfigCanary25Percent7Minutes"]:
            self.assertEqual(planned.get(name), "create", name)
        self.apply()
        group = self.group()
        self.assertEqual(len(group["alarmConfiguration"]["alarms"]), 1)
        self.assertTrue(group["autoRollbackConfiguration"]["enabled"])
        self.assertIn("PlumbDeploymentRole", group["serviceRoleArn"])
        self.assertEqual(self.configuration()["trafficRoutingConfig"]["timeBasedCanary"],
                         {"canaryPercentage": 25, "canaryInterval": 7})
        first = self.configuration()["deploymentConfigId"]
        self.write(30)
        self.apply()
        self.assertEqual(self.configuration()["trafficRoutingConfig"]["timeBasedCanary"]["canaryPercentage"], 30)
        self.assertNotEqual(self.configuration()["deploymentConfigId"], first)


if __name__ == "__main__":
    unittest.main(verbosity=2)
