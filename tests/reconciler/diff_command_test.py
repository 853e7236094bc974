#!/usr/bin/env python3
"""The command `plumb diff`: text, JSON, exit status, and how it refuses.  Runs the program, needs no account.

    diff_command_test.py PLUMB
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PLUMB = os.path.abspath(sys.argv.pop()) if len(sys.argv) > 1 else "build/dev/plumb"

OLD = """
Parameters: {Stage: {Type: String, Default: beta}}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Stage, DelaySeconds: 1}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Role: r
      Code: {ZipFile: x}
      Environment: {Variables: {TABLE: !Ref Table, QUEUE: !GetAtt Queue.Arn, "\\e[31m": red}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref Function, Principal: !Ref Queue}
  Leaves: {Type: AWS::SQS::Queue, DeletionPolicy: Retain}
  Goes: {Type: AWS::SNS::Topic}
  Same: {Type: AWS::SNS::Topic}
"""
NEW = (OLD.replace("AttributeName: id", "AttributeName: key").replace("DelaySeconds: 1", "DelaySeconds: 2")
       .replace("Default: beta", "Default: prod").replace("  Leaves: {Type: AWS::SQS::Queue, DeletionPolicy: Retain}\n", "")
       .replace("Goes", "Comes").replace("red", "blue"))

TEXT = """\
old.yaml -> new.yaml
  ! replace  Permission              AWS::Lambda::Permission
        Principal                   ${Queue} -> (known after apply)  needs a new one  by Queue
  ! replace  Queue                   AWS::SQS::Queue
        QueueName                   beta -> prod  needs a new one  by parameter Stage
        DelaySeconds                1 -> 2
  ? replace  Table                   AWS::DynamoDB::Table
        KeySchema[0].AttributeName  id -> key  may need a new one
        AttributeDefinitions[0].AttributeName id -> key
  - delete   Goes                    AWS::SNS::Topic
  - leave    Leaves                  AWS::SQS::Queue
        stays in the account, no longer managed: DeletionPolicy says so
  ~ update   Function                AWS::Lambda::Function
        Environment.Variables.TABLE ${Table} -> (known after apply)  by Table
        Environment.Variables.QUEUE ${Queue.Arn} -> (known after apply)  by Queue.Arn
        Environment.Variables.\\x1b[31m red -> blue
  + create   Comes                   AWS::SNS::Topic
new.yaml: 2 to replace, 1 that may be replaced, 1 to delete, 1 to leave unmanaged, 1 to update, 1 to create, 1 unchanged
"""


class Diff(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.write("old.yaml", OLD)
        self.write("new.yaml", NEW)

    def write(self, path, content):
        path = os.path.join(self.directory, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)

    def diff(self, *words):
        done = subprocess.run([PLUMB, "diff", *words], capture_output=True, text=True, cwd=self.directory,
                              timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def actions(self, *words):
        status, out, err = self.diff("-o", "json", *words)
        self.assertEqual("", err)
        changes = [change["ResourceChange"] for change in json.loads(out)["Changes"]]
        self.assertEqual(2 if changes else 0, status)
        return {change["LogicalResourceId"]: (change["Action"], change.get("Replacement")) for change in changes}

    def test_text(self):
        self.assertEqual((2, TEXT, ""), self.diff("old.yaml", "new.yaml"))

    def test_nothing_to_tell(self):
        self.assertEqual((0, "old.yaml -> old.yaml\nold.yaml: no differences, 7 unchanged\n", ""),
                         self.diff("old.yaml", "old.yaml"))
        self.assertEqual((0, '{\n  "Changes": []\n}\n', ""), self.diff("-o", "json", "old.yaml", "old.yaml"))

    def test_json(self):
        status, out, err = self.diff("-o", "json", "old.yaml", "new.yaml")
        changes = json.loads(out)["Changes"]
        self.assertEqual((2, ""), (status, err))
        self.assertEqual(["Comes", "Function", "Goes", "Leaves", "Permission", "Queue", "Table"],
                         [change["ResourceChange"]["LogicalResourceId"] for change in changes])
        self.assertEqual({"Type": "Resource", "ResourceChange": {
            "Action": "Modify", "LogicalResourceId": "Permission", "ResourceType": "AWS::Lambda::Permission",
            "PolicyAction": "ReplaceAndDelete", "Replacement": "True", "Scope": ["Properties"],
            "Details": [{
                "Target": {"Attribute": "Properties", "Name": "Principal", "RequiresRecreation": "Always",
                           "Path": "/Properties/Principal", "BeforeValue": '{"Ref":"Queue"}',
                           "AfterValue": "{{changeSet:KNOWN_AFTER_APPLY}}", "AttributeChangeType": "Modify"},
                "Evaluation": evaluation, "ChangeSource": source, **cause}
                for evaluation, source, cause in (
                    ("Static", "ResourceReference", {"CausingEntity": "Queue"}),
                    ("Dynamic", "DirectModification", {}))],
            "BeforeContext": '{"Properties":{"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"Function"},'
                             '"Principal":{"Ref":"Queue"}}}',
            "AfterContext": '{"Properties":{"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"Function"},'
                            '"Principal":"{{changeSet:KNOWN_AFTER_APPLY}}"}}',
        }}, changes[4])

    def test_scalars_are_text_in_json(self):
        change = json.loads(self.diff("-o", "json", "/dev/null", "old.yaml")[1])["Changes"][4]["ResourceChange"]
        self.assertEqual('{"Properties":{"QueueName":"beta","DelaySeconds":"1"}}', change["AfterContext"])

    def test_from_and_to_nothing(self):
        self.assertEqual({"Add"}, {action for action, _ in self.actions("/dev/null", "new.yaml").values()})
        self.assertEqual({"Remove"}, {action for action, _ in self.actions("new.yaml", "/dev/null").values()})
        self.assertEqual({}, self.actions("/dev/null", "/dev/null"))

    def test_parameters(self):
        self.assertEqual({}, self.actions("old.yaml", "old.yaml", "--parameter", "Stage=x"))
        self.assertEqual({"Queue": ("Modify", "True"), "Function": ("Modify", "False"),
                          "Permission": ("Modify", "True")},
                         self.actions("old.yaml", "old.yaml", "--parameter", "Stage=x", "--old-parameter", "Stage=y"))
        self.assertEqual({}, self.actions("old.yaml", "old.yaml", "--old-parameter", "Stage=beta"))
        self.write("without.yaml", "Resources: {Same: {Type: AWS::SNS::Topic}}\n")
        self.assertEqual(6, len(self.actions("old.yaml", "without.yaml", "--parameter", "Stage=x")))

    def test_a_parameter_without_a_value_stays_open(self):
        open_stage = "{Stage: {Type: String}}"
        self.write("open.yaml", OLD.replace("{Stage: {Type: String, Default: beta}}", open_stage))
        self.write("condition.yaml", f"Parameters: {open_stage}\nConditions: {{Prod: !Equals [!Ref Stage, prod]}}\n"
                                     "Resources: {A: {Type: AWS::SNS::Topic}}\n")
        self.assertEqual({}, self.actions("open.yaml", "open.yaml"))
        self.assertIn("        QueueName                   beta -> ${Stage}  needs a new one",
                      self.diff("old.yaml", "open.yaml")[1])
        self.assertEqual((1, "", "plumb: condition 'Prod' needs 'Stage', which has no value: give it with --parameter "
                          "(condition.yaml:2:20)\n"), self.diff("old.yaml", "condition.yaml"))

    def test_code_counts_by_its_content(self):
        template = ("Resources: {F: {Type: AWS::Serverless::Function, Properties: "
                    "{CodeUri: src, Runtime: python3.12, Handler: a.b}}}\n")
        for version in "abc":
            self.write(f"{version}/template.yaml", template)
            self.write(f"{version}/src/a.py", "1" if version == "a" else "2")
        self.assertEqual({}, self.actions("b/template.yaml", "c/template.yaml"))
        status, out, _ = self.diff("a/template.yaml", "b/template.yaml")
        self.assertEqual(2, status)
        self.assertRegex(out, r"\n {8}Code +[0-9a-f]{12}\.\.\. -> [0-9a-f]{12}\.\.\.\n")

    def test_nested_stacks_are_their_resources(self):
        self.write("child.yaml", "Parameters: {Name: {Type: String}}\n"
                                 "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}}\n"
                                 "Outputs: {Url: {Value: !Ref Q}}\n")
        parent = ("Resources:\n  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, "
                  "Parameters: {Name: one}, Tags: [{Key: team, Value: a}]}}\n"
                  "  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Child.Outputs.Url}}\n")
        self.write("one.yaml", parent)
        self.write("two.yaml", parent.replace("Name: one", "Name: two").replace("Value: a", "Value: b"))
        self.assertEqual((2, "one.yaml -> two.yaml\n"
                          "  ! replace  ChildQ                  AWS::SQS::Queue\n"
                          "        QueueName                   one -> two  needs a new one\n"
                          "        Tags[0].Value               a -> b\n"
                          "  ~ update   Topic                   AWS::SNS::Topic\n"
                          "        DisplayName                 ${ChildQ} -> (known after apply)  by ChildQ\n"
                          "two.yaml: 1 to replace, 1 to update\n", ""), self.diff("one.yaml", "two.yaml"))

    def test_macros_of_the_account_are_named(self):
        self.write("one.yaml", "Transform: Tagger\nResources: {A: {Type: AWS::SNS::Topic}}\n")
        self.write("two.yaml", "Transform: Tagger\nResources: {A: {Type: AWS::SNS::Topic, Properties: "
                               "{DisplayName: {Fn::Transform: {Name: Namer}}}}}\n")
        notes = "".join(f"plumb: macro '{name}' runs only in the account: what goes into it is compared, not what comes "
                        "out\n" for name in ("Tagger", "Namer"))
        self.assertEqual((2, "one.yaml -> two.yaml\n"
                          "  ~ update   A                       AWS::SNS::Topic\n"
                          '        DisplayName                 (none) -> {"Fn::Transform":{"Name":"Namer"}}\n'
                          "two.yaml: 1 to update\n", notes), self.diff("one.yaml", "two.yaml"))

    def test_includes_from_s3_are_named(self):
        include = "{Name: AWS::Include, Parameters: {Location: 's3://b/%s.yaml'}}"
        template = "Transform: " + include + "\nResources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: a, Fn::Transform: " \
            + include + "}}}\n"
        self.write("one.yaml", template % ("a", "a"))
        self.write("two.yaml", template % ("a", "b"))
        status, out, err = self.diff("one.yaml", "two.yaml")
        self.assertEqual((2, "plumb: macro 'AWS::Include' runs only in the account: what goes into it is compared, not "
                             "what comes out\n"), (status, err))
        self.assertEqual("two.yaml: 1 that may be replaced", out.splitlines()[-1])
        status, out, _ = self.diff("one.yaml", "one.yaml")
        self.assertEqual((0, "one.yaml: no differences, 1 unchanged"), (status, out.splitlines()[-1]))

    def test_refusals(self):
        for words, message in (
                ((), "name two versions of a template: see plumb diff --help"),
                (("old.yaml",), "name two versions of a template: see plumb diff --help"),
                (("old.yaml", "new.yaml", "old.yaml"), "'old.yaml' is one word too many: see plumb diff --help"),
                (("old.yaml", "beta/orders"),
                 "'beta/orders' is no template: name a file (.yaml, .yml, .json, .template) or a directory that "
                 "holds one, or /dev/null for none"),
                (("old.yaml", "none.yaml"), "template: cannot find 'none.yaml': No such file or directory"),
                (("old.yaml", "none/new.yaml"), "none/new.yaml: cannot open 'none': No such file or directory"),
                (("--parameter", "Stag=x", "old.yaml", "new.yaml"), "neither template has a parameter 'Stag'"),
                (("--old-parameter", "Stag=x", "old.yaml", "new.yaml"),
                 "the template 'old.yaml' has no parameter 'Stag', did you mean 'Stage'?"),
                (("--old-parameter", "Stage", "old.yaml", "new.yaml"),
                 "--old-parameter 'Stage' is not of the form NAME=VALUE")):
            with self.subTest(words=words):
                self.assertEqual((1, "", f"plumb: {message}\n"), self.diff(*words))


if __name__ == "__main__":
    unittest.main()
