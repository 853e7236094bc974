"""What the tests of CodeDeploy's deployments share: a function with two versions, a group, a virtual clock."""
import io
import json
import zipfile

from harness import Case

START = 1700000000
MINUTE = 60 * 1000
HOUR = 60 * MINUTE
SHIFTED = "CodeDeployDefault.Lambda"
ALL_EVENTS = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
# The lifecycle events in order: BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic.
DONE = ["Succeeded", "Succeeded", "Succeeded"]


def trust(service):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}]})


def zipped(text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", text)
    return buffer.getvalue()


def appspec(function="orders", alias="live", current="1", target="2", **hooks):
    properties = {"Name": function, "Alias": alias, "CurrentVersion": current, "TargetVersion": target}
    spec = {"version": 0.0, "Resources": [{function: {"Type": "AWS::Lambda::Function", "Properties": properties}}]}
    if hooks:
        spec["Hooks"] = [{name: hook} for name, hook in hooks.items()]
    return json.dumps(spec)


def content(text, **more):
    return {"revisionType": "AppSpecContent", "appSpecContent": {"content": text, **more}}


class DeploymentCase(Case):
    OPTIONS = ("--clock", f"virtual:{START}")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = [cls.simulator.client(name) for name in ("codedeploy", "lambda", "cloudwatch", "iam")]

    def setUp(self):
        super().setUp()
        self.set_delays({"iam.propagation": 0, "lambda.pending": 0, "lambda.update": 0, "codedeploy.created": 0,
                         "codedeploy.queued": 0})
        self.deploy, self.functions, self.alarms, self.iam = self.clients
        self.role = self.iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=trust("codedeploy"))["Role"]["Arn"]
        self.runs = self.iam.create_role(RoleName="runs", AssumeRolePolicyDocument=trust("lambda"))["Role"]["Arn"]
        self.deploy.create_application(applicationName="shop", computePlatform="Lambda")
        self.make_function("orders")
        self.group("orders")
        self.start = self.now()

    def set_delays(self, delays):
        self.simulator.control("POST", "delays", delays)

    def now(self):
        return self.simulator.control("GET", "clock")["ms"]

    def advance(self, ms):
        self.simulator.control("POST", f"clock?advance={ms}")

    def function(self, name, text="", **variables):
        return self.functions.create_function(
            FunctionName=name, Role=self.runs, Runtime="python3.12", Handler="index.handler",
            Code={"ZipFile": zipped(text)}, Environment={"Variables": variables})

    def make_function(self, name):
        """Versions 1 and 2, the alias live at 1."""
        self.function(name, "one")
        self.functions.publish_version(FunctionName=name)
        self.functions.update_function_code(FunctionName=name, ZipFile=zipped("two"))
        self.functions.publish_version(FunctionName=name)
        self.functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")

    def group(self, name, **more):
        return self.deploy.create_deployment_group(
            applicationName="shop", deploymentGroupName=name, serviceRoleArn=self.role,
            deploymentConfigName=SHIFTED + "Canary10Percent5Minutes", **more)

    def arguments(self, spec=None, group="orders", config=None, **more):
        if config:
            more["deploymentConfigName"] = config
        return {"applicationName": "shop", "deploymentGroupName": group, "revision": content(spec or appspec()), **more}

    def create(self, *arguments, **more):
        return self.deploy.create_deployment(**self.arguments(*arguments, **more))["deploymentId"]

    def info(self, deployment):
        return self.deploy.get_deployment(deploymentId=deployment)["deploymentInfo"]

    def ended(self, deployment):
        """How it ended: the status and the code of the error."""
        info = self.info(deployment)
        return info["status"], info.get("errorInformation", {}).get("code")

    def target(self, deployment, name="orders"):
        return self.deploy.get_deployment_target(deploymentId=deployment, targetId=name)["deploymentTarget"]["lambdaTarget"]

    def events(self, deployment):
        return [event["status"] for event in self.target(deployment)["lifecycleEvents"]]

    def alias(self, name="orders"):
        """"1", or "1 and 0.1 of 2"."""
        alias = self.functions.get_alias(FunctionName=name, Name="live")
        weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return " and ".join([alias["FunctionVersion"]] + [f"{weight:g} of {version}" for version, weight in weights.items()])

    def invocations(self):
        return self.simulator.control("POST", "invocations")["invocations"]

    def report(self, payload, status="Succeeded"):
        return self.deploy.put_lifecycle_event_hook_execution_status(
            deploymentId=payload["DeploymentId"], status=status,
            lifecycleEventHookExecutionId=payload["LifecycleEventHookExecutionId"])

    def refuse_report(self, code, payload, status="Succeeded"):
        self.refused(code, self.deploy.put_lifecycle_event_hook_execution_status, status=status,
                     deploymentId=payload["DeploymentId"],
                     lifecycleEventHookExecutionId=payload["LifecycleEventHookExecutionId"])

    def alarm(self, name, state="OK"):
        self.alarms.put_metric_alarm(
            AlarmName=name, MetricName="Errors", Namespace="AWS/Lambda", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore")
        self.set_alarm(name, state)

    def set_alarm(self, name, state):
        self.alarms.set_alarm_state(AlarmName=name, StateValue=state, StateReason="the test says so")
