"""Metrics, and alarms that change by themselves."""

import datetime
import itertools

import botocore.model

import harness
from harness import BETA, Case

EPOCH = 1800000000  # a whole minute
MINUTE = 60


def at(seconds):
    return datetime.datetime.fromtimestamp(EPOCH + seconds, datetime.timezone.utc)


class Clocked(Case):
    OPTIONS = ("--clock", f"virtual:{EPOCH}")

    def setUp(self):
        super().setUp()
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("query", "rest-json", "json")
        self.watch = self.client("cloudwatch")
        self.began = self.simulator.control("GET", "clock")["ms"] // 1000 - EPOCH
        self.began += -self.began % MINUTE
        self.pass_until(0)

    def now(self):
        return self.simulator.control("GET", "clock")["ms"] / 1000 - EPOCH - self.began

    def pass_until(self, seconds):
        """Seconds since the test began, which is at a whole minute."""
        self.simulator.control("POST", f"clock?advance={round((seconds - self.now()) * 1000)}")

    def at(self, seconds):
        return at(self.began + seconds)

    def put(self, metric, value, seconds=None, space="shop", **more):
        datum = {"MetricName": metric, **({} if value is None else {"Value": value}), **more}
        if seconds is not None:
            datum["Timestamp"] = self.at(seconds)
        self.watch.put_metric_data(Namespace=space, MetricData=[datum])

    @staticmethod
    def stat(metric, stat, period=60, space="shop", **dimensions):
        return {"Metric": {"Namespace": space, "MetricName": metric,
                           "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()]},
                "Period": period, "Stat": stat}

    def ask(self, queries, begin=0, end=3600, **more):
        """{id: [values, the oldest first]}"""
        answer = self.watch.get_metric_data(MetricDataQueries=queries, StartTime=self.at(begin), EndTime=self.at(end),
                                            ScanBy="TimestampAscending", **more)
        return {r["Id"]: r["Values"] for r in answer["MetricDataResults"]}

    def value(self, stat, **more):
        return self.ask([{"Id": "q", "MetricStat": stat}], **more)["q"]


class Metrics(Clocked):
    def test_statistics(self):
        for number in range(1, 101):
            self.put("latency", number, seconds=number % 60)
        for stat, wanted in {"Sum": 5050, "Average": 50.5, "Minimum": 1, "Maximum": 100, "SampleCount": 100,
                             "p50": 50, "p99": 99, "p99.9": 100, "p0": 1, "p100": 100, "PR(:25)": 25,
                             "PR(25:75)": 50, "PR(75:)": 25}.items():
            with self.subTest(stat):
                self.assertEqual(self.value(self.stat("latency", stat)), [wanted])
        self.assertEqual(self.value(self.stat("latency", "p50", stage="beta")), [])

    def test_json(self):
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("json",)
        self.watch = self.client("cloudwatch")
        self.put("latency", 1.25, seconds=1)
        self.put("latency", None, seconds=1, Values=[3, 0.1], Counts=[2, 1])
        self.assertEqual(self.value(self.stat("latency", "Sum")), [7.35])
        self.assertEqual(self.watch.get_metric_statistics(
            Namespace="shop", MetricName="latency", StartTime=self.at(0), EndTime=self.at(60), Period=60,
            ExtendedStatistics=["p50"])["Datapoints"][0]["ExtendedStatistics"], {"p50": 1.25})

    def test_values_and_sets(self):
        self.put("size", None, seconds=0, Values=[1, 10, 100], Counts=[98, 1, 1])
        self.assertEqual([self.value(self.stat("size", s)) for s in ("p50", "p99", "p99.5", "SampleCount")],
                         [[1], [10], [100], [100]])
        same = {"SampleCount": 4, "Sum": 20, "Minimum": 5, "Maximum": 5}
        self.put("same", None, seconds=0, StatisticValues=same)
        self.assertEqual((self.value(self.stat("same", "p90")), self.value(self.stat("same", "Sum"))), ([5], [20]))
        self.put("set", None, seconds=0, StatisticValues=dict(same, Minimum=1))
        self.assertEqual((self.value(self.stat("set", "p90")), self.value(self.stat("set", "Average"))), ([], [5]))
        self.put("signed", -1, seconds=0)
        self.assertEqual((self.value(self.stat("signed", "p90")), self.value(self.stat("signed", "Sum"))), ([], [-1]))

    def test_dimensions(self):
        both = [{"Name": "stage", "Value": "beta"}, {"Name": "cell", "Value": "1"}]
        self.put("errors", 1, seconds=0, Dimensions=both)
        self.put("errors", 1, seconds=0, Dimensions=both[::-1])
        self.assertEqual(self.value(self.stat("errors", "Sum", cell="1", stage="beta")), [2])
        self.assertEqual(self.value(self.stat("errors", "Sum", cell="1")), [])
        other = self.simulator.client("cloudwatch", region="eu-west-1")
        self.assertEqual(other.get_metric_data(
            MetricDataQueries=[{"Id": "q", "MetricStat": self.stat("errors", "Sum", cell="1", stage="beta")}],
            StartTime=self.at(0), EndTime=self.at(60))["MetricDataResults"][0]["Values"], [])

    def test_periods_and_order(self):
        for minute in (0, 1, 2, 5, 9):
            self.put("n", minute + 1, seconds=60 * minute + 30)
        self.assertEqual(self.value(self.stat("n", "Sum")), [1, 2, 3, 6, 10])
        self.assertEqual(self.value(self.stat("n", "Sum", period=300)), [6, 16])
        self.assertEqual(self.value(self.stat("n", "p50", period=300)), [2, 6])
        self.assertEqual(self.value(self.stat("n", "Sum"), begin=60, end=180), [2, 3])
        answer = self.watch.get_metric_data(MetricDataQueries=[{"Id": "q", "MetricStat": self.stat("n", "Sum")}],
                                            StartTime=self.at(75), EndTime=self.at(600))
        self.assertEqual([(r["Values"], r["Timestamps"][0], r["Label"], r["StatusCode"])
                          for r in answer["MetricDataResults"]], [([10, 6, 3, 2], self.at(540), "n", "Complete")])

    def test_math(self):
        for minute, (errors, calls) in enumerate([(1, 10), (0, 5), (3, 0), (2, 8)]):
            self.put("errors", errors, seconds=60 * minute)
            self.put("calls", calls, seconds=60 * minute)
        self.put("calls", 7, seconds=300)
        metrics = [{"Id": "e", "MetricStat": self.stat("errors", "Sum"), "ReturnData": False},
                   {"Id": "c", "MetricStat": self.stat("calls", "Sum"), "ReturnData": False}]
        for text, wanted in {"e / c * 100": [10, 0, 25], "-(e + c)": [-11, -5, -3, -10], "2 - e*0.5 ": [1.5, 2, .5, 1],
                             "e - c - 1": [-10, -6, 2, -7], "12 / c": [1.2, 2.4, 1.5, 12 / 7]}.items():
            with self.subTest(text):
                self.assertEqual(self.ask([*metrics, {"Id": "x", "Expression": text}]), {"x": wanted})
        chain = [{"Id": "y", "Expression": "x + 1"}, {"Id": "x", "Expression": "e * 2", "ReturnData": False}, *metrics]
        self.assertEqual(self.ask(chain), {"y": [3, 1, 7, 5]})
        for text in ("e +", "(e", "unknown", "SUM(e)", "x", "3 + 4", "e c"):
            with self.subTest(text):
                self.refused("ValidationError", self.ask, queries=[*metrics, {"Id": "x", "Expression": text}])

    def test_refused(self):
        good = {"Id": "q", "MetricStat": self.stat("n", "Sum")}
        for query in (dict(good, Id="Q"), dict(good, Id="9"), dict(good, Expression="q"), {"Id": "q"},
                      {"Id": "q", "MetricStat": self.stat("n", "Median")},
                      {"Id": "q", "MetricStat": self.stat("n", "p101")},
                      {"Id": "q", "MetricStat": self.stat("n", "Sum", period=61)}):
            with self.subTest(query=query):
                self.refused("ValidationError", self.ask, queries=[query])
        self.refused("ValidationError", self.ask, queries=[good, good])
        self.refused("ValidationError", self.ask, queries=[dict(good, Id=f"q{i}") for i in range(501)])
        self.refused("ValidationError", self.ask, queries=[good], begin=60, end=60)
        self.refused("InvalidNextToken", self.ask, queries=[good], NextToken="elsewhere")
        for code, datum in (("InvalidParameterCombination", {"MetricName": "n"}),
                            ("InvalidParameterCombination", {"MetricName": "n", "Value": 1, "Values": [1]}),
                            ("InvalidParameterValue", {"MetricName": "n", "Values": [1], "Counts": [1, 2]}),
                            ("InvalidParameterValue", {"MetricName": "n", "Value": 1e300}),
                            ("InvalidParameterValue", {"MetricName": "n", "Value": 1, "Unit": "Apples"}),
                            ("InvalidParameterValue", {"MetricName": "n", "Value": 1, "Timestamp": at(-86400 * 30)}),
                            ("InvalidParameterValue", {"MetricName": "n", "Values": list(range(151))})):
            with self.subTest(datum=datum):
                self.refused(code, self.watch.put_metric_data, Namespace="shop",
                             MetricData=[{"MetricName": "first", "Value": 1}, datum])
        self.assertEqual(self.value(self.stat("first", "Sum")), [])  # all or nothing

    def test_pages(self):
        for minute in range(30):
            self.put("a", minute, seconds=60 * minute)
            self.put("b", 100 + minute, seconds=60 * minute)
        queries = [{"Id": n, "MetricStat": self.stat(n, "Sum")} for n in "ab"]
        seen, token, states = {"a": [], "b": []}, {}, []
        while True:
            answer = self.watch.get_metric_data(MetricDataQueries=queries, StartTime=self.at(0), EndTime=self.at(3600),
                                                MaxDatapoints=25, ScanBy="TimestampAscending", **token)
            for result in answer["MetricDataResults"]:
                seen[result["Id"]] += result["Values"]
            states.append([r["StatusCode"] for r in answer["MetricDataResults"]])
            if "NextToken" not in answer:
                break
            token = {"NextToken": answer["NextToken"]}
        self.assertEqual(seen, {"a": list(range(30)), "b": list(range(100, 130))})
        self.assertEqual(states, [["PartialData", "PartialData"], ["Complete", "PartialData"], ["Complete", "Complete"]])
        whole = self.ask([{"Id": f"q{i}", "MetricStat": self.stat("a", "Sum")} for i in range(500)])
        self.assertEqual((len(whole), sum(len(v) for v in whole.values())), (500, 15000))

    def test_get_metric_statistics(self):
        self.put("n", 1, seconds=0, Unit="Count")
        self.put("n", 3, seconds=30, Unit="Count")
        ask = {"Namespace": "shop", "MetricName": "n", "StartTime": self.at(0), "EndTime": self.at(300), "Period": 60}
        answer = self.watch.get_metric_statistics(**ask, Statistics=["Sum", "Average"])
        self.assertEqual((answer["Label"], answer["Datapoints"]),
                         ("n", [{"Timestamp": self.at(0), "Sum": 4, "Average": 2, "Unit": "Count"}]))
        answer = self.watch.get_metric_statistics(**ask, ExtendedStatistics=["p50", "p99.9"])
        self.assertEqual(answer["Datapoints"][0]["ExtendedStatistics"], {"p50": 1, "p99.9": 3})
        self.assertEqual(self.watch.get_metric_statistics(**ask, Statistics=["Sum"], Unit="Bytes")["Datapoints"], [])
        self.refused("InvalidParameterCombination", self.watch.get_metric_statistics, **ask)
        self.refused("InvalidParameterCombination", self.watch.get_metric_statistics,
                     **dict(ask, EndTime=self.at(86400 * 2)), Statistics=["Sum"])
        self.refused("InvalidParameterValue", self.watch.get_metric_statistics, **dict(ask, Period=61),
                     Statistics=["Sum"])

    def test_what_is_kept(self):
        self.put("n", 1, seconds=0)
        self.pass_until(3600 * 23)
        self.assertEqual(self.value(self.stat("n", "Sum")), [1])
        self.pass_until(3600 * 30)
        self.put("n", 2)
        self.assertEqual(self.value(self.stat("n", "Sum"), end=3600 * 31), [2])


def alarm(name, **more):
    wanted = {"AlarmName": name, "Namespace": "shop", "MetricName": name, "Statistic": "Sum", "Period": 60,
              "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold", **more}
    return {key: value for key, value in wanted.items() if value is not None}


class Alarms(Clocked):
    def state(self, name):
        answer = self.watch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return (answer["MetricAlarms"] + answer["CompositeAlarms"])[0]["StateValue"]

    def test_there_and_back(self):
        self.watch.put_metric_alarm(**alarm("errors"))
        states = []
        for minute, value in enumerate([1, 9, 9, 2]):
            self.put("errors", value, seconds=60 * minute + 5)
            states.append(self.state("errors"))
            self.pass_until(60 * (minute + 1) - 1)
            states.append(self.state("errors"))
            self.pass_until(60 * (minute + 1))
        states.append(self.state("errors"))
        self.assertEqual(states, ["INSUFFICIENT_DATA"] * 2 + ["OK"] * 2 + ["ALARM"] * 4 + ["OK"])
        found = self.watch.describe_alarms()["MetricAlarms"][0]
        self.assertEqual(found["StateUpdatedTimestamp"], self.at(240))
        self.assertIn("greater than the threshold (5", found["StateReason"])
        self.pass_until(86400)
        self.assertEqual(self.state("errors"), "INSUFFICIENT_DATA")

    def test_one_that_measures_nothing(self):
        """The last row of the user guide's tables, "- - - - -"; without data that are missing nothing changes."""
        band = [{"Id": "m", "MetricStat": self.stat("band", "Sum")},
                {"Id": "b", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"}]
        kept = {"AlarmName": "band", "Metrics": band, "ThresholdMetricId": "b", "EvaluationPeriods": 1,
                "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold", "TreatMissingData": "breaching"}
        wanted = {"breaching": "ALARM", "notBreaching": "OK", "missing": "INSUFFICIENT_DATA",
                  "ignore": "INSUFFICIENT_DATA"}
        for treat in wanted:
            self.watch.put_metric_alarm(**alarm(treat, TreatMissingData=treat))
        self.watch.put_metric_alarm(**alarm("table", Namespace="AWS/DynamoDB", TreatMissingData="breaching"))
        self.watch.put_metric_alarm(**kept)
        others = dict.fromkeys(("table", "band"), "INSUFFICIENT_DATA")
        self.assertEqual({name: self.state(name) for name in wanted}, dict.fromkeys(wanted, "INSUFFICIENT_DATA"))
        self.pass_until(60)
        self.assertEqual({name: self.state(name) for name in {**wanted, **others}}, {**wanted, **others})

    def test_one_that_measures_nothing_takes_a_state_for_a_minute(self):
        for name, treat in (("silent", "notBreaching"), ("kept", None)):
            self.watch.put_metric_alarm(**alarm(name, TreatMissingData=treat))
        self.pass_until(600)
        for name in ("silent", "kept"):
            self.watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
        self.pass_until(659)
        self.assertEqual((self.state("silent"), self.state("kept")), ("ALARM", "ALARM"))
        self.pass_until(660)
        self.assertEqual((self.state("silent"), self.state("kept")), ("OK", "ALARM"))

    def test_set_state_holds_until_the_next_evaluation(self):
        self.watch.put_metric_alarm(**alarm("errors", TreatMissingData="notBreaching"))
        self.put("errors", 1)
        self.pass_until(1200)
        self.watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
        self.pass_until(1259)
        self.assertEqual(self.state("errors"), "ALARM")
        self.pass_until(1260)
        self.assertEqual(self.state("errors"), "OK")

    def test_comparisons(self):
        for operator, breaching in {"GreaterThanThreshold": [6], "GreaterThanOrEqualToThreshold": [5, 6],
                                    "LessThanThreshold": [4], "LessThanOrEqualToThreshold": [4, 5]}.items():
            for value in (4, 5, 6):
                name = f"{operator}-{value}"
                self.watch.put_metric_alarm(**alarm(name, ComparisonOperator=operator))
                self.put(name, value)
        self.pass_until(60)
        for operator, breaching in {"GreaterThanThreshold": [6], "GreaterThanOrEqualToThreshold": [5, 6],
                                    "LessThanThreshold": [4], "LessThanOrEqualToThreshold": [4, 5]}.items():
            for value in (4, 5, 6):
                self.assertEqual(self.state(f"{operator}-{value}"), "ALARM" if value in breaching else "OK")

    # Of the user guide, "How alarm state is evaluated when data is missing": the five last points, the oldest
    # first; then by missing, ignore, breaching, notBreaching.  "=" is as it was.
    TABLES = {3: {"0-X-X": "OOOO", "0----": "OOOO", "-----": "I=AO", "0XX-X": "AAAA", "----X": "I=AO",
                  "X----": "A=AO", "--X--": "A=AO"},
              2: {"0-X-X": "AAAA", "00X0X": "AAAA", "0-X--": "OOAO", "----0": "OOAO", "----X": "I=AO"}}

    def test_missing_data(self):
        treats = ("missing", "ignore", "breaching", "notBreaching")
        rows = [(needed, points, treat, wanted) for needed, table in self.TABLES.items()
                for points, states in table.items() for treat, wanted in zip(treats, states)]
        for (number, (needed, points, treat, _)), before in itertools.product(enumerate(rows), ("OK", "ALARM")):
            name = f"{number}-{before}"
            self.put(name, 1, seconds=0)  # before the five: measured at all
            for minute, point in enumerate(points, 1):
                if point != "-":
                    self.put(name, 9 if point == "X" else 1, seconds=60 * minute)
        self.pass_until(300)
        for (number, (needed, points, treat, _)), before in itertools.product(enumerate(rows), ("OK", "ALARM")):
            self.watch.put_metric_alarm(**alarm(f"{number}-{before}", EvaluationPeriods=3, DatapointsToAlarm=needed,
                                                TreatMissingData=treat))
            self.watch.set_alarm_state(AlarmName=f"{number}-{before}", StateValue=before, StateReason="test")
        self.pass_until(360)
        names = {"O": "OK", "A": "ALARM", "I": "INSUFFICIENT_DATA"}
        for (number, (needed, points, treat, wanted)), before in itertools.product(enumerate(rows), ("OK", "ALARM")):
            with self.subTest(needed=needed, points=points, treat=treat, before=before):
                self.assertEqual(self.state(f"{number}-{before}"), names.get(wanted, before))

    def test_longer_periods_slide(self):
        self.watch.put_metric_alarm(**alarm("slow", Period=300))
        self.put("slow", 4, seconds=30)
        self.pass_until(240)
        self.assertEqual(self.state("slow"), "OK")
        self.put("slow", 2)
        self.pass_until(300)
        self.assertEqual(self.state("slow"), "ALARM")  # 0 to 5 minutes
        self.pass_until(360)
        self.assertEqual(self.state("slow"), "OK")  # 1 to 6 minutes

    def test_percentile(self):
        self.watch.put_metric_alarm(**alarm("latency", Statistic=None, ExtendedStatistic="p90", Threshold=100))
        self.put("latency", None, Values=[50, 200], Counts=[90, 10])
        self.pass_until(60)
        self.assertEqual(self.state("latency"), "OK")
        self.put("latency", None, Values=[50, 200], Counts=[89, 11])
        self.pass_until(120)
        self.assertEqual(self.state("latency"), "ALARM")

    def test_expression(self):
        queries = [{"Id": "e", "MetricStat": self.stat("errors", "Sum"), "ReturnData": False},
                   {"Id": "c", "MetricStat": self.stat("calls", "Sum"), "ReturnData": False},
                   {"Id": "rate", "Expression": "100 * e / c", "ReturnData": True}]
        self.watch.put_metric_alarm(AlarmName="rate", Metrics=queries, EvaluationPeriods=1, Threshold=5,
                                    ComparisonOperator="GreaterThanThreshold")
        states = []
        for minute, (errors, calls) in enumerate([(1, 100), (6, 100), (6, 1000)]):
            self.put("errors", errors)
            self.put("calls", calls)
            self.pass_until(60 * (minute + 1))
            states.append(self.state("rate"))
        self.assertEqual(states, ["OK", "ALARM", "OK"])

    def test_composite(self):
        for name in "abc":
            self.watch.put_metric_alarm(**alarm(name))
        rules = {"any": "ALARM(a) OR ALARM(b)", "both": f"ALARM(\"a\") AND ALARM(arn:aws:cloudwatch:us-east-1:{BETA}:alarm:b)",
                 "odd": "NOT (OK(a) OR TRUE AND FALSE) AND INSUFFICIENT_DATA(c)", "above": "ALARM(both)",
                 "none": "NOT ALARM(any)"}
        for name, rule in rules.items():
            self.watch.put_composite_alarm(AlarmName=name, AlarmRule=rule)

        def states():
            return "".join(self.state(name)[0] for name in rules)

        self.assertEqual(states(), "OOAOA")
        self.put("a", 9)
        self.put("b", 1)
        self.pass_until(60)
        self.assertEqual(states(), "AOAOO")
        self.watch.set_alarm_state(AlarmName="b", StateValue="ALARM", StateReason="test")
        self.assertEqual(states(), "AAAAO")
        self.put("a", 1)
        self.put("b", 1)
        self.pass_until(120)
        self.assertEqual(states(), "OOOOA")
        self.watch.set_alarm_state(AlarmName="any", StateValue="ALARM", StateReason="held until a or b changes")
        self.put("c", 9)
        self.pass_until(180)
        self.assertEqual(self.state("any"), "ALARM")


if __name__ == "__main__":
    harness.main()
