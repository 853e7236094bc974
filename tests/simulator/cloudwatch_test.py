import botocore.model

import harness
from harness import BETA, Case

ALARM = {"AlarmName": "errors", "Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistic": "Sum",
         "Period": 60, "EvaluationPeriods": 2, "Threshold": 1.0,
         "ComparisonOperator": "GreaterThanOrEqualToThreshold",
         "Dimensions": [{"Name": "FunctionName", "Value": "f"}]}


class CloudWatch(Case):
    def test_query(self):
        self.alarm(("query",))

    def test_json(self):
        self.alarm(("json",))

    def alarm(self, protocols):
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = protocols
        watch = self.client("cloudwatch")
        watch.put_metric_alarm(**ALARM, AlarmDescription="d", Tags=[{"Key": "team", "Value": "orders"}])
        alarm = watch.describe_alarms(AlarmNames=["errors"])["MetricAlarms"][0]
        self.assertEqual({k: alarm[k] for k in ALARM}, ALARM)
        self.assertEqual((alarm["StateValue"], alarm["ActionsEnabled"], alarm["AlarmArn"]),
                         ("INSUFFICIENT_DATA", True, f"arn:aws:cloudwatch:us-east-1:{BETA}:alarm:errors"))
        watch.put_metric_alarm(**ALARM)
        self.assertNotIn("AlarmDescription", watch.describe_alarms()["MetricAlarms"][0])
        watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
        self.assertEqual(len(watch.describe_alarms(StateValue="ALARM")["MetricAlarms"]), 1)
        self.refused("ValidationError", watch.put_metric_alarm, **dict(ALARM, Period=61))
        self.refused("ValidationError", watch.put_metric_alarm, **dict(ALARM, DatapointsToAlarm=3))
        arn = alarm["AlarmArn"]
        watch.tag_resource(ResourceARN=arn, Tags=[{"Key": "stage", "Value": "beta"}])
        watch.untag_resource(ResourceARN=arn, TagKeys=["team"])
        self.assertEqual(watch.list_tags_for_resource(ResourceARN=arn)["Tags"],
                         [{"Key": "stage", "Value": "beta"}])
        watch.delete_alarms(AlarmNames=["errors"])
        self.assertEqual(watch.describe_alarms()["MetricAlarms"], [])
        self.refused("ResourceNotFound", watch.delete_alarms, AlarmNames=["errors"])

    def test_composite_alarms(self):
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("json",)
        watch = self.client("cloudwatch")
        watch.put_metric_alarm(**ALARM)
        self.refused("ValidationError", watch.put_composite_alarm, AlarmName="errors", AlarmRule="ALARM(errors)")
        self.refused("ValidationError", watch.put_composite_alarm, AlarmName="all", AlarmRule="ALARM(errors")
        self.refused("ValidationError", watch.put_composite_alarm, AlarmName="all", AlarmRule="ALARM(errors)",
                     ActionsSuppressorWaitPeriod=10)
        watch.put_composite_alarm(AlarmName="all", AlarmRule="ALARM(errors)", ActionsSuppressor="errors",
                                  ActionsSuppressorWaitPeriod=10, ActionsSuppressorExtensionPeriod=20,
                                  Tags=[{"Key": "team", "Value": "orders"}])
        self.assertEqual(watch.describe_alarms(AlarmNames=["all"])["CompositeAlarms"], [])
        alarm = watch.describe_alarms(AlarmNames=["all"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
        self.assertEqual((alarm["AlarmRule"], alarm["ActionsSuppressorWaitPeriod"], alarm["AlarmArn"]),
                         ("ALARM(errors)", 10, f"arn:aws:cloudwatch:us-east-1:{BETA}:alarm:all"))
        self.assertEqual(watch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"],
                         [{"Key": "team", "Value": "orders"}])
        self.refused("ValidationError", watch.delete_alarms, AlarmNames=["all", "errors"])
        watch.delete_alarms(AlarmNames=["all"])
        self.refused("ResourceNotFound", watch.delete_alarms, AlarmNames=["all"])

    def test_dashboards(self):
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("json",)
        watch = self.client("cloudwatch")
        self.refused("InvalidParameterInput", watch.put_dashboard, DashboardName="d", DashboardBody="[]")
        watch.put_dashboard(DashboardName="d", DashboardBody='{"widgets":[]}', Tags=[{"Key": "team", "Value": "orders"}])
        found = watch.get_dashboard(DashboardName="d")
        self.assertEqual((found["DashboardBody"], found["DashboardArn"]),
                         ('{"widgets":[]}', f"arn:aws:cloudwatch::{BETA}:dashboard/d"))
        watch.tag_resource(ResourceARN=found["DashboardArn"], Tags=[{"Key": "stage", "Value": "beta"}])
        watch.untag_resource(ResourceARN=found["DashboardArn"], TagKeys=["team"])
        self.assertEqual(watch.list_tags_for_resource(ResourceARN=found["DashboardArn"])["Tags"],
                         [{"Key": "stage", "Value": "beta"}])
        watch.delete_dashboards(DashboardNames=["d"])
        self.refused("ResourceNotFound", watch.get_dashboard, DashboardName="d")
        self.refused("ResourceNotFound", watch.delete_dashboards, DashboardNames=["d"])


if __name__ == "__main__":
    harness.main()
