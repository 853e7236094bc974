"""Traffic on functions, its metrics and alarms, and requests by HTTP."""

import io
import json
import urllib.error
import urllib.request
import zipfile

import harness
from harness import BETA
from metrics_test import EPOCH, Clocked, alarm

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def code():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): pass")
    return data.getvalue()


class Traffic(Clocked):
    OPTIONS = ("--clock", f"virtual:{EPOCH}", "--seed", "7")

    def setUp(self):
        super().setUp()
        self.make_function()

    def make_function(self):
        settled = {"lambda.pending": 0, "lambda.update": 0, "lambda.publish": 0, "iam.propagation": 0}
        self.simulator.control("POST", "delays", settled)
        self.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
        self.lambda_ = self.client("lambda")
        self.lambda_.create_function(FunctionName="f", Runtime="python3.13", Handler="index.handler",
                                     Role=f"arn:aws:iam::{BETA}:role/r", Code={"ZipFile": code()})

    def publish(self, **variables):
        self.lambda_.update_function_configuration(FunctionName="f", Environment={
            "Variables": {"SIMULATOR_" + name: value for name, value in variables.items()}})
        return self.lambda_.publish_version(FunctionName="f")["Version"]

    def traffic(self, per_minute, alias="live", function="f"):
        self.simulator.control("POST", "traffic", {"account": BETA, "region": "us-east-1", "function": function,
                                                   "alias": alias, "perMinute": per_minute})

    def sum(self, metric, stat="Sum", end=86400, **dimensions):
        values = self.value(self.stat(metric, stat, space="AWS/Lambda", period=86400, **dimensions), end=end)
        return values[0] if values else None

    def test_rate(self):
        self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion=self.publish(LATENCY="120"))
        self.traffic(600)
        self.pass_until(90)
        minutes = self.value(self.stat("Invocations", "Sum", space="AWS/Lambda", FunctionName="f"))
        self.assertEqual(minutes, [600, 300])
        self.traffic(60)
        self.pass_until(150)
        self.traffic(0)
        self.pass_until(600)
        for dimensions in ({}, {"FunctionName": "f"}, {"FunctionName": "f", "Resource": "f:live"},
                           {"FunctionName": "f", "Resource": "f:live", "ExecutedVersion": "1"}):
            with self.subTest(dimensions):
                self.assertEqual([self.sum(m, **dimensions) for m in ("Invocations", "Errors", "Throttles")],
                                 [960, 0, 0])
                self.assertEqual([self.sum("Duration", s, **dimensions) for s in ("Average", "p99", "SampleCount")],
                                 [120, 120, 960])
        self.assertIsNone(self.sum("Invocations", FunctionName="f", Resource="f"))

    def test_split_by_the_weights_of_the_moment(self):
        old, new = self.publish(ERROR_RATE="0.01", LATENCY="50"), self.publish(ERROR_RATE="0.2", LATENCY="100-300")
        self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion=old,
                                  RoutingConfig={"AdditionalVersionWeights": {new: 0.1}})
        self.traffic(6000)
        self.pass_until(600)
        of = {v: {"FunctionName": "f", "Resource": "f:live", "ExecutedVersion": v} for v in (old, new)}
        calls = {v: self.sum("Invocations", **of[v]) for v in of}
        self.assertEqual(sum(calls.values()), 60000)
        self.assertAlmostEqual(calls[new], 6000, delta=300)  # four standard deviations
        self.assertAlmostEqual(self.sum("Errors", "Average", **of[old]), 0.01, delta=0.002)
        self.assertAlmostEqual(self.sum("Errors", "Average", **of[new]), 0.2, delta=0.022)
        self.assertEqual(self.sum("Errors", **of[old]) + self.sum("Errors", **of[new]),
                         self.sum("Errors", FunctionName="f"))
        self.assertAlmostEqual(self.sum("Duration", "p50", **of[new]), 200, delta=6)
        self.assertAlmostEqual(self.sum("Duration", "p90", **of[new]), 280, delta=4)
        self.assertAlmostEqual(self.sum("Duration", "PR(:150)", **of[new]), 25, delta=3)
        self.assertEqual([self.sum("Duration", s, **of[new]) for s in ("Minimum", "Maximum")], [100, 300])
        self.lambda_.update_alias(FunctionName="f", Name="live", FunctionVersion=new,
                                  RoutingConfig={"AdditionalVersionWeights": {}})
        self.pass_until(1200)
        self.assertEqual(self.sum("Invocations", **of[old]), calls[old])
        self.assertEqual(self.sum("Invocations", **of[new]), calls[new] + 60000)

    def test_throttles_and_errors(self):
        self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion=self.publish(THROTTLE_RATE="0.25"))
        self.traffic(6000)
        self.pass_until(60)
        throttled = self.sum("Throttles", FunctionName="f")
        self.assertAlmostEqual(throttled, 1500, delta=135)
        self.assertEqual(self.sum("Invocations", FunctionName="f"), 6000 - throttled)
        self.assertEqual(self.sum("Errors", "SampleCount", FunctionName="f"), 6000 - throttled)
        self.lambda_.update_alias(FunctionName="f", Name="live", FunctionVersion=self.publish(ERROR="broken"))
        self.pass_until(120)
        self.assertEqual(self.sum("Errors", FunctionName="f"), 6000)

    def test_what_is_not_there(self):
        self.traffic(600, alias="missing")
        self.traffic(600, function="missing")
        self.pass_until(60)
        self.assertIsNone(self.sum("Invocations"))
        for body in ({}, {"account": BETA, "region": "us-east-1", "function": "f", "perMinute": -1}):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.simulator.control("POST", "traffic", body)
            self.assertEqual(caught.exception.code, 400)
            caught.exception.close()

    def test_the_same_seed_gives_the_same(self):
        seen = set()
        for seed in ("3", "3", "4"):
            simulator = harness.Simulator("--clock", f"virtual:{EPOCH}", "--seed", seed)
            self.addCleanup(simulator.stop)
            self.simulator, self.began = simulator, 0
            self.watch = self.client("cloudwatch")
            self.make_function()
            versions = self.publish(ERROR_RATE="0.1", LATENCY="1-9"), self.publish(ERROR_RATE="0.5")
            self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion=versions[0],
                                      RoutingConfig={"AdditionalVersionWeights": {versions[1]: 0.3}})
            self.traffic(600)
            self.pass_until(300)
            seen.add((seed, self.sum("Errors", FunctionName="f"), self.sum("Duration", FunctionName="f")))
        self.assertEqual(len(seen), 2)
        self.assertEqual(len({figures[1:] for figures in seen}), 2)

    def test_alarm_on_a_version(self):
        good, bad = self.publish(ERROR_RATE="0"), self.publish(ERROR_RATE="0.3")
        self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion=good)
        dimensions = [{"Name": n, "Value": v} for n, v in
                      {"FunctionName": "f", "Resource": "f:live", "ExecutedVersion": bad}.items()]
        self.watch.put_metric_alarm(**alarm("bad", Namespace="AWS/Lambda", MetricName="Errors", Dimensions=dimensions,
                                            TreatMissingData="notBreaching"))

        def state():
            return self.watch.describe_alarms()["MetricAlarms"][0]["StateValue"]

        self.traffic(600)
        self.assertEqual(state(), "INSUFFICIENT_DATA")
        self.pass_until(120)
        self.assertEqual(state(), "OK")  # no data of that version, and notBreaching says what that means
        self.lambda_.update_alias(FunctionName="f", Name="live",
                                  RoutingConfig={"AdditionalVersionWeights": {bad: 0.1}})
        self.pass_until(180)
        self.assertEqual(state(), "ALARM")
        self.lambda_.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {}})
        self.pass_until(420)
        self.assertEqual(state(), "OK")

    def test_invoke(self):
        self.publish(ERROR_RATE="1", LATENCY="30")
        self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        answer = self.lambda_.invoke(FunctionName="f", Qualifier="live")
        self.assertEqual(answer["FunctionError"], "Unhandled")
        self.assertIn("errorMessage", json.load(answer["Payload"]))
        self.lambda_.invoke(FunctionName="f", Qualifier="1")
        self.lambda_.invoke(FunctionName="f")
        self.publish(THROTTLE_RATE="1")
        self.refused("TooManyRequestsException", self.lambda_.invoke, FunctionName="f")
        self.assertEqual([self.sum("Invocations", FunctionName="f", Resource=r) for r in ("f:live", "f:1", "f")],
                         [1, 1, 1])
        self.assertEqual([self.sum(m, FunctionName="f") for m in ("Invocations", "Errors", "Throttles", "Duration")],
                         [3, 3, 1, 90])

    def test_invoke_by_chance(self):
        self.publish(ERROR_RATE="0.5")
        failed = sum("FunctionError" in self.lambda_.invoke(FunctionName="f") for _ in range(200))
        self.assertAlmostEqual(failed, 100, delta=30)
        self.assertEqual(self.sum("Errors", FunctionName="f"), failed)

    def http(self, path, data=None, method=None):
        request = urllib.request.Request(f"{self.simulator.url}/_simulator/http/{BETA}/us-east-1/function/{path}",
                                         data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.headers, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def test_http(self):
        told = {"statusCode": 201, "headers": {"X-Shop": "open"}, "body": "made"}
        versions = [self.publish(ANSWER=json.dumps(told)), self.publish(ANSWER='{"a": 1}'), self.publish(ERROR="no"),
                    self.publish(THROTTLE_RATE="1"), self.publish(LATENCY="5")]
        status, headers, body = self.http("f:1/orders?x=1", method="DELETE")
        self.assertEqual((status, headers["X-Shop"], body), (201, "open", "made"))
        self.assertEqual(self.http("f:2/")[0::2], (200, '{"a": 1}'))
        self.assertEqual(self.http("f:3")[0], 502)
        self.assertEqual(self.http("f:4/")[0], 429)
        self.assertEqual(self.http("f:5/a/b", data=b'{"sent": true}')[0::2], (200, '{"sent": true}'))
        self.assertEqual((self.http("f:9/")[0], self.http("g/")[0]), (404, 404))
        self.assertEqual([self.sum("Invocations", FunctionName="f", Resource=f"f:{v}") for v in versions],
                         [1, 1, 1, None, 1])
        self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="1",
                                  RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
        answers = [self.http("f:live/")[0] for _ in range(100)]
        self.assertAlmostEqual(answers.count(201), 50, delta=20)
        self.assertEqual(answers.count(200) + answers.count(201), 100)


if __name__ == "__main__":
    harness.main()
