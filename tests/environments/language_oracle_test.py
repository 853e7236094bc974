#!/usr/bin/env python3
"""Templates as cfn-lint reads them and writes out their loops, beside what plumb makes of them.

usage: language_oracle_test.py PLUMB
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

try:
    import cfnlint  # noqa: F401  (the package loads its modules in this order only)
    from cfnlint.decode import cfn_yaml
    from cfnlint.template import Template
    from cfnlint.template.transforms._language_extensions import language_extension
except ImportError:
    print("skipped: templates beside cfn-lint: cfn-lint is not installed (pip install cfn-lint)")
    sys.exit(77)

# Every kind of plain scalar that YAML 1.1 and 1.2 read differently, or that JSON cannot say.
SCALARS = """
on off On ON yes no Yes NO YES Off y n Y N true True TRUE false null Null ~ 012 0_7 -012 0o14 08 09 00 0 0x1F 0x1f +0x1F
0x_1 0x 0xG 0b101 -0b11 0b 0b2 1e3 1E3 1.5e3 1.5e+3 1.5e-3 1.5E+03 1e+3 1.e+3 6.02e23 1e400 1_000 1_000.5 1__0 1_ _1
-1_000 12:30:45 1:20 190:20:30 0:10 1:60 -1:20 .5 5.0 +1 -1 -0 +1.5 +.5 ._5 1.10 1.0 00.5 01.5 012.5 0.1
012345678901 123456789012 12345678901234567890123 1.2.3 0.0.1 TLS_1_2 1,000 1e =a <<a
""".split()
# What JSON has no form for stays the text: dates, and numbers that are none.
TEXTS = "2001-01-01 2001-01-01T00:00:00Z .inf -.inf .NaN".split()

# cfn-lint replaces an identifier in keys, Ref and Fn::Sub; CloudFormation does in every text, which unit tests hold.
LOOPS = [
    # buckets by name, with an output each
    """
Parameters: {Names: {Type: CommaDelimitedList, Default: 'alpha,beta,gamma'}}
Resources:
  'Fn::ForEach::Buckets':
    - Name
    - !Ref Names
    - 'Bucket${Name}':
        Type: AWS::S3::Bucket
        Properties:
          BucketName: !Sub '${Name}-${AWS::AccountId}'
          Tags: [{Key: name, Value: !Ref Name}, {Key: text, Value: !Sub 'is ${Name}'}]
Outputs:
  'Fn::ForEach::Arns':
    - Name
    - !Ref Names
    - 'Arn${Name}': {Value: !GetAtt [!Sub 'Bucket${Name}', Arn], Export: {Name: !Sub '${AWS::StackName}-${Name}'}}
""",
    # nested, two resources a turn, and conditions
    """
Conditions:
  'Fn::ForEach::Which': [Side, [Left, Right], {'Is${Side}': !Equals [!Ref AWS::Region, !Ref Side]}]
Resources:
  'Fn::ForEach::Outer':
    - Side
    - [Left, Right]
    - 'Fn::ForEach::Inner':
        - Number
        - ['1', '2']
        - 'Topic${Side}${Number}': {Type: AWS::SNS::Topic, Properties: {TopicName: !Join [x, [!Ref Side, !Ref Number]]}}
          'Queue${Side}${Number}':
            Type: AWS::SQS::Queue
            Properties: {QueueName: !Sub 'q-${Side}-${Number}', DelaySeconds: !Ref Number}
""",
    # letters and digits only
    """
Resources:
  'Fn::ForEach::Blocks':
    - Block
    - [10.0.0.0/24, 10.0.1.0/24]
    - 'Subnet&{Block}': {Type: AWS::EC2::Subnet, Properties: {CidrBlock: !Ref Block, VpcId: vpc}}
""",
    # inside of properties, at two depths
    """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      'Fn::ForEach::Settings': [Key, [Path, RoleName], {'${Key}': !Sub '/${Key}/'}]
      Tags: [{Key: a, Value: {'Fn::ForEach::Deep': [X, [p, q], {'k${X}': !Ref X}]}}]
""",
    # what differs from turn to turn is in a mapping
    """
Mappings:
  Instances: {Type: {A: m5.xlarge, B: m5.4xlarge}, Zones: {A: [x, y], B: [z]}}
Resources:
  'Fn::ForEach::Instances':
    - Name
    - [A, B]
    - 'Instance${Name}':
        Type: AWS::EC2::Instance
        Properties:
          InstanceType: !FindInMap [Instances, Type, !Ref Name]
          Zones: !FindInMap [Instances, Zones, !Ref Name]
""",
    # a collection of a mapping
    """
Mappings: {Zones: {eu: {Names: [a, b]}}}
Resources:
  'Fn::ForEach::Zone': [Z, !FindInMap [Zones, eu, Names], {'Volume${Z}': {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: !Sub 'eu-west-1${Z}'}}}]
""",
]


def transformed(plumb, directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run([plumb, "render", "--transform-only", path], capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.replace(name, "FILE")


def check_scalars(plumb, directory):
    """Which of the scalars differ, in one document."""
    template = "Resources:\n  T:\n    Type: X\n    Properties:\n" + "".join(
        f"      K{i}: {scalar}\n" for i, scalar in enumerate(SCALARS + TEXTS))
    found = transformed(plumb, directory, "scalars.yaml", template)["Resources"]["T"]["Properties"]
    wanted = cfn_yaml.loads(template)["Resources"]["T"]["Properties"]
    failures = []
    for i, scalar in enumerate(SCALARS + TEXTS):
        want = scalar if scalar in TEXTS else wanted[f"K{i}"]
        got = found[f"K{i}"]
        same_kind = isinstance(got, bool) == isinstance(want, bool) and isinstance(got, str) == isinstance(want, str)
        if got != want or not same_kind:
            failures.append(f"scalar {scalar}: found {got!r}, wanted {want!r}")
    return len(SCALARS + TEXTS), failures


def plain(value):
    """Without what cfn-lint resolves early: Fn::Sub of a text that has nothing to substitute."""
    if isinstance(value, dict):
        if list(value) == ["Fn::Sub"] and isinstance(value["Fn::Sub"], str) and "${" not in value["Fn::Sub"]:
            return value["Fn::Sub"]
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def check_loops(plumb, directory):
    failures = []
    for i, text in enumerate(LOOPS):
        text = "Transform: AWS::LanguageExtensions\n" + text
        mistakes, wanted = language_extension(Template("t", cfn_yaml.loads(text), ["eu-west-1"]))
        assert not mistakes, mistakes
        wanted = plain(json.loads(json.dumps(wanted)))
        wanted.pop("Transform")
        found = transformed(plumb, directory, f"loop{i}.yaml", text)
        if plain(found) != wanted:
            failures.append(f"loop {i}: found  {json.dumps(plain(found))}\n wanted {json.dumps(wanted)}")
    return len(LOOPS), failures


def check_twins(plumb, directory):
    """A template in YAML and what cfn-lint reads of it as JSON give the same."""
    corpora = os.environ.get("PLUMB_CORPORA")
    if not corpora:
        print("skipped: YAML beside JSON: PLUMB_CORPORA does not name the corpora")
        return 0, []
    paths = sorted(glob.glob(os.path.join(corpora, "sam", "input", "*.yaml")))[::4]

    def twin(path):
        name = os.path.basename(path)[:-5]
        with open(path, encoding="utf-8") as file:
            text = file.read()
        try:
            as_json = json.dumps(cfn_yaml.loads(text))
        except Exception:  # pylint: disable=broad-exception-caught
            return None  # what cfn-lint does not read cannot be compared
        yaml, json_ = (transformed(plumb, directory, name + end, content)
                       for end, content in ((".yaml", text), (".json", as_json)))
        if isinstance(yaml, str) and isinstance(json_, str):
            return None  # both are refused; positions differ
        return None if yaml == json_ else f"{name}: {json.dumps(yaml)[:300]}\n and  {json.dumps(json_)[:300]}"

    with ThreadPoolExecutor(max_workers=2) as pool:
        failures = [failure for failure in pool.map(twin, paths) if failure]
    return len(paths), failures


# Why a template that the reference transform gives may still be refused: it is not whole, or AWS refuses it too.
RIGHT_REFUSALS = [
    r"is neither a parameter nor a resource",
    r"there is no '[^']+' in the repository",
    r"its template '[^']+' is not in the repository",
    r"there is no condition '",
    r"^plumb: parameter '",  # the values given here are made up
    r"'Fn::Select' asks for item",  # of a list of one made-up value
    r"null is no value in a template",
    r"has the unknown key 'Description'",
    r"must be a mapping with a 'Type'",
    r"depend on each other in a circle: ReplicationRole -> BucketSource -> ReplicationRole",
    r"condition 'isProd' must be one of",
    r"cannot be Snapshot: AWS takes none of the type 'AWS::ApiGateway::RestApi'",
    r"needs 'AWS::AccountId', which is not known without an account",
    r"needs 'Transform: AWS::LanguageExtensions'",  # the reference has run the other transform only
]


def parameters(template):
    """A made-up value for every parameter without a default."""
    for name, declared in (template.get("Parameters") or {}).items():
        if "Default" not in declared:
            allowed = declared.get("AllowedValues")
            yield "--parameter"
            yield f"{name}={allowed[0] if allowed else 3 if 'Number' in declared['Type'] else 'value-1'}"


def check_rendering(plumb, directory):
    """What the reference SAM transform gives is CloudFormation: it renders, or is refused for a right reason."""
    del directory
    corpora = os.environ.get("PLUMB_CORPORA")
    if not corpora:
        print("skipped: templates of others: PLUMB_CORPORA does not name the corpora")
        return 0, []
    paths = sorted(glob.glob(os.path.join(corpora, "sam-patterns", "output", "*.json")))
    paths += sorted(glob.glob(os.path.join(corpora, "sam", "output", "*.json")))[::2]

    def render(path):
        with open(path, encoding="utf-8") as file:
            template = json.load(file)
        if "Resources" not in template:
            return None  # the message of a mistake
        done = subprocess.run([plumb, "render", *parameters(template), path], capture_output=True, text=True, check=False)
        known = any(re.search(reason, done.stderr) for reason in RIGHT_REFUSALS)
        return None if done.returncode == 0 or known else f"{os.path.basename(path)}: {done.stderr.strip()[:300]}"

    with ThreadPoolExecutor(max_workers=2) as pool:
        failures = [failure for failure in pool.map(render, paths) if failure]
    return len(paths), failures


def main():
    plumb, passed, failed = sys.argv[1], 0, 0
    with tempfile.TemporaryDirectory() as directory:
        for check in (check_scalars, check_loops, check_twins, check_rendering):
            count, failures = check(plumb, directory)
            passed += count - len(failures)
            failed += len(failures)
            for failure in failures:
                print("FAIL", failure)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
