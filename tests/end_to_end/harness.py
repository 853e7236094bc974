"""What the end-to-end tests share: a repository made from the example, an account to talk to, and plumb.

PLUMB and PLUMB_SIMULATOR name the programs under test; ctest sets both.  PLUMB_BEFORE names another build of plumb for
the tests in which one instance goes on with what another one began: PLUMB goes on with what PLUMB_BEFORE began.  An
upgrade is tried with an older build there, a downgrade with the two exchanged; left out, both are the same.
"""
import atexit
import contextlib
import importlib.util
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.environ.get("PLUMB", os.path.join(TOP, "build/dev/plumb"))
BEFORE = os.environ.get("PLUMB_BEFORE", PLUMB)
SIMULATOR = os.environ.get("PLUMB_SIMULATOR", os.path.join(TOP, "build/dev/tests/plumb-simulator"))
ACCOUNTS = {"beta": "111111111111", "gamma": "222222222222", "prod": "333333333333"}
REGIONS = {"beta": "us-east-1", "gamma": "eu-west-1", "prod": "us-west-2"}
# A template of one queue that is named after its stage.
ONE_QUEUE = '''\
Parameters:
  Stage: {Type: String}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Sub "Orders${Stage}", VisibilityTimeout: 60}
'''


sys.path.insert(0, os.path.join(TOP, "tests/shapes"))
try:
    import botocore.model
    import quick_botocore  # noqa: F401

    # Of the protocols that a service offers the simulator speaks the oldest: CloudWatch's query, not its CBOR.
    botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("query", "ec2", "rest-json", "rest-xml", "json")
except ImportError:
    print("skipped: end-to-end tests: boto3 is not installed")
    sys.exit(77)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(url, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


class Simulator:
    """The simulated accounts."""

    name = "simulator"

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [SIMULATOR, "--port", "0", "--verify", *arguments], stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # one that is left holds the output open, and ctest waits for ever
        self.url = self.process.stdout.readline().split()[-1]
        self.clients = {}

    def requests(self, since=0):
        """The log of the calls after number `since`, as simulator/README.md has it."""
        return fetch(f"{self.url}/_simulator/requests?since={since}")["requests"]

    def mutating(self):
        """The calls so far that changed something, as "service.Operation"."""
        return [f"{r['service']}.{r['operation']}" for r in self.requests() if r["mutating"] and r["service"] != "sts"]

    def forget(self):
        fetch(self.url + "/_simulator/counters?reset", {}, "POST")

    def post(self, what, body):
        return fetch(self.url + "/_simulator/" + what, body, "POST")

    def client(self, service, environment):
        import boto3
        if (service, environment) not in self.clients:
            self.clients[service, environment] = boto3.client(
                service, endpoint_url=self.url, region_name=REGIONS[environment],
                aws_access_key_id=ACCOUNTS[environment], aws_secret_access_key=ACCOUNTS[environment][::-1])
        return self.clients[service, environment]

    def prepare(self):
        """The role that environment.yaml names, in each account."""
        for environment in ACCOUNTS:
            make_role(self.client("iam", environment))

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()


class Moto:
    """The same accounts in moto.  Accounts are reached by AssumeRole only."""

    name = "moto"

    def __init__(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = dict(os.environ, MOTO_IAM_LOAD_MANAGED_POLICIES="true")
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(TOP, "tests/providers/moto_server.py"), "-H", "127.0.0.1", "-p", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        atexit.register(self.process.kill)
        for _ in range(200):
            with contextlib.suppress(OSError):
                fetch(self.url + "/moto-api/data.json")
                return
            time.sleep(0.1)
        raise RuntimeError("moto does not answer")

    def client(self, service, environment):
        import boto3
        sts = boto3.client("sts", endpoint_url=self.url, region_name="us-east-1",
                           aws_access_key_id="testing", aws_secret_access_key="testing")
        keys = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNTS[environment]}:role/plumb",
                               RoleSessionName="other")["Credentials"]
        return boto3.client(service, endpoint_url=self.url, region_name=REGIONS[environment],
                            aws_access_key_id=keys["AccessKeyId"],
                            aws_secret_access_key=keys["SecretAccessKey"],
                            aws_session_token=keys["SessionToken"])

    def prepare(self):
        for environment in ACCOUNTS:
            make_role(self.client("iam", environment))

    def close(self):
        self.process.kill()  # it keeps nothing
        self.process.wait(10)


def make_role(iam):
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
    iam.create_role(RoleName="plumb", AssumeRolePolicyDocument=json.dumps(trust))


def check_requests(log):
    """What plumb sent, beside AWS's own models; where nothing was sent, nothing was wrong."""
    if importlib.util.find_spec("botocore") is None or not os.path.exists(log) or not os.path.getsize(log):
        return
    import shapes
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        good = shapes.check_logs([log])
    if not good:
        raise AssertionError(told.getvalue())


# It lives for some seconds: no process is started to see whether it needs tidying up.
GIT_CONFIG = """\
[user]
    name = Test
    email = test@example.com
[receive]
    autogc = false
[gc]
    auto = 0
[maintenance]
    auto = false
"""


class Repository:
    """A Git repository with the order service in it."""

    def __init__(self, example="examples/orders"):
        self.home = tempfile.mkdtemp(prefix="plumb-test-")
        self.path = os.path.join(self.home, "shop")
        if example:
            shutil.copytree(os.path.join(TOP, example), self.path)
        else:
            os.makedirs(self.path)
        template = os.path.join(self.home, "template")
        os.makedirs(os.path.join(template, "hooks"))
        with open(os.path.join(template, "config"), "w", encoding="utf-8") as f:
            f.write(GIT_CONFIG)
        self.git("init", "-q", "-b", "main", f"--template={template}")
        self.commit("The order service")

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.path, check=True, capture_output=True,
                              text=True).stdout

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def read(self, path):
        with open(os.path.join(self.path, path), encoding="utf-8") as f:
            return f.read()

    def write(self, path, text):
        full = os.path.join(self.path, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text)

    def edit(self, path, old, new):
        text = self.read(path)
        assert old in text, f"{path} has no {old!r}"
        self.write(path, text.replace(old, new))

    def hurry_production(self):
        """Traffic of the example's production moves in a second, and without hooks, which moto cannot call."""
        path = "environments/prod/orders.yaml"
        before, _, _ = self.read(path).partition("deployment:\n")
        self.write(path, before + "deployment: {steps: [{weight: 10, for: 1s}], minimumInvocations: 0}\n")
        self.commit("Move traffic in a second")

    def forget_ledgers(self):
        """As if nothing had ever been applied from here; plumb's cache would remember, and refuse."""
        for ref in self.git("for-each-ref", "--format=%(refname)", "refs/plumb").split():
            self.git("update-ref", "-d", ref)
        for name in os.listdir(self.home):
            if name.startswith("cache"):
                shutil.rmtree(os.path.join(self.home, name))

    def environment(self, account):
        """The variables that plumb runs with."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PLUMB_")) or k == "PLUMB_LOG_LEVEL"}
        return dict(kept, AWS_ENDPOINT_URL=account.url, AWS_ACCESS_KEY_ID="111111111111",
                    AWS_SECRET_ACCESS_KEY="111111111111"[::-1], AWS_EC2_METADATA_DISABLED="true",
                    PLUMB_CACHE=os.path.join(self.home, "cache"), HOME=self.home,
                    PLUMB_REQUEST_LOG=os.path.join(self.home, "requests"))

    def plumb(self, account, *arguments, expect=None, variables=None, timeout=300):
        """Runs plumb here; checks the exit status where one is expected."""
        done = subprocess.run([PLUMB, *arguments], cwd=self.path, text=True, timeout=timeout,
                              env=dict(self.environment(account), **(variables or {})),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"plumb {' '.join(arguments)}: exit status {done.returncode}, want {expect}\n"
                                 f"{done.stdout}\n{done.stderr}")
        return done

    def begin(self, account, *arguments):
        """Starts plumb here; all that it says comes by its standard output."""
        return subprocess.Popen([PLUMB, *arguments], cwd=self.path, text=True, env=self.environment(account),
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def json(self, account, *arguments, expect=None):
        done = self.plumb(account, *arguments, "-o", "json", expect=expect)
        return json.loads(done.stdout)["applications"]

    def close(self):
        try:
            check_requests(os.path.join(self.home, "requests"))
        finally:
            shutil.rmtree(self.home, ignore_errors=True)


def events_of(log):
    """What plumb has logged in that file so far; a line that is none of its JSON is left out."""
    with open(log, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.startswith("{")]


class Running:
    """One `plumb run`, its log in a file, with a cache of its own or one that another has left."""

    def __init__(self, repository, account, *arguments, variables=None, program=PLUMB, cache=None):
        self.log = tempfile.NamedTemporaryFile("w+", dir=repository.home, suffix=".log")
        self.cache = cache or tempfile.mkdtemp(prefix="cache-", dir=repository.home)
        self.process = subprocess.Popen(
            [program, "run", *([] if "--poll" in arguments else ["--poll", "1s"]), *arguments], cwd=repository.path,
            env=dict(repository.environment(account), PLUMB_CACHE=self.cache, **(variables or {})), stderr=self.log,
            stdout=subprocess.DEVNULL)

    def events(self):
        return events_of(self.log.name)

    def told(self, message, **fields):
        """Has such a line been logged?"""
        return any(e["event"] == message and all(e.get(k) == v for k, v in fields.items())
                   for e in self.events())

    def send(self, number):
        """Stops it; gives the exit status and how long that took."""
        start = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(30)
        return status, time.monotonic() - start

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
