#!/usr/bin/env python3
"""The container image, built from the Dockerfile for real, and run as a container would: user 65532, a root file system
that cannot be written, plumb as process 1, a repository by ssh, the simulator as the account.

No engine is needed: buildah builds in a chroot, on a base image that debootstrap makes.  It takes minutes and root, so it
runs by `./dev image` alone (PLUMB_IMAGE=1); what it has built is kept in build/image.
"""
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

if os.environ.get("PLUMB_IMAGE") != "1":
    print("skipped: the container image: it is built by ./dev image alone")
    sys.exit(77)

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests/end_to_end"))
import harness  # noqa: E402
import run_test  # noqa: E402

PLACE = os.path.join(TOP, "build/image")
ROOT = os.path.join(PLACE, "root")  # the image's file system, unpacked
BASE = "docker.io/library/debian:bookworm-slim"
MAX_MB = 40
MIRROR = os.environ.get("PLUMB_DEBIAN_MIRROR", "http://deb.debian.org/debian")
# As the official image has it: what is built must have the security updates.
SOURCES = f"""deb {MIRROR} bookworm main
deb {MIRROR} bookworm-updates main
deb {MIRROR}-security bookworm-security main
"""


def run(*arguments, **options):
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(arguments)}: exit status {done.returncode}\n{done.stdout[-8000:]}")
    return done.stdout


def buildah(*arguments, **options):
    return run("buildah", "--root", PLACE + "/storage", "--runroot", PLACE + "/run", *arguments,
               env=dict(os.environ, BUILDAH_ISOLATION="chroot"), **options)


def make_base():
    """The base image, once."""
    if subprocess.run(["buildah", "--root", PLACE + "/storage", "--runroot", PLACE + "/run", "inspect", "--type", "image",
                       BASE], capture_output=True).returncode == 0:
        return
    base = PLACE + "/base"
    shutil.rmtree(base, ignore_errors=True)
    run("debootstrap", "--variant=minbase", "bookworm", base, MIRROR, timeout=900)
    if os.path.ismount(base + "/proc"):
        run("umount", base + "/proc")
    with open(base + "/etc/apt/sources.list", "w", encoding="utf-8") as f:
        f.write(SOURCES)
    shutil.rmtree(base + "/var/cache/apt/archives")
    container = buildah("from", "scratch").strip()
    buildah("add", "-q", container, base, "/")
    buildah("commit", "-q", container, BASE)
    buildah("rm", container)
    shutil.rmtree(base)


def build():
    make_base()
    buildah("build", "--pull-never", "--layers", "--format", "docker", "-t", "plumb", ".", cwd=TOP, timeout=3000)
    archive = PLACE + "/plumb.tar"
    if os.path.exists(archive):
        os.unlink(archive)
    buildah("push", "-q", "localhost/plumb", f"oci-archive:{archive}")
    return archive


def read_blob(archive, digest):
    return archive.extractfile("blobs/sha256/" + digest.removeprefix("sha256:"))


def unpack(path):
    """Fills ROOT; gives the bytes of the layers as a registry has them."""
    shutil.rmtree(ROOT, ignore_errors=True)
    with tarfile.open(path) as archive:
        index = json.load(archive.extractfile("index.json"))
        manifest = json.load(read_blob(archive, index["manifests"][0]["digest"]))
        for layer in manifest["layers"]:
            with tarfile.open(fileobj=read_blob(archive, layer["digest"])) as files:
                files.extractall(ROOT, numeric_owner=True)
    return sum(layer["size"] for layer in manifest["layers"])


def size_of(path):
    return sum(os.lstat(os.path.join(where, name)).st_size for where, _, names in os.walk(path) for name in names)


class Container:
    """plumb in the image, as process 1 of its own processes: the network is the host's, as with --network host."""

    # What an engine does before it starts the program.
    PREPARE = """
set -e
mount --make-rprivate /
mount --bind {root} {root}
mount -t proc proc {root}/proc
mount -t tmpfs -o mode=755 tmpfs {root}/dev
for name in null urandom; do touch {root}/dev/$name; mount --bind /dev/$name {root}/dev/$name; done
mount -t tmpfs -o uid=65532,gid=65532,mode=700 tmpfs {root}/var/cache/plumb
mount -o remount,ro,bind {root}
cd {root}
exec env -i {variables} /usr/sbin/chroot --userspec=65532:65532 {root} /usr/local/bin/plumb {arguments}
"""

    def __init__(self, config, *arguments, variables=None, log=None):
        given = dict(entry.split("=", 1) for entry in config["Env"]) | (variables or {})
        script = self.PREPARE.format(root=ROOT, arguments=shlex.join(arguments),
                                     variables=shlex.join(f"{k}={v}" for k, v in given.items()))
        self.process = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script],
                                        stdout=subprocess.PIPE, stderr=log or subprocess.PIPE, text=True)

    def output(self):
        out, error = self.process.communicate(timeout=60)
        return self.process.returncode, out, error

    def first(self):
        """The process that is number 1 inside."""
        return int(run("pgrep", "-P", str(self.process.pid)).split()[0])

    def stop(self):
        os.kill(self.first(), signal.SIGTERM)
        return self.process.wait(20)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.makedirs(PLACE, exist_ok=True)
        cls.compressed = unpack(build())
        cls.config = json.loads(buildah("inspect", "--type", "image", "localhost/plumb"))["Docker"]["config"]
        cls.size = size_of(ROOT)
        for name in ("proc", "dev", "secrets"):  # where an engine mounts
            os.makedirs(os.path.join(ROOT, name), exist_ok=True)

    def test_it_is_small(self):
        print(f"image: {self.compressed / 1e6:.1f} MB compressed, {self.size / 1e6:.1f} MB unpacked")
        self.assertLess(self.compressed, MAX_MB * 1e6)

    def test_it_is_what_it_says(self):
        self.assertEqual(self.config["User"], "65532:65532")
        self.assertEqual(self.config["Entrypoint"], ["/usr/local/bin/plumb"])
        self.assertEqual(self.config["Healthcheck"]["Test"], ["CMD", "/usr/local/bin/plumb", "health"])
        self.assertEqual(list(self.config["Volumes"]), ["/var/cache/plumb"])
        self.assertEqual(os.stat(ROOT + "/var/cache/plumb").st_uid, 65532)
        programs = sorted(os.path.join(where, name).removeprefix(ROOT) for where, _, names in os.walk(ROOT)
                          for name in names if where.endswith("/bin"))
        self.assertEqual(programs, ["/usr/bin/ssh", "/usr/local/bin/plumb"])
        packages = os.listdir(ROOT + "/var/lib/dpkg/status.d")
        self.assertIn("libgit2-1.5", packages)
        self.assertIn("libc6", packages)
        for package in packages:
            self.assertTrue(os.path.getsize(f"{ROOT}/usr/share/doc/{package}/copyright"))

    def test_its_program_starts(self):
        status, out, error = Container(self.config, "version").output()
        self.assertEqual((status, error), (0, ""))
        self.assertRegex(out, r"^plumb \d")

    def test_nothing_but_the_cache_can_be_written(self):
        status, _, error = Container(self.config, "plan", "--repo", "https://git.invalid/x.git",
                                     variables={"PLUMB_CACHE": "/etc/plumb"}).output()
        self.assertEqual(status, 1)
        self.assertIn("Read-only file system", error)


class Life(run_test.Run):
    """The tests of Run are not run again: see load_tests."""

    def setUp(self):
        super().setUp()
        self.secrets = os.path.join(ROOT, "secrets")
        self.key("host")
        self.key("id")
        self.ssh_port, self.port = harness.free_port(), harness.free_port()
        os.makedirs("/run/sshd", exist_ok=True)
        os.chmod(self.repository.home, 0o755)
        self.sshd = subprocess.Popen(
            ["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-p", str(self.ssh_port), "-h", self.secrets + "/host",
             "-o", "ListenAddress=127.0.0.1", "-o", f"AuthorizedKeysFile={self.secrets}/id.pub", "-o", "StrictModes=no",
             "-o", "PermitRootLogin=yes", "-o", "PidFile=none", "-o", "UsePAM=no"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.sshd.wait)
        self.addCleanup(self.sshd.kill)
        with open(self.secrets + "/host.pub", encoding="utf-8") as key, \
                open(self.secrets + "/known_hosts", "w", encoding="utf-8") as known:
            known.write(f"[127.0.0.1]:{self.ssh_port} {key.read()}")

    def key(self, name):
        path = os.path.join(self.secrets, name)
        if not os.path.exists(path):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)
        if name == "id":
            os.chown(path, 65532, 65532)

    def variables(self):
        given = self.repository.environment(self.account)
        return {k: v for k, v in given.items() if k.startswith("AWS_")} | {
            "PLUMB_REPO": f"ssh://root@127.0.0.1:{self.ssh_port}{self.repository.path}",
            "PLUMB_SSH_KEY": "/secrets/id", "PLUMB_KNOWN_HOSTS": "/secrets/known_hosts",
            "PLUMB_LISTEN": f"127.0.0.1:{self.port}", "PLUMB_POLL": "200ms"}

    def health(self):
        return Container(Image.config, "health", variables={"PLUMB_ADDRESS": f"http://127.0.0.1:{self.port}"}).output()

    def test_it_keeps_an_account_as_process_1(self):
        log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.addCleanup(log.close)
        self.assertEqual(self.health()[0], 1)
        container = Container(Image.config, "run", variables=self.variables(), log=log)
        self.addCleanup(container.process.stdout.close)
        self.addCleanup(container.process.kill)
        try:
            self.eventually(self.released)
        except AssertionError:
            log.seek(0)
            self.fail(log.read())
        status, out, error = self.health()
        self.assertEqual((status, error), (0, ""))
        self.assertRegex(out, r"^the repository was read \d+ s ago\n$")
        self.commit_timeout(60, 61)
        self.eventually(self.released)
        time.sleep(2)  # ten polls, each with an ssh of its own
        first = container.first()
        with open(f"/proc/{first}/status", encoding="utf-8") as f:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in f)
        self.assertEqual((status["Name"], status["NSpid"].split()[-1], status["Uid"].split()[0]), ("plumb", "1", "65532"))
        self.assertEqual(self.zombies(first), [])
        start = time.monotonic()
        self.assertEqual(container.stop(), 0)
        self.assertLess(time.monotonic() - start, 20)

    def zombies(self, parent):
        found = subprocess.run(["ps", "--ppid", str(parent), "-o", "stat=,comm="], capture_output=True, text=True).stdout
        return [line for line in found.splitlines() if line.startswith("Z")]


def load_tests(loader, standard, _):
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(Image))
    suite.addTest(loader.loadTestsFromName(f"{__name__}.Life.test_it_keeps_an_account_as_process_1"))
    return suite


if __name__ == "__main__":
    unittest.main(verbosity=2)
