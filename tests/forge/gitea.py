"""A Gitea of one's own on loopback, with SQLite, for tests that need a real forge.

tests/forge/install_gitea.sh puts the program below the user's cache directory; where it is not there, importers say
`skipped` and why.
"""
import atexit
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

VERSION = "1.26.0"
HOME = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "plumb", "gitea-" + VERSION)
PROGRAM = os.path.join(HOME, "gitea")

ADMIN = "root-of-all"

CONFIGURATION = """
APP_NAME = plumb's test
RUN_MODE = prod
WORK_PATH = {work}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true

[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {home}
DISABLE_SSH = true
OFFLINE_MODE = true

[database]
DB_TYPE = sqlite3
PATH = {work}/gitea.db

[repository]
ROOT = {work}/repositories

[security]
INSTALL_LOCK = true
SECRET_KEY = only-for-tests
PASSWORD_COMPLEXITY = off

[service]
DISABLE_REGISTRATION = true

[webhook]
ALLOWED_HOST_LIST = loopback
DELIVER_TIMEOUT = 5

[indexer]
ISSUE_INDEXER_TYPE = db

[actions]
ENABLED = false

[packages]
ENABLED = false

[cron]
ENABLED = false

[log]
MODE = file
LEVEL = Warn
ROOT_PATH = {work}/log
"""


def require(what):
    """Ends the test as skipped where there is no Gitea, unless PLUMB_FORGE=1 says that there must be one."""
    if os.access(PROGRAM, os.X_OK):
        return
    if os.environ.get("PLUMB_FORGE") == "1":
        sys.exit(f"{what}: PLUMB_FORGE=1, but Gitea {VERSION} is not installed: ./dev forge installs it")
    print(f"skipped: {what}: Gitea {VERSION} is not installed (./dev forge does so, in about ten minutes)")
    sys.exit(77)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Gitea:
    """A server with an administrator; gone, with all that is in it, at the end of the process."""

    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="plumb-gitea-")
        atexit.register(shutil.rmtree, self.work, ignore_errors=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.configuration = os.path.join(self.work, "app.ini")
        with open(self.configuration, "w") as f:
            f.write(CONFIGURATION.format(work=self.work, home=HOME, port=self.port))
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.work, "GITEA_WORK_DIR": self.work, "USER": "git",
            "GIT_CONFIG_GLOBAL": os.path.join(self.work, "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"}
        self.run("migrate")
        self.run("admin", "user", "create", "--username", ADMIN, "--password", ADMIN + "-password",
                 "--email", ADMIN + "@example.com", "--must-change-password=false", "--admin")
        self.process = subprocess.Popen(
            [PROGRAM, "--config", self.configuration, "web"], env=self.environment, cwd=self.work,
            stdin=subprocess.DEVNULL, stdout=open(os.path.join(self.work, "output"), "w"), stderr=subprocess.STDOUT)
        atexit.register(self.stop)
        self.wait()
        self.admin = self.token(ADMIN, "all")

    def run(self, *arguments):
        done = subprocess.run([PROGRAM, "--config", self.configuration, *arguments], env=self.environment,
                              cwd=self.work, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if done.returncode:
            sys.exit(f"gitea {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def wait(self):
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url + "/api/v1/version", timeout=5).read()
                return
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        with open(os.path.join(self.work, "output")) as f:
            sys.exit("gitea did not start: " + f.read()[-3000:])

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def user(self, name):
        """Makes a user and gives a token with all scopes."""
        self.api("POST", "admin/users", {"username": name, "password": name + "-password",
                                         "email": name + "@example.com", "must_change_password": False})
        return self.token(name, "all")

    def token(self, name, scopes):
        words = base64.b64encode(f"{name}:{name}-password".encode()).decode()
        wanted = {"name": f"t{time.monotonic_ns()}", "scopes": scopes.split(",")}
        return self.api("POST", f"users/{name}/tokens", wanted, authorization="Basic " + words)["sha1"]

    def api(self, method, path, body=None, token=None, authorization=None):
        """Asks the API, by default as the administrator."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}", data=None if body is None else json.dumps(body).encode(), method=method,
            headers={"Authorization": authorization or "token " + (token or self.admin),
                     "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None

    def repository(self, owner, name, token):
        """Makes a repository with one commit on main and gives its URL."""
        self.api("POST", "user/repos", {"name": name, "auto_init": True, "default_branch": "main"}, token)
        return f"{self.url}/{owner}/{name}"

    def commit(self, repository, branch, path, text, token, new_branch=None):
        """Writes a file through the API and gives the commit."""
        body = {"content": base64.b64encode(text.encode()).decode(), "branch": branch, "message": "Write " + path}
        if new_branch:
            body["new_branch"] = new_branch
        path = urllib.parse.quote(path)
        try:
            old = self.api("GET", f"repos/{repository}/contents/{path}?ref={branch}", token=token)
            body["sha"] = old["sha"]
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
        answer = self.api("PUT" if "sha" in body else "POST", f"repos/{repository}/contents/{path}", body, token)
        return answer["commit"]["sha"]
