#!/usr/bin/env python3
"""Two instances of `plumb run` on one repository and one account, killed, paused and restarted at random.

    instances.py SEED COUNT [LONG]

Commits come at random until COUNT releases are in the ledger; LONG of the pauses are longer than a lease.  Then it is
checked that the ledger is one line that nobody moved back, that every application stands at the newest commit that
touches it, that the account is what the templates ask for, nothing twice and nothing missing, and that every call that
changed anything was made by the process that held the application's claim at that moment.

With PLUMB_BEFORE (harness.py) each start is of that build or of PLUMB, at random: an upgrade and a downgrade again and
again, of one instance beside the other.
"""
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import harness

ACCOUNT = "111111111111"
REF = f"refs/plumb/{ACCOUNT}"
REGIONS = {"alpha": "us-east-1", "bravo": "eu-west-1", "charlie": "us-west-2"}
# Which application a call belongs to shows in its region and service.
SERVICES = {"sqs": "mail", "sns": "news", "lambda": "orders"}
LEASE_MS = 120 * 1000
STOP_S = 10  # within which one that is asked to stop has stopped
SETTLE_S = 240

MAIL = '''\
Parameters: {Word: {Type: Number, Default: 30}}
Resources:
  First: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Word}}
  Second: {Type: AWS::SQS::Queue, DependsOn: First, Properties: {VisibilityTimeout: !Ref Word}}
  Third: {Type: AWS::SQS::Queue, DependsOn: Second, Properties: {VisibilityTimeout: !Ref Word}}
'''
NEWS = '''\
Parameters: {Word: {Type: Number, Default: 30}}
Resources:
  First: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub "news ${Word}"}}
  Second: {Type: AWS::SNS::Topic, DependsOn: First, Properties: {DisplayName: !Sub "news ${Word}"}}
'''
# SAM makes a version where the text of the template changes: each environment has its own.
ORDERS = f'''\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: orders.handle
      CodeUri: src/
      Role: arn:aws:iam::{ACCOUNT}:role/orders
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true  # a version also where only its settings change
      Environment: {{Variables: {{WORD: "%d"}}}}
'''
DEPLOYMENT = "deployment: {steps: [{weight: 10, for: 1s}, {weight: 50, for: 1s}], minimumInvocations: 0}\n"


class Instance:
    """One place where plumb runs, each start of it with a key of its own."""

    def __init__(self, world, name):
        self.world, self.name, self.starts, self.starts_before = world, name, 0, 0
        self.cache = os.path.join(world.repository.home, f"cache-{name}")
        self.log = open(os.path.join(world.repository.home, f"log-{name}"), "a+", encoding="utf-8")
        self.process, self.paused_until = None, None
        self.next = time.monotonic() + 1  # before that it may not listen to signals
        self.start()

    def start(self):
        self.starts += 1
        key = f"AKIA{self.name.upper()}{self.starts:015}"
        environment = dict(self.world.repository.environment(self.world.account), PLUMB_CACHE=self.cache,
                           AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=key[::-1])
        program = self.world.builds.choice((harness.BEFORE, harness.PLUMB))
        self.starts_before += program != harness.PLUMB
        self.process = subprocess.Popen(
            [program, "run", "--repo", self.world.bare, "--poll", "1s", "--workers", "3"],
            cwd=self.world.repository.home, env=environment, stderr=self.log, stdout=subprocess.DEVNULL)
        self.world.keys[start_of(self.process.pid)] = key

    def pause(self, seconds):
        self.process.send_signal(signal.SIGSTOP)
        self.paused_until = time.monotonic() + seconds

    def go_on(self):
        if self.paused_until is not None:
            self.process.send_signal(signal.SIGCONT)
        self.paused_until = None

    def end(self, number):
        """Kills it, or asks it to stop."""
        self.go_on()
        begun = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(60)
        took = time.monotonic() - begun
        if number == signal.SIGTERM:
            assert status == 0 and took < STOP_S, f"{self.name} ended with {status} after {took:.1f} s"
        return took

    def events(self):
        return harness.events_of(self.log.name)

    def last_words(self):
        with open(self.log.name, encoding="utf-8") as f:
            return f"status {self.process.returncode}\n{''.join(f.readlines()[-5:])}"

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()


def start_of(pid):
    """As the ledger names a process: "pid/start time"."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        return f"{pid}/{f.read().rpartition(')')[2].split()[19]}"


class World:
    """The repository with a bare one that both instances read, the account, and who has which key."""

    def __init__(self, seed=0):
        self.builds = random.Random(seed)
        self.account = harness.Simulator()
        trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                "Principal": {"Service": "lambda.amazonaws.com"}}]}
        self.client("iam", "alpha").create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(trust))
        self.repository = harness.Repository(example=None)
        self.keys = {}  # "pid/start time" of a process -> its access key
        self.words = {}
        self.touched = {}  # (environment, application) -> the newest commit that touches it
        self.bare = "file://" + os.path.join(self.repository.home, "bare.git")
        self.repository.write("apps/mail/template.yaml", MAIL)
        self.repository.write("apps/news/template.yaml", NEWS)
        for environment in REGIONS:
            self.repository.write(f"environments/{environment}/environment.yaml",
                                  f'account: "{ACCOUNT}"\nregion: {REGIONS[environment]}\n')
            for application in SERVICES.values():
                self.set(environment, application, 30)
        self.source(0)
        self.repository.git("init", "-q", "--bare", "-b", "main", self.bare[7:])
        self.repository.git("--git-dir", self.bare[7:], "config", "core.logAllRefUpdates", "always")
        self.repository.git("remote", "add", "origin", self.bare)
        self.push("all", list(self.words))

    def set(self, environment, application, word):
        self.words[environment, application] = word
        text = f"template: apps/{application}/template.yaml\nparameters: {{Word: {word}}}\n"
        if application == "orders":
            self.repository.write(f"apps/orders/{environment}.yaml", ORDERS % word)
            text = f"template: apps/orders/{environment}.yaml\n{DEPLOYMENT}"
        self.repository.write(f"environments/{environment}/{application}.yaml", text)

    def source(self, number):
        self.repository.write("apps/orders/src/orders.py", f"def handle(event, context):\n    return {number}\n")

    def push(self, message, touches):
        self.repository.commit(message)
        head = self.repository.git("rev-parse", "HEAD").strip()
        self.touched.update(dict.fromkeys(touches, head))
        self.repository.git("push", "-q", "origin", "main")

    def change(self, chance, number):
        """A commit that touches one to three applications, or new code for all functions."""
        if chance.random() < 0.1:
            self.source(number)
            self.push(f"code {number}", [(e, "orders") for e in REGIONS])
            return
        touches = chance.sample(sorted(self.words), chance.randint(1, 3))
        for environment, application in touches:
            self.set(environment, application, 31 + number)
        self.push(f"change {number}", touches)

    def git(self, *arguments):
        return self.repository.git("--git-dir", self.bare[7:], *arguments)

    def subjects(self):
        done = subprocess.run(["git", "--git-dir", self.bare[7:], "log", "--format=%s", REF], capture_output=True,
                              text=True, check=False)
        return done.stdout.splitlines() if done.returncode == 0 else []

    def releases(self):
        """How many have ended."""
        return sum(" ".join(s.split()[1:]).startswith(("released", "rolled back")) for s in self.subjects())

    def client(self, service, environment):
        import boto3
        return boto3.client(service, endpoint_url=self.account.url, region_name=REGIONS[environment],
                            aws_access_key_id=ACCOUNT, aws_secret_access_key=ACCOUNT[::-1])

    def record(self, environment, application):
        """As the ledger has it now."""
        path = f"{REGIONS[environment]}/{environment}/{application}/release.json"
        done = subprocess.run(["git", "--git-dir", self.bare[7:], "show", f"{REF}:{path}"], capture_output=True,
                              text=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {"state": "none", "commit": ""}

    def close(self):
        self.account.close()
        shutil.rmtree(self.repository.home, ignore_errors=True)


# --- what happens ---


def disturb(instance, chance, longs):
    """What comes next to it; the number of long pauses that are left."""
    instance.next = time.monotonic() + chance.uniform(1, 8)
    if instance.paused_until is not None:
        if time.monotonic() >= instance.paused_until:
            instance.go_on()
        else:
            instance.next = instance.paused_until
        return longs
    what = chance.random()
    if longs and what < 0.25:
        instance.pause(chance.uniform(121, 131))
        longs -= 1
    elif what < 0.5:
        instance.pause(chance.uniform(1, 9))
    else:
        instance.end(signal.SIGTERM if what > 0.85 else signal.SIGKILL)
        if chance.random() < 0.1:
            shutil.rmtree(instance.cache, ignore_errors=True)  # it may not have made it yet
        instance.start()
    return longs


def play(world, instances, chance, count, longs):
    number, next_commit, told = 0, time.monotonic() + 5, 0
    while world.releases() < count or longs:
        for instance in instances:
            assert instance.process.poll() is None, f"{instance.name} ended by itself: {instance.last_words()}"
            if time.monotonic() >= instance.next:
                longs = disturb(instance, chance, longs)
        if time.monotonic() >= next_commit:
            number += 1
            world.change(chance, number)
            next_commit = time.monotonic() + chance.uniform(0.3, 3)
        if number >= told + 25:
            told = number
            print(f"  {number} commits, {world.releases()} releases ended, {longs} long pauses to come", flush=True)
        time.sleep(0.1)
    return number


def is_settled(world):
    for (environment, application), commit in world.touched.items():
        record = world.record(environment, application)
        if record["state"] != "released" or not follows(world, commit, record["commit"]):
            return False
    return True


def settle(world):
    end = time.monotonic() + SETTLE_S
    while not is_settled(world):
        if time.monotonic() > end:
            records = {f"{e}/{a}": (world.record(e, a)["state"], world.record(e, a)["commit"][:7], commit[:7])
                       for (e, a), commit in world.touched.items()}
            raise AssertionError(f"not all is released within {SETTLE_S} s: state, commit, commit wanted: {records}")
        time.sleep(0.5)


def follows(world, old, new):
    return subprocess.run(["git", "--git-dir", world.bare[7:], "merge-base", "--is-ancestor", old, new],
                          check=False).returncode == 0


# --- what must hold ---


def check_line(world):
    """One line from one root, and every push went on from where the one before it ended."""
    assert world.git("rev-list", "--min-parents=2", REF) == "", "the ledger has a merge"
    assert len(world.git("rev-list", "--max-parents=0", REF).split()) == 1, "the ledger has several roots"
    before = "0" * 40
    with open(os.path.join(world.bare[7:], "logs", REF), encoding="utf-8") as f:
        for line in f:
            old, new = line.split()[:2]
            assert old == before, f"a push replaced {old}, not {before}"
            assert old == "0" * 40 or follows(world, old, new), f"{new} does not follow {old}"
            before = new


Event = collections.namedtuple("Event", "epoch holder state begun_ms until_ms written_ms subject")


def histories(world):
    """(environment, application) -> its events, the oldest first."""
    found = collections.defaultdict(list)
    places = {(REGIONS[e], e, a): (e, a) for e, a in world.words}
    lines = world.git("log", "--reverse", "--format=@%H %ct %s", "--name-only", REF).splitlines()
    commit = None
    for line in filter(None, lines):
        if line.startswith("@"):
            commit, seconds, subject = line[1:].split(" ", 2)
        elif line.endswith("/release.json"):
            release = json.loads(world.git("show", f"{commit}:{line}"))
            until = release.get("leaseUntil", 0)  # an end holds nothing any more
            found[places[tuple(line.split("/")[:3])]].append(
                Event(release["epoch"], release.get("holder"), release["state"], until - LEASE_MS, until,
                      int(seconds) * 1000 + 999, subject))
    return found


def check_epochs(events, name):
    for before, now in zip(events, events[1:]):
        if now.epoch == before.epoch:
            assert now.holder in (before.holder, None), f"{name}: two holders in epoch {now.epoch}: {before}, {now}"
            assert before.state in ("applying", "rolling"), f"{name}: written after its end: {before}, {now}"
        else:
            assert now.epoch == before.epoch + 1, f"{name}: {now} follows {before}"
            assert now.state in ("applying", "rolling"), f"{name}: it begins with its end: {now}"


def windows(events):
    """When who might write: (pid/start, from, until)."""
    epochs = collections.OrderedDict()
    for event in events:
        epochs.setdefault(event.epoch, []).append(event)
    epochs = list(epochs.values())
    for i, epoch in enumerate(epochs):
        until = max(e.until_ms for e in epoch)
        if epoch[-1].state not in ("applying", "rolling") or epoch[-1].subject.split()[1] == "rolling":
            until = min(until, epoch[-1].written_ms)
        if i + 1 < len(epochs):
            until = min(until, epochs[i + 1][0].begun_ms)
        yield epoch[0].holder.split("/", 1)[1], epoch[0].begun_ms, until


def check_writes(world, found):
    log = harness.fetch(world.account.url + "/_simulator/requests?since=0")
    assert not log["dropped"], "the log of the simulator is too short"
    checked, may = 0, {place: list(windows(events)) for place, events in found.items()}
    environments = {region: name for name, region in REGIONS.items()}
    for call in log["requests"]:
        if not call["mutating"] or not call["key"].startswith("AKIA") or call["service"] == "sts":
            continue
        place = environments[call["region"]], SERVICES[call["service"]]
        if not any(world.keys.get(holder) == call["key"] and begun <= call["ms"] <= until
                   for holder, begun, until in may[place]):
            raise AssertionError(f"{place}: a write outside of a claim: {call}; claims: "
                                 f"{[(world.keys.get(h), b, u) for h, b, u in may[place]]}")
        checked += 1
    return checked


def live(world, environment, application):
    """What the account has of it: the words of its resources."""
    if application == "mail":
        sqs = world.client("sqs", environment)
        return sorted(int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
                          ["VisibilityTimeout"]) for url in sqs.list_queues().get("QueueUrls", []))
    if application == "news":
        sns = world.client("sns", environment)
        return sorted(sns.get_topic_attributes(TopicArn=t["TopicArn"])["Attributes"]["DisplayName"]
                      for t in sns.list_topics()["Topics"])
    client = world.client("lambda", environment)
    names = [f["FunctionName"] for f in client.list_functions()["Functions"]]
    aliases = [client.get_alias(FunctionName=name, Name="live") for name in names]
    return [client.get_function_configuration(FunctionName=name, Qualifier="live")["Environment"]["Variables"]["WORD"]
            for name in names] + [a["RoutingConfig"] for a in aliases if a.get("RoutingConfig")]


def check_account(world):
    for (environment, application), word in world.words.items():
        wanted = {"mail": [word] * 3, "news": [f"news {word}"] * 2, "orders": [str(word)]}[application]
        found = live(world, environment, application)
        assert found == wanted, f"{environment}/{application}: the account has {found}, wanted {wanted}"


def check(world, instances):
    check_line(world)
    found = histories(world)
    for (environment, application), events in found.items():
        check_epochs(events, f"{environment}/{application}")
    check_account(world)
    failures = collections.Counter(e["error"].split("'")[0][:70] for i in instances for e in i.events()
                                   if e["event"] in ("failed", "parked"))
    return len(found), sum(map(len, found.values())), check_writes(world, found), dict(failures)


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    longs = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    chance, world, begun = random.Random(seed), World(seed), time.monotonic()
    instances = []
    try:
        instances += [Instance(world, "a"), Instance(world, "b")]
        commits = play(world, instances, chance, count, longs)
        for instance in instances:
            instance.go_on()
        settle(world)
        stops = [instance.end(signal.SIGTERM) for instance in instances]
        applications, events, writes, failures = check(world, instances)
        print(f"seed {seed}: {commits} commits, {world.releases()} releases of {applications} applications, {events} events, "
              f"{writes} writes, each within its claim; {sum(i.starts for i in instances)} starts, "
              f"{sum(i.starts_before for i in instances)} of another build; stopped within "
              f"{max(stops):.1f} s; {time.monotonic() - begun:.0f} s")
        print(f"failures in between: {failures}")
    except BaseException:
        kept = os.path.join(harness.TOP, f"build/instances-{seed}")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(world.repository.home, kept, symlinks=True)
        print(f"seed {seed} went wrong; the repository, the caches and the logs are kept in {kept}", flush=True)
        raise
    finally:
        for instance in instances:
            instance.close()
        world.close()


if __name__ == "__main__":
    main()
