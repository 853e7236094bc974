#!/usr/bin/env python3
"""CodeDeploy's deployments to Lambda in the simulator, as boto3 sees them: the traffic over time, what is shown."""
import hashlib

import harness
from codedeploy_case import DONE, HOUR, MINUTE, SHIFTED, DeploymentCase, appspec, content

# Type, then the traffic of the target after so many minutes.
TABLE = [
    ("AllAtOnce", {0: 100}),
    ("Canary10Percent5Minutes", {0: 10, 4: 10, 5: 100}),
    ("Canary10Percent10Minutes", {0: 10, 9: 10, 10: 100}),
    ("Canary10Percent15Minutes", {0: 10, 14: 10, 15: 100}),
    ("Canary10Percent30Minutes", {0: 10, 29: 10, 30: 100}),
    ("Linear10PercentEvery1Minute", {minute: 10 + 10 * minute for minute in range(10)}),
    ("Linear10PercentEvery2Minutes", {0: 10, 1: 10, 2: 20, 17: 90, 18: 100}),
    ("Linear10PercentEvery3Minutes", {0: 10, 2: 10, 3: 20, 26: 90, 27: 100}),
    ("Linear10PercentEvery10Minutes", {0: 10, 9: 10, 10: 20, 89: 90, 90: 100}),
]
CUSTOM = [
    ({"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 33, "canaryInterval": 2880}},
     {0: 33, 2879: 33, 2880: 100}),
    ({"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 30, "linearInterval": 7}},
     {0: 30, 6: 30, 7: 60, 14: 90, 20: 90, 21: 100}),
    ({"type": "AllAtOnce"}, {0: 100}),
]


class Shifting(DeploymentCase):
    def follow(self, config, weights):
        deployment, at = self.create(config=config), 0
        for minute, percent in weights.items():
            self.advance((minute - at) * MINUTE)
            at = minute
            wanted = "2" if percent == 100 else f"1 and {percent / 100:g} of 2"
            info = self.target(deployment)["lambdaFunctionInfo"]
            with self.subTest(config=config, minute=minute):
                self.assertEqual((self.alias(), info["targetVersionWeight"]), (wanted, percent / 100))
                self.assertEqual(self.ended(deployment), ("Succeeded" if percent == 100 else "InProgress", None))
        info = self.info(deployment)
        self.assertEqual((info["completeTime"] - info["startTime"]).total_seconds(), max(weights) * 60)
        self.assertEqual(self.events(deployment), DONE)
        self.functions.update_alias(FunctionName="orders", Name="live", FunctionVersion="1",
                                    RoutingConfig={"AdditionalVersionWeights": {}})

    def test_predefined(self):
        for config, weights in TABLE:
            self.follow(SHIFTED + config, weights)

    def test_custom(self):
        for number, (routing, weights) in enumerate(CUSTOM):
            self.deploy.create_deployment_config(deploymentConfigName=f"own{number}", computePlatform="Lambda",
                                                 trafficRoutingConfig=routing)
            self.follow(f"own{number}", weights)

    def test_a_shift_is_late_by_no_millisecond(self):
        self.create(config=SHIFTED + "Canary10Percent5Minutes")
        self.advance(5 * MINUTE - 1)
        self.assertEqual(self.alias(), "1 and 0.1 of 2")
        self.advance(1)
        self.assertEqual(self.alias(), "2")

    def test_the_past_is_made_up_for(self):
        deployment = self.create(config=SHIFTED + "Linear10PercentEvery10Minutes")
        self.advance(7 * 24 * HOUR)
        info = self.info(deployment)
        self.assertEqual((info["completeTime"] - info["startTime"]).total_seconds(), 90 * 60)
        self.assertEqual((self.alias(), info["status"]), ("2", "Succeeded"))

    def test_configurations(self):
        listed = self.deploy.list_deployment_configs()["deploymentConfigsList"]
        predefined = sorted(name for name in listed if name.startswith(SHIFTED))
        self.assertEqual(predefined, sorted(SHIFTED + config for config, _ in TABLE))
        for name in predefined:
            info = self.deploy.get_deployment_config(deploymentConfigName=name)["deploymentConfigInfo"]
            routing = info["trafficRoutingConfig"]
            self.assertEqual(info["computePlatform"], "Lambda")
            if routing["type"] == "AllAtOnce":
                continue
            kind = "canary" if routing["type"] == "TimeBasedCanary" else "linear"
            by_time = routing["timeBased" + kind.capitalize()]
            shape = "Canary10Percent{}Minutes" if kind == "canary" else "Linear10PercentEvery{}Minute"
            self.assertEqual(by_time[kind + "Percentage"], 10)
            self.assertIn(shape.format(by_time[kind + "Interval"]), name)
        bad = [{"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 100, "canaryInterval": 5}},
               {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 2881}},
               {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 10, "linearInterval": 321}},
               {"type": "TimeBasedLinear"}]
        for routing in bad:
            self.refused("InvalidTrafficRoutingConfigurationException", self.deploy.create_deployment_config,
                         deploymentConfigName="bad", computePlatform="Lambda", trafficRoutingConfig=routing)
        self.refused("DeploymentConfigDoesNotExistException", self.deploy.get_deployment_config,
                     deploymentConfigName=SHIFTED + "Canary20Percent5Minutes")


class Life(DeploymentCase):
    def test_from_created_to_succeeded(self):
        self.set_delays({"codedeploy.created": 1000, "codedeploy.queued": 2000})
        deployment = self.create(description="two")
        info = self.info(deployment)
        self.assertEqual((info["status"], info["deploymentOverview"]["Pending"]), ("Created", 1))
        self.refused("DeploymentNotStartedException", self.deploy.get_deployment_target, deploymentId=deployment,
                     targetId="orders")
        self.advance(1000)
        self.assertEqual((self.ended(deployment), self.alias()), (("Queued", None), "1"))
        self.advance(2000)
        self.assertEqual((self.ended(deployment), self.alias()), (("InProgress", None), "1 and 0.1 of 2"))
        self.assertEqual(self.events(deployment), ["Succeeded", "InProgress", "Pending"])
        self.advance(5 * MINUTE)
        info = self.info(deployment)
        self.assertEqual((info["status"], info["creator"], info["description"], info["computePlatform"],
                          info["deploymentConfigName"], info["deploymentOverview"]["Succeeded"]),
                         ("Succeeded", "user", "two", "Lambda", SHIFTED + "Canary10Percent5Minutes", 1))
        times = [round(info[name].timestamp() * 1000) - self.start for name in ("createTime", "startTime", "completeTime")]
        self.assertEqual(times, [0, 3000, 3000 + 5 * MINUTE])
        self.assertEqual(info["revision"], {"revisionType": "AppSpecContent", "appSpecContent": {
            "sha256": hashlib.sha256(appspec().encode()).hexdigest()}})

    def test_the_target(self):
        deployment = self.create()
        target = self.target(deployment)
        self.assertEqual((target["deploymentId"], target["targetId"], target["status"], target["targetArn"]),
                         (deployment, "orders", "InProgress", "arn:aws:lambda:us-east-1:111111111111:function:orders:live"))
        self.assertEqual(target["lambdaFunctionInfo"], {
            "functionName": "orders", "functionAlias": "live", "currentVersion": "1", "targetVersion": "2",
            "targetVersionWeight": 0.1})
        self.assertEqual([event["lifecycleEventName"] for event in target["lifecycleEvents"]],
                         ["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"])
        batch = self.deploy.batch_get_deployment_targets(deploymentId=deployment, targetIds=["orders"])
        self.assertEqual(batch["deploymentTargets"][0]["lambdaTarget"], target)
        listed = lambda **more: self.deploy.list_deployment_targets(deploymentId=deployment, **more)["targetIds"]
        self.assertEqual(listed(), ["orders"])
        self.assertEqual(listed(targetFilters={"TargetStatus": ["Failed", "InProgress"]}), ["orders"])
        self.assertEqual(listed(targetFilters={"TargetStatus": ["Failed"]}), [])
        self.refused("InvalidTargetFilterNameException", self.deploy.list_deployment_targets, deploymentId=deployment,
                     targetFilters={"ServerInstanceLabel": ["Blue"]})
        self.refused("DeploymentTargetDoesNotExistException", self.deploy.get_deployment_target,
                     deploymentId=deployment, targetId="other")
        self.refused("DeploymentTargetListSizeExceededException", self.deploy.batch_get_deployment_targets,
                     deploymentId=deployment, targetIds=["orders", "other"])
        self.refused("DeploymentTargetIdRequiredException", self.deploy.batch_get_deployment_targets,
                     deploymentId=deployment, targetIds=[])

    def test_revisions(self):
        yaml = """
            version: 0.0
            resources:
              - orders:
                  type: "AWS::Lambda::Function"
                  properties: {name: orders, alias: live, currentversion: 1, targetversion: "2"}
            """
        for text in (yaml, appspec(), appspec().replace("0.0", '"0.0"')):
            digest = hashlib.sha256(text.encode()).hexdigest()
            for revision in (content(text), content(text, sha256=digest),
                             {"revisionType": "String", "string": {"content": text, "sha256": digest}}):
                deployment = self.deploy.create_deployment(**self.arguments() | {
                    "revision": revision, "deploymentConfigName": SHIFTED + "AllAtOnce"})["deploymentId"]
                self.assertEqual((self.ended(deployment), self.alias()), (("Succeeded", None), "2"))
                self.functions.update_alias(FunctionName="orders", Name="live", FunctionVersion="1")
        shown = self.info(deployment)["revision"]
        self.assertEqual(shown, {"revisionType": "String", "string": {"content": text, "sha256": digest}})

    def test_the_group_knows_its_deployments(self):
        group = {"applicationName": "shop", "deploymentGroupName": "orders"}
        first = self.create(config=SHIFTED + "AllAtOnce")
        second = self.create(appspec(current="1", target="2"))
        info = self.deploy.get_deployment_group(**group)["deploymentGroupInfo"]
        self.assertEqual((info["lastSuccessfulDeployment"]["deploymentId"], info["lastAttemptedDeployment"]["deploymentId"],
                          info["lastAttemptedDeployment"]["status"]), (first, second, "Failed"))
        self.assertEqual(self.info(second)["previousRevision"], self.info(first)["revision"])

    def test_lists(self):
        self.make_function("bills")
        self.group("bills")
        made = []
        for name, wait in (("orders", 1000), ("bills", 1000), ("orders", 0)):
            made.append(self.create(appspec(name), group=name, config=SHIFTED + "AllAtOnce"))
            self.advance(wait)
        listed = lambda **more: self.deploy.list_deployments(**more)["deployments"]
        group = {"applicationName": "shop", "deploymentGroupName": "orders"}
        self.assertEqual(listed(), made[::-1])
        self.assertEqual(listed(**group), [made[2], made[0]])
        self.assertEqual(listed(includeOnlyStatuses=["Failed"]), [made[2]])
        self.assertEqual(listed(includeOnlyStatuses=["Succeeded", "Failed"], **group), [made[2], made[0]])
        second = self.start / 1000 + 1
        self.assertEqual(listed(createTimeRange={"start": second, "end": second + 0.5}), [made[1]])
        self.assertEqual(listed(createTimeRange={"end": second - 0.001}), [made[0]])
        self.assertEqual(listed(externalId="stack"), [])
        self.refused("InvalidTimeRangeException", self.deploy.list_deployments,
                     createTimeRange={"start": second, "end": second - 1})
        self.refused("InvalidDeploymentStatusException", self.deploy.list_deployments, includeOnlyStatuses=["Odd"])
        self.refused("DeploymentGroupNameRequiredException", self.deploy.list_deployments, applicationName="shop")
        self.refused("ApplicationNameRequiredException", self.deploy.list_deployments, deploymentGroupName="orders")
        self.refused("InvalidNextTokenException", self.deploy.list_deployments, nextToken="odd")
        batch = self.deploy.batch_get_deployments(deploymentIds=[made[1], "d-000000000", made[0]])["deploymentsInfo"]
        self.assertEqual([info["deploymentId"] for info in batch], [made[1], made[0]])
        self.refused("BatchLimitExceededException", self.deploy.batch_get_deployments, deploymentIds=made[:1] * 26)
        self.refused("DeploymentIdRequiredException", self.deploy.batch_get_deployments, deploymentIds=[])
        self.refused("InvalidDeploymentIdException", self.deploy.batch_get_deployments, deploymentIds=["odd"])

    def test_pages(self):
        made = [self.create(config=SHIFTED + "AllAtOnce") for _ in range(101)]
        pages = list(self.deploy.get_paginator("list_deployments").paginate())
        self.assertEqual([len(page["deployments"]) for page in pages], [100, 1])
        self.assertEqual([name for page in pages for name in page["deployments"]], made[::-1])


class Isolation(DeploymentCase):
    def test_regions_and_accounts(self):
        deployment = self.create()
        for other in (self.client("codedeploy", region="eu-west-1"), self.client("codedeploy", key=harness.GAMMA)):
            self.refused("DeploymentDoesNotExistException", other.get_deployment, deploymentId=deployment)
            self.assertEqual(other.list_deployments()["deployments"], [])

    def test_two_at_once(self):
        self.make_function("bills")
        self.group("bills")
        first = self.create(config=SHIFTED + "Linear10PercentEvery1Minute")
        self.advance(30 * 1000)
        second = self.create(appspec("bills"), group="bills", config=SHIFTED + "Canary10Percent5Minutes")
        self.advance(3 * MINUTE)
        self.assertEqual((self.alias(), self.alias("bills")), ("1 and 0.4 of 2", "1 and 0.1 of 2"))
        self.advance(2 * MINUTE)
        self.assertEqual((self.ended(first), self.ended(second)), (("InProgress", None), ("Succeeded", None)))
        self.advance(4 * MINUTE)
        self.assertEqual((self.alias(), self.alias("bills"), self.ended(first)), ("2", "2", ("Succeeded", None)))

if __name__ == "__main__":
    harness.main()
