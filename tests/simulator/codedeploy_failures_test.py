#!/usr/bin/env python3
"""CodeDeploy's deployments to Lambda in the simulator, as boto3 sees them: hooks, alarms, rollbacks, refusals."""
import json

import harness
from codedeploy_case import ALL_EVENTS, DONE, HOUR, MINUTE, SHIFTED, DeploymentCase, appspec, content

class Hooks(DeploymentCase):
    BOTH = {"BeforeAllowTraffic": "before", "AfterAllowTraffic": "arn:aws:lambda:us-east-1:111111111111:function:after"}

    def test_a_test_plays_them(self):
        self.function("before")
        self.function("after")
        deployment = self.create(appspec(**self.BOTH))
        (asked,) = self.invocations()
        self.assertEqual((asked["function"], asked["payload"]["DeploymentId"], sorted(asked["payload"])),
                         ("before", deployment, ["DeploymentId", "LifecycleEventHookExecutionId"]))
        self.advance(30 * MINUTE)
        self.assertEqual((self.alias(), self.events(deployment)), ("1", ["InProgress", "Pending", "Pending"]))
        self.assertEqual(self.report(asked["payload"])["lifecycleEventHookExecutionId"],
                         asked["payload"]["LifecycleEventHookExecutionId"])
        self.assertEqual((self.alias(), self.events(deployment)), ("1 and 0.1 of 2", ["Succeeded", "InProgress", "Pending"]))
        self.advance(5 * MINUTE)
        self.assertEqual((self.alias(), self.events(deployment)), ("2", ["Succeeded", "Succeeded", "InProgress"]))
        (asked,) = self.invocations()
        self.assertEqual(asked["function"], "after")
        self.report(asked["payload"])
        self.assertEqual((self.ended(deployment), self.events(deployment)), (("Succeeded", None), DONE))

    def test_the_first_verdict_wins(self):
        self.function("before")
        deployment = self.create(appspec(BeforeAllowTraffic="before"))
        payload = self.invocations()[0]["payload"]
        self.report(payload, "Succeeded")
        self.refuse_report("LifecycleEventAlreadyCompletedException", payload, "Failed")
        self.assertEqual(self.ended(deployment), ("InProgress", None))
        self.advance(5 * MINUTE)
        self.refuse_report("LifecycleEventAlreadyCompletedException", payload, "Failed")
        self.assertEqual(self.ended(deployment), ("Succeeded", None))

    def test_refused_reports(self):
        self.function("before")
        deployment = self.create(appspec(BeforeAllowTraffic="before"))
        payload = self.invocations()[0]["payload"]
        self.refuse_report("InvalidLifecycleEventHookExecutionIdException",
                           payload | {"LifecycleEventHookExecutionId": "odd"})
        self.refuse_report("InvalidLifecycleEventHookExecutionIdException", payload | {"LifecycleEventHookExecutionId": ""})
        self.refuse_report("InvalidLifecycleEventHookExecutionStatusException", payload, "Skipped")
        self.refuse_report("DeploymentDoesNotExistException", payload | {"DeploymentId": "d-000000000"})
        self.refuse_report("InvalidDeploymentIdException", payload | {"DeploymentId": "odd"})
        self.refused("DeploymentIdRequiredException", self.deploy.put_lifecycle_event_hook_execution_status,
                     lifecycleEventHookExecutionId="odd", status="Failed")
        self.assertEqual(self.events(deployment), ["InProgress", "Pending", "Pending"])
        self.deploy.stop_deployment(deploymentId=deployment)
        self.refuse_report("LifecycleEventAlreadyCompletedException", payload)

    def test_failure_and_time_out(self):
        """A hook fails by its verdict, or by silence for one hour; before or after the traffic."""
        for where, alias, events in (("BeforeAllowTraffic", "1", ["Failed", "Skipped", "Skipped"]),
                                     ("AfterAllowTraffic", "2", ["Succeeded", "Succeeded", "Failed"])):
            for verdict in ("Failed", None):
                with self.subTest(where=where, verdict=verdict):
                    self.setUp()
                    self.function("hook")
                    deployment = self.create(appspec(**{where: "hook"}), config=SHIFTED + "AllAtOnce")
                    payload = self.invocations()[0]["payload"]
                    self.advance(HOUR - 1)
                    self.assertEqual(self.ended(deployment), ("InProgress", None))
                    if verdict:
                        self.report(payload, verdict)
                    else:
                        self.advance(1)
                        self.refuse_report("LifecycleEventAlreadyCompletedException", payload)
                    self.assertEqual((self.ended(deployment), self.events(deployment), self.alias()),
                                     (("Failed", "HOOK_EXECUTION_FAILURE"), events, alias))

    def test_hooks_that_play_themselves(self):
        """SIMULATOR_HOOK, when it is over, and how."""
        for hook, seconds, ended in (
                ({"status": "Succeeded", "after": 2000}, 2, ("InProgress", None)),
                ({"status": "Failed", "after": 2000}, 2, ("Failed", "HOOK_EXECUTION_FAILURE")),
                ({}, 0, ("InProgress", None)),
                ({"status": "Succeeded", "after": 2000, "times": 3}, 2, ("InProgress", None)),
                ({"status": "Succeeded", "after": 3600 * 1000 + 1}, 3600, ("Failed", "HOOK_EXECUTION_FAILURE"))):
            with self.subTest(hook=hook):
                self.setUp()
                self.function("hook", SIMULATOR_HOOK=json.dumps(hook))
                deployment = self.create(appspec(BeforeAllowTraffic="hook"))
                if seconds:
                    self.advance(seconds * 1000 - 1)
                    self.assertEqual(self.events(deployment), ["InProgress", "Pending", "Pending"])
                    self.advance(1)
                self.assertEqual(self.ended(deployment), ended)
                if ended[0] == "InProgress":
                    self.advance(5 * MINUTE)
                    self.assertEqual((self.ended(deployment), self.events(deployment)), (("Succeeded", None), DONE))

    def test_the_test_is_before_the_hook(self):
        self.function("hook", SIMULATOR_HOOK='{"status": "Succeeded", "after": 2000}')
        deployment = self.create(appspec(BeforeAllowTraffic="hook"))
        self.report(self.invocations()[0]["payload"], "Failed")
        self.advance(2000)
        self.assertEqual(self.ended(deployment), ("Failed", "HOOK_EXECUTION_FAILURE"))

    def test_no_such_function(self):
        deployment = self.create(appspec(BeforeAllowTraffic="none"))
        self.assertEqual((self.ended(deployment), self.invocations()), (("Failed", "HOOK_EXECUTION_FAILURE"), []))


class Alarms(DeploymentCase):
    def setUp(self):
        super().setUp()
        self.alarm("errors")
        self.deploy.update_deployment_group(applicationName="shop", currentDeploymentGroupName="orders",
                                            alarmConfiguration=self.watch("errors"))

    @staticmethod
    def watch(*names, **more):
        return {"enabled": True, "alarms": [{"name": name} for name in names], **more}

    def stopped(self, deployment, events, alias):
        info = self.info(deployment)
        self.assertEqual((info["status"], info["errorInformation"]["code"]), ("Stopped", "ALARM_ACTIVE"))
        self.assertIn("Activated alarms: <errors>", info["errorInformation"]["message"])
        self.assertEqual((self.events(deployment), self.alias(), self.target(deployment)["status"]),
                         (events, alias, "Failed"))

    def test_quiet(self):
        deployment = self.create()
        self.advance(5 * MINUTE)
        self.assertEqual(self.ended(deployment), ("Succeeded", None))
        self.set_alarm("errors", "ALARM")
        self.advance(HOUR)
        self.assertEqual(self.ended(deployment), ("Succeeded", None))

    def test_at_the_start(self):
        self.set_alarm("errors", "ALARM")
        self.stopped(self.create(), ["Failed", "Skipped", "Skipped"], "1")

    def test_before_the_traffic(self):
        self.function("hook")
        deployment = self.create(appspec(BeforeAllowTraffic="hook"))
        self.set_alarm("errors", "ALARM")
        self.advance(10 * 1000)
        self.stopped(deployment, ["Failed", "Skipped", "Skipped"], "1")
        self.refuse_report("LifecycleEventAlreadyCompletedException", self.invocations()[0]["payload"])

    def test_while_it_shifts(self):
        deployment = self.create()
        self.advance(2 * MINUTE)
        self.set_alarm("errors", "ALARM")
        self.advance(10 * 1000)
        self.stopped(deployment, ["Succeeded", "Failed", "Skipped"], "1 and 0.1 of 2")

    def test_after_the_traffic(self):
        self.function("hook")
        deployment = self.create(appspec(AfterAllowTraffic="hook"))
        self.advance(6 * MINUTE)
        self.set_alarm("errors", "ALARM")
        self.advance(10 * 1000)
        self.stopped(deployment, ["Succeeded", "Succeeded", "Failed"], "2")

    def test_composite(self):
        self.alarms.put_composite_alarm(AlarmName="all", AlarmRule="ALARM(errors)")
        deployment = self.create(overrideAlarmConfiguration=self.watch("all"))
        self.set_alarm("all", "ALARM")
        self.advance(10 * 1000)
        self.assertEqual(self.ended(deployment), ("Stopped", "ALARM_ACTIVE"))

    def test_overridden(self):
        self.set_alarm("errors", "ALARM")
        off = self.watch("errors") | {"enabled": False}
        deployment = self.create(overrideAlarmConfiguration=off)
        self.advance(5 * MINUTE)
        self.assertEqual((self.ended(deployment), self.info(deployment)["overrideAlarmConfiguration"]),
                         (("Succeeded", None), off))

    def test_an_alarm_that_cannot_be_read(self):
        for lenient, ended in ((True, ("InProgress", None)), (False, ("Stopped", "ALARM_ACTIVE"))):
            self.setUp()
            deployment = self.create(overrideAlarmConfiguration=self.watch("none", ignorePollAlarmFailure=lenient))
            self.assertEqual(self.ended(deployment), ended)

    def test_refused_configurations(self):
        for alarms, code in ((["a", "a"], "InvalidAlarmConfigException"), ([""], "InvalidAlarmConfigException"),
                             (["a" * 256], "InvalidAlarmConfigException"), ([], "InvalidAlarmConfigException"),
                             ([f"a{number}" for number in range(11)], "AlarmsLimitExceededException")):
            self.refused(code, self.deploy.create_deployment,
                         **self.arguments(overrideAlarmConfiguration=self.watch(*alarms)))


class Rollbacks(DeploymentCase):
    def rolled_back(self, deployment, alias="1"):
        """Checks both ends of the rollback of a deployment."""
        there = self.info(deployment)["rollbackInfo"]
        back = self.info(there["rollbackDeploymentId"])
        self.assertEqual(there["rollbackMessage"],
                         f"Deployment {deployment} terminated. Automatic rollback is triggered with a DeploymentId "
                         f"{back['deploymentId']}.")
        self.assertEqual((back["creator"], back["status"], back["rollbackInfo"]["rollbackTriggeringDeploymentId"]),
                         ("codeDeployRollback", "Succeeded", deployment))
        self.assertEqual((self.events(back["deploymentId"]), self.alias()), (DONE, alias))

    def automatic(self, *events):
        return {"autoRollbackConfiguration": {"enabled": True, "events": list(events)}}

    def test_each_cause(self):
        """What ends a deployment, and the event that rolls it back; the others do not."""
        def hook_fails(deployment):
            self.advance(5 * MINUTE)
            self.report(self.invocations()[0]["payload"], "Failed")

        def alarm(deployment):
            self.set_alarm("errors", "ALARM")
            self.advance(10 * 1000)

        def stop(deployment):
            self.deploy.stop_deployment(deploymentId=deployment)

        for cause, event, left in ((hook_fails, "DEPLOYMENT_FAILURE", "2"),
                                   (alarm, "DEPLOYMENT_STOP_ON_ALARM", "1 and 0.1 of 2"),
                                   (stop, "DEPLOYMENT_STOP_ON_REQUEST", "1 and 0.1 of 2")):
            for events, enabled in (([event], True), (ALL_EVENTS, True), (ALL_EVENTS, False),
                                    ([other for other in ALL_EVENTS if other != event], True)):
                with self.subTest(event=event, events=events, enabled=enabled):
                    self.setUp()
                    self.alarm("errors")
                    self.function("hook")
                    deployment = self.create(
                        appspec(AfterAllowTraffic="hook"),
                        overrideAlarmConfiguration={"enabled": True, "alarms": [{"name": "errors"}]},
                        autoRollbackConfiguration={"enabled": enabled, "events": events})
                    cause(deployment)
                    if enabled and event in events:
                        self.rolled_back(deployment)
                    else:
                        self.assertEqual(("rollbackInfo" in self.info(deployment), self.alias()), (False, left))

    def test_the_groups_configuration(self):
        self.deploy.update_deployment_group(applicationName="shop", currentDeploymentGroupName="orders",
                                            **self.automatic("DEPLOYMENT_STOP_ON_REQUEST"))
        deployment = self.create()
        self.deploy.stop_deployment(deploymentId=deployment)
        self.rolled_back(deployment)
        deployment = self.create(autoRollbackConfiguration={"enabled": False})
        self.deploy.stop_deployment(deploymentId=deployment)
        self.assertEqual((self.ended(deployment), self.alias()), (("Stopped", "MANUAL_STOP"), "1 and 0.1 of 2"))

    def test_an_alarm_at_the_start_does_not_stop_the_rollback(self):
        self.alarm("errors", "ALARM")
        deployment = self.create(overrideAlarmConfiguration={"enabled": True, "alarms": [{"name": "errors"}]},
                                 **self.automatic("DEPLOYMENT_STOP_ON_ALARM"))
        self.rolled_back(deployment)

    def test_a_rollback_invokes_no_hooks(self):
        self.function("hook")
        deployment = self.create(appspec(BeforeAllowTraffic="hook"), **self.automatic("DEPLOYMENT_STOP_ON_REQUEST"))
        self.deploy.stop_deployment(deploymentId=deployment)
        self.rolled_back(deployment)
        self.assertEqual(len(self.invocations()), 1)

    def test_it_takes_its_time(self):
        self.set_delays({"codedeploy.created": 1000, "codedeploy.queued": 1000})
        deployment = self.create(**self.automatic("DEPLOYMENT_STOP_ON_REQUEST"))
        self.advance(2000)
        self.deploy.stop_deployment(deploymentId=deployment)
        self.assertEqual(self.alias(), "1 and 0.1 of 2")
        self.refused("DeploymentLimitExceededException", self.deploy.create_deployment, **self.arguments())
        self.advance(2000)
        self.rolled_back(deployment)
        self.assertEqual(self.deploy.list_deployments()["deployments"],
                         [self.info(deployment)["rollbackInfo"]["rollbackDeploymentId"], deployment])

    def test_stop(self):
        for wanted, alias in ((None, "1 and 0.1 of 2"), (False, "1 and 0.1 of 2"), (True, "1")):
            with self.subTest(wanted=wanted):
                self.setUp()
                deployment = self.create()
                asked = {} if wanted is None else {"autoRollbackEnabled": wanted}
                answer = self.deploy.stop_deployment(deploymentId=deployment, **asked)
                self.assertEqual(answer["status"], "Succeeded")
                self.assertEqual((self.ended(deployment), self.alias()), (("Stopped", "MANUAL_STOP"), alias))
                self.assertEqual(self.events(deployment), ["Succeeded", "Failed", "Skipped"])
                if wanted:
                    self.rolled_back(deployment)
                self.refused("DeploymentAlreadyCompletedException", self.deploy.stop_deployment, deploymentId=deployment)
                if not wanted: # AWS: "the alias might reference two versions", and deployments fail
                    self.assertEqual(self.ended(self.create()), ("Failed", "INVALID_LAMBDA_CONFIGURATION"))
        self.refused("DeploymentDoesNotExistException", self.deploy.stop_deployment, deploymentId="d-000000000")

    def test_stop_before_the_start(self):
        self.set_delays({"codedeploy.created": 1000})
        deployment = self.create(**self.automatic(*ALL_EVENTS))
        self.deploy.stop_deployment(deploymentId=deployment)
        self.advance(HOUR)
        info = self.info(deployment)
        self.assertEqual((info["status"], info["deploymentOverview"]["Skipped"], self.alias()), ("Stopped", 1, "1"))
        self.assertEqual(self.deploy.list_deployments()["deployments"], [deployment])

    def test_stop_wins_over_autorollback_false(self):
        deployment = self.create(**self.automatic("DEPLOYMENT_STOP_ON_REQUEST"))
        self.deploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
        self.assertEqual(self.alias(), "1 and 0.1 of 2")

    def test_refused_configurations(self):
        for events in ([], ["ODD"]):
            self.refused("InvalidAutoRollbackConfigException", self.deploy.create_deployment,
                         **self.arguments(**self.automatic(*events)))


class Refusals(DeploymentCase):
    def test_by_create_deployment(self):
        self.deploy.create_application(applicationName="servers")
        self.deploy.create_deployment_config(deploymentConfigName="servers",
                                             minimumHealthyHosts={"type": "HOST_COUNT", "value": 1})
        right = appspec()
        for change, code in (
                ({"applicationName": "none"}, "ApplicationDoesNotExistException"),
                ({"deploymentGroupName": "none"}, "DeploymentGroupDoesNotExistException"),
                ({"deploymentConfigName": "none"}, "DeploymentConfigDoesNotExistException"),
                ({"deploymentConfigName": "servers"}, "InvalidDeploymentConfigNameException"),
                ({"description": "d" * 257}, "DescriptionTooLongException"),
                ({"updateOutdatedInstancesOnly": True}, "InvalidUpdateOutdatedInstancesOnlyValueException"),
                ({"ignoreApplicationStopFailures": True}, "InvalidIgnoreApplicationStopFailuresValueException"),
                ({"fileExistsBehavior": "ODD"}, "InvalidFileExistsBehaviorException"),
                ({"targetInstances": {"autoScalingGroups": ["a"]}}, "InvalidTargetInstancesException"),
                ({"revision": {"revisionType": "GitHub", "gitHubLocation": {}}}, "InvalidRevisionException"),
                ({"revision": {"revisionType": "AppSpecContent"}}, "InvalidRevisionException"),
                ({"revision": content("")}, "InvalidRevisionException"),
                ({"revision": content("{")}, "InvalidRevisionException"),
                ({"revision": content("just text")}, "InvalidRevisionException"),
                ({"revision": content(right, sha256="0" * 64)}, "InvalidRevisionException"),
                ({"revision": content(right.replace("0.0", "1.0"))}, "InvalidRevisionException"),
                ({"revision": content(right.replace("AWS::Lambda::Function", "AWS::ECS::Service"))},
                 "InvalidRevisionException"),
                ({"revision": content(right.replace('"Alias": "live", ', ""))}, "InvalidRevisionException"),
                ({"revision": content(right.replace('"Resources": [', '"Resources": [{}, '))}, "InvalidRevisionException"),
                ({"revision": content(appspec(BeforeInstall="hook"))}, "InvalidRevisionException"),
                ({"revision": content(appspec(BeforeAllowTraffic=""))}, "InvalidRevisionException")):
            with self.subTest(change=change):
                self.refused(code, self.deploy.create_deployment, **self.arguments() | change)
        for missing, code in (("revision", "RevisionRequiredException"),
                              ("deploymentGroupName", "DeploymentGroupNameRequiredException")):
            without = self.arguments()
            del without[missing]
            self.refused(code, self.deploy.create_deployment, **without)
        self.assertEqual(self.deploy.list_deployments()["deployments"], [])

    def test_by_the_deployment(self):
        """What an AppSpec says is compared with Lambda when the deployment begins."""
        for spec, code, message in (
                (appspec("none"), "INVALID_LAMBDA_FUNCTION", "does not exist"),
                (appspec(alias="none"), "INVALID_LAMBDA_CONFIGURATION", "alias does not exist"),
                (appspec(target="9"), "INVALID_LAMBDA_CONFIGURATION", "target version"),
                (appspec(current="2", target="1"), "INVALID_LAMBDA_CONFIGURATION",
                 "The Lambda function alias version does not match the current version in AppSpec file."),
                (appspec(target="1"), "INVALID_LAMBDA_CONFIGURATION", "missing or has an invalid configuration.")):
            with self.subTest(spec=spec):
                deployment = self.create(spec, autoRollbackConfiguration={"enabled": True, "events": ALL_EVENTS})
                info = self.info(deployment)
                self.assertEqual((info["status"], info["errorInformation"]["code"]), ("Failed", code))
                self.assertIn(message, info["errorInformation"]["message"])
                self.assertEqual(self.alias(), "1")
        self.assertEqual(self.ended(self.create(appspec(target="1"), config=SHIFTED + "AllAtOnce")), ("Succeeded", None))

    def test_limits(self):
        self.function("hook")
        waiting = appspec(BeforeAllowTraffic="hook")
        running = self.create(waiting)
        answer = self.refused("DeploymentLimitExceededException", self.deploy.create_deployment, **self.arguments())
        self.assertIn(f"'orders' already has an active Deployment '{running}'", answer["Error"]["Message"])
        for number in range(100):
            self.group(f"g{number}")
        for number in range(99):
            self.create(waiting, group=f"g{number}")
        self.refused("DeploymentLimitExceededException", self.deploy.create_deployment, **self.arguments(group="g99"))
        self.deploy.stop_deployment(deploymentId=running)
        self.create(waiting, group="g99")

    def test_what_is_gone_before_the_start(self):
        def application():
            self.deploy.delete_application(applicationName="shop")

        def group():
            self.deploy.delete_deployment_group(applicationName="shop", deploymentGroupName="orders")

        def role():
            self.iam.delete_role(RoleName="deploy")

        for delete, code in ((application, "APPLICATION_MISSING"), (group, "DEPLOYMENT_GROUP_MISSING"),
                             (role, "IAM_ROLE_MISSING")):
            self.setUp()
            self.set_delays({"codedeploy.queued": 1000})
            deployment = self.create()
            delete()
            self.advance(1000)
            self.assertEqual((self.ended(deployment), self.alias()), (("Failed", code), "1"))

    def test_somebody_moves_the_alias(self):
        for version, weights in (("2", {}), ("1", {}), ("1", {"2": 0.5})):
            with self.subTest(version=version, weights=weights):
                self.setUp()
                deployment = self.create(config=SHIFTED + "Linear10PercentEvery1Minute")
                self.advance(90 * 1000)
                self.functions.update_alias(FunctionName="orders", Name="live", FunctionVersion=version,
                                            RoutingConfig={"AdditionalVersionWeights": weights})
                moved = self.alias()
                self.advance(30 * 1000)
                self.assertEqual((self.ended(deployment), self.alias()), (("Failed", "INVALID_LAMBDA_CONFIGURATION"), moved))
                self.assertEqual(self.events(deployment), ["Succeeded", "Failed", "Skipped"])

    def test_what_is_gone_midway(self):
        def version():
            self.functions.delete_function(FunctionName="orders", Qualifier="2")

        def alias():
            self.functions.delete_alias(FunctionName="orders", Name="live")

        def function():
            self.functions.delete_function(FunctionName="orders")

        for delete in (version, alias, function):
            with self.subTest(delete=delete.__name__):
                self.setUp()
                self.function("hook", SIMULATOR_HOOK='{"after": 1000}')
                deployment = self.create(appspec(BeforeAllowTraffic="hook"),
                                         autoRollbackConfiguration={"enabled": True, "events": ALL_EVENTS})
                delete()
                self.advance(1000)
                self.assertEqual((self.ended(deployment), self.events(deployment)),
                                 (("Failed", "INVALID_LAMBDA_CONFIGURATION"), ["Succeeded", "Failed", "Skipped"]))
                back = self.info(deployment)["rollbackInfo"]["rollbackDeploymentId"]
                self.assertEqual(self.ended(back), {
                    "version": ("Succeeded", None), "alias": ("Failed", "INVALID_LAMBDA_CONFIGURATION"),
                    "function": ("Failed", "INVALID_LAMBDA_FUNCTION")}[delete.__name__])

    def test_a_shifting_version_is_held_fast(self):
        self.create()
        self.refused("ResourceConflictException", self.functions.delete_function, FunctionName="orders", Qualifier="2")

    def test_unknown_deployments(self):
        for call, more in ((self.deploy.get_deployment, {}), (self.deploy.list_deployment_targets, {}),
                           (self.deploy.get_deployment_target, {"targetId": "orders"})):
            self.refused("DeploymentDoesNotExistException", call, deploymentId="d-000000000", **more)
            self.refused("InvalidDeploymentIdException", call, deploymentId="odd", **more)
            self.refused("DeploymentIdRequiredException", call, deploymentId="", **more)

if __name__ == "__main__":
    harness.main()
